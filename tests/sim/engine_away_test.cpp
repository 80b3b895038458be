// An engine that is killed and comes back: what survived it was stopped and stays down, on both
// sides of a release. That is nobody's drift.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using sim::condition_of;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<sim::world> releasing() {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    REQUIRE(w->phase("shop") == "Idle");
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    return w;
}

/// Runs in steps until the app is in that phase.
void reach(sim::world& w, const std::string& phase) {
    for (int i = 0; i < 600 && w.phase("shop") != phase; ++i)
        w.run(100ms);
    REQUIRE(w.phase("shop") == phase);
}

void kill_engine_for(sim::world& w, milliseconds time) {
    w.docker.engine_dies();
    w.run(time);
    w.docker.engine_returns();
}

} // namespace

TEST_CASE("engine away: a release goes on to its end, whenever the engine is killed") {
    for (const std::string phase : {"Verifying", "Shifting", "Draining", "Watching"}) {
        CAPTURE(phase);
        auto w = releasing();
        reach(*w, phase);
        for (int times = 0; times < 3 && w->phase("shop") != "Idle"; ++times) {
            w->run(300ms);
            kill_engine_for(*w, 5s);
            w->run(2s);
        }
        w->run(120s);
        CHECK(w->phase("shop") == "Idle");
        CHECK(w->serving("shop") == "green");
        CHECK(w->docker.running("shop", "green") == 1);
        CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
        for (const auto* word : {"Drift", "Violation", "Repairing", "RestartLoop", "HealthTimeout"})
            CHECK_FALSE(w->events.heard(word));
    }
}
