#include "reconcilers/blue_green/rules.hpp"

#include "reconcilers/blue_green/target.hpp"

#include <algorithm>

namespace alcedo {

namespace {

using slot_state = slot::state;

bool in(const situation& s, phase p) {
    return s.rec.now_in == p && s.rec.attempt;
}

bool prepared(const situation& s, preparation::state is) {
    return in(s, phase::preparing) && s.seen.prepared.is == is &&
           s.seen.prepared.spec_digest == s.rec.attempt->spec_digest;
}

bool matters(const draft& d, const release& r) {
    const auto& next = d.next;
    for (const auto* x : {&next.attempt, &next.origin, &next.serving, &next.stable, &next.standby})
        if (*x && same(**x, r)) return true;
    return false;
}

/// Keeps what may still be needed: `resolved` of everything wanted or rejected, renderings of
/// everything that may have to be made again or stopped.
void forget_the_old(draft& d) {
    auto& next = d.next;
    const auto& s = d.s;
    const auto has_containers = [&](const release& r) {
        return std::any_of(s.seen.replicas.begin(), s.seen.replicas.end(),
                           [&](const replica& x) { return belongs(x, r); });
    };
    std::erase_if(next.resolved, [&](const release& r) {
        return !matters(d, r) && s.desired.of(r.colored).spec_digest != r.spec_digest &&
               !rejection_of(next, r);
    });
    std::erase_if(next.renderings, [&](const rendering& r) {
        return !matters(d, r.what) && !has_containers(r.what);
    });
}

void remember_rendering(draft& d) {
    const auto& s = d.s;
    const auto what = *d.next.attempt;
    rendering made;
    made.what = what;
    made.spec = s.desired.spec.of(what.colored);
    made.open_digest = s.desired.of(what.colored).open_digest;
    made.image_ids = s.seen.prepared.image_ids;
    made.source_commit = d.next.source.commit;
    if (s.desired.spec.traffic)
        for (const auto& r : s.desired.spec.traffic->routes)
            if (made.spec.find(r.service)) made.routes[r.name] = {r.service, r.port};
    std::erase_if(d.next.renderings, [&](const rendering& r) { return same(r.what, what); });
    d.next.renderings.push_back(std::move(made));
}

void take_prepared(draft& d) {
    auto& next = d.next;
    next.attempt->revision = d.s.seen.prepared.revision;
    const auto what = *next.attempt;
    std::erase_if(next.resolved, [&](const release& r) {
        return r.colored == what.colored && r.spec_digest == what.spec_digest;
    });
    next.resolved.push_back(what);
    if (const auto* old = rejection_of(next, what)) {
        const auto was = old->reason + ": " + old->message;
        d.reject(reason::StillRejected, "was rejected before (" + was + ")");
        return;
    }
    remember_rendering(d);
    forget_the_old(d);
    d.count_falls_anew();
    d.note(reason::Starting, named(what) + " is prepared; its containers are started");
    d.enter(phase::starting);
}

/// Each reason is told once in an attempt, for this is asked every second.
void wait_for_preparation(draft& d) {
    const auto& is = d.s.seen.prepared;
    auto& receipt = d.next.receipt;
    if (receipt.empty()) d.begin_receipt(*d.next.attempt, d.next.serving);
    auto told = receipt.value("waitedFor", json::array());
    if (std::find(told.begin(), told.end(), is.reason) == told.end()) {
        told.push_back(is.reason);
        receipt["waitedFor"] = std::move(told);
        d.warn(is.reason, named(*d.next.attempt) + " cannot be prepared yet, and is tried again: " +
                              is.message + ". " + untouched(d.next));
    }
    d.wake(seconds{1});
}

std::vector<const replica*> strangers(const situation& s) {
    return s.others_in(s.rec.attempt->colored, *s.rec.attempt);
}

bool some_stranger(const situation& s, bool running) {
    if (!in(s, phase::starting)) return false;
    const auto all = strangers(s);
    return std::any_of(all.begin(), all.end(), [&](const replica* r) {
        return !s.is_retiring(*r) && r->runs() == running;
    });
}

bool color_is_free(const situation& s) {
    const auto i = index_of(s.rec.attempt->colored);
    return s.confirmed && (s.rec.drained[i] || s.drain_over(s.seen.open[i], s.rec.timers.retire));
}

void clear_stop(draft& d) {
    d.next.drained[index_of(d.next.attempt->colored)] = true;
    for (const auto* r : strangers(d.s))
        if (r->runs() && !d.s.is_retiring(*r)) d.retire(*r);
}

void clear_remove(draft& d) {
    for (const auto* r : strangers(d.s))
        if (!r->runs() && !d.s.is_retiring(*r)) d.act(remove_container{r->id, r->name});
}

bool runs_surplus(const slot& x) {
    return x.at && x.at->runs() && !x.wanted && x.is != slot_state::retiring;
}

bool starting_up(const situation& s) {
    return s.before && s.rec.now_in != phase::preparing;
}

using slot_test = bool (*)(const situation&, const slot&);

/// A container of it elsewhere is the lock.
bool is_free(const situation& s, const slot& x) {
    return !x.exclusive || s.elsewhere.empty();
}

bool to_create(const situation& s, const slot& x) {
    return x.wanted && is_free(s, x) && x.is == slot_state::absent &&
           s.attempt->may_begin(*x.service);
}
bool to_start(const situation& s, const slot& x) {
    return x.wanted && is_free(s, x) &&
           (x.is == slot_state::fresh || x.is == slot_state::stopped) &&
           s.attempt->may_begin(*x.service);
}
bool to_start_again(const situation& s, const slot& x) {
    return x.wanted && is_free(s, x) && x.is == slot_state::exited && x.falls < 2 &&
           s.attempt->may_begin(*x.service);
}
bool goes_unwatched(const situation&, const slot& x) {
    return x.wanted && x.is == slot_state::starting && x.at->unwatched;
}
bool not_started(const situation&, const slot& x) {
    return x.wanted && (!x.at || !x.at->runs()) && x.is != slot_state::done;
}

bool any(const situation& s, slot_test is) {
    return s.attempt && std::any_of(s.attempt->slots.begin(), s.attempt->slots.end(),
                                    [&](const slot& x) { return is(s, x); });
}

void create(draft& d) {
    for (const auto& x : d.s.attempt->slots)
        if (to_create(d.s, x))
            d.act(create_container{*d.s.rec.attempt, x.service->name, x.ordinal});
}

void start(draft& d, slot_test is) {
    for (const auto& x : d.s.attempt->slots)
        if (is(d.s, x)) d.act(start_container{x.at->id, x.at->name, x.at->revision});
}

/// The engine took the time that is given back here.
void restart_unwatched(draft& d) {
    d.warn(reason::Repairing, named(*d.s.rec.attempt) +
                                  " is restarted: since the engine came back, it does not ask for "
                                  "the health of what it left running");
    for (const auto& x : d.s.attempt->slots)
        if (goes_unwatched(d.s, x)) d.retire(*x.at);
    d.next.timers.phase = {};
}

constexpr rule table[] = {
    {"prepared", [](const situation& s) { return prepared(s, preparation::state::yes); },
     take_prepared, "images are resolved: this attempt has its revision"},
    {"preparing", [](const situation& s) { return prepared(s, preparation::state::waiting); },
     wait_for_preparation, "a registry that does not answer is no verdict"},
    {"prepare", [](const situation& s) { return in(s, phase::preparing); },
     [](draft& d) { d.act(prepare_release{*d.s.rec.attempt}); }, "nothing running changes"},
    {"clear_stop", [](const situation& s) { return some_stranger(s, true) && color_is_free(s); },
     clear_stop, "one colour, one revision (S27): the old one leaves first"},
    {"clear_wait",
     [](const situation& s) {
         return some_stranger(s, true) ||
                (in(s, phase::starting) &&
                 std::any_of(s.rec.retiring.begin(), s.rec.retiring.end(), [&](const auto& id) {
                     const auto all = strangers(s);
                     return std::any_of(all.begin(), all.end(),
                                        [&](const replica* r) { return r->id == id; });
                 }));
     },
     [](draft& d) { d.wake(seconds{1}); }, "the old revision of this colour is not drained yet"},
    {"clear_remove", [](const situation& s) { return some_stranger(s, false); }, clear_remove,
     "what is left of an older revision makes room"},
    {"surplus",
     [](const situation& s) {
         return in(s, phase::starting) && s.confirmed &&
                std::any_of(s.attempt->slots.begin(), s.attempt->slots.end(), runs_surplus);
     },
     [](draft& d) {
         for (const auto& x : d.s.attempt->slots)
             if (runs_surplus(x)) d.retire(*x.at);
     },
     "never more than `replicas` (S9)"},
    {"exclusive_first",
     [](const situation& s) {
         return in(s, phase::starting) && !s.rec.holder && !s.rec.serving && s.has_exclusive();
     },
     [](draft& d) { d.next.holder = d.next.attempt; },
     "a first deploy starts its exclusive services with the others: gated before any traffic"},
    {"restart_unwatched",
     [](const situation& s) { return starting_up(s) && any(s, goes_unwatched); }, restart_unwatched,
     "its health would never be known; nobody is sent to it yet"},
    {"create", [](const situation& s) { return starting_up(s) && any(s, to_create); }, create,
     "replicas of the new colour, in the order of depends_on"},
    {"start", [](const situation& s) { return starting_up(s) && any(s, to_start); },
     [](draft& d) { start(d, to_start); }, "created, or stopped earlier: started, not made anew"},
    {"start_again", [](const situation& s) { return starting_up(s) && any(s, to_start_again); },
     [](draft& d) {
         d.warn(reason::Repairing, "started once more: " + missing_in(*d.s.attempt));
         start(d, to_start_again);
     },
     "one end may be an accident"},
    {"started", [](const situation& s) { return in(s, phase::starting) && !any(s, not_started); },
     [](draft& d) {
         d.note(reason::Verifying, named(*d.next.attempt) + " runs; its health is verified");
         d.enter(phase::verifying, false);
     },
     "every container runs: the same deadline goes on"},
    {"starting", [](const situation& s) { return in(s, phase::starting); }, [](draft&) {},
     "waits for what it depends on"},
    {"try_promise",
     [](const situation& s) {
         return s.verified() && s.attempt_routed() && !s.tried_promised() && !s.promised.unknown &&
                !s.blocked && !s.withheld();
     },
     [](draft& d) { d.promise(trying(d.s.promised, *d.s.rec.attempt)); },
     "before any weight: can the proxy reach it?"},
    {"try_ask",
     [](const situation& s) {
         return s.verified() && s.attempt_routed() && s.confirmed &&
                (s.seen.tried == try_answer::unasked || s.seen.tried == try_answer::cannot_reach);
     },
     [](draft& d) {
         d.act(ask_try_routers{*d.s.rec.attempt});
         if (d.s.seen.tried == try_answer::cannot_reach) d.wake(seconds{2});
     },
     "one request through each try router; unreachable is no verdict about the revision"},
};

} // namespace

std::span<const rule> rules_of_starting() {
    return table;
}

} // namespace alcedo
