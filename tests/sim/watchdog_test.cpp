// What feeds the watchdog: passes that came to their end, and nothing else.
#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

/// Signs of life within that span.
int fed(sim::world& w, milliseconds span) {
    const int before = w.signs_of_life;
    w.run(span);
    return w.signs_of_life - before;
}

} // namespace

TEST_CASE("watchdog: fed at each resync, with one app at rest and with none at all") {
    const auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    REQUIRE(w->phase("shop") == "Idle");
    CHECK(w->beginnings == 1);
    w->run(30min); // the standby is gone too
    for (int resync = 0; resync < 5; ++resync)
        CHECK(fed(*w, 31s) >= 1);

    sim::world empty;
    empty.boot();
    empty.run(1s);
    CHECK(empty.beginnings == 1);
    for (int resync = 0; resync < 5; ++resync)
        CHECK(fed(empty, 31s) >= 1);
}

TEST_CASE("watchdog: an engine that does not answer is no reason to be killed") {
    const auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    w->docker.down = true;
    w->run(1min);
    for (int resync = 0; resync < 5; ++resync)
        CHECK(fed(*w, 61s) >= 1);
}

TEST_CASE("watchdog: one pass that never ends silences it, though other apps go on") {
    const auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    w->commit("bakery.yaml", sim::renamed(sim::web("blue", "demo:1", "demo:1"), "bakery"));
    w->run(2min);
    REQUIRE(w->phase("bakery") == "Idle");
    w->docker.hangs_for = "bakery";
    w->run(31s);
    CHECK(fed(*w, 31s) >= 1); // it may still end
    w->run(6min);
    CHECK(fed(*w, 5min) == 0);
}
