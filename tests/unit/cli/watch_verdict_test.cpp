// SPEC §6's exit codes of `watch`, a case for each row.
#include "controller/cli/watch_verdict.hpp"

#include "tests/unit/cli/samples.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::cli;
using namespace alcedo::testing;

namespace {

watch_wish wish() {
    watch_wish w;
    w.app = "music";
    return w;
}

watch_wish wish_for_commit() {
    auto w = wish();
    w.commit = "3f9c2e1aa0";
    return w;
}

std::optional<int> exit_of(const watch_wish& w, const json& app, const json& judged = {}) {
    return judge_watch(w, app, judged).exit;
}

const json observed_valid{{"observed", true}, {"valid", true}, {"commit", "3f9c2e1aa0"}};

} // namespace

TEST_CASE("watch: Idle and desired serves is 0, and says which commit it judged") {
    const auto verdict = judge_watch(wish(), idle_app(), {});
    CHECK(verdict.exit == 0);
    CHECK(verdict.message ==
          "Idle, green 1a2b3c4d serves; judged commit 3f9c2e1 \"raise pool size\"");
}

TEST_CASE("watch: Held Rejected or Aborted is 2; Reverted, Frozen, RolledBack, Violation is 3") {
    CHECK(exit_of(wish(), held_app("Rejected")) == 2);
    CHECK(exit_of(wish(), held_app("Aborted")) == 2);
    CHECK(exit_of(wish(), held_app("Reverted")) == 3);
    CHECK(exit_of(wish(), held_app("Frozen")) == 3);
    CHECK(exit_of(wish(), held_app("RolledBack")) == 3);
    CHECK(exit_of(wish(), held_app("Violation")) == 3);
    const auto message = judge_watch(wish(), held_app("Rejected"), {}).message;
    CHECK(has(message, "Held Rejected (HealthTimeout): blue was not healthy within 2m"));
    CHECK(has(message, "judged commit 3f9c2e1"));
}

TEST_CASE("watch: a Violation is 3 in every phase, also if it keeps a generation from being seen") {
    for (const auto* phase : {"Idle", "Shifting", "Watching", "Held"})
        CHECK(exit_of(wish(), violated_app(phase), {{"observed", false}, {"valid", true}}) == 3);
    CHECK(has(judge_watch(wish(), violated_app("Shifting"), {}).message,
              "Held Violation (Violation): rule 12 would break S1"));
    auto unseen = violated_app("Idle");
    unseen["status"]["observedGeneration"] = 4;
    CHECK(exit_of(wish(), unseen) == 3);
    // One from before says nothing about what is still to be read.
    CHECK_FALSE(exit_of(wish_for_commit(), violated_app("Idle"), {{"observed", false}}));
    CHECK(exit_of(wish_for_commit(), violated_app("Idle"),
                  {{"observed", false}, {"valid", true}}) == 3);
    auto later = wish();
    later.generation = 6;
    CHECK_FALSE(exit_of(later, violated_app("Idle")));
}

TEST_CASE("watch: Stalled is 2") {
    for (const auto* reason :
         {"ServingColorOutdated", "RouteConflict", "DuplicateName", "RepairsExhausted"})
        CHECK(exit_of(wish(), stalled_app(reason)) == 2);
}

TEST_CASE("watch: every phase of a rollout is waited through") {
    for (const auto* phase : {"Preparing", "Starting", "Verifying", "AwaitingApproval", "Shifting",
                              "Handover", "Draining", "Watching", "Reverting", "Deleting"}) {
        CAPTURE(phase);
        CHECK_FALSE(exit_of(wish(), rolling_app(phase)));
    }
    CHECK(judge_watch(wish(), rolling_app("Shifting"), {}).message == "Shifting: the next step");
}

TEST_CASE("watch: Idle is not enough, desired must serve") {
    auto app = idle_app();
    set_condition(app, "Ready", "False", "Repairing");
    set_condition(app, "Reconciling", "True", "Repairing");
    CHECK_FALSE(exit_of(wish(), app));

    app = idle_app();
    app["status"]["target"]["color"] = "blue";
    CHECK_FALSE(exit_of(wish(), app));

    app = idle_app();
    app["status"].erase("activeColor");
    app["status"].erase("target");
    CHECK_FALSE(exit_of(wish(), app));

    app = idle_app();
    set_condition(app, "Ready", "", "");
    CHECK_FALSE(exit_of(wish(), app));
}

TEST_CASE("watch: what cannot be observed decides nothing") {
    auto app = idle_app();
    set_condition(app, "Ready", "Unknown", "EngineUnknown");
    set_condition(app, "Reconciling", "True", "EngineUnknown");
    CHECK_FALSE(exit_of(wish(), app));
}

TEST_CASE("watch: the state of an older generation decides nothing") {
    auto app = idle_app();
    app["metadata"]["generation"] = 5;
    CHECK_FALSE(exit_of(wish(), app));
    app["status"]["observedGeneration"] = 5;
    CHECK_FALSE(exit_of(wish(), app)); // Ready is still the old generation's
    set_condition(app, "Ready", "Unknown", "NewGeneration");
    CHECK_FALSE(exit_of(wish(), app));

    auto held = held_app("Rejected");
    held["metadata"]["generation"] = 6;
    CHECK_FALSE(exit_of(wish(), held));
    held = held_app("Rejected");
    set_condition(held, "Ready", "Unknown", "NewGeneration");
    set_condition(held, "Reconciling", "True", "NewGeneration");
    CHECK_FALSE(exit_of(wish(), held));
}

TEST_CASE("watch --generation waits until it was planned") {
    auto w = wish();
    w.generation = 5;
    CHECK_FALSE(exit_of(w, idle_app()));
    CHECK_FALSE(exit_of(w, {}));
    w.generation = 4;
    CHECK(exit_of(w, idle_app()) == 0);
    w.generation = 3;
    CHECK(exit_of(w, idle_app()) == 0);
}

TEST_CASE("watch --commit waits until it was observed, then judges") {
    CHECK_FALSE(exit_of(wish_for_commit(), idle_app()));
    CHECK_FALSE(exit_of(wish_for_commit(), idle_app(), {{"observed", false}}));
    CHECK(judge_watch(wish_for_commit(), idle_app(), {{"observed", false}}).message ==
          "commit 3f9c2e1 to be observed");
    const auto busy = rolling_app("Shifting");
    CHECK(judge_watch(wish_for_commit(), busy, {{"observed", false}}).message ==
          "commit 3f9c2e1 to be observed; meanwhile Shifting: the next step");
    CHECK(exit_of(wish_for_commit(), idle_app(), observed_valid) == 0);
    CHECK_FALSE(exit_of(wish_for_commit(), rolling_app("Shifting"), observed_valid));
    CHECK(exit_of(wish_for_commit(), held_app("Reverted"), observed_valid) == 3);
}

TEST_CASE("watch --commit: an invalid manifest is 5, with every error") {
    const json judged{{"observed", true},
                      {"valid", false},
                      {"commit", "3f9c2e1aa0"},
                      {"errors",
                       {"music.yaml:3:1: spec: a: b",
                        {{"file", "music.yaml"},
                         {"line", 7},
                         {"column", 2},
                         {"path", "spec.x"},
                         {"problem", "unknown"},
                         {"remedy", "leave it out"}}}}};
    for (const auto& app : {idle_app(), held_app("Rejected"), rolling_app("Shifting"), json()}) {
        const auto verdict = judge_watch(wish_for_commit(), app, judged);
        CHECK(verdict.exit == 5);
        CHECK(has(verdict.message, "the manifest of commit 3f9c2e1 is invalid"));
        CHECK(has(verdict.message, "\n  music.yaml:3:1: spec: a: b"));
        CHECK(has(verdict.message, "\n  music.yaml:7:2: spec.x: unknown: leave it out"));
    }
}

TEST_CASE("watch: an app that is not known is 1, unless a commit may bring it") {
    CHECK(exit_of(wish(), {}) == 1);
    CHECK_FALSE(exit_of(wish_for_commit(), {}, {{"observed", false}}));
    CHECK_FALSE(exit_of(wish_for_commit(), {}, observed_valid));
}

TEST_CASE(
    "watch --until held waits on through Idle; --until idle ends at Held, which cannot get there") {
    auto idle = wish();
    idle.until = watch_wish::end::idle;
    CHECK(exit_of(idle, idle_app()) == 0);
    CHECK(exit_of(idle, held_app("Rejected")) == 2);
    CHECK(exit_of(idle, stalled_app("ServingColorOutdated")) == 2);
    auto held = wish();
    held.until = watch_wish::end::held;
    CHECK_FALSE(exit_of(held, idle_app()));
    CHECK_FALSE(exit_of(held, stalled_app("ServingColorOutdated")));
    CHECK(exit_of(held, held_app("Rejected")) == 2);
    CHECK(exit_of(held, held_app("Reverted")) == 3);
}

TEST_CASE("watch: objects with nothing in them are waited on") {
    for (const auto* text : {"{}", R"({"status": {}})", R"({"status": null, "metadata": 1})",
                             R"({"status": {"phase": "Idle", "conditions": 3}})"})
        CHECK_FALSE(exit_of(wish(), json::parse(text)));
}
