// What /readyz and `alcedo run` say of each point that must hold, and the fix they name.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

readiness_point point(sim::world& w, const std::string& name) {
    const auto all = w.office().points();
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const readiness_point& p) { return p.name == name; });
    return at == all.end() ? readiness_point{} : *at;
}

std::string shop() {
    return sim::web("blue", "demo:1", "demo:1");
}

const std::string source = "source git+sim";

} // namespace

TEST_CASE("readiness: all of it holds, each with what was found") {
    auto w = sim::deployed(shop());
    CHECK(w->office().ready()["ready"] == true);
    CHECK(point(*w, source).message == "read at c1");
    CHECK(point(*w, "document").message.starts_with("generation "));
    CHECK(point(*w, "marker").message.starts_with("round trip: generation "));
    for (const auto& p : w->office().points())
        CHECK_MESSAGE((p.ok && p.fix.empty()), p.name);
}

TEST_CASE("readiness: an engine that is away at the start is named, and what waits for it") {
    sim::world w;
    w.docker.engine_dies();
    w.commit("shop.yaml", shop());
    w.boot();
    w.run(10s);
    CHECK(w.office().ready()["ready"] == false);
    CHECK_FALSE(point(w, "events").ok);
    CHECK(point(w, "events").fix == "what mends `engine`");
    w.docker.engine_returns();
    w.run(60s);
    CHECK(point(w, "events").ok);
}

TEST_CASE("readiness: a proxy that is away, or blind to the folder") {
    auto w = sim::deployed(shop());
    std::string fix;
    SUBCASE("away") {
        w->proxy.away = true;
        fix = "what mends `traefik` and the entry points";
    }
    SUBCASE("blind") {
        w->proxy.ignores = true;
        fix = "restart the proxy";
    }
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(60s);
    const auto marker = point(*w, "marker");
    CHECK_FALSE(marker.ok);
    CHECK(marker.message.find("is not seen applied") != marker.message.npos);
    CHECK(marker.fix == fix);
    w->proxy.away = w->proxy.ignores = false;
    w->run(120s);
    CHECK(point(*w, "marker").ok);
}

TEST_CASE("readiness: a store that takes nothing says why until it does") {
    auto w = sim::deployed(shop());
    w->store.fails = true;
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(60s);
    CHECK(point(*w, "store").message.find("disk full") != std::string::npos);
    CHECK(point(*w, "store").fix.starts_with("free space"));
    w->store.fails = false;
    w->run(60s);
    CHECK(point(*w, "store").ok);
}

TEST_CASE("readiness: a source that cannot be read, or is empty; nonsense is its app's matter") {
    sim::world w;
    w.repo.url = "https://git.test/ops.git//shop?ref=main";
    const auto name = "source git+" + w.repo.url;
    std::string fix;
    SUBCASE("unreadable") {
        w.repo.unreadable = true;
        fix = "git ls-remote https://git.test/ops.git must answer as the user that runs Alcedo";
    }
    SUBCASE("empty") {
        fix = "commit a manifest there; alcedo validate FILE tells whether it is one";
    }
    w.boot();
    w.run(10s);
    CHECK_FALSE(point(w, name).ok);
    CHECK(point(w, name).fix == fix);
    w.repo.unreadable = false;
    w.commit("shop.yaml", shop());
    w.run(60s);
    CHECK(point(w, name).message == "read at c1");
    w.commit("shop.yaml", shop() + "nonsense: 1\n");
    w.run(10s);
    CHECK(point(w, name).ok);
}
