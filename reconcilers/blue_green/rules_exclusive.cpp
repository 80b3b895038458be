// Exclusive services: never two at once, over crashes, restarts and lost answers (S25). Existence
// is the lock, for a stopped container can come back at any restart of the engine: whatever is not
// the holder's is stopped, removed and seen absent before the holder's is created.
#include "reconcilers/blue_green/rules.hpp"

#include <algorithm>

namespace alcedo {

namespace {

using slot_state = slot::state;

// --- what is not the holder's

/// Routed still (it has just become exclusive): it leaves the document first. A rehearsal is gone
/// before the real one is stopped: that gap is to be short.
bool may_stop(const situation& s, const replica& r) {
    const bool waits =
        !r.is_rehearsal() && std::any_of(s.elsewhere.begin(), s.elsewhere.end(),
                                         [](const replica* x) { return x->is_rehearsal(); });
    return r.runs() && !waits && !s.is_retiring(r) && !is_defined(s.rec.traffic.content, r.name);
}

bool some_elsewhere(const situation& s, bool (*is)(const situation&, const replica&)) {
    return std::any_of(s.elsewhere.begin(), s.elsewhere.end(),
                       [&](const replica* r) { return is(s, *r); });
}

void stop_elsewhere(draft& d) {
    for (const auto* r : d.s.elsewhere) {
        if (!may_stop(d.s, *r)) continue;
        if (r->is_rehearsal())
            d.note(reason::Rehearsed, r->name + " is stopped: its rehearsal is over");
        else
            d.note(reason::Handover, r->name + " is stopped: " +
                                         (d.next.holder ? named(*d.next.holder) + " holds"
                                                        : std::string("nobody holds")) +
                                         " the exclusive services");
        d.retire(*r);
    }
}

bool may_remove(const situation& s, const replica& r) {
    return !r.runs() && !is_defined(s.rec.traffic.content, r.name);
}

/// A stop without an answer dies with its container, so a promised one needs no more of it.
void remove_elsewhere(draft& d) {
    const auto& s = d.s;
    bool real = false;
    for (const auto* r : s.elsewhere) {
        if (!may_remove(s, *r)) continue;
        d.next.retiring.erase(r->id);
        d.remove_with_last_words(*r);
        if (r->is_rehearsal())
            d.note(reason::Rehearsed, r->name + " is removed: its rehearsal is over");
        else
            real = true;
    }
    const bool is_awaited =
        real && s.holder && s.holder->has_exclusive && !s.holder->exclusive_ready;
    if (is_awaited && !d.next.lapse_wall) d.next.lapse_wall = s.now.wall;
}

constexpr rule lock[] = {
    {"exclusive_elsewhere", [](const situation& s) { return some_elsewhere(s, may_stop); },
     stop_elsewhere, "an exclusive service belongs to its holder alone (S25); traffic came first"},
    {"exclusive_remove", [](const situation& s) { return some_elsewhere(s, may_remove); },
     remove_elsewhere, "existence is the lock: a stopped one could come back with the engine"},
};

// --- the holder's

/// A rollout without weight brings its own up in the order of depends_on.
bool holds(const situation& s) {
    return s.holder && s.elsewhere.empty() && !(s.before && same(s.rec.holder, s.rec.attempt));
}

bool is_refused(const situation& s) {
    return s.seen.refused && s.seen.refused->revision == s.holder->what.revision;
}

/// Free, until the engine refuses it; what cannot be made any more is not tried again.
bool may_be_tried(const situation& s) {
    if (!is_refused(s)) return true;
    return s.seen.refused->reason != reason::RevisionNotReproducible &&
           s.repair_due(s.holder->what.colored);
}

/// Whatever cannot be made any more: this one exists.
bool may_be_started(const situation& s) {
    return may_be_tried(s) || s.seen.refused->reason == reason::RevisionNotReproducible;
}

bool is_in_order(const situation& s, const slot& x) {
    return s.rec.now_in != phase::handover || s.holder->may_begin(*x.service);
}

using slot_test = bool (*)(const situation&, const slot&);

bool to_create(const situation& s, const slot& x) {
    return x.is == slot_state::absent && may_be_tried(s) && is_in_order(s, x);
}
bool to_start(const situation& s, const slot& x) {
    return (x.is == slot_state::fresh || x.is == slot_state::stopped) && may_be_started(s) &&
           is_in_order(s, x);
}
bool to_start_again(const situation& s, const slot& x) {
    return x.is == slot_state::exited && s.repair_due(s.holder->what.colored);
}
bool to_mend(const situation& s, const slot& x) {
    return x.is == slot_state::sick && s.repair_due(s.holder->what.colored);
}

bool some(const situation& s, slot_test is) {
    return holds(s) &&
           std::any_of(s.holder->slots.begin(), s.holder->slots.end(),
                       [&](const slot& x) { return x.exclusive && x.wanted && is(s, x); });
}

template <class Deed>
void for_each(draft& d, slot_test is, Deed deed) {
    for (const auto& x : d.s.holder->slots)
        if (x.exclusive && x.wanted && is(d.s, x)) deed(x);
}

void start(draft& d, const slot& x) {
    d.act(start_container{x.at->id, x.at->name, x.at->revision});
}

void pay_if_refused(draft& d) {
    if (is_refused(d.s)) d.spend(d.s.holder->what.colored);
}

void create(draft& d) {
    pay_if_refused(d);
    for_each(d, to_create, [&](const slot& x) {
        d.act(create_container{d.s.holder->what, x.service->name, x.ordinal});
    });
}

void resume(draft& d) {
    if (may_be_tried(d.s)) pay_if_refused(d);
    for_each(d, to_start, [&](const slot& x) { start(d, x); });
}

void start_again(draft& d) {
    d.spend(d.s.holder->what.colored);
    d.warn(reason::Repairing,
           named(d.s.holder->what) + " is started again: " + missing_in(*d.s.holder));
    for_each(d, to_start_again, [&](const slot& x) { start(d, x); });
}

void mend(draft& d) {
    d.spend(d.s.holder->what.colored);
    d.warn(reason::Repairing,
           named(d.s.holder->what) + " is restarted: " + missing_in(*d.s.holder));
    for_each(d, to_mend, [&](const slot& x) { d.retire(*x.at); });
}

bool is_impossible(const situation& s) {
    if (!holds(s) || !is_refused(s) || may_be_tried(s) || s.holder->exclusive_ready) return false;
    return std::none_of(s.rec.events.begin(), s.rec.events.end(), [&](const event_entry& e) {
        return e.reason == s.seen.refused->reason && e.message == s.seen.refused->message;
    });
}

void measure_lapse(draft& d) {
    const auto gap = std::max(milliseconds{0}, d.s.now.wall - *d.next.lapse_wall);
    d.next.lapse_wall.reset();
    d.note(reason::Handover, "the exclusive services run on " + named(d.s.holder->what) +
                                 "; nobody ran them for " + std::to_string(gap.count()) + " ms");
    if (!d.next.receipt.empty()) d.next.receipt["handover"]["gapMs"] = gap.count();
}

constexpr rule holder[] = {
    {"exclusive_impossible", is_impossible,
     [](draft& d) { d.warn(d.s.seen.refused->reason, d.s.seen.refused->message); },
     "it cannot be made as it was: said once"},
    {"exclusive_create", [](const situation& s) { return some(s, to_create); }, create,
     "the holder's, now that no other exists"},
    {"exclusive_start", [](const situation& s) { return some(s, to_start); }, resume,
     "created or stopped, but it should run"},
    {"exclusive_start_again", [](const situation& s) { return some(s, to_start_again); },
     start_again, "it ended by itself"},
    {"exclusive_sick", [](const situation& s) { return some(s, to_mend); }, mend,
     "it fails its checks: stop, then start"},
    {"exclusive_runs",
     [](const situation& s) {
         return s.rec.lapse_wall && s.holder && s.elsewhere.empty() && s.holder->exclusive_ready;
     },
     measure_lapse, "the gap between the old one's end and the new one's readiness"},
};

} // namespace

std::span<const rule> rules_of_the_lock() {
    return lock;
}

std::span<const rule> rules_of_the_holder() {
    return holder;
}

} // namespace alcedo
