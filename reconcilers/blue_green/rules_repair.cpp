#include "reconcilers/blue_green/rules.hpp"

#include <algorithm>
#include <vector>

namespace alcedo {

namespace {

using slot_state = slot::state;

const replica* find_replica(const situation& s, const std::string& id) {
    for (const auto& r : s.seen.replicas)
        if (r.id == id) return &r;
    return nullptr;
}

bool must_stop(const replica& r) {
    return (r.runs() || !r.stop_answered) && !r.stop_pending;
}

/// Answered and seen not running, or gone: the promise is kept. Not while another stop is under
/// way: it would hit whoever is started next.
bool is_retired(const replica* r) {
    return !r || (!r->runs() && r->stop_answered && !r->stop_pending);
}

bool some_to_stop(const situation& s) {
    return std::any_of(s.rec.retiring.begin(), s.rec.retiring.end(), [&](const auto& id) {
        const auto* r = find_replica(s, id);
        return r && !is_retired(r) && must_stop(*r);
    });
}

void stop_retiring(draft& d) {
    for (const auto& id : d.next.retiring) {
        const auto* r = find_replica(d.s, id);
        if (r && !is_retired(r) && must_stop(*r))
            d.act(stop_container{r->id, r->name, r->revision});
    }
}

bool some_retired(const situation& s) {
    return std::any_of(s.rec.retiring.begin(), s.rec.retiring.end(),
                       [&](const auto& id) { return is_retired(find_replica(s, id)); });
}

void drop_retired(draft& d) {
    for (const auto& id : d.s.rec.retiring) {
        const auto* r = find_replica(d.s, id);
        if (!is_retired(r)) continue;
        d.next.retiring.erase(id);
        if (r) d.next.put_down[id] = r->exits;
    }
}

/// Who must run whatever happens: serving, and with traffic under way both sides of it.
std::vector<const fleet*> kept_alive(const situation& s) {
    std::vector<const fleet*> all;
    const bool reverting = s.rec.now_in == phase::reverting;
    // A revert needs the failed side only as long as nobody else is there; until the weights are
    // confirmed it still gets requests, so it is not stopped to be mended either.
    const bool needed = s.after || !s.origin || !s.origin->any_ready;
    if (s.serving && !(reverting && s.attempt_serves && !needed)) all.push_back(&*s.serving);
    if (!s.after && !reverting) return all;
    if (s.attempt && needed && !s.attempt_serves) all.push_back(&*s.attempt);
    if (s.origin && !same(s.rec.origin, s.rec.serving)) all.push_back(&*s.origin);
    return all;
}

bool counts(const slot& x) {
    return !x.job && !x.exclusive && (x.wanted || x.hole);
}

using slot_test = bool (*)(const situation&, const fleet&, const slot&);

bool needs_start(const situation&, const fleet&, const slot& x) {
    return counts(x) && (x.is == slot_state::fresh || x.is == slot_state::stopped);
}
bool fell(const situation&, const fleet&, const slot& x) {
    return counts(x) && x.is == slot_state::exited;
}

bool is_missing(const situation& s, const fleet& f, const slot& x) {
    return counts(x) && x.hole && !s.cannot_be_made(f);
}
bool is_lost(const situation& s, const fleet& f, const slot& x) {
    return counts(x) && x.hole && s.cannot_be_made(f);
}

/// Before any stop: out of the document, confirmed, and drained. Unless nobody else of its service
/// answers, for then it stays listed.
bool may_be_mended(const situation& s, const fleet& f, const slot& x) {
    if (!counts(x) || x.is != slot_state::sick) return false;
    const bool routed =
        std::find(f.routed.begin(), f.routed.end(), x.service->name) != f.routed.end();
    if (!routed || f.ready_of(x.service->name).empty()) return true;
    return s.confirmed && !is_listed(s.rec.traffic.content, x.at->name) &&
           s.drain_over(x.at->open, s.rec.timers.retire);
}

bool was_said(const situation& s) {
    return std::any_of(s.rec.events.begin(), s.rec.events.end(), [&](const event_entry& e) {
        return e.reason == s.seen.refused->reason && e.message == s.seen.refused->message;
    });
}

bool is_netless(const slot& x) {
    return x.wanted && x.is != slot_state::retiring && x.at && x.at->network_gone && !x.at->runs();
}

/// Whatever was to be started and cannot be, once each. An attempt without weight waits in a pause.
std::vector<const replica*> netless(const situation& s) {
    std::vector<const replica*> all;
    for (const auto* f : {&s.serving, &s.attempt, &s.origin, &s.holder}) {
        if (!*f || (s.paused && s.before && f == &s.attempt)) continue;
        for (const auto& x : (*f)->slots)
            if (is_netless(x) && std::find(all.begin(), all.end(), x.at) == all.end())
                all.push_back(x.at);
    }
    return all;
}

void remove_netless(draft& d) {
    for (const auto* r : netless(d.s)) {
        d.warn(reason::Repairing,
               r->name + " is made anew: a network that it was made with is gone");
        d.act(remove_container{r->id, r->name});
    }
}

/// First fleet with such a slot (and, where it costs, something left of its colour's budget).
const fleet* first_with(const situation& s, slot_test is, bool costs) {
    for (const auto* f : kept_alive(s))
        if ((!costs || s.repair_due(f->what.colored)) &&
            std::any_of(f->slots.begin(), f->slots.end(),
                        [&](const slot& x) { return is(s, *f, x); }))
            return f;
    return nullptr;
}

template <class Deed>
void for_each_slot(const situation& s, const fleet& f, slot_test is, Deed deed) {
    for (const auto& x : f.slots)
        if (is(s, f, x)) deed(x);
}

void start(draft& d, const slot& x) {
    d.act(start_container{x.at->id, x.at->name, x.at->revision});
}

void repair_create(draft& d) {
    const auto& f = *first_with(d.s, is_missing, true);
    d.spend(f.what.colored);
    d.warn(reason::Repairing, named(f.what) + " lacks containers: " + missing_in(f));
    for_each_slot(d.s, f, is_missing, [&](const slot& x) {
        d.act(create_container{f.what, x.service->name, x.ordinal});
    });
}

void repair_start(draft& d) {
    const auto& f = *first_with(d.s, fell, true);
    d.spend(f.what.colored);
    d.warn(reason::Repairing, named(f.what) + " is started again: " + missing_in(f));
    for_each_slot(d.s, f, fell, [&](const slot& x) { start(d, x); });
}

void repair_sick(draft& d) {
    const auto& f = *first_with(d.s, may_be_mended, true);
    d.spend(f.what.colored);
    d.warn(reason::Repairing, named(f.what) + " is restarted: " + missing_in(f));
    for_each_slot(d.s, f, may_be_mended, [&](const slot& x) { d.retire(*x.at); });
}

constexpr rule table[] = {
    {"finish_retiring", some_to_stop, stop_retiring,
     "a promised stop is done until it is answered: a lost one may still land"},
    {"retired", some_retired, drop_retired, "answered and seen not running: the promise is kept"},
    {"network_gone", [](const situation& s) { return !netless(s).empty(); }, remove_netless,
     "no start can mend it, and no revision is to blame: removed, then made anew"},
    {"repair_resume",
     [](const situation& s) { return first_with(s, needs_start, false) != nullptr; },
     [](draft& d) {
         for_each_slot(d.s, *first_with(d.s, needs_start, false), needs_start,
                       [&](const slot& x) { start(d, x); });
     },
     "created or stopped, but it should run"},
    {"repair_impossible",
     [](const situation& s) { return first_with(s, is_lost, false) && !was_said(s); },
     [](draft& d) { d.warn(d.s.seen.refused->reason, d.s.seen.refused->message); },
     "it cannot be made as it was: said once, and not tried again under this generation"},
    {"repair_create", [](const situation& s) { return first_with(s, is_missing, true) != nullptr; },
     repair_create, "somebody removed a container that serves"},
    {"repair_start", [](const situation& s) { return first_with(s, fell, true) != nullptr; },
     repair_start, "a container that serves ended by itself"},
    {"repair_sick",
     [](const situation& s) { return first_with(s, may_be_mended, true) != nullptr; }, repair_sick,
     "a container that serves fails its checks: stop, then start"},
};

} // namespace

std::span<const rule> rules_that_repair() {
    return table;
}

} // namespace alcedo
