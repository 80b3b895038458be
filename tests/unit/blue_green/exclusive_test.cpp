// A bot that must never run twice: who holds it, and the way it changes hands.

#include "rows_cases.hpp"

#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

world flipped_with_bot() {
    return flipped(with_bot());
}

bool bot_runs(world& w, const std::string& name) {
    const auto* r = w.find(name);
    return r && r->runs();
}

/// Blue has the bot and everything else again.
void check_back_on_blue(world& w) {
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
    CHECK(to_string(*w.rec.holder) == "blue r1000000");
    CHECK(w.rec.traffic.only(color::blue));
    CHECK(bot_runs(w, blue_bot));
    CHECK(w.find(green_bot) == nullptr);
    CHECK(w.rec.retiring.empty());
}

std::string until(world& w, phase there) {
    return run_until(w, [&](const world& x) { return x.rec.now_in == there; });
}

} // namespace

TEST_CASE("exclusive: on a first deploy it starts with the others and is gated by Verifying") {
    auto w = empty_world(shop(color::blue, "r1", "r2", with_bot()));
    const auto rules = until(w, phase::shifting);
    CHECK(rules == "new_generation begin prepare prepared exclusive_first create start started "
                   "try_promise promise_unkept try_ask shift_all");
    CHECK(to_string(*w.rec.holder) == "blue r1000000");
    CHECK(until(w, phase::idle) == "promise_unkept serves nothing_to_drain stable");
    CHECK(bot_runs(w, blue_bot));
    CHECK(w.seen.replicas.size() == 2);
    CHECK(condition_of(w, "Ready") == "True Serving");
}

TEST_CASE("exclusive: a first deploy whose bot never gets ready is rejected, and nobody holds it") {
    auto w = empty_world(shop(color::blue, "r1", "r2", with_bot()));
    walk_to(w, phase::verifying);
    set_ready(w, blue_bot, readiness::starting);
    const auto rules = until(w, phase::held);
    CHECK(rules == "verifying deadline");
    CHECK(w.rec.held->reason == "HealthTimeout");
    CHECK_FALSE(w.rec.holder.has_value());
    run_to_rest(w);
    CHECK(w.find(blue_bot) == nullptr);
}

TEST_CASE("exclusive: the handover: stopped, removed, seen absent, and only then created") {
    auto w = flipped_with_bot();
    walk_to(w, phase::shifting);
    CHECK(w.find(green_bot) == nullptr);
    CHECK(to_string(*w.rec.holder) == "blue r1000000");
    const auto rules = until(w, phase::idle);
    CHECK(rules ==
          "promise_unkept shifting next_step promise_unkept serves exclusive_elsewhere "
          "finish_retiring exclusive_remove exclusive_create exclusive_start exclusive_runs "
          "handed_over drained stable");
    CHECK(to_string(*w.rec.holder) == "green r2000000");
    CHECK(bot_runs(w, green_bot));
    CHECK(w.find(blue_bot) == nullptr);
    CHECK(w.find(blue_r1)->runs());
    CHECK(w.rec.retiring.empty());
    run_to_rest(w);
    CHECK(w.find(blue_bot) == nullptr);
}

TEST_CASE("exclusive: serving flips to who holds it in one commit, in a phase of its own") {
    auto w = before_rule("serves", with_bot());
    const auto p = look(w);
    CHECK(p.actions.empty());
    CHECK(p.next.now_in == phase::handover);
    CHECK(same(p.next.holder, p.next.serving));
    CHECK(to_string(*p.next.serving) == "green r2000000");
    // Without an exclusive service there is no such phase.
    CHECK(look(before_rule("serves")).next.now_in == phase::draining);
}

TEST_CASE("exclusive: the gap is measured, and the old one's last words are kept") {
    auto w = before_rule("exclusive_remove", with_bot());
    auto p = pass(w);
    REQUIRE(p.last_words.size() == 1);
    CHECK(w.rec.lapse_wall.has_value());
    w.pass_time(milliseconds{400});
    pass(w);
    pass(w);
    set_ready(w, green_bot, readiness::starting);
    w.pass_time(milliseconds{850});
    pass(w);
    set_ready(w, green_bot, readiness::ready);
    CHECK(pass(w).rule == "exclusive_runs");
    CHECK(w.rec.receipt["handover"]["gapMs"] == 1250);
    CHECK_FALSE(w.rec.lapse_wall.has_value());
}

TEST_CASE("exclusive: not ready within handoverTimeout: everything goes back, traffic first") {
    auto w = handing_over();
    walk_to_rule(w, "exclusive_runs");
    set_ready(w, green_bot, readiness::starting);
    const auto began = w.now.boot;
    CHECK(until(w, phase::reverting) == "handover drift_revert");
    CHECK(w.now.boot - began >= seconds{59});
    CHECK(w.now.boot - began < seconds{65});
    CHECK(look(w).rule == "promise_unkept");
    const auto back = until(w, phase::held);
    CHECK(back.starts_with("promise_unkept revert_confirmed"));
    run_to_rest(w);
    check_back_on_blue(w);
    CHECK(w.rec.held->kind == hold_kind::reverted);
    CHECK(w.rec.held->reason == "HandoverFailed");
    CHECK(w.rec.held->message.find("did not take over within 1m: bot 0 of 1 ready") !=
          std::string::npos);
}

TEST_CASE("exclusive: a new one that keeps falling is tried while its budget lasts") {
    auto w = handing_over();
    run_until(w, [&](const world& x) {
        auto& y = const_cast<world&>(x);
        if (bot_runs(y, green_bot)) fall(y, green_bot);
        return x.rec.now_in == phase::held;
    });
    CHECK(w.rec.held->reason == "HandoverFailed");
    run_to_rest(w);
    check_back_on_blue(w);
}

TEST_CASE("exclusive: a new one that the engine refuses goes back at once") {
    auto w = handing_over();
    w.seen.refused = refusal{digest_of("r2"), std::string(reason::CreateFailed), "no such file"};
    CHECK(look(w).rule == "drift_revert");
}

TEST_CASE("exclusive: Freeze and Notify do not keep a handover that failed") {
    for (const auto policy : {on_failure::freeze, on_failure::notify}) {
        auto w = flipped_with_bot();
        edit(w, [&](app_spec& s) { s.watch.then = policy; });
        walk_to_rule(w, "exclusive_runs");
        set_ready(w, green_bot, readiness::starting);
        until(w, phase::reverting);
        run_to_rest(w);
        check_back_on_blue(w);
    }
}

TEST_CASE("exclusive: the time of the old one's grace period is not the new one's") {
    auto w = at(phase::handover, with_bot());
    pass(w);
    w.find(blue_bot)->stop_pending = true; // it takes its time
    pass(w);
    w.pass_time(std::chrono::minutes{30});
    CHECK(look(w).rule == "handover");
    CHECK_FALSE(w.rec.timers.phase.is_running());
    w.find(blue_bot)->state = life::exited;
    CHECK(pass(w).rule == "exclusive_remove");
    CHECK(w.rec.retiring.empty());
    CHECK(pass(w).rule == "exclusive_create");
    CHECK(w.rec.timers.phase.is_running());
}

TEST_CASE("exclusive: an engine that brings the stopped one back changes nothing but the time") {
    auto w = before_rule("exclusive_remove", with_bot());
    auto* old = w.find(blue_bot);
    old->state = life::running;
    old->stop_answered = false;
    w.rec.retiring.clear();
    CHECK(pass(w).rule == "exclusive_elsewhere");
    CHECK(pass(w).rule == "finish_retiring");
    CHECK(pass(w).rule == "exclusive_remove");
    CHECK(pass(w).rule == "exclusive_create");
}

TEST_CASE("exclusive: a stray created late, by an answer that was lost, is removed first") {
    auto w = blue_serves(with_bot());
    auto late = stranger(color::green, "r2", life::created);
    late.name = green_bot;
    late.service = "bot";
    w.seen.replicas.push_back(late);
    fall(w, blue_bot);
    CHECK(pass(w).rule == "exclusive_remove");
    CHECK(pass(w).rule == "exclusive_start_again");
}

TEST_CASE("exclusive: a lost stop is asked for again, and creates nothing meanwhile") {
    auto w = at(phase::handover, with_bot());
    CHECK(pass(w).rule == "exclusive_elsewhere");
    for (int i = 0; i < 5; ++i) {
        const auto p = look(w);
        CHECK(p.rule == "finish_retiring");
        w.commit(p.next); // the call gets no answer
    }
    until(w, phase::draining);
    CHECK(bot_runs(w, green_bot));
}

TEST_CASE("exclusive: drift in the window moves the bot back, after the traffic") {
    auto w = at(phase::watching, with_bot());
    REQUIRE(bot_runs(w, green_bot));
    set_ready(w, green_r2, readiness::sick);
    CHECK(pass(w).rule == "drift_revert");
    CHECK(to_string(*w.rec.holder) == "blue r1000000");
    CHECK(pass(w).rule == "promise_unkept");
    run_to_rest(w);
    check_back_on_blue(w);
}

TEST_CASE("exclusive: a bot that turns bad in the window takes everything back") {
    for (const bool exits : {false, true}) {
        auto w = at(phase::watching, with_bot());
        if (exits)
            fall(w, green_bot);
        else
            set_ready(w, green_bot, readiness::sick);
        CHECK(pass(w).rule == "drift_revert");
        run_to_rest(w);
        check_back_on_blue(w);
        CHECK(w.rec.held->reason == "Drift");
    }
}

TEST_CASE("exclusive: aborted or superseded, in Handover and after: the bot goes back") {
    for (const auto there : {phase::handover, phase::draining, phase::watching}) {
        auto w = at(there, with_bot());
        w.rec.wished.abort = w.rec.attempt;
        run_to_rest(w);
        check_back_on_blue(w);
        auto v = at(there, with_bot());
        edit(v, color::blue, "r1", "r2");
        run_to_rest(v);
        check_back_on_blue(v);
        CHECK(v.rec.now_in == phase::idle);
    }
}

TEST_CASE("exclusive: rolled back to a standby, the bot goes with it") {
    auto w = idle_after_switch(with_bot());
    w.rec.wished.rollback = w.rec.serving;
    run_to_rest(w);
    check_back_on_blue(w);
}

TEST_CASE("exclusive: rejected or superseded before the switch, the old bot never noticed") {
    for (const bool supersede : {false, true}) {
        auto w = at(phase::verifying, with_bot());
        const auto id = w.find(blue_bot)->id;
        set_ready(w, green_r2, readiness::starting);
        if (supersede) edit(w, color::blue, "r1", "r2");
        run_to_rest(w);
        check_back_on_blue(w);
        CHECK(w.find(blue_bot)->id == id);
    }
}

TEST_CASE("exclusive: what depends on a dead bot is not the traffic") {
    auto w = flipped_with_bot();
    fall(w, blue_bot);
    w.rec.budgets[0].left = 0;
    walk_to(w, phase::shifting);
    until(w, phase::idle);
    CHECK(bot_runs(w, green_bot));
}

TEST_CASE("exclusive: at rest it is repaired by its colour's budget, and told") {
    auto w = blue_serves(with_bot());
    fall(w, blue_bot);
    CHECK(pass(w).rule == "exclusive_start_again");
    CHECK(w.rec.budgets[0].left == 4);
    set_ready(w, blue_bot, readiness::sick);
    CHECK(condition_of((pass(w), w), "Ready") == "False Repairing");
    w.rec.budgets[0].left = 0;
    pass(w);
    CHECK(condition_of(w, "Ready") == "False RepairsExhausted");
    std::erase_if(w.seen.replicas, [](const replica& r) { return r.name == blue_bot; });
    CHECK(look(w).rule == "exclusive_create"); // free: somebody removed it
}

TEST_CASE("exclusive: one that exists is started, though its revision cannot be made again") {
    // After a restart of the engine it was left down, for a reason that is about creating it.
    auto w = blue_serves(with_bot());
    auto* bot = w.find(blue_bot);
    bot->state = life::exited;
    bot->never_started = true;
    w.seen.refused = refusal{digest_of("r1"), std::string(reason::RevisionNotReproducible), "env"};
    CHECK(pass(w).rule == "exclusive_impossible"); // said once
    CHECK(pass(w).rule == "exclusive_start");
    CHECK(w.rec.budgets[0].left == 5);
}

TEST_CASE("exclusive: an app of nothing but a bot changes colour when Verifying has passed") {
    shop_options alone = with_bot();
    alone.routes = false;
    auto d = shop(color::blue, "r1", "r2", alone);
    for (auto& c : d.spec.colors)
        std::erase_if(c.services, [](const service_spec& s) { return s.name == "web"; });
    auto w = empty_world(std::move(d));
    run_until(w, [](const world& x) { return x.rec.stable.has_value(); });
    CHECK(bot_runs(w, blue_bot));
    edit(w, color::green, "r1", "r2");
    walk_to(w, phase::handover);
    CHECK(until(w, phase::idle)
              .starts_with("exclusive_elsewhere finish_retiring exclusive_remove "
                           "exclusive_create exclusive_start exclusive_runs"));
    CHECK(bot_runs(w, green_bot));
    CHECK(w.find(blue_bot) == nullptr);
    set_ready(w, green_bot, readiness::sick);
    w.rec.budgets[1].left = 0;
    pass(w);
    CHECK(condition_of(w, "Available") == "False NotReady");
}

TEST_CASE("exclusive: paused in the middle, the bot still gets where it belongs") {
    auto w = at(phase::handover, with_bot());
    edit(w, [](app_spec& s) { s.paused = true; });
    run_until(w, [](const world& x) {
        auto y = x;
        return bot_runs(y, green_bot) && look(x).rule == "paused";
    });
    CHECK(w.rec.now_in == phase::handover);
    w.pass_time(std::chrono::hours{1});
    CHECK(look(w).rule == "paused");
}

TEST_CASE("exclusive: a record of before there were any is adopted by who serves") {
    auto w = blue_serves(with_bot());
    w.rec.holder.reset();
    auto old = json(w.rec);
    CHECK_FALSE(old.contains("holder"));
    w.rec = old.get<record>();
    CHECK(pass(w).rule == "exclusive_adopted");
    CHECK(same(w.rec.holder, w.rec.serving));
    CHECK(look(w).rule == "up_to_date");
    // A service that becomes exclusive in place: the standby's is one too many.
    auto v = idle_after_switch();
    edit(v, [](app_spec& s) {
        s.traffic.reset();
        for (auto& c : s.colors)
            c.services[0].exclusive = true;
    });
    run_to_rest(v);
    CHECK(v.find(blue_r1) == nullptr);
    CHECK(bot_runs(v, green_r2));
}

TEST_CASE("exclusive: an app without any is not touched by all this") {
    auto w = flipped();
    until(w, phase::idle);
    CHECK_FALSE(w.rec.holder.has_value());
}

TEST_CASE("exclusive: a crash after any action of a handover ends the same") {
    const auto finished = [](const world& x) { return x.rec.now_in == phase::watching; };
    crash_after_any_action(at(phase::shifting, with_bot()), finished, [](world& crashed) {
        CHECK(bot_runs(crashed, green_bot));
        CHECK(crashed.find(blue_bot) == nullptr);
    });
}
