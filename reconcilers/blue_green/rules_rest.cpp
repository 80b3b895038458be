#include "reconcilers/blue_green/rules.hpp"

#include "reconcilers/blue_green/target.hpp"

#include <algorithm>
#include <set>

namespace alcedo {

namespace {

using slot_state = slot::state;

constexpr milliseconds leftovers_kept = std::chrono::hours{24};

bool idle(const situation& s) {
    return s.rec.now_in == phase::idle;
}

bool wants_change(const situation& s) {
    return idle(s) && !(s.rec.serving && s.is_target(*s.rec.serving));
}

bool can_begin(const situation& s) {
    return wants_change(s) && !s.blocked &&
           (!s.rec.serving || s.rec.serving->colored != s.target.colored);
}

void still_rejected(draft& d) {
    const auto& old = *rejection_of(d.next, d.s.target);
    const auto message = named(d.s.target) + " was rejected before (" + old.reason +
                         ") and is not " + "tried again. " + untouched(d.next) +
                         ". Ship another revision, revert the commit to what serves, or `alcedo "
                         "retry " +
                         d.s.desired.spec.name + "`.";
    d.hold(hold_kind::rejected, d.s.target, reason::StillRejected, message);
    d.warn(reason::StillRejected, message);
    d.enter(phase::held);
}

void begin(draft& d) {
    auto& next = d.next;
    next.attempt = d.s.target;
    next.origin = next.serving;
    next.step = 0;
    next.budgets[index_of(next.attempt->colored)] = {1, {}};
    if (next.standby && next.standby->colored == next.attempt->colored) next.standby.reset();
    d.begin_receipt(*next.attempt, next.serving);
    d.count_falls_anew();
    d.note(reason::Preparing,
           named(*next.attempt) + " is wanted; " +
               (next.serving ? named(*next.serving) + " serves meanwhile" : "nothing serves yet"));
    d.enter(phase::preparing);
}

bool standby_expired(const situation& s) {
    return s.resting && !s.frozen && s.rec.standby &&
           s.desired.spec.standby.then != standby_then::keep &&
           s.rec.timers.standby.elapsed(s.now) >= s.desired.spec.standby.keep_for;
}

bool to_scale_up(const slot& x) {
    // One that is missing where it was is a repair, and has a budget.
    return x.wanted && !x.job && !x.exclusive && x.is == slot_state::absent && !x.hole;
}

bool scales_up(const situation& s) {
    return s.resting && s.serving &&
           std::any_of(s.serving->slots.begin(), s.serving->slots.end(), to_scale_up);
}

bool is_routed(const fleet& f, const slot& x) {
    return std::find(f.routed.begin(), f.routed.end(), x.service->name) != f.routed.end();
}

bool may_scale_down(const situation& s, const slot& x) {
    if (!x.at->runs() || is_listed(s.rec.traffic.content, x.at->name)) return false;
    // Also a worker: its service may have had a route until this very promise.
    if (!s.confirmed) return false;
    return !is_routed(*s.serving, x) || s.drain_over(x.at->open, s.rec.timers.retire);
}

bool scale_is_over(const situation& s, const slot& x) {
    return !x.at->runs() && !is_listed(s.rec.traffic.content, x.at->name);
}

using surplus_test = bool (*)(const situation&, const slot&);

bool some_surplus(const situation& s, surplus_test is) {
    if (!s.resting) return false;
    const auto all = s.surplus(s.serving);
    return std::any_of(all.begin(), all.end(), [&](const slot* x) { return is(s, *x); });
}

std::vector<const replica*> quiet_leftovers(const situation& s, bool running) {
    std::vector<const replica*> found;
    if (!s.resting) return found;
    for (const auto* r : s.leftovers())
        if (r->runs() == running && !s.is_retiring(*r)) found.push_back(r);
    return found;
}

bool may_retire(const situation& s, const replica& r) {
    const auto i = index_of(r.colored);
    return s.confirmed && (s.rec.drained[i] || s.drain_over(s.seen.open[i], s.rec.timers.retire));
}

bool some_to_retire(const situation& s) {
    const auto all = quiet_leftovers(s, true);
    return std::any_of(all.begin(), all.end(), [&](const replica* r) { return may_retire(s, *r); });
}

void retire_leftovers(draft& d) {
    for (const auto* r : quiet_leftovers(d.s, true)) {
        if (!may_retire(d.s, *r)) continue;
        d.retire(*r);
        if (!d.next.traffic.is_weighted(r->colored)) d.next.drained[index_of(r->colored)] = true;
    }
}

bool may_remove(const situation& s, const replica& r) {
    if (s.desired.spec.standby.then == standby_then::remove && !rejection_of(s.rec, r.whose()))
        return true;
    const auto at = s.rec.stopped_at.find(r.id);
    return at != s.rec.stopped_at.end() && s.rec.stopped_boot_id == s.now.boot_id &&
           s.now.boot - at->second >= leftovers_kept;
}

bool some_to_remove(const situation& s) {
    const auto all = quiet_leftovers(s, false);
    return std::any_of(all.begin(), all.end(), [&](const replica* r) { return may_remove(s, *r); });
}

void remove_leftovers(draft& d) {
    std::set<std::string> gone;
    for (const auto* r : quiet_leftovers(d.s, false)) {
        if (!may_remove(d.s, *r)) continue;
        d.act(remove_container{r->id, r->name});
        gone.insert(r->id);
    }
    for (const auto c : both_colors) {
        bool had = false, has = false;
        for (const auto& r : d.s.seen.replicas)
            if (r.colored == c) (gone.contains(r.id) ? had : has) = true;
        if (had && !has) d.act(remove_networks{c});
    }
}

std::map<std::string, milliseconds> stopped_now(const situation& s) {
    std::map<std::string, milliseconds> noted;
    for (const auto* r : quiet_leftovers(s, false)) {
        const auto at = s.rec.stopped_at.find(r->id);
        const bool known = at != s.rec.stopped_at.end() && s.rec.stopped_boot_id == s.now.boot_id;
        noted[r->id] = known ? at->second : s.now.boot;
    }
    return noted;
}

bool worker_retires(const fleet& f, const slot& x) {
    return x.at && x.at->runs() && x.is != slot_state::retiring && !is_routed(f, x) &&
           !x.service->warm;
}

bool some_worker_retires(const situation& s) {
    return idle(s) && s.confirmed && s.standby &&
           std::any_of(s.standby->slots.begin(), s.standby->slots.end(),
                       [&](const slot& x) { return worker_retires(*s.standby, x); });
}

constexpr rule table[] = {
    {"still_rejected",
     [](const situation& s) { return wants_change(s) && rejection_of(s.rec, s.target); },
     still_rejected,
     "a rejected revision is remembered by its digest and never tried by itself (S5)"},
    {"begin", can_begin, begin, "the spec asks for another colour than the one that serves"},
    {"standby_expired", standby_expired,
     [](draft& d) {
         d.note(reason::Idle, named(*d.next.standby) + " was warm long enough; it is let go");
         // The drain test runs again: a connection may have outlived the first one's timeout.
         d.next.drained[index_of(d.next.standby->colored)] = false;
         d.next.standby.reset();
         d.next.timers.standby = {};
     },
     "never inside a window"},
    {"scale_up", scales_up,
     [](draft& d) {
         d.note(reason::Scaling, named(d.s.serving->what) + " grows: " + missing_in(*d.s.serving));
         for (const auto& x : d.s.serving->slots)
             if (to_scale_up(x))
                 d.act(create_container{d.s.serving->what, x.service->name, x.ordinal});
     },
     "deploy.replicas is not part of a revision: the serving colour grows in place"},
    {"scale_down", [](const situation& s) { return some_surplus(s, may_scale_down); },
     [](draft& d) {
         d.note(reason::Scaling, named(d.s.serving->what) + " shrinks to what the spec wants");
         for (const auto* x : d.s.surplus(d.s.serving))
             if (may_scale_down(d.s, *x)) d.retire(*x->at);
     },
     "out of the document, confirmed and drained: stop"},
    {"scale_remove", [](const situation& s) { return some_surplus(s, scale_is_over); },
     [](draft& d) {
         for (const auto* x : d.s.surplus(d.s.serving))
             if (scale_is_over(d.s, *x)) d.act(remove_container{x->at->id, x->at->name});
     },
     "never more than `replicas` (S9)"},
    {"retire_leftover", some_to_retire, retire_leftovers,
     "neither serving nor standby: also what the engine brought back by itself"},
    {"worker_retires", some_worker_retires,
     [](draft& d) {
         for (const auto& x : d.s.standby->slots)
             if (worker_retires(*d.s.standby, x)) d.retire(*x.at);
     },
     "two versions must not drain one queue"},
    {"remove_leftover", some_to_remove, remove_leftovers,
     "kept for its logs long enough, or not wanted"},
    {"note_stopped",
     [](const situation& s) { return s.resting && stopped_now(s) != s.rec.stopped_at; },
     [](draft& d) {
         d.next.stopped_at = stopped_now(d.s);
         d.next.stopped_boot_id = d.next.stopped_at.empty() ? "" : d.s.now.boot_id;
     },
     "from here its 24 hours count"},
    {"promote_void", [](const situation& s) { return s.resting && s.rec.wished.promoted; },
     [](draft& d) {
         d.next.wished.promoted.reset();
         d.note(reason::WishLapsed, "promote lapsed: what it was said about is over");
     },
     "what the wish was about is over"},
    {"retire_wait",
     [](const situation& s) {
         return !quiet_leftovers(s, true).empty() || (s.resting && !s.surplus(s.serving).empty());
     },
     [](draft&) {}, "connections end by themselves, up to drain.timeout"},
    {"held", [](const situation& s) { return s.rec.now_in == phase::held; }, [](draft&) {},
     "stands still by decision"},
    {"serving_color_outdated", wants_change, [](draft&) {},
     "the serving colour was edited; running containers are never touched by an edit"},
    {"up_to_date", [](const situation&) { return true; }, [](draft&) {},
     "the target serves: nothing to do"},
};

} // namespace

std::span<const rule> rules_at_rest() {
    return table;
}

} // namespace alcedo
