#include "reconcilers/blue_green/rules.hpp"

#include "reconcilers/blue_green/target.hpp"

#include <algorithm>

namespace alcedo {

namespace {

/// Who should be in the document as things stand; whoever serves is, even if nothing was promised
/// so far because there was no route.
layout standing(const situation& s) {
    auto l = s.promised;
    if (!l.has_weight() && s.rec.serving && s.rec.now_in != phase::shifting) {
        l.who[index_of(s.rec.serving->colored)] = *s.rec.serving;
        l.weight[index_of(s.rec.serving->colored)] = 100;
    }
    return l;
}

std::map<std::string, route_target> spec_routes(const desired_state& desired,
                                                const color_spec& rendered) {
    std::map<std::string, route_target> routes;
    if (desired.spec.traffic)
        for (const auto& r : desired.spec.traffic->routes)
            if (rendered.find(r.service)) routes[r.name] = {r.service, r.port};
    return routes;
}

/// Edited routes apply to what the spec describes; another revision keeps where it listens.
bool takes_new_routes(const situation& s, const rendering& r) {
    const bool runs =
        same(std::optional(r.what), s.rec.serving) || same(std::optional(r.what), s.rec.attempt);
    return runs && s.is_target(r.what);
}

bool listens_elsewhere(const situation& s, const rendering& r) {
    return takes_new_routes(s, r) && r.routes != spec_routes(s.desired, r.spec);
}

bool routes_changed(const situation& s) {
    if (s.promised.unknown || s.blocked) return false;
    const auto& all = s.rec.renderings;
    if (std::any_of(all.begin(), all.end(),
                    [&](const rendering& r) { return listens_elsewhere(s, r); }))
        return true;
    return build_fragment(s.desired, s.seen, s.rec, standing(s)) != s.rec.traffic.content;
}

void change_routes(draft& d) {
    for (auto& r : d.next.renderings)
        if (listens_elsewhere(d.s, r)) r.routes = spec_routes(d.s.desired, r.spec);
    const auto l = standing(d.s);
    if (build_fragment(d.s.desired, d.s.seen, d.next, l) == d.next.traffic.content) return;
    d.note(reason::Applied, "routes changed in the spec: promised with the same weights");
    d.promise(l);
}

bool untidy(const situation& s) {
    if (!s.resting || s.frozen || s.promised.unknown) return false;
    for (const auto& route : s.rec.traffic.content.routes) {
        if (route.try_color) return true;
        for (const auto& b : route.backends)
            if (b.weight == 0) return true;
    }
    return false;
}

void tidy(draft& d) {
    auto l = standing(d.s);
    l.tried.reset();
    for (const auto c : both_colors)
        if (l.weight[index_of(c)] == 0) l.who[index_of(c)].reset();
    d.promise(l);
}

void retry(draft& d) {
    auto& next = d.next;
    const auto what = *next.wished.retry;
    std::erase_if(next.rejected, [&](const rejection& r) { return same_revision(r.what, what); });
    next.wished.retry.reset();
    d.note(reason::Retried, named(what) + " may be tried again, on request");
    if (next.now_in != phase::held || !next.held || !same_revision(next.held->what, what)) return;
    if (d.s.frozen) return; // it serves: nothing of it was rejected
    next.held.reset();
    d.enter(phase::idle);
}

bool hold_is_over(const situation& s) {
    if (s.rec.now_in != phase::held || s.frozen) return false;
    if (!s.rec.held || s.rec.held->kind == hold_kind::violation) return !s.rec.held;
    return (s.rec.serving && s.is_target(*s.rec.serving)) ||
           !same_revision(s.target, s.rec.held->what);
}

void clear_hold(draft& d) {
    const bool serves = d.next.serving && d.s.is_target(*d.next.serving);
    d.note(reason::Idle, serves ? "the spec asks for what serves: the hold is over"
                                : "the spec asks for " + named(d.s.target) + ": the hold is over");
    d.next.held.reset();
    d.enter(phase::idle);
}

bool superseded(const situation& s) {
    return s.rec.attempt && !s.is_target(*s.rec.attempt);
}

std::string newer(const situation& s) {
    return "the spec asks for " + named(s.target) + " now, not for " + named(*s.rec.attempt);
}

bool dead_first_deploy(const situation& s) {
    return s.after && superseded(s) && !s.origin && s.attempt->any_sick && !s.attempt->any_ready &&
           (s.target.colored == s.attempt->what.colored || !s.attempt_serves);
}

void drop_first_deploy(draft& d) {
    const auto message = newer(d.s) + ", which never got healthy and has nothing to go back to";
    d.note(reason::Superseded, message);
    d.decide_outcome("Superseded", reason::Superseded, message);
    d.next.held.reset();
    d.enter(phase::reverting);
    d.promise_nothing();
}

bool nothing_to_protect(const situation& s) {
    return s.superseded_in_window() && s.attempt_bad && !s.origin->any_ready && s.confirmed &&
           s.drained_now(*s.origin, s.rec.timers.phase);
}

void give_up_window(draft& d) {
    auto& next = d.next;
    next.drained[index_of(next.origin->colored)] = true;
    next.standby.reset();
    next.stable.reset();
    const auto message = newer(d.s) + "; neither colour is healthy, so the newest goes ahead";
    d.warn(reason::Superseded, message);
    d.end_attempt("Superseded", reason::Superseded, message);
}

bool superseded_after(const situation& s) {
    if (!s.after || !superseded(s) || !s.origin) return false;
    if (s.superseded_in_window() && !s.frozen) return false;
    return s.origin->any_ready || !s.attempt->any_ready;
}

constexpr rule table[] = {
    {"reverting", [](const situation& s) { return s.rec.now_in == phase::reverting; },
     [](draft&) {}, "a revert never gives up; it waits for the proxy and the connections"},
    {"retry", [](const situation& s) { return s.rec.wished.retry.has_value(); }, retry,
     "somebody asked for it: consumed once"},
    {"tidy", untidy, tidy, "at rest the document holds who serves and nothing else"},
    {"routes_changed", routes_changed, change_routes,
     "routes are not part of a revision: they change in place, with the same weights"},
    {"hold_cleared", hold_is_over, clear_hold, "the reason to stand still is gone (L3)"},
    {"superseded_before", [](const situation& s) { return s.before && superseded(s); },
     [](draft& d) {
         const auto message = newer(d.s);
         d.note(reason::Superseded, message);
         d.end_attempt("Superseded", reason::Superseded, message);
     },
     "no weight has moved: the newest target counts"},
    {"superseded_dead_first_deploy", dead_first_deploy, drop_first_deploy,
     "the very first deploy is dead and in the way (L4)"},
    {"superseded_first_deploy",
     [](const situation& s) {
         return s.after && superseded(s) && s.attempt_serves && !s.origin &&
                (s.target.colored != s.attempt->what.colored || s.frozen);
     },
     [](draft& d) {
         const auto message = newer(d.s) + "; it goes on serving until that is ready";
         d.note(reason::Superseded, message);
         d.end_attempt("Superseded", reason::Superseded, message);
     },
     "a first deploy has no stable to go back to"},
    {"window_given_up", nothing_to_protect, give_up_window,
     "neither colour is healthy: nothing is left to protect (L4)"},
    {"superseded_after", superseded_after, [](draft& d) { d.return_to_origin(newer(d.s)); },
     "traffic returns to the stable colour first, in one write"},
};

} // namespace

std::span<const rule> rules_that_advance() {
    return table;
}

} // namespace alcedo
