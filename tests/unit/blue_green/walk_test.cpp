// Whole rollouts, from the accepted spec to rest, rule by rule.

#include "support.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

TEST_CASE("walk: a first deploy goes to 100 % in one write and becomes stable") {
    auto w = empty_world(shop(color::blue, "r1", "r2"));
    const auto rules = run_until(w, [](const world& x) { return x.rec.stable.has_value(); });
    CHECK(rules ==
          "new_generation begin prepare prepared create start started try_promise promise_unkept "
          "try_ask shift_all promise_unkept serves nothing_to_drain stable");
    CHECK(w.rec.now_in == phase::idle);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
    CHECK(w.rec.traffic.only(color::blue));
    CHECK(w.seen.replicas.size() == 1);
    CHECK(w.find(blue_r1) != nullptr);
    CHECK(condition_of(w, "Ready") == "True Serving");
    CHECK(condition_of(w, "Available") == "True Serving");
    CHECK(condition_of(w, "TrafficApplied") == "True Applied");
    CHECK(condition_of(w, "Reconciling").empty());
}

TEST_CASE("walk: blue to green by the steps, window, standby, and the old one stopped") {
    auto w = flipped();
    const auto up = run_until(w, [](const world& x) { return x.rec.now_in == phase::shifting; });
    CHECK(up == "new_generation begin prepare prepared create start started try_promise "
                "promise_unkept try_ask shift_begins");
    CHECK(w.rec.traffic.weight(color::green) == 50);
    CHECK(w.rec.traffic.weight(color::blue) == 50);
    const auto over = run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    CHECK(over == "promise_unkept shifting next_step promise_unkept serves drained stable");
    CHECK(to_string(*w.rec.stable) == "green r2000000");
    CHECK(to_string(*w.rec.standby) == "blue r1000000");
    CHECK(w.find(blue_r1)->runs());
    const auto later =
        run_until(w, [](const world& x) { return !x.rec.standby && !x.rec.stopped_at.empty(); });
    CHECK(
        later ==
        "tidy promise_unkept standby_expired retire_leftover finish_retiring retired note_stopped");
    CHECK_FALSE(w.find(blue_r1)->runs());
    CHECK(w.find(green_r2)->runs());
}

TEST_CASE("walk: the receipt tells outcome, weights, commit and both sides") {
    auto w = flipped();
    std::optional<json> receipt;
    for (int i = 0; i < 200 && !receipt; ++i) {
        const auto p = pass(w);
        receipt = p.receipt;
        if (p.wake) w.pass_time(*p.wake);
    }
    REQUIRE(receipt.has_value());
    CHECK((*receipt)["outcome"] == "Succeeded");
    CHECK((*receipt)["commit"] == "0123456789abcdef");
    CHECK((*receipt)["from"]["color"] == "blue");
    CHECK((*receipt)["to"]["revision"] == digest_of("r2"));
    CHECK((*receipt)["weights"].size() == 2);
    CHECK((*receipt)["weights"][1]["green"] == 100);
    CHECK((*receipt)["seconds"].get<double>() >= 630);
    CHECK(w.rec.receipt.empty());
}

TEST_CASE("walk: never healthy is rejected, blue untouched, and not tried again") {
    auto w = flipped();
    walk_to(w, phase::verifying);
    set_ready(w, color::green, readiness::starting);
    const auto before = w.rec.traffic;
    const auto rules = run_to_rest(w);
    CHECK(rules.starts_with("verifying deadline"));
    CHECK(w.rec.now_in == phase::held);
    CHECK(w.rec.held->kind == hold_kind::rejected);
    CHECK(w.rec.held->reason == "HealthTimeout");
    CHECK(w.rec.traffic == before);
    CHECK(w.find(blue_r1)->runs());
    CHECK_FALSE(w.find(green_r2)->runs());
    CHECK(condition_of(w, "Ready") == "False HealthTimeout");
    CHECK(condition_of(w, "Stalled") == "True HealthTimeout");

    SUBCASE("flipping away clears it, flipping back holds again at once") {
        edit(w, color::blue, "r1", "r2");
        const auto away = run_to_rest(w);
        CHECK(away == "new_generation hold_cleared");
        CHECK(w.rec.now_in == phase::idle);
        edit(w, color::green, "r1", "r2");
        const auto back = run_to_rest(w);
        CHECK(back == "new_generation still_rejected");
        CHECK(w.rec.held->reason == "StillRejected");
        CHECK_FALSE(w.find(green_r2)->runs());
    }
    SUBCASE("another revision is tried, and the old containers make room") {
        edit(w, color::green, "r1", "r3");
        walk_to(w, phase::watching);
        CHECK(w.find(green_r2) == nullptr);
        CHECK(to_string(*w.rec.serving) == "green r3000000");
    }
    SUBCASE("the wish to retry lets it run again") {
        w.rec.wished.retry = w.rec.held->what;
        const auto again =
            run_until(w, [](const world& x) { return x.rec.now_in == phase::verifying; });
        CHECK(again.starts_with("retry begin prepare"));
        CHECK(w.rec.rejected.empty());
    }
}

TEST_CASE("walk: turned bad after the switch is reverted by itself: traffic first") {
    auto w = flipped();
    walk_to(w, phase::watching);
    set_ready(w, color::green, readiness::sick);
    const auto rules = run_until(w, [](const world& x) { return x.rec.now_in == phase::held; });
    CHECK(rules == "drift_revert promise_unkept revert_confirmed reverted");
    CHECK(w.rec.held->kind == hold_kind::reverted);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
    CHECK(w.rec.traffic.only(color::blue));
    CHECK(w.find(green_r2)->runs());
    const auto after = run_to_rest(w);
    CHECK(after == "tidy promise_unkept retire_leftover finish_retiring retired note_stopped");
    CHECK_FALSE(w.find(green_r2)->runs());
    CHECK(condition_of(w, "RolledBack") == "True Drift");

    SUBCASE("reverting the commit clears Held and touches nothing") {
        edit(w, color::blue, "r1", "r2");
        const auto containers = w.seen.replicas;
        const auto promise = w.rec.traffic;
        CHECK(run_to_rest(w) == "new_generation hold_cleared");
        CHECK(w.rec.traffic == promise);
        CHECK(w.seen.replicas == containers);
        CHECK(condition_of(w, "Ready") == "True Serving");
        CHECK(condition_of(w, "RolledBack").empty());
    }
}

TEST_CASE("walk: turned bad at 50 % goes back in one write") {
    auto w = flipped();
    walk_to(w, phase::shifting);
    pass(w); // published
    set_ready(w, color::green, readiness::sick);
    CHECK(pass(w).rule == "drift_revert");
    CHECK(w.rec.traffic.only(color::blue));
    run_to_rest(w);
    CHECK(w.rec.now_in == phase::held);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
}

TEST_CASE(
    "walk: superseded (a) the stable revision is wanted again: one write, no steps, no Held") {
    auto w = flipped();
    walk_to(w, phase::watching);
    edit(w, color::blue, "r1", "r2");
    const auto rules = run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    CHECK(rules == "new_generation superseded_after promise_unkept revert_confirmed reverted");
    CHECK_FALSE(w.rec.held.has_value());
    CHECK(w.rec.rejected.empty());
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
    run_to_rest(w);
    CHECK(condition_of(w, "Ready") == "True Serving");
}

TEST_CASE("walk: superseded (b) fix forward: back to stable, then this colour is rebuilt") {
    auto w = flipped();
    walk_to(w, phase::watching);
    edit(w, color::green, "r1", "r3");
    run_until(w, [](const world& x) { return x.rec.now_in == phase::starting; });
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
    CHECK(w.rec.traffic.only(color::blue));
    walk_to(w, phase::watching);
    CHECK(to_string(*w.rec.serving) == "green r3000000");
    CHECK(w.find(green_r2) == nullptr);
}

TEST_CASE("walk: superseded (c) the window is finished first, then the stable colour is rebuilt") {
    auto w = flipped();
    walk_to(w, phase::watching);
    edit(w, color::blue, "r3", "r2");
    pass(w);
    pass(w);
    CHECK(w.rec.now_in == phase::watching);
    CHECK(condition_of(w, "Reconciling") == "True WindowOpen");
    const auto says = [&] { return waiting_for(&w.desired, w.seen, w.rec, w.now); };
    const auto end = w.now.wall + *w.desired.spec.watch.window - w.rec.timers.window.elapsed(w.now);
    const auto told = says();
    CHECK(told.find("to close at " + rfc3339(end) + ", before blue") != told.npos);
    CHECK(told.ends_with("; `alcedo promote shop` closes it now"));
    w.pass_time(seconds{7});
    CHECK(says() == told); // no figure that changes by itself
    run_until(w, [](const world& x) {
        return x.rec.now_in == phase::watching && x.rec.serving->colored == color::blue;
    });
    CHECK(to_string(*w.rec.serving) == "blue r3000000");

    SUBCASE("if the window fails: as usual, and then outdated") {
        auto v = flipped();
        walk_to(v, phase::watching);
        edit(v, color::blue, "r3", "r2");
        pass(v);
        set_ready(v, color::green, readiness::sick);
        run_to_rest(v);
        CHECK(to_string(*v.rec.serving) == "blue r1000000");
        CHECK(v.rec.now_in == phase::idle);
        CHECK(condition_of(v, "Ready") == "False ServingColorOutdated");
    }
    SUBCASE("before 100 % it is an abort") {
        auto v = flipped();
        walk_to(v, phase::shifting);
        edit(v, color::blue, "r3", "r2");
        run_to_rest(v);
        CHECK(to_string(*v.rec.serving) == "blue r1000000");
        CHECK(condition_of(v, "Ready") == "False ServingColorOutdated");
    }
}

TEST_CASE("walk: superseded before any weight: the newest counts, nothing is held") {
    auto w = flipped();
    walk_to(w, phase::verifying);
    edit(w, color::green, "r1", "r3");
    run_until(w, [](const world& x) { return x.rec.now_in == phase::watching; });
    CHECK(to_string(*w.rec.serving) == "green r3000000");
    CHECK(w.find(green_r2) == nullptr);
    CHECK(w.rec.rejected.empty());
}

TEST_CASE("walk: pause stops advancing, not protecting") {
    auto w = flipped();
    walk_to(w, phase::shifting);
    pass(w);
    edit(w, [](app_spec& s) { s.paused = true; });
    pass(w);
    CHECK(pass(w).rule == "paused");
    w.pass_time(std::chrono::hours{5});
    CHECK(look(w).rule == "paused");
    CHECK(w.rec.traffic.weight(color::green) == 50);
    CHECK(condition_of(w, "Paused") == "True Paused");

    SUBCASE("a sick candidate is still reverted") {
        set_ready(w, color::green, readiness::sick);
        run_until(w, [](const world& x) { return x.rec.now_in == phase::held; });
        CHECK(w.rec.traffic.only(color::blue));
    }
    SUBCASE("the step's clock stood still meanwhile") {
        edit(w, [](app_spec& s) { s.paused = false; });
        CHECK(pass(w).rule == "new_generation");
        CHECK(look(w).rule == "shifting");
        w.pass_time(seconds{31});
        CHECK(look(w).rule == "next_step");
    }
}
