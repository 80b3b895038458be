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

TEST_CASE("what is kept of an app does not grow with the other apps' containers") {
    const auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
    const auto& memory = *w->machine().passes().apps().at("shop");
    REQUIRE(memory.shared.has_value());
    CHECK(memory.shared->gateways.size() == 1);
    CHECK(memory.shared->members.capacity() == 0);
}
