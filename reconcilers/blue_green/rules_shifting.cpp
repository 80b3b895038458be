#include "reconcilers/blue_green/rules.hpp"

namespace alcedo {

namespace {

bool in(const situation& s, phase p) {
    return s.rec.now_in == p && s.rec.attempt;
}

/// S4 is judged here: every wanted replica, every gate, and the proxy's word.
bool may_shift(const situation& s) {
    return s.verified() && !s.blocked && !s.withheld() && s.try_answered() &&
           (s.confirmed || !s.rec.serving);
}

bool splits(const layout& l) {
    return l.weight[0] > 0 && l.weight[1] > 0;
}

std::string weights_of(const layout& l) {
    return "blue " + std::to_string(l.weight[0]) + " %, green " + std::to_string(l.weight[1]) +
           " %";
}

bool must_ask(const situation& s) {
    return s.rec.now_in == phase::verifying && may_shift(s) && !s.approved();
}

void ask(draft& d) {
    d.enter(phase::awaiting_approval);
    d.note(reason::AwaitingApproval, named(*d.next.attempt) +
                                         " is verified and waits for a person: `alcedo promote " +
                                         d.s.desired.spec.name + "`");
}

/// From the next pass on they are not wanted any more.
void note_rehearsals(draft& d) {
    for (const auto& x : d.s.attempt->slots) {
        if (!x.rehearsal) continue;
        d.note(reason::Rehearsed, x.service->name + " of " + named(d.s.attempt->what) +
                                      " passed its rehearsal; it is removed before the handover");
        if (!d.next.receipt.empty())
            d.next.receipt["rehearsal"]["passed"].push_back(x.service->name);
    }
}

void begin_shift(draft& d) {
    auto& next = d.next;
    next.wished.promoted.reset(); // consumed: it does not close the watch window as well
    note_rehearsals(d);
    const auto l = d.s.step_layout(d.s.serving, 0);
    next.origin = next.serving;
    next.standby.reset();
    next.budgets[index_of(next.attempt->colored)] = {5, {}};
    next.step = splits(l) ? 0 : d.s.steps();
    d.enter(phase::shifting);
    d.note(reason::Shifting, named(*next.attempt) + " is verified; weights: " + weights_of(l));
    d.promise(l);
}

int percent_of_step(const situation& s) {
    return s.paths.steps[static_cast<std::size_t>(s.rec.step)].weight;
}

bool step_was_edited(const situation& s) {
    return in(s, phase::shifting) && splits(s.promised) && s.confirmed && s.attempt->all_ready &&
           s.rec.step < s.steps() &&
           weight_of(s.rec.traffic, s.attempt->what) != percent_of_step(s);
}

bool may_step(const situation& s) {
    return in(s, phase::shifting) && s.confirmed && s.attempt->all_ready && s.hold_passed() &&
           !is_only(s.desired, s.rec, s.attempt->what);
}

void go_to_step(draft& d, int step) {
    const auto l = d.s.step_layout(d.s.origin, step);
    d.next.step = splits(l) ? step : d.s.steps();
    d.next.timers.phase = {};
    d.note(reason::Shifting, "weights: " + weights_of(l));
    d.promise(l);
}

void serve(draft& d) {
    auto& next = d.next;
    next.serving = next.attempt;
    next.step = d.s.steps();
    next.timers.window = {};
    next.timers.standby = {};
    const bool hands_over = next.holder && !same(next.holder, next.attempt);
    d.hand_exclusive_to(next.attempt);
    d.enter(hands_over ? phase::handover : phase::draining);
    d.note(reason::Serving, named(*next.attempt) + " serves all traffic, confirmed");
}

bool handed_over(const situation& s) {
    return in(s, phase::handover) && s.elsewhere.empty() && s.attempt->exclusive_ready;
}

bool drained(const situation& s) {
    return in(s, phase::draining) && s.confirmed && s.origin &&
           s.drained_now(*s.origin, s.rec.timers.phase);
}

void watch(draft& d) {
    auto& next = d.next;
    if (next.origin) {
        next.drained[index_of(next.origin->colored)] = true;
        next.standby = next.origin;
    }
    d.enter(phase::watching);
}

bool window_closed(const situation& s) {
    if (!in(s, phase::watching) || !s.attempt->all_ready || !s.attempt->exclusive_ready ||
        s.attempt_bad || !s.confirmed)
        return false;
    if (s.rec.wished.promoted && same(s.rec.wished.promoted, s.rec.attempt)) return true;
    const auto& window = s.desired.spec.watch.window;
    return window && s.rec.timers.window.elapsed(s.now) >= *window;
}

bool is_new_wish(const slot& x) {
    return x.wanted && !x.job && !x.exclusive && x.is == slot::state::absent;
}

void become_stable(draft& d) {
    auto& next = d.next;
    const bool early = same(next.wished.promoted, next.attempt);
    const auto message = named(*next.attempt) + (early ? " is healthy and was promoted: stable"
                                                       : " stayed healthy for its window: stable");
    next.stable = next.attempt;
    d.note(reason::Serving, message);
    d.end_attempt("Succeeded", reason::Serving, message);
}

constexpr rule table[] = {
    {"verified_ask", must_ask, ask, "every gate is passed, and approval is Manual"},
    {"shift_begins",
     [](const situation& s) {
         return may_shift(s) && s.approved() && splits(s.step_layout(s.serving, 0));
     },
     begin_shift, "every gate is passed (S4): the first step of the weights"},
    {"shift_all", [](const situation& s) { return may_shift(s) && s.approved(); }, begin_shift,
     "no steps, no routes, or nobody healthy to share with: one write"},
    {"scale_candidate",
     [](const situation& s) {
         if (!s.after) return false;
         for (const auto& x : s.attempt->slots)
             if (is_new_wish(x)) return true;
         return false;
     },
     [](draft& d) {
         for (const auto& x : d.s.attempt->slots)
             if (is_new_wish(x))
                 d.act(create_container{*d.s.rec.attempt, x.service->name, x.ordinal});
     },
     "replicas were raised on the way"},
    {"step_changed", step_was_edited, [](draft& d) { go_to_step(d, d.s.rec.step); },
     "the step's weight was edited"},
    {"next_step", may_step, [](draft& d) { go_to_step(d, d.s.rec.step + 1); },
     "confirmed, ready, and held long enough"},
    {"serves",
     [](const situation& s) {
         return in(s, phase::shifting) && s.confirmed && s.attempt->all_ready &&
                is_only(s.desired, s.rec, s.attempt->what);
     },
     serve, "serving flips only when 100 % is confirmed; window and standby count from here"},
    {"handed_over", handed_over, [](draft& d) { d.enter(phase::draining); },
     "the exclusive services are ready where they belong now"},
    {"handover", [](const situation& s) { return in(s, phase::handover); }, [](draft&) {},
     "waits for the old one to be gone and the new one to be ready"},
    {"drained", drained, watch, "the old colour has no connections left, or drain.timeout is over"},
    {"nothing_to_drain",
     [](const situation& s) { return in(s, phase::draining) && s.confirmed && !s.origin; }, watch,
     "nothing served before"},
    {"stable", window_closed, become_stable, "healthy through the whole window"},
    {"verifying",
     [](const situation& s) { return in(s, phase::verifying) || in(s, phase::awaiting_approval); },
     [](draft&) {}, "waits for health, for the proxy, or for a person"},
    {"shifting", [](const situation& s) { return in(s, phase::shifting); }, [](draft&) {},
     "waits for the proxy, the replicas, or the end of the step"},
    {"draining", [](const situation& s) { return in(s, phase::draining); }, [](draft&) {},
     "waits for the old colour's connections"},
    {"watching", [](const situation& s) { return in(s, phase::watching); }, [](draft&) {},
     "the old colour is warm; the window runs while the new one is healthy"},
};

} // namespace

std::span<const rule> rules_of_shifting() {
    return table;
}

} // namespace alcedo
