// The rehearsal of an exclusive service: beside the real one of another release, before the switch
// only, and gone before anything changes hands.

#include "rows_cases.hpp"

#include "reconcilers/blue_green/rehearsal.hpp"
#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

shop_options rehearsed() {
    auto options = with_bot();
    options.rehearse = true;
    return options;
}

std::string until(world& w, phase there) {
    return run_until(w, [&](const world& x) { return x.rec.now_in == there; });
}

/// The old bot noticed nothing, and of the rehearsal nothing is left.
void check_untouched(world& w, const std::string& id) {
    run_to_rest(w);
    CHECK(w.find(green_rehearsal) == nullptr);
    REQUIRE(w.find(blue_bot) != nullptr);
    CHECK(w.find(blue_bot)->id == id);
    CHECK(w.find(blue_bot)->runs());
    CHECK(to_string(*w.rec.holder) == "blue r1000000");
    CHECK(w.rec.retiring.empty());
}

bool tells(const world& w, const std::string& part) {
    for (const auto& e : w.rec.events)
        if (e.reason == reason::Rehearsed && e.message.find(part) != std::string::npos) return true;
    return false;
}

} // namespace

TEST_CASE("rehearsal: created with the new colour, verified, gone before the old one is stopped") {
    auto w = flipped(rehearsed());
    walk_to(w, phase::starting);
    CHECK(actions_of(look(w)) ==
          "create green r2000000 web 1, create green r2000000 bot rehearsal");
    walk_to(w, phase::verifying);
    REQUIRE(w.find(green_rehearsal) != nullptr);
    CHECK(w.find(green_rehearsal)->rehearsal == rehearsal_digest);
    CHECK(w.find(blue_bot)->runs());
    CHECK(until(w, phase::shifting) == "try_promise promise_unkept try_ask shift_begins");
    CHECK(tells(w, "bot of green r2000000 passed its rehearsal"));
    CHECK(w.rec.receipt["rehearsal"]["passed"] == json{"bot"});
    CHECK(until(w, phase::idle) ==
          "promise_unkept exclusive_elsewhere finish_retiring exclusive_remove next_step "
          "promise_unkept serves exclusive_elsewhere finish_retiring exclusive_remove "
          "exclusive_create exclusive_start exclusive_runs handed_over drained stable");
    CHECK(tells(w, green_rehearsal + " is removed: its rehearsal is over"));
    CHECK(w.find(green_bot)->runs());
    CHECK(w.find(green_rehearsal) == nullptr);
    CHECK(w.find(blue_bot) == nullptr);
}

TEST_CASE("rehearsal: without steps, the old one runs until the rehearsal is seen absent") {
    auto w = flipped(rehearsed());
    edit(w, [](app_spec& s) { s.traffic->steps.clear(); });
    w.ack_takes = 0;
    walk_to(w, phase::shifting);
    bool stopped_late = false;
    run_until(w, [&](const world& x) {
        auto y = x;
        const bool rehearses = y.find(green_rehearsal) != nullptr;
        const auto* old = y.find(blue_bot);
        CHECK((!rehearses || (old && old->runs())));
        stopped_late = stopped_late || (!rehearses && old && old->runs());
        return x.rec.now_in == phase::draining;
    });
    CHECK(stopped_late);
    CHECK(w.find(green_bot)->runs());
}

TEST_CASE("rehearsal: one that fails is rejected like any other container of the new colour") {
    struct {
        const char* why;
        std::function<void(world&)> happens;
    } const ways[] = {
        {"HealthTimeout", [](world& w) { set_ready(w, green_rehearsal, readiness::starting); }},
        {"Unhealthy",
         [](world& w) {
             set_ready(w, green_rehearsal, readiness::starting);
             w.find(green_rehearsal)->docker_unhealthy = true;
         }},
        {"RestartLoop",
         [](world& w) {
             w.find(green_rehearsal)->exits = 2;
             w.find(green_rehearsal)->recent_exits = 2;
         }},
        {"CreateFailed",
         [](world& w) {
             w.seen.refused = refusal{digest_of("r2"), std::string(reason::CreateFailed), "no"};
         }},
    };
    for (const auto& [why, happens] : ways) {
        CAPTURE(why);
        auto w = at(phase::verifying, rehearsed());
        const auto id = w.find(blue_bot)->id;
        happens(w);
        until(w, phase::held);
        CHECK(w.rec.held->kind == hold_kind::rejected);
        CHECK(w.rec.held->reason == why);
        check_untouched(w, id);
    }
}

TEST_CASE("rehearsal: what it waits for is said, and it is no replica") {
    auto w = at(phase::verifying, rehearsed());
    set_ready(w, green_rehearsal, readiness::starting);
    const auto status = make_status(&w.desired, w.seen, w.rec, w.now);
    CHECK(status["waitingFor"] == "bot 0 of 1 ready (" + green_rehearsal + " is starting)");
    CHECK(status["replicas"]["green"] == json{{"desired", 1}, {"ready", 1}});
    CHECK(status["replicas"]["blue"] == json{{"desired", 2}, {"ready", 2}});
    CHECK(look(w).rule == "verifying");
}

TEST_CASE("rehearsal: one that ends once is started again") {
    auto w = at(phase::verifying, rehearsed());
    fall(w, green_rehearsal);
    CHECK(pass(w).rule == "start_again");
    CHECK(w.find(green_rehearsal)->runs());
}

TEST_CASE("rehearsal: aborted, superseded, reverted, deleted or paused, it does not stay") {
    for (const auto there : {phase::starting, phase::verifying, phase::shifting}) {
        CAPTURE(to_string(there));
        auto w = at(there, rehearsed());
        const auto id = w.find(blue_bot)->id;
        if (there == phase::starting) pass(w); // created
        w.rec.wished.abort = w.rec.attempt;
        check_untouched(w, id);
        auto v = at(there, rehearsed());
        const auto same = v.find(blue_bot)->id;
        if (there == phase::starting) pass(v);
        edit(v, color::blue, "r1", "r2");
        check_untouched(v, same);
        auto x = at(there, rehearsed());
        if (there == phase::starting) pass(x);
        x.desired.deleting = true;
        run_to_rest(x);
        CHECK(x.seen.replicas.empty());
    }
    auto w = at(phase::shifting, rehearsed());
    edit(w, [](app_spec& s) { s.paused = true; });
    run_to_rest(w);
    CHECK(w.find(green_rehearsal) == nullptr);
    CHECK(w.rec.now_in == phase::shifting);
}

TEST_CASE("rehearsal: another revision on the way: the old rehearsal goes, its own comes") {
    auto w = at(phase::verifying, rehearsed());
    edit(w, color::green, "r1", "r3");
    run_until(w, [](const world& x) {
        auto y = x;
        const auto* r = y.find("shop-green-bot-r3000000-0");
        return r && r->runs();
    });
    CHECK(w.find(green_rehearsal) == nullptr);
}

TEST_CASE("rehearsal: other settings of the same revision make it anew; none, and it goes") {
    auto w = at(phase::verifying, rehearsed());
    const auto id = w.find(green_rehearsal)->id;
    edit(w, [](app_spec& s) {
        for (auto& c : s.colors)
            c.services[1].rehearsal->digest = "fedcba9876543210";
    });
    run_until(w, [&](const world& x) {
        auto y = x;
        const auto* r = y.find(green_rehearsal);
        return r && r->rehearsal == "fedcba9876543210" && r->runs();
    });
    CHECK(w.find(green_rehearsal)->id != id);
    CHECK(w.rec.now_in == phase::verifying);
    edit(w, [](app_spec& s) {
        for (auto& c : s.colors)
            c.services[1].rehearsal.reset();
    });
    run_until(w, [](const world& x) {
        auto y = x;
        return y.find(green_rehearsal) == nullptr;
    });
    CHECK(until(w, phase::shifting).find("create") == std::string::npos);
}

TEST_CASE("rehearsal: a service that is not exclusive any more, or gone, leaves none behind") {
    for (const bool gone : {false, true}) {
        auto w = at(phase::verifying, rehearsed());
        edit(w, [&](app_spec& s) {
            for (auto& c : s.colors) {
                c.services[1].exclusive = false;
                if (gone) c.services.pop_back();
            }
        });
        run_until(w, [](const world& x) {
            auto y = x;
            return y.find(green_rehearsal) == nullptr;
        });
    }
}

TEST_CASE("rehearsal: an engine that brings it back, or a create that lands late: stopped, gone") {
    for (const auto state : {life::running, life::created, life::exited}) {
        auto w = blue_serves(rehearsed());
        auto late = stranger(color::green, "r2", state);
        late.name = green_rehearsal;
        late.service = "bot";
        late.ordinal = 0;
        late.rehearsal = rehearsal_digest;
        w.seen.replicas.push_back(late);
        CHECK(look(w).rule ==
              (state == life::running ? "exclusive_elsewhere" : "exclusive_remove"));
        check_untouched(w, w.find(blue_bot)->id);
    }
}

TEST_CASE("rehearsal: a real one that turns up in its colour is removed, the rehearsal goes on") {
    auto w = at(phase::verifying, rehearsed());
    set_ready(w, green_rehearsal, readiness::starting);
    const auto id = w.find(green_rehearsal)->id;
    auto late = stranger(color::green, "r2", life::running);
    late.name = green_bot;
    late.service = "bot";
    w.seen.replicas.push_back(late);
    CHECK(pass(w).rule == "exclusive_elsewhere");
    CHECK(pass(w).rule == "finish_retiring");
    CHECK(pass(w).rule == "exclusive_remove");
    CHECK(w.find(green_bot) == nullptr);
    CHECK(w.find(green_rehearsal)->id == id);
    CHECK(w.find(green_rehearsal)->runs());
}

TEST_CASE("rehearsal: none on a first deploy, none where nobody else holds the service") {
    auto w = empty_world(shop(color::blue, "r1", "r2", rehearsed()));
    run_until(w, [](const world& x) {
        for (const auto& r : x.seen.replicas)
            CHECK_FALSE(r.is_rehearsal());
        return x.rec.stable.has_value();
    });
    CHECK(w.find(blue_bot)->runs());
}

TEST_CASE("rehearsal: the real one is mended meanwhile") {
    auto w = at(phase::verifying, rehearsed());
    set_ready(w, green_rehearsal, readiness::starting);
    fall(w, blue_bot);
    CHECK(pass(w).rule == "exclusive_start_again");
    std::erase_if(w.seen.replicas, [](const replica& r) { return r.name == blue_bot; });
    CHECK(pass(w).rule == "exclusive_create");
    CHECK(w.find(green_rehearsal)->runs());
}

TEST_CASE("rehearsal: while a person is waited for it runs, and is removed once promoted") {
    auto w = flipped(rehearsed());
    edit(w, [](app_spec& s) { s.traffic->manual_approval = true; });
    walk_to(w, phase::awaiting_approval);
    w.pass_time(std::chrono::hours{2});
    pass(w);
    CHECK(w.find(green_rehearsal)->runs());
    w.rec.wished.promoted = w.rec.attempt;
    until(w, phase::idle);
    CHECK(w.find(green_rehearsal) == nullptr);
    CHECK(w.find(green_bot)->runs());
}

TEST_CASE("rehearsal: a crash after any action of a rollout ends the same") {
    const auto finished = [](const world& x) { return x.rec.now_in == phase::watching; };
    crash_after_any_action(at(phase::starting, rehearsed()), finished, [](world& crashed) {
        CHECK(crashed.find(green_bot)->runs());
        CHECK(crashed.find(blue_bot) == nullptr);
        CHECK(crashed.find(green_rehearsal) == nullptr);
    });
}

TEST_CASE("S28: invariants see a rehearsal beside the real one of its colour, and an early stop") {
    auto w = at(phase::verifying, rehearsed());
    const auto found = [&](const plan& p) {
        for (const auto& v : check_plan(&w.desired, w.seen, w.rec, p, w.now))
            if (v.invariant == "S28") return true;
        return false;
    };
    plan real;
    real.next = w.rec;
    real.next.holder = w.rec.attempt;
    real.actions = {create_container{*w.rec.attempt, "bot", 1}};
    CHECK(found(real));
    plan again;
    again.next = w.rec;
    again.next.now_in = phase::shifting;
    again.actions = {
        start_container{w.find(green_rehearsal)->id, green_rehearsal, digest_of("r2")}};
    CHECK(found(again));
    plan stop;
    stop.next = w.rec;
    stop.next.now_in = phase::handover;
    stop.next.holder = w.rec.attempt;
    stop.next.retiring = {w.find(blue_bot)->id};
    CHECK(found(stop));
    CHECK_FALSE(found(look(w)));
}
