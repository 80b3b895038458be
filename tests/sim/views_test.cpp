// How often the world is looked at: not again for a pass that follows upon a mere note in the
// record, and always once somebody has said that something may have changed.
#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

struct counted {
    int passes = 0;
    int lists = 0;
};

/// A release of green until it serves.
counted ship_green(sim::world& w) {
    const auto before = counted{w.events.passes, w.docker.lists};
    w.commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    for (int i = 0; i < 300 && w.serving("shop") != "green"; ++i)
        w.run(milliseconds{100});
    REQUIRE(w.serving("shop") == "green");
    return {w.events.passes - before.passes, w.docker.lists - before.lists};
}

} // namespace

TEST_CASE("a pass after one that only wrote the record sees what that one saw") {
    const auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
    const auto seen = ship_green(*w);
    CAPTURE(seen.passes);
    CHECK(seen.lists <= seen.passes - 5);
}

TEST_CASE("a hint that came after the list makes the next pass list again") {
    const auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
    auto& docker = w->docker;
    docker.after_list = [&docker] { docker.announce("shop"); };
    const auto seen = ship_green(*w);
    CAPTURE(seen.passes);
    CHECK(seen.lists >= seen.passes);
}

TEST_CASE("a view in which the engine did not answer is never looked at again") {
    const auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
    w->docker.down = true;
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(milliseconds{60000});
    CHECK(w->serving("shop") == "blue");
    CHECK(w->docker.creates == 1);
    w->docker.down = false;
    w->run(milliseconds{120000});
    CHECK(w->serving("shop") == "green");
    CHECK(w->events.heard("Violation") == false);
}

TEST_CASE("the shared network is asked for once for all apps, not by each of them") {
    // Its answer names the containers of every app: by each app, that cost their square.
    const auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
    constexpr int others = 5;
    for (int i = 0; i < others; ++i) {
        const auto app = "other" + std::to_string(i);
        w->commit(app + ".yaml", sim::renamed(sim::web("blue", "demo:1", "demo:2"), app));
    }
    w->run(milliseconds{120000});
    REQUIRE(w->serving("other4") == "blue");
    const auto looks = w->docker.network_looks;
    const auto lists = w->docker.lists;
    for (int i = 0; i < others; ++i)
        w->docker.announce("other" + std::to_string(i));
    w->run(milliseconds{500});
    CHECK(w->docker.lists - lists >= others);
    CHECK(w->docker.network_looks - looks == 1);
}
