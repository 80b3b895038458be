#include "reconcilers/blue_green/clocks.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr milliseconds repair_refill = std::chrono::minutes{10};
constexpr milliseconds poll{1000};
constexpr milliseconds poll_ack{250};
constexpr milliseconds poll_withheld{5000};

/// Everything is ready and only the proxy's word is missing.
bool waits_for_proxy(const situation& s) {
    const bool asked = s.seen.tried == try_answer::answered || s.seen.tried == try_answer::skipped;
    return s.verified() && s.attempt_routed() && !(s.confirmed && s.tried_promised() && asked);
}

bool has_begun(const situation& s) {
    return s.attempt && std::any_of(s.attempt->slots.begin(), s.attempt->slots.end(),
                                    [](const slot& x) { return x.at != nullptr; });
}

bool phase_runs(const situation& s) {
    if (!s.docker_known) return false;
    switch (s.rec.now_in) {
    case phase::reverting:
    case phase::deleting:
        return s.confirmed;
    case phase::starting:
    case phase::verifying:
        return !s.paused && !s.blocked && !s.withheld() && has_begun(s) && !waits_for_proxy(s) &&
               s.seen.hindered.empty();
    case phase::shifting:
    case phase::draining:
        return !s.paused && s.confirmed;
    case phase::awaiting_approval:
        return !s.paused; // a person's time, whatever the proxy does
    case phase::handover:
        // The old one's grace period is not the new one's time.
        return !s.paused && s.elsewhere.empty() && s.seen.hindered.empty();
    case phase::idle:
    case phase::preparing:
    case phase::watching:
    case phase::held:
        return false;
    }
    return false;
}

bool has_switched(const situation& s) {
    return s.rec.now_in == phase::handover || s.rec.now_in == phase::draining ||
           s.rec.now_in == phase::watching;
}

bool window_runs(const situation& s) {
    return has_switched(s) && s.docker_known && !s.paused && s.confirmed && s.attempt &&
           s.attempt->all_ready && s.attempt->exclusive_ready && !s.attempt_bad &&
           s.desired.spec.watch.window.has_value();
}

bool standby_runs(const situation& s) {
    if (s.paused || s.frozen || s.desired.spec.standby.then == standby_then::keep) return false;
    return has_switched(s) ? s.rec.origin.has_value() : s.resting && s.rec.standby.has_value();
}

bool strangers_run(const situation& s) {
    if (s.rec.now_in != phase::starting || !s.rec.attempt) return false;
    const auto all = s.others_in(s.rec.attempt->colored, *s.rec.attempt);
    return !s.rec.drained[index_of(s.rec.attempt->colored)] &&
           std::any_of(all.begin(), all.end(),
                       [&](const replica* r) { return r->runs() && !s.is_retiring(*r); });
}

bool leftovers_run(const situation& s) {
    if (!s.resting) return false;
    const auto left = s.leftovers();
    const auto more = s.surplus(s.serving);
    return std::any_of(left.begin(), left.end(),
                       [&](const replica* r) {
                           return r->runs() && !s.is_retiring(*r) &&
                                  !s.rec.drained[index_of(r->colored)];
                       }) ||
           std::any_of(more.begin(), more.end(), [&](const slot* x) {
               return x->at->runs() && !is_listed(s.rec.traffic.content, x->at->name);
           });
}

/// Out of the document because it fails while others of its service answer.
bool sick_runs(const situation& s) {
    for (const auto* f : {&s.serving, &s.attempt, &s.origin})
        if (*f && std::any_of((*f)->slots.begin(), (*f)->slots.end(), [&](const slot& x) {
                return x.is == slot::state::sick && !is_listed(s.rec.traffic.content, x.at->name);
            }))
            return true;
    return false;
}

bool retire_runs(const situation& s) {
    return s.docker_known && s.confirmed && (strangers_run(s) || leftovers_run(s) || sick_runs(s));
}

void set(stopwatch& watch, bool runs, const moment& now) {
    if (runs)
        watch.run(now);
    else if (watch.is_running())
        watch.stop(now);
}

bool in_use(const situation& s, color c) {
    for (const auto* x : {&s.rec.attempt, &s.rec.origin, &s.rec.serving})
        if (*x && (*x)->colored == c) return true;
    return false;
}

void refill(record& next, const situation& s) {
    for (const auto c : both_colors) {
        auto& b = next.budgets[index_of(c)];
        const int full = s.full_budget(c);
        if (!in_use(s, c)) b.left = full;
        if (b.left < full && b.refill.elapsed(s.now) >= repair_refill) {
            ++b.left;
            b.refill.restart(s.now);
        }
        if (b.left >= full)
            b.refill = {};
        else
            b.refill.run(s.now);
    }
}

void consider(std::optional<milliseconds>& wake, milliseconds after) {
    after = std::max(after, milliseconds{1});
    if (!wake || after < *wake) wake = after;
}

struct alarm {
    const situation& s;
    std::optional<milliseconds> wake;

    /// When a running watch will have reached `span`.
    void at(const stopwatch& watch, milliseconds span) {
        if (watch.is_running() && watch.elapsed(s.now) < span)
            consider(wake, span - watch.elapsed(s.now));
    }
    void drain(const stopwatch& watch) {
        if (!watch.is_running()) return;
        at(watch, s.paths.drain_grace);
        at(watch, s.paths.drain_timeout);
        consider(wake, poll);
    }
};

void consider_phase(alarm& a) {
    const auto& s = a.s;
    const auto& timers = s.rec.timers;
    switch (s.rec.now_in) {
    case phase::preparing:
        break;
    case phase::starting:
    case phase::verifying:
        a.at(timers.phase, s.desired.spec.health.timeout);
        consider(a.wake, poll);
        break;
    case phase::shifting:
        if (s.rec.step < s.steps())
            a.at(timers.phase, s.paths.steps[static_cast<std::size_t>(s.rec.step)].hold);
        break;
    case phase::handover:
        a.at(timers.phase, s.handover_timeout());
        consider(a.wake, poll);
        break;
    case phase::draining:
    case phase::reverting:
    case phase::deleting:
        a.drain(timers.phase);
        break;
    case phase::watching:
        if (s.desired.spec.watch.window) a.at(timers.window, *s.desired.spec.watch.window);
        break;
    case phase::awaiting_approval:
        a.at(timers.phase, s.paths.approval_timeout.value_or(std::chrono::hours{1}));
        if (!s.verified() || !s.try_answered()) consider(a.wake, poll);
        break;
    case phase::idle:
    case phase::held:
        break;
    }
}

void consider_rest(alarm& a) {
    const auto& s = a.s;
    a.drain(s.rec.timers.retire);
    if (s.resting && s.rec.standby) a.at(s.rec.timers.standby, s.desired.spec.standby.keep_for);
    if (s.resting && s.rec.stopped_boot_id == s.now.boot_id)
        for (const auto& [id, at] : s.rec.stopped_at)
            consider(a.wake, at + std::chrono::hours{24} - s.now.boot);
}

void consider_repairs(alarm& a) {
    const auto& s = a.s;
    for (const auto c : both_colors) {
        a.at(s.rec.budgets[index_of(c)].refill, repair_refill);
        if (s.budget_of(c) > 0) a.at(s.rec.budgets[index_of(c)].refill, s.repair_backoff(c));
    }
}

} // namespace

situation afterwards(const record& next, const situation& s) {
    auto then = make_situation(s.desired, s.seen, next, s.now);
    if (next.traffic.number != s.rec.traffic.number) {
        then.traffic = traffic_state::unwritten;
        then.confirmed = false;
    }
    return then;
}

void set_clocks(record& next, const situation& then) {
    auto& t = next.timers;
    set(t.phase, phase_runs(then), then.now);
    set(t.window, window_runs(then), then.now);
    set(t.standby, standby_runs(then), then.now);
    // An omission that is no longer confirmed has to be confirmed again, from the beginning.
    if (retire_runs(then))
        t.retire.run(then.now);
    else
        t.retire = {};
    refill(next, then);
}

std::optional<milliseconds> next_wake(const situation& then) {
    alarm a{then, std::nullopt};
    consider_phase(a);
    consider_rest(a);
    consider_repairs(a);
    if (!then.docker_known) consider(a.wake, poll);
    if (then.stands_withheld()) consider(a.wake, poll_withheld);
    if (then.traffic == traffic_state::pending)
        consider(a.wake, poll_ack);
    else if (!then.confirmed)
        consider(a.wake, poll);
    return a.wake;
}

} // namespace alcedo
