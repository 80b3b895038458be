// `docker network prune` takes the network of whatever is stopped: no start can mend that, and no
// revision is to blame. Such a container is made anew, with its network.

#include "tests/sim/guarded_bots.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using sim::condition_of;
using namespace std::chrono_literals;

namespace {

std::string with_bot(const std::string& active) {
    return sim::with_bot(active, "image: \"bot:1\", environment: {TOKEN: real}, x-alcedo: "
                                 "{exclusive: true, handoverTimeout: 20s}");
}

int count(const sim::world& w, const std::string& what) {
    const auto& all = w.docker.log;
    return static_cast<int>(std::count_if(
        all.begin(), all.end(), [&](const std::string& line) { return line.starts_with(what); }));
}

/// The engine is killed, what ran is down, and somebody tidies up before anything is started.
void lose_networks(sim::world& w) {
    w.docker.engine_dies();
    w.run(5s);
    w.docker.engine_returns();
    w.docker.prune_networks();
}

/// Green serves, blue was stopped at the end of its standby.
std::unique_ptr<sim::world> blue_is_put_down() {
    auto w = sim::deployed(sim::with_worker("blue"));
    w->commit("shop.yaml", sim::with_worker("green"));
    w->run(180s);
    REQUIRE(w->serving("shop") == "green");
    REQUIRE(w->docker.running("shop", "blue") == 0);
    return w;
}

} // namespace

TEST_CASE("network gone: a flip back to what was stopped makes it anew; a good revision once went "
          "into the ledger for it") {
    auto w = blue_is_put_down();
    w->docker.prune_networks();
    w->commit("shop.yaml", sim::with_worker("blue"));
    w->run(120s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->serving("shop") == "blue");
    CHECK(w->docker.running("shop", "blue") == 2);
    CHECK(w->promised("shop")->rejected.empty());
    CHECK(count(*w, "remove shop-blue-") == 2);
    CHECK_FALSE(w->events.heard("StartFailed"));
    CHECK(w->events.heard("Repairing"));
}

TEST_CASE("network gone: nothing is made anew that can be started") {
    auto w = blue_is_put_down();
    w->commit("shop.yaml", sim::with_worker("blue"));
    w->run(120s);
    CHECK(w->serving("shop") == "blue");
    CHECK(count(*w, "remove shop-blue-") == 0);
}

TEST_CASE("network gone: what serves is made anew after the engine lost it, in its window too") {
    for (const bool in_window : {false, true}) {
        CAPTURE(in_window);
        auto w = sim::deployed(sim::with_worker("blue"));
        const std::string serves = in_window ? "green" : "blue";
        if (in_window) {
            w->commit("shop.yaml", sim::with_worker("green"));
            for (int i = 0; i < 600 && w->phase("shop") != "Watching"; ++i)
                w->run(100ms);
            REQUIRE(w->phase("shop") == "Watching");
        }
        lose_networks(*w);
        w->run(100s);
        CHECK(w->phase("shop") == "Idle");
        CHECK(w->serving("shop") == serves);
        CHECK(w->docker.running("shop", serves) == 2);
        CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
        CHECK_FALSE(w->events.heard("Violation"));
    }
}

TEST_CASE("network gone: an exclusive bot is made anew, never beside another") {
    sim::guarded_bots g(with_bot);
    lose_networks(*g.w);
    g.w->run(60s);
    g.check_is_on("blue");
    g.flip();
    g.w->run(100s);
    g.check_is_on("green");
}

TEST_CASE("network gone: an engine that loses every network is not kept busy") {
    auto w = blue_is_put_down();
    w->docker.loses_networks = true;
    const auto made = w->docker.creates;
    w->commit("shop.yaml", sim::with_worker("blue"));
    w->run(600s);
    CHECK(w->docker.creates - made < 30);
    CHECK(w->serving("shop") == "green");
    CHECK(w->promised("shop")->rejected.empty());
    w->docker.loses_networks = false;
    w->run(900s); // its back-off may be minutes by now
    CHECK(w->serving("shop") == "blue");
}
