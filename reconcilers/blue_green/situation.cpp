#include "reconcilers/blue_green/situation.hpp"

#include "reconcilers/blue_green/rehearsal.hpp"
#include "reconcilers/blue_green/target.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

std::optional<fleet> fleet_of(const desired_state& desired, const observation& seen,
                              const record& rec, const std::optional<release>& what, bool before) {
    if (!what) return std::nullopt;
    return make_fleet(desired, seen, rec, *what, before);
}

bool is_after(phase p) {
    return p == phase::shifting || p == phase::handover || p == phase::draining ||
           p == phase::watching;
}

bool route_fails(const observation& seen, const release& what) {
    return seen.route_verdict[index_of(what.colored)] == check_verdict::failing;
}

} // namespace

situation make_situation(const desired_state& desired, const observation& seen, const record& rec,
                         const moment& now) {
    situation s{desired, seen, rec, now};
    s.docker_known = seen.docker_known;
    s.traffic = rec.traffic.number == 0 ? traffic_state::confirmed : seen.traffic;
    s.confirmed = s.traffic == traffic_state::confirmed;
    s.paused = desired.spec.paused || rec.wished.paused;
    s.blocked = seen.blocked_reason == reason::RouteConflict;
    if (desired.spec.traffic) s.paths = *desired.spec.traffic;

    s.before = rec.attempt && is_before_switch(rec.now_in);
    s.frozen =
        rec.now_in == phase::held && rec.attempt && rec.held && rec.held->kind == hold_kind::frozen;
    s.after = rec.attempt && (is_after(rec.now_in) || s.frozen);
    s.resting = rec.now_in == phase::idle || rec.now_in == phase::held;

    s.attempt = fleet_of(desired, seen, rec, rec.attempt, s.before);
    s.origin = fleet_of(desired, seen, rec, rec.origin, false);
    s.serving = fleet_of(desired, seen, rec, rec.serving, false);
    s.standby = fleet_of(desired, seen, rec, rec.standby, false);

    s.holder = fleet_of(desired, seen, rec, rec.holder, false);
    for (const auto& r : seen.replicas)
        if (is_one_too_many(desired, rec, r)) s.elsewhere.push_back(&r);

    s.attempt_serves = rec.attempt && same(rec.attempt, rec.serving);
    const bool is_held = rec.now_in == phase::draining || rec.now_in == phase::watching;
    s.attempt_bad =
        s.after && (s.attempt->any_sick || route_fails(seen, *rec.attempt) ||
                    (s.attempt->is_given_up() &&
                     (s.budget_of(rec.attempt->colored) == 0 || s.cannot_be_made(*s.attempt))) ||
                    (is_held && s.attempt->exclusive_sick) || s.handover_failed());
    s.target = target_of(desired, rec, s.origin && s.origin->any_ready);
    s.promised = layout_of(rec);
    return s;
}

bool situation::superseded_in_window() const {
    return after && attempt_serves && origin && !is_target(attempt->what) &&
           target.colored == origin->what.colored && !is_target(origin->what);
}

bool situation::verified() const {
    return (rec.now_in == phase::verifying || rec.now_in == phase::awaiting_approval) && attempt &&
           attempt->all_ready && attempt->exclusive_ready;
}

bool situation::tried_promised() const {
    return attempt && rec.traffic.tries(attempt->what.colored) &&
           same(promised.who[index_of(attempt->what.colored)], rec.attempt);
}

bool situation::try_answered() const {
    if (!attempt_routed()) return true;
    return tried_promised() && confirmed &&
           (seen.tried == try_answer::answered || seen.tried == try_answer::skipped) &&
           seen.route_verdict[index_of(attempt->what.colored)] == check_verdict::passing;
}

bool situation::approved() const {
    return !paths.manual_approval || !rec.serving || same(rec.wished.promoted, rec.attempt);
}

bool situation::approval_overdue() const {
    return rec.now_in == phase::awaiting_approval && paths.approval_timeout &&
           rec.timers.phase.elapsed(now) >= *paths.approval_timeout;
}

bool situation::deadline_passed() const {
    return rec.timers.phase.elapsed(now) >= desired.spec.health.timeout;
}

bool situation::has_exclusive() const {
    for (const auto& c : desired.spec.colors)
        for (const auto& service : c.services)
            if (service.exclusive) return true;
    return std::any_of(seen.replicas.begin(), seen.replicas.end(),
                       [&](const replica& r) { return is_exclusive(desired, rec, r); });
}

milliseconds situation::handover_timeout() const {
    milliseconds longest{0};
    if (attempt)
        for (const auto& x : attempt->slots) {
            const auto* wanted = desired.spec.of(attempt->what.colored).find(x.service->name);
            if (x.exclusive)
                longest = std::max(longest, (wanted ? wanted : x.service)->handover_timeout);
        }
    return longest;
}

bool situation::handover_overdue() const {
    return rec.timers.phase.elapsed(now) >= handover_timeout();
}

bool situation::handover_failed() const {
    if (rec.now_in != phase::handover || !attempt || attempt->exclusive_ready) return false;
    const bool fell = std::any_of(attempt->slots.begin(), attempt->slots.end(), [](const slot& x) {
        return x.exclusive && x.is == slot::state::exited;
    });
    const bool refused = seen.refused && seen.refused->revision == attempt->what.revision;
    return handover_overdue() || refused || (fell && budget_of(attempt->what.colored) == 0);
}

bool situation::hold_passed() const {
    if (rec.step >= steps()) return true;
    return rec.timers.phase.elapsed(now) >= paths.steps[static_cast<std::size_t>(rec.step)].hold;
}

layout situation::step_layout(const std::optional<fleet>& from, int step) const {
    const auto left = from ? std::optional(from->what) : std::nullopt;
    const bool can_split =
        from && from->any_ready && attempt_routed() && !from->routed.empty() && step < steps();
    if (!can_split) return defining(only(*rec.attempt), left);
    const int percent = paths.steps[static_cast<std::size_t>(step)].weight;
    return trying(split(*rec.attempt, percent, *left), *rec.attempt);
}

bool situation::stands_withheld() const {
    if (!withheld()) return false;
    if (rec.now_in == phase::idle) return rec.serving && is_target(*rec.serving);
    return after || (before && rec.now_in != phase::preparing);
}

bool situation::drain_over(open_connections open, const stopwatch& watch) const {
    const auto elapsed = watch.elapsed(now);
    if (elapsed < paths.drain_grace) return false;
    return open == open_connections::none || elapsed >= paths.drain_timeout;
}

bool situation::drained_now(const fleet& f, const stopwatch& watch) const {
    const auto i = index_of(f.what.colored);
    return rec.drained[i] || f.routed.empty() || drain_over(seen.open[i], watch);
}

std::vector<const replica*> situation::others_in(color c, const release& keep) const {
    std::vector<const replica*> found;
    for (const auto& r : seen.replicas)
        if (r.colored == c && !belongs(r, keep)) found.push_back(&r);
    return found;
}

std::vector<const replica*> situation::leftovers() const {
    std::vector<const replica*> found;
    for (const auto& r : seen.replicas)
        if (!belongs(r, rec.serving) && !belongs(r, rec.standby) && !belongs(r, rec.attempt) &&
            !belongs(r, rec.origin))
            found.push_back(&r);
    return found;
}

std::vector<const slot*> situation::surplus(const std::optional<fleet>& f) const {
    std::vector<const slot*> found;
    if (!f) return found;
    for (const auto& s : f->slots)
        if (!s.wanted && !s.exclusive && s.at && s.is != slot::state::retiring) found.push_back(&s);
    return found;
}

int situation::full_budget(color c) const {
    return before && rec.attempt->colored == c ? 1 : 5;
}

milliseconds situation::repair_backoff(color c) const {
    const int spent = full_budget(c) - budget_of(c);
    return spent <= 0 ? milliseconds{0} : seconds{1 << std::min(spent - 1, 6)};
}

bool situation::cannot_be_made(const fleet& f) const {
    return seen.refused && seen.refused->revision == f.what.revision &&
           seen.refused->reason == reason::RevisionNotReproducible;
}

bool situation::repair_due(color c) const {
    return budget_of(c) > 0 && (budget_of(c) >= full_budget(c) ||
                                rec.budgets[index_of(c)].refill.elapsed(now) >= repair_backoff(c));
}

} // namespace alcedo
