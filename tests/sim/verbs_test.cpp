// What an operator says to the daemon, in the middle of rollouts, races with passes, and restarts.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using sim::condition_of;
using namespace std::chrono_literals;

namespace {

std::string manual(const std::string& active, const std::string& limit = "") {
    auto text = sim::web(active, "demo:1", "demo:2");
    const std::string steps = "    steps:";
    return text.replace(text.find(steps), 0,
                        "    approval: Manual\n" +
                            (limit.empty() ? "" : "    approvalTimeout: " + limit + "\n"));
}

/// Blue serves and is stable; green demo:2 was just asked for.
std::unique_ptr<sim::world>
shipping(milliseconds run_for, const std::string& text = sim::web("green", "demo:1", "demo:2")) {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    REQUIRE(w->phase("shop") == "Idle");
    w->commit("shop.yaml", text);
    w->run(run_for);
    return w;
}

void run_to(sim::world& w, const std::string& phase) {
    for (int i = 0; i < 2000 && w.phase("shop") != phase; ++i)
        w.run(100ms);
    REQUIRE(w.phase("shop") == phase);
}

std::string hold_of(const sim::world& w) {
    const auto s = w.status("shop");
    return s.contains("hold")
               ? s["hold"]["kind"].get<std::string>() + " " + s["hold"]["reason"].get<std::string>()
               : "none";
}

std::string outcome_of(const sim::world& w) {
    return w.store.all_receipts.at("shop").back().content.value("outcome", "");
}

bool is_granted(sim::world& w, const std::string& verb) {
    const auto answer = w.say("shop", verb);
    CAPTURE(answer.dump());
    return answer.value("granted", false);
}

} // namespace

TEST_CASE("verbs: promote in the window closes it; who said it is an event") {
    auto w = shipping(0ms);
    run_to(*w, "Watching");
    CHECK(is_granted(*w, "promote"));
    w->run(1s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->promised("shop")->stable == w->promised("shop")->serving);
    CHECK(outcome_of(*w) == "Succeeded");
    bool told = false;
    const auto status = w->status("shop");
    for (const auto& e : status["events"])
        if (e["reason"] == "Promoted")
            told = e["message"].get<std::string>().starts_with(
                "alcedo promote by root (uid 0, gid 0, pid 4711): the watch window");
    CHECK(told);
    CHECK(w->events.heard("Wish"));
    CHECK_FALSE(is_granted(*w, "promote"));
    CHECK(w->events.heard("WishRefused"));
}

TEST_CASE(
    "verbs: abort in every phase of a rollout ends Held Aborted with blue serving; then retry") {
    for (const std::string phase :
         {"Preparing", "Starting", "Verifying", "Shifting", "Draining", "Watching"}) {
        CAPTURE(phase);
        auto w = shipping(0ms);
        w->docker.pull_fails.insert("demo:2");
        w->docker.images.erase("demo:2");
        if (phase == "Preparing") {
            w->run(1s);
        } else {
            w->docker.pull_fails.clear();
            w->docker.images["demo:2"] = {};
        }
        w->docker.open_connections_each = phase == "Draining" ? 1 : 0;
        for (int i = 0; i < 8000 && to_string(w->promised("shop")->now_in) != phase; ++i)
            w->run(3ms);
        if (w->phase("shop") != phase) continue; // too short to be met from outside
        CHECK(is_granted(*w, "abort"));
        w->docker.open_connections_each = 0;
        w->run(15s);
        CHECK(hold_of(*w) == "Aborted Aborted");
        CHECK(w->serving("shop") == "blue");
        CHECK(w->proxy.history.back() == "shop blue:100 green:0");
        CHECK(w->docker.running("shop", "green") == 0);
        CHECK(outcome_of(*w) == "Aborted");
        CHECK_FALSE(is_granted(*w, "abort"));
        w->docker.pull_fails.clear();
        w->docker.images["demo:2"] = {};
        CHECK(is_granted(*w, "retry"));
        w->run(120s);
        CHECK(w->phase("shop") == "Idle");
        CHECK(w->serving("shop") == "green");
        CHECK_FALSE(w->events.heard("Violation"));
    }
}

TEST_CASE("verbs: rollback in the window, and at rest while the standby is warm") {
    for (const bool at_rest : {false, true}) {
        CAPTURE(at_rest);
        auto w = shipping(0ms);
        run_to(*w, "Watching");
        if (at_rest) {
            run_to(*w, "Idle");
            REQUIRE(w->docker.running("shop", "blue") == 1);
        }
        const int creates = w->docker.creates;
        CHECK(is_granted(*w, "rollback"));
        w->run(15s);
        CHECK(hold_of(*w) == "RolledBack RolledBack");
        CHECK(w->serving("shop") == "blue");
        CHECK(outcome_of(*w) == "RolledBack");
        CHECK(condition_of(w->status("shop"), "RolledBack") == "True RolledBack");
        CHECK(w->docker.creates == creates);
        CHECK_FALSE(is_granted(*w, "rollback"));
        CHECK(is_granted(*w, "retry"));
        w->run(120s);
        CHECK(w->serving("shop") == "green");
        CHECK(w->phase("shop") == "Idle");
    }
}

TEST_CASE("verbs: rollback is refused once the standby is gone") {
    auto w = shipping(200s);
    REQUIRE(w->phase("shop") == "Idle");
    const auto said = w->say("shop", "rollback");
    CHECK(said["granted"] == false);
    CHECK(said["message"].get<std::string>().find("git revert") != std::string::npos);
}

TEST_CASE("verbs: retry tries what could not be prepared, or made, anew") {
    auto w = shipping(5s, sim::web("green", "demo:1", "demo:404"));
    REQUIRE(hold_of(*w) == "Rejected ImageNotFound");
    w->docker.images["demo:404"] = {};
    w->run(60s);
    REQUIRE(w->phase("shop") == "Held"); // never by itself
    CHECK(is_granted(*w, "retry"));
    w->run(90s);
    CHECK(w->serving("shop") == "green");
    CHECK(w->phase("shop") == "Idle");
}

TEST_CASE("verbs: a retry of what is still bad is rejected again") {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    sim::behaviour bad;
    bad.sick_after = 0ms;
    w->docker.images["demo:2"] = bad;
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    run_to(*w, "Held");
    const auto since = w->status("shop")["hold"]["since"];
    w->run(5s);
    CHECK(is_granted(*w, "retry"));
    w->run(60s);
    CHECK(w->phase("shop") == "Held");
    CHECK(w->status("shop")["hold"]["since"] != since);
    CHECK(w->serving("shop") == "blue");
}

TEST_CASE("verbs: pause in Shifting keeps the weights, over a restart too; resume goes on") {
    auto w = shipping(0ms);
    run_to(*w, "Shifting");
    CHECK(is_granted(*w, "pause"));
    w->run(60s);
    CHECK(w->phase("shop") == "Shifting");
    CHECK(w->proxy.history.back() == "shop blue:50 green:50");
    CHECK(condition_of(w->status("shop"), "Paused") == "True Paused");
    w->crash();
    w->run(1s);
    w->boot();
    w->run(60s);
    CHECK(w->phase("shop") == "Shifting");
    CHECK(condition_of(w->status("shop"), "Paused") == "True Paused");
    CHECK_FALSE(is_granted(*w, "pause"));
    CHECK(is_granted(*w, "resume"));
    w->run(90s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->serving("shop") == "green");
    CHECK(condition_of(w->status("shop"), "Paused") == "absent");
}

TEST_CASE("verbs: paused, what serves and turns bad is reverted, and abort goes on") {
    sim::behaviour bad;
    bad.sick_after = 25s;
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    w->docker.images["demo:2"] = bad;
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    run_to(*w, "Watching");
    CHECK(is_granted(*w, "pause"));
    w->run(60s);
    CHECK(w->serving("shop") == "blue");
    CHECK(w->proxy.history.back() == "shop blue:100 green:0");
}

TEST_CASE("verbs: Manual waits for promote, over a restart; the first release does not wait") {
    auto w = sim::deployed(manual("blue"));
    REQUIRE(w->phase("shop") == "Idle");
    w->commit("shop.yaml", manual("green"));
    run_to(*w, "AwaitingApproval");
    w->run(300s); // far beyond health.timeout
    CHECK(w->phase("shop") == "AwaitingApproval");
    CHECK(w->proxy.history.back() == "shop blue:100 green:0");
    CHECK(w->status("shop")["waitingFor"] == "approval: `alcedo promote shop`");
    w->crash();
    w->run(1s);
    w->boot();
    w->run(30s);
    CHECK(w->phase("shop") == "AwaitingApproval");
    CHECK(is_granted(*w, "promote"));
    w->run(1s);
    CHECK(w->phase("shop") == "Shifting");
    w->run(30s);
    CHECK(w->phase("shop") == "Watching"); // its window is not closed by the same word
    w->run(60s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->serving("shop") == "green");
}

TEST_CASE(
    "verbs: Manual without a limit warns once after an hour; with one it is Held, then retried") {
    auto w = sim::deployed(manual("blue"));
    w->commit("shop.yaml", manual("green"));
    run_to(*w, "AwaitingApproval");
    w->run(70min);
    int warnings = 0;
    const auto status = w->status("shop");
    for (const auto& e : status["events"])
        if (e["type"] == "Warning" && e["reason"] == "AwaitingApproval") ++warnings;
    CHECK(warnings == 1);
    const int rows = w->store.writes;
    w->run(10min);
    CHECK(w->store.writes == rows);
    w->commit("shop.yaml", manual("green", "2h"));
    w->run(20min);
    CHECK(w->phase("shop") == "AwaitingApproval");
    CHECK(w->status("shop").contains("deadline"));
    w->run(30min);
    CHECK(hold_of(*w) == "Rejected ApprovalTimeout");
    CHECK(w->docker.running("shop", "green") == 0);
    CHECK(is_granted(*w, "retry"));
    run_to(*w, "AwaitingApproval");
    CHECK(is_granted(*w, "promote"));
    w->run(120s);
    CHECK(w->serving("shop") == "green");
}

TEST_CASE("verbs: a wish that was answered is kept, also when the daemon dies right after") {
    for (const std::string verb : {"abort", "promote", "rollback"}) {
        CAPTURE(verb);
        auto w = shipping(0ms);
        run_to(*w, "Watching");
        w->run(500ms);
        const auto answer = w->ask("shop", verb);
        while (answer->is_null())
            w->run(0ms);
        w->crash();
        w->run(1s);
        w->boot();
        w->run(20s);
        if (verb == "promote") CHECK(w->serving("shop") == "green");
        if (verb != "promote") CHECK(w->serving("shop") == "blue");
        CHECK(w->phase("shop") == (verb == "promote" ? "Idle" : "Held"));
    }
}
