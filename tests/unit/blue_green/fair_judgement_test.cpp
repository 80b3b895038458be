// What is held against a revision and what is not; whose route it is; what is said when there is
// nothing to go back to.

#include "rows_cases.hpp"

#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

bool knows(const world& w, std::string_view why) {
    return std::any_of(w.rec.events.begin(), w.rec.events.end(),
                       [&](const event_entry& e) { return e.reason == why; });
}

void block(world& w) {
    w.seen.blocked_reason = reason::RouteConflict;
    w.seen.blocked_message = "route main is app other's";
}

} // namespace

TEST_CASE("fair: a standby's earlier restarts do not make a restart loop when it is wanted again") {
    auto w = idle_after_switch();
    w.find(blue_r1)->exits = 2;
    w.find(blue_r1)->recent_exits = 2;
    edit(w, color::blue, "r1", "r2");
    walk_to(w, phase::watching);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
}

TEST_CASE("fair: one end each of two containers is no restart loop; two of one are") {
    auto w = at(phase::verifying, with_worker());
    fall(w, green_r2);
    CHECK(pass(w).rule == "start_again");
    fall(w, "shop-green-worker-r2000000-1");
    CHECK(pass(w).rule == "start_again");
    CHECK(w.rec.attempt.has_value());
    fall(w, green_r2);
    CHECK(pass(w).rule == "restart_loop");
}

TEST_CASE("fair: falls of long ago are not a loop") {
    auto w = at(phase::watching);
    w.find(green_r2)->exits = 3;
    w.find(green_r2)->ready = readiness::starting;
    CHECK(look(w).rule == "watching");
    w.find(green_r2)->recent_exits = 2;
    CHECK(look(w).rule == "drift_revert");
}

TEST_CASE("fair: a paused replica answers nobody and is sick") {
    auto w = at(phase::watching);
    w.find(green_r2)->state = life::paused;
    CHECK(look(w).rule == "drift_revert");
}

TEST_CASE("fair: an attempt that cannot be made again is reverted") {
    auto w = at(phase::watching);
    std::erase_if(w.seen.replicas, [](const replica& r) { return r.name == green_r2; });
    CHECK(look(w).rule == "repair_create");
    w.rec.budgets[index_of(color::green)].left = 0;
    CHECK(look(w).rule == "drift_revert");
}

TEST_CASE("fair: a first deploy that fails in its window is paged once, and nothing serves") {
    auto w = first_deploy_at(phase::watching);
    const auto before = w.rec.serving;
    set_ready(w, before->colored, readiness::sick);
    CHECK(pass(w).rule == "drift_noted");
    CHECK(knows(w, reason::Drift));
    CHECK(look(w).rule != "drift_noted");
    CHECK(w.rec.now_in == phase::watching);
    CHECK(condition_of(w, "Available") == "False NotReady");
}

TEST_CASE("fair: repairs spent on a container that is not there are exhausted too") {
    auto w = blue_serves();
    w.seen.replicas.clear();
    w.rec.budgets[0].left = 0;
    pass(w);
    CHECK(condition_of(w, "Ready") == "False RepairsExhausted");
    CHECK(condition_of(w, "Stalled") == "True RepairsExhausted");
}

TEST_CASE(
    "fair: rejected for what lies outside the revision, it is tried again when that changes") {
    auto w = flipped();
    walk_to(w, phase::preparing);
    w.seen.prepared.is = preparation::state::failed;
    w.seen.prepared.spec_digest = w.rec.attempt->spec_digest;
    w.seen.prepared.reason = reason::NoHealthCheck;
    w.seen.prepared.message = "service web has no health check";
    CHECK(pass(w).rule == "prepare_failed");
    w.seen.prepared = {};
    edit(w, [](app_spec& s) { s.accept.insert("NoHealthCheck"); });
    walk_to(w, phase::watching);
    CHECK(to_string(*w.rec.serving) == "green r2000000");
}

TEST_CASE("fair: what cannot be made again is said once, and nothing is tried any more") {
    auto w = blue_serves();
    edit(w, color::blue, "r3", "r2"); // the env file, for example
    run_to_rest(w);
    w.seen.replicas.clear();
    w.seen.refused = refusal{digest_of("r1"), std::string(reason::RevisionNotReproducible),
                             "revision r1 cannot be made again: its env files have changed"};
    CHECK(pass(w).rule == "repair_impossible");
    const auto next = look(w);
    CHECK(next.actions.empty());
    CHECK(next.next == w.rec);
    CHECK(condition_of(w, "Ready") == "False RevisionNotReproducible");
    CHECK(condition_of(w, "Stalled") == "True RevisionNotReproducible");
}

TEST_CASE("fair: an attempt that is lost and cannot be made again goes back, also while paused") {
    auto w = flipped();
    walk_to(w, phase::shifting);
    run_until(w, [](const world& x) { return x.rec.traffic.is_weighted(color::green); });
    std::erase_if(w.seen.replicas, [](const replica& r) { return r.name == green_r2; });
    w.seen.refused = refusal{digest_of("r2"), std::string(reason::RevisionNotReproducible),
                             "its env files have changed"};
    w.rec.wished.paused = true;
    CHECK(look(w).rule == "drift_revert");
    run_to_rest(w);
    CHECK(w.rec.now_in == phase::held);
    CHECK(w.rec.traffic.only(color::blue));
}

TEST_CASE("fair: a serving replica that is missing spends repairs, and is no scaling") {
    auto w = blue_serves();
    w.seen.replicas.clear();
    w.rec.budgets[0].left = 0;
    CHECK(look(w).rule == "up_to_date");
    CHECK(look(w).actions.empty());
}

TEST_CASE("fair: the end of the standby is drained anew") {
    auto w = idle_after_switch();
    walk_to_rule(w, "standby_expired");
    REQUIRE(w.rec.drained[index_of(color::blue)]);
    w.seen.open[index_of(color::blue)] = open_connections::some;
    w.find(blue_r1)->open = open_connections::some;
    pass(w);
    CHECK(look(w).rule != "retire_leftover");
    walk_to_rule(w, "retire_leftover");
    CHECK(w.rec.timers.retire.elapsed(w.now) >= traffic_spec{}.drain_timeout);
}

TEST_CASE("route conflict: nothing is begun, promised or moved while another app has the route") {
    SUBCASE("before it begins") {
        auto w = flipped();
        pass(w);
        block(w);
        CHECK(look(w).rule == "serving_color_outdated");
        pass(w);
        CHECK(condition_of(w, "Stalled") == "True RouteConflict");
        CHECK(w.rec.now_in == phase::idle);
    }
    SUBCASE("in Verifying: it waits, and its deadline stands still") {
        auto w = at(phase::verifying);
        const auto promised = w.rec.traffic;
        block(w);
        for (int i = 0; i < 20; ++i) {
            pass(w);
            w.pass_time(seconds{30});
        }
        CHECK(w.rec.now_in == phase::verifying);
        CHECK(w.rec.traffic == promised);
        w.seen.blocked_reason.clear();
        walk_to(w, phase::watching);
    }
}

TEST_CASE("routes: one that is renamed goes on leading to what serves") {
    const auto rename = [](app_spec& s) { s.traffic->routes[0].name = "www"; };
    SUBCASE("with the flip in the same commit") {
        auto w = flipped();
        edit(w, rename);
        pass(w);
        run_until(w, [](const world& x) { return x.rec.now_in == phase::verifying; });
        REQUIRE(w.rec.traffic.content.routes.size() == 1);
        CHECK(w.rec.traffic.content.routes[0].name == "www");
        CHECK(w.rec.traffic.weight(color::blue) == 100);
    }
    SUBCASE("with an edit of the serving colour") {
        auto w = blue_serves();
        edit(w, color::blue, "r3", "r2");
        edit(w, rename);
        run_to_rest(w);
        CHECK(condition_of(w, "Ready") == "False ServingColorOutdated");
        REQUIRE(w.rec.traffic.content.routes.size() == 1);
        CHECK(w.rec.traffic.weight(color::blue) == 100);
    }
}

TEST_CASE("routes: one to a service that only the new colour has leaves the old router alone") {
    auto w = flipped();
    edit(w, [](app_spec& s) {
        s.colors[1].services[0].name = "app";
        s.traffic->routes[0] = {"www", "app", 9000, "Host(`shop.example.com`)"};
    });
    pass(w);
    run_until(w, [](const world& x) { return x.rec.now_in == phase::verifying; });
    CHECK(w.rec.traffic.weight(color::blue) == 100);
    walk_to(w, phase::watching);
    CHECK(w.rec.traffic.content.routes[0].name == "www");
    CHECK(w.rec.traffic.only(color::green));
}

TEST_CASE("conditions: late and different are said, also after the same was promised again") {
    auto w = blue_serves();
    w.seen.traffic = traffic_state::pending;
    w.seen.traffic_overdue = true;
    w.seen.traffic_error = "web shows generation 3";
    pass(w);
    CHECK(condition_of(w, "TrafficApplied") == "Unknown TrafficLate");
    CHECK(condition_of(w, "Available") == "False WeightsUnconfirmed");
    w.seen.traffic_differs = true;
    pass(w);
    CHECK(condition_of(w, "TrafficApplied") == "False Refused");
    w.seen.traffic = traffic_state::confirmed;
    w.seen.traffic_overdue = w.seen.traffic_differs = false;
    pass(w);
    CHECK(condition_of(w, "TrafficApplied") == "True Applied");
    CHECK(condition_of(w, "Available") == "True Serving");
}

TEST_CASE("freeze: a first deploy that was frozen gives way to an edit of its own colour") {
    auto w = first_deploy_at(phase::watching);
    const auto mine = w.rec.serving->colored;
    edit(w, [](app_spec& s) { s.watch.then = on_failure::freeze; });
    set_ready(w, mine, readiness::sick);
    walk_to(w, phase::held);
    set_ready(w, mine, readiness::ready);
    edit(w, mine, "r7", "r8");
    edit(w, [](app_spec& s) { s.watch.then = on_failure::freeze; });
    run_to_rest(w);
    CHECK(condition_of(w, "Ready") == "False ServingColorOutdated");
}

TEST_CASE("events: a generation says which commit it is, whose, and what for") {
    auto w = empty_world(shop(color::blue, "r1", "r2"));
    w.desired.source.author = "Ann Author";
    pass(w);
    CHECK(w.rec.events.back().message ==
          "generation 1 accepted (commit 0123456789ab \"Ship it\" by Ann Author)");
}

TEST_CASE("stops: what one cuts gets a receipt and an event") {
    auto w = idle_after_switch();
    walk_to_rule(w, "retire_leftover");
    w.find(blue_r1)->would_cut = 3;
    const auto p = look(w);
    REQUIRE(p.receipt.has_value());
    CHECK((*p.receipt)["outcome"] == "Retired");
    CHECK((*p.receipt)["cut"] == 3);
    pass(w);
    CHECK(knows(w, reason::ConnectionsCut));
}
