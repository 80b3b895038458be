// Where two rows match, the upper one wins: the pairs whose order PLANNER found to matter.

#include "rows_cases.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

TEST_CASE("order: a restart never sends traffic to the sick (7 above 12)") {
    auto w = at(phase::shifting);
    REQUIRE(look(w).rule == "promise_unkept");
    set_ready(w, color::green, readiness::sick);
    CHECK(look(w).rule == "drift_revert");
}

TEST_CASE("order: traffic before containers (12 above 16 and 17)") {
    auto w = at(phase::watching);
    set_ready(w, color::green, readiness::sick);
    pass(w);
    w.rec.retiring.insert(w.find(green_r2)->id);
    CHECK(look(w).rule == "promise_unkept");
    pass(w);
    CHECK(look(w).rule == "revert_confirmed");
    pass(w);
    CHECK(look(w).rule == "finish_retiring");
}

TEST_CASE("order: a promised stop ends before its container is repaired (16 above 17)") {
    auto w = blue_serves();
    set_ready(w, color::blue, readiness::sick);
    CHECK(pass(w).rule == "repair_sick");
    CHECK(pass(w).rule == "finish_retiring");
    CHECK(pass(w).rule == "retired");
    CHECK(pass(w).rule == "repair_resume");
    CHECK(look(w).rule == "up_to_date");
    CHECK(w.rec.budgets[0].left == 4);
}

// A stopped container came back with the engine and was stopped again; it ended by itself
// meanwhile, the first answer closed the promise, it was started, and the second stop hit it under
// traffic.
TEST_CASE("order: a stop promise is not closed while another stop is under way (S2)") {
    auto w = blue_serves();
    set_ready(w, color::blue, readiness::sick);
    CHECK(pass(w).rule == "repair_sick");
    CHECK(pass(w).rule == "finish_retiring");
    auto* r = w.find(blue_r1);
    r->stop_pending = true;
    CHECK(look(w).rule != "retired");
    r->stop_pending = false;
    CHECK(look(w).rule == "retired");
}

// One of the origin's two replicas was sick in the window; its repair was taken for a stop of the
// origin (S7), and the app was frozen in the middle of a rollout.
TEST_CASE("order: a sick replica of the origin is mended inside the window") {
    shop_options two;
    two.replicas = 2;
    auto w = flipped(two);
    walk_to(w, phase::watching);
    set_ready(w, blue_r1, readiness::sick);
    run_until(w, [](const world& x) { return !x.rec.retiring.empty(); });
    CHECK(w.rec.now_in == phase::watching);
}

TEST_CASE("order: retry stands above what would clear the hold (19 above 20)") {
    auto w = at(phase::verifying);
    set_ready(w, color::green, readiness::starting);
    run_to_rest(w);
    w.rec.wished.retry = w.rec.held->what;
    edit(w, color::blue, "r1", "r2");
    CHECK(pass(w).rule == "new_generation");
    CHECK(pass(w).rule == "retry");
    CHECK(w.rec.rejected.empty());
}

TEST_CASE("order: a newer target comes before the rollout goes on (21 above 23)") {
    auto w = at(phase::verifying);
    edit(w, color::green, "r1", "r3");
    pass(w);
    CHECK(look(w).rule == "superseded_before");
}

TEST_CASE("order: a rejected target is held, not begun (24a above 24b)") {
    auto w = flipped();
    w.rec.rejected.push_back({{color::blue, "", digest_of("r2")}, "Drift", "", milliseconds{1}});
    w.rec.resolved.push_back({color::green, digest_of("r2"), digest_of("r2")});
    pass(w);
    CHECK(look(w).rule == "still_rejected");
}

TEST_CASE("order: a revert goes before a restart of what is sick (7 above 17)") {
    auto w = at(phase::watching);
    fall(w, green_r2);
    CHECK(look(w).rule == "drift_revert");
    CHECK(look(w).actions.empty());
}

TEST_CASE("order: nobody to go back to: the attempt is repaired instead") {
    auto w = at(phase::watching);
    set_ready(w, color::blue, readiness::starting);
    fall(w, green_r2);
    CHECK(pass(w).rule == "drift_noted"); // paged first
    CHECK(look(w).rule == "repair_start");
    CHECK(actions_of(look(w)) == "start " + green_r2);
}

TEST_CASE("order: a first deploy that is bad has nothing to go back to") {
    auto w = empty_world(shop(color::blue, "r1", "r2"));
    walk_to(w, phase::watching);
    set_ready(w, color::blue, readiness::sick);
    run_until(w, [](const world& x) { return x.rec.budgets[0].left == 4; });
    CHECK(w.rec.now_in == phase::watching);
    CHECK(w.rec.traffic.only(color::blue));
}

TEST_CASE("order: abort waits for an origin that can take over") {
    auto w = at(phase::watching);
    w.rec.wished.abort = w.rec.attempt;
    set_ready(w, color::blue, readiness::starting);
    CHECK(look(w).rule == "watching");
    set_ready(w, color::blue, readiness::ready);
    CHECK(look(w).rule == "aborted_after");
}

TEST_CASE("order: freeze keeps traffic, and a new target ends it by going back first") {
    auto w = at(phase::watching);
    w.desired.spec.watch.then = on_failure::freeze;
    set_ready(w, color::green, readiness::sick);
    const auto p = pass(w);
    CHECK(p.rule == "freeze");
    REQUIRE(p.receipt.has_value());
    CHECK((*p.receipt)["outcome"] == "Frozen");
    CHECK(w.rec.held->kind == hold_kind::frozen);
    CHECK(w.rec.traffic.only(color::green));
    set_ready(w, color::green, readiness::ready);
    run_to_rest(w);
    CHECK(w.rec.now_in == phase::held);
    CHECK(w.find(blue_r1)->runs());

    SUBCASE("reverting the commit") {
        edit(w, color::blue, "r1", "r2");
        run_to_rest(w);
        CHECK(to_string(*w.rec.serving) == "blue r1000000");
        CHECK_FALSE(w.rec.held.has_value());
    }
    SUBCASE("another revision on the same colour") {
        edit(w, color::green, "r1", "r3");
        walk_to(w, phase::watching);
        CHECK(to_string(*w.rec.serving) == "green r3000000");
    }
}

TEST_CASE("order: notify pages once and repairs") {
    auto w = at(phase::watching);
    edit(w, [](app_spec& s) { s.watch.then = on_failure::notify; });
    pass(w);
    fall(w, green_r2);
    CHECK(pass(w).rule == "drift_noted");
    CHECK(pass(w).rule == "repair_start");
    CHECK(w.rec.traffic.only(color::green));
    fall(w, green_r2);
    CHECK(look(w).rule != "drift_noted");
}

TEST_CASE("order: a revert goes to whoever lives, and comes back when its target does") {
    auto w = at(phase::watching);
    edit(w, color::blue, "r1", "r2");
    pass(w);
    REQUIRE(pass(w).rule == "superseded_after");
    set_ready(w, color::blue, readiness::sick);
    CHECK(pass(w).rule == "revert_points_wrong");
    CHECK(w.rec.traffic.only(color::green));
    set_ready(w, color::blue, readiness::ready);
    CHECK(pass(w).rule == "revert_points_wrong");
    CHECK(w.rec.traffic.only(color::blue));
}

TEST_CASE("order: a failed revert target is given up when its repairs are spent") {
    auto w = at(phase::watching);
    edit(w, color::blue, "r1", "r2");
    pass(w);
    pass(w);
    set_ready(w, color::blue, readiness::sick);
    w.rec.budgets[0].left = 0;
    run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    CHECK(to_string(*w.rec.serving) == "green r2000000");
    CHECK_FALSE(w.rec.stable.has_value());
}

TEST_CASE("order: rolling back from Idle goes to the warm standby and remembers why") {
    auto w = at(phase::watching);
    run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    w.rec.wished.rollback = w.rec.serving;
    run_to_rest(w);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
    CHECK(w.rec.held->kind == hold_kind::rolled_back);
    CHECK(w.rec.stable == w.rec.serving);
    CHECK_FALSE(w.rec.wished.rollback.has_value());
}

TEST_CASE("order: promote closes the window early, once") {
    auto w = at(phase::watching);
    w.rec.wished.promoted = w.rec.attempt;
    CHECK(pass(w).rule == "stable");
    CHECK_FALSE(w.rec.wished.promoted.has_value());
}

TEST_CASE("order: Late promises the same content again, under the next number") {
    auto w = at(phase::shifting);
    pass(w);
    w.seen.traffic = traffic_state::late;
    const auto before = w.rec.traffic;
    CHECK(pass(w).rule == "ack_late");
    CHECK(w.rec.traffic.content == before.content);
    CHECK(w.rec.traffic.number == before.number + 1);
    CHECK(w.rec.now_in == phase::shifting);
    CHECK_FALSE(w.rec.held.has_value());
}

TEST_CASE("order: stops of ours are not held against a colour that is used again and again") {
    auto w = flipped();
    w.desired.spec.standby.keep_for = seconds{600};
    for (int round = 0; round < 3; ++round) {
        for (const auto to : {color::green, color::blue}) {
            edit(w, to, "r1", "r2");
            run_until(w, [](const world& x) {
                if (x.rec.now_in != phase::idle || x.rec.standby || !x.rec.retiring.empty())
                    return false;
                return make_plan(&x.desired, x.seen, x.rec, x.now).rule == "up_to_date";
            });
            CHECK(w.rec.serving->colored == to);
            // As the engine counts them: every end, also the ones that were asked for.
            for (auto& r : w.seen.replicas)
                if (!r.runs()) ++r.exits;
            for (auto& [id, exits] : w.rec.put_down)
                exits = w.find(id)->exits;
        }
    }
    CHECK(w.rec.rejected.empty());
    SUBCASE("and a process that counts anew starts from there") {
        for (auto& r : w.seen.replicas)
            r.exits = 0;
        pass(w);
        for (const auto& [id, exits] : w.rec.put_down)
            CHECK(exits == 0);
    }
}
