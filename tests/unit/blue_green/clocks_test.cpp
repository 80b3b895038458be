// Time: which clocks run when, what stands still, and that no wall clock decides anything.

#include "rows_cases.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

TEST_CASE("clocks: a wall clock that jumps ten years changes no action and no phase (S19)") {
    for (const auto& [name, w] : case_worlds()) {
        CAPTURE(name);
        const auto now = look(w);
        for (const auto jump : {std::chrono::hours{24 * 3650}, std::chrono::hours{-24 * 3650}}) {
            auto v = w;
            v.now.wall += jump;
            const auto then = look(v);
            CHECK(then.rule == now.rule);
            CHECK(then.actions == now.actions);
            CHECK(then.next.now_in == now.next.now_in);
            CHECK(then.next.traffic == now.next.traffic);
            CHECK(then.wake == now.wake);
        }
    }
}

TEST_CASE("clocks: another boot never makes a deadline pass at once") {
    for (const auto& [name, made] : case_worlds()) {
        CAPTURE(name);
        auto w = made;
        if (name == "deadline" || name == "next_step" || name == "stable" ||
            name == "standby_expired" || name == "scale_down" || name == "delete_stop" ||
            name == "remove_leftover")
            continue; // these won by time that only this boot has seen
        w.now.boot_id = "another";
        w.now.boot = seconds{3};
        const auto p = look(w);
        CHECK(p.rule != "deadline");
        CHECK(p.rule != "stable");
        CHECK(p.rule != "standby_expired");
        CHECK(p.rule != "remove_leftover");
    }
    auto w = at(phase::watching);
    pass(w);
    w.pass_time(std::chrono::minutes{9});
    w.now.boot_id = "another";
    w.now.boot = milliseconds{0};
    pass(w);
    w.pass_time(std::chrono::minutes{2});
    CHECK(look(w).rule == "watching");
}

TEST_CASE("clocks: the window stands still while the colour is not well or the proxy not seen") {
    auto w = at(phase::watching);
    pass(w);
    w.pass_time(std::chrono::minutes{5});
    const auto left = look(w).wake;
    CHECK(left < std::chrono::minutes{5});
    SUBCASE("starting again") {
        set_ready(w, color::green, readiness::starting);
        pass(w);
        w.pass_time(std::chrono::hours{3});
        CHECK(look(w).rule == "watching");
        set_ready(w, color::green, readiness::ready);
        pass(w);
        CHECK(look(w).wake == left);
    }
    SUBCASE("proxy unknown") {
        w.seen.traffic = traffic_state::unknown;
        pass(w);
        w.pass_time(std::chrono::hours{3});
        w.seen.traffic = traffic_state::confirmed;
        CHECK(pass(w).rule == "watching");
        CHECK(look(w).wake == left);
        CHECK(w.rec.rejected.empty());
    }
    SUBCASE("engine unknown") {
        auto containers = w.seen.replicas;
        w.seen.docker_known = false;
        w.seen.replicas.clear();
        pass(w);
        w.pass_time(std::chrono::hours{3});
        w.seen.docker_known = true;
        w.seen.replicas = containers;
        CHECK(pass(w).rule == "watching");
        CHECK(look(w).wake == left);
    }
}

TEST_CASE("clocks: a step is held from its confirmation, and only while confirmed") {
    auto w = at(phase::shifting);
    w.pass_time(std::chrono::hours{1});
    pass(w);
    CHECK(pass(w).rule == "shifting");
    CHECK(look(w).wake == seconds{30});
    w.pass_time(seconds{20});
    w.seen.traffic = traffic_state::late;
    pass(w);
    w.pass_time(std::chrono::hours{1});
    pass(w);
    CHECK(pass(w).rule == "shifting");
    CHECK(look(w).wake == seconds{10});
}

TEST_CASE("clocks: health.timeout counts from the first container, through Verifying") {
    auto w = before_rule("create");
    w.pass_time(std::chrono::hours{1});
    CHECK(pass(w).rule == "create");
    CHECK(pass(w).rule == "start");
    set_ready(w, color::green, readiness::starting);
    w.pass_time(seconds{60});
    CHECK(pass(w).rule == "started");
    w.pass_time(seconds{59});
    CHECK(look(w).rule == "verifying");
    w.pass_time(seconds{2});
    CHECK(look(w).rule == "deadline");
}

TEST_CASE("clocks: a proxy that cannot reach the new colour is no verdict: the deadline stands") {
    auto w = before_rule("try_ask");
    pass(w);
    w.seen.tried = try_answer::cannot_reach;
    w.seen.try_message = "docker network connect alcedo traefik";
    w.commit(look(w).next);
    w.pass_time(std::chrono::hours{2});
    const auto p = look(w);
    w.commit(p.next);
    CHECK(p.rule == "try_ask");
    CHECK(condition_of(w, "Reconciling") == "True ProxyCannotReach");
    w.seen.tried = try_answer::answered;
    CHECK(look(w).rule == "shift_begins");
}

TEST_CASE("clocks: draining waits for the grace, then for connections, then no longer") {
    auto w = at(phase::draining);
    SUBCASE("nobody connected: the grace") {
        CHECK(look(w).rule == "draining");
        w.pass_time(milliseconds{999});
        CHECK(look(w).rule == "draining");
        w.pass_time(milliseconds{1});
        CHECK(look(w).rule == "drained");
    }
    SUBCASE("connected, or unknown: drain.timeout") {
        for (const auto open : {open_connections::some, open_connections::unknown}) {
            auto v = w;
            v.seen.open[0] = open;
            v.pass_time(seconds{29});
            CHECK(look(v).rule == "draining");
            v.pass_time(seconds{1});
            CHECK(look(v).rule == "drained");
        }
    }
}

TEST_CASE("clocks: the standby's end is counted from the confirmed 100 %, not from the window") {
    auto w = at(phase::draining);
    const auto confirmed = w.now.boot;
    run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    walk_to_rule(w, "standby_expired");
    CHECK(w.now.boot - confirmed >= std::chrono::minutes{15});
    CHECK(w.now.boot - confirmed < std::chrono::minutes{16});
}

TEST_CASE("clocks: a repair comes back after ten minutes, and repairs back off") {
    auto w = blue_serves();
    for (const auto after : {0, 1, 2, 4, 8}) {
        fall(w, blue_r1);
        if (after > 0) {
            w.pass_time(milliseconds{after * 1000 - 1});
            CHECK(look(w).rule != "repair_start");
            w.pass_time(milliseconds{1});
        }
        CHECK(pass(w).rule == "repair_start");
    }
    CHECK(w.rec.budgets[0].left == 0);
    fall(w, blue_r1);
    pass(w);
    CHECK(condition_of(w, "Ready") == "False RepairsExhausted");
    CHECK(condition_of(w, "Stalled") == "True RepairsExhausted");
    w.pass_time(std::chrono::minutes{10});
    pass(w);
    CHECK(w.rec.budgets[0].left == 1);
    w.pass_time(seconds{8});
    CHECK(pass(w).rule == "repair_start");
    SUBCASE("a new generation fills the budget") {
        fall(w, blue_r1);
        edit(w, [](app_spec& s) { s.labels["team"] = "bots"; });
        pass(w);
        CHECK(w.rec.budgets[0].left == 5);
        CHECK(look(w).rule == "repair_start");
    }
}

TEST_CASE("clocks: watch.window Always never becomes stable, and reverts for ever") {
    auto w = at(phase::watching);
    edit(w, [](app_spec& s) {
        s.watch.window.reset();
        s.standby.then = standby_then::keep;
    });
    pass(w);
    w.pass_time(std::chrono::hours{24 * 30});
    CHECK_FALSE(changes(w, look(w)));
    CHECK(w.rec.now_in == phase::watching);
    set_ready(w, color::green, readiness::sick);
    CHECK(look(w).rule == "drift_revert");
}

TEST_CASE("clocks: at rest nothing is written, acted or woken for (L2)") {
    auto w = blue_serves();
    run_to_rest(w);
    const auto before = w.rec;
    for (int i = 0; i < 100; ++i) {
        w.pass_time(seconds{30});
        const auto p = pass(w);
        CHECK(p.actions.empty());
        CHECK(p.events.empty());
        CHECK_FALSE(p.wake.has_value());
    }
    CHECK(w.rec == before);
}
