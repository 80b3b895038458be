// Wishes and passes write the same record: whoever is second finds out, and nothing is lost.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using sim::condition_of;
using namespace std::chrono_literals;

namespace {

/// Blue serves and is stable; green demo:2 was just asked for.
std::unique_ptr<sim::world> shipping(milliseconds run_for, const sim::behaviour& green = {}) {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    REQUIRE(w->phase("shop") == "Idle");
    w->docker.images["demo:2"] = green;
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(run_for);
    return w;
}

std::string hold_of(const sim::world& w) {
    const auto& held = w.promised("shop")->held;
    return held ? to_string(held->kind) + " " + held->reason : "none";
}

} // namespace

TEST_CASE("wishes: one races with passes over a slow store: neither is lost") {
    int granted = 0;
    for (int at = 0; at < 12000; at += 247) {
        CAPTURE(at);
        auto w = shipping(0ms);
        w->store.takes = 40ms;
        w->run(milliseconds{at});
        const auto answer = w->ask("shop", "pause");
        w->run(3s);
        REQUIRE(answer->value("granted", false));
        ++granted;
        CHECK(condition_of(w->status("shop"), "Paused") == "True Paused");
        CHECK(w->promised("shop")->wished.paused);
        const auto paused_in = w->phase("shop");
        w->run(20s);
        CHECK((w->phase("shop") == paused_in || paused_in == "Reverting"));
        CHECK_FALSE(w->events.heard("StoreFailed"));
        w->store.takes = 0ms;
        CHECK(w->say("shop", "resume")["granted"] == true);
        w->run(120s);
        CHECK(w->serving("shop") == "green");
        CHECK(w->phase("shop") == "Idle");
        CHECK(w->docker.creates == 2);
        CHECK_FALSE(w->events.heard("Violation"));
    }
    CHECK(granted == 49);
}

TEST_CASE(
    "wishes: abort at any moment of a rollout over a slow store ends with one colour serving") {
    for (int at = 0; at < 30000; at += 1013) {
        CAPTURE(at);
        auto w = shipping(0ms);
        w->store.takes = 15ms;
        w->run(milliseconds{at});
        const auto answer = w->ask("shop", "abort");
        w->run(120s);
        const bool aborted = answer->value("granted", false);
        CHECK(w->serving("shop") == (aborted ? "blue" : "green"));
        CHECK(hold_of(*w) == (aborted ? "Aborted Aborted" : "none"));
        CHECK_FALSE(w->events.heard("Violation"));
        CHECK_FALSE(w->events.heard("StoreFailed"));
    }
}

TEST_CASE("wishes: one that comes while a rejection gathers its evidence is not overwritten") {
    // The daemon once saved a pass under the version of the moment: what was saved between its plan
    // and its save was lost.
    sim::behaviour bad;
    bad.sick_after = 0ms;
    milliseconds held{0};
    auto first = shipping(0ms, bad);
    for (; first->promised("shop")->now_in != phase::held && held < 60s; held += 1ms)
        first->run(1ms);
    REQUIRE(held < 60s);
    for (auto at = held - 12ms; at <= held + 1ms; at += 1ms) {
        CAPTURE(at.count());
        auto w = shipping(at, bad);
        const auto answer = w->ask("shop", "pause");
        w->run(2s);
        CHECK(answer->value("granted", false));
        CHECK(w->promised("shop")->wished.paused);
        const bool is_held = hold_of(*w) != "none"; // paused earlier, its deadline stands still
        CHECK(w->store.all_receipts.at("shop").size() == (is_held ? 2 : 1));
        CHECK_FALSE(w->events.heard("StoreFailed"));
    }
}
