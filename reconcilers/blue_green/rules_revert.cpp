#include "reconcilers/blue_green/rules.hpp"

#include <algorithm>

namespace alcedo {

namespace {

using slot_state = slot::state;

/// Freeze and Notify look on once the attempt serves alone; before that there is a way back that
/// costs nothing. A handover that fails goes back: frozen, nobody would run the service at all.
bool may_revert_by_itself(const situation& s) {
    return s.desired.spec.watch.then == on_failure::revert || !s.attempt_serves ||
           s.handover_failed();
}

std::string what_is_bad(const situation& s) {
    if (s.handover_failed()) {
        const bool refused = s.seen.refused && s.seen.refused->revision == s.attempt->what.revision;
        if (refused) return "could not take over: " + s.seen.refused->message;
        return "did not take over within " + to_string(s.handover_timeout()) + ": " +
               missing_in(*s.attempt);
    }
    for (const auto& check : s.seen.checks)
        if (check.verdict == check_verdict::failing &&
            check.color == to_string(s.attempt->what.colored)) {
            const auto last =
                check.evidence.empty() ? std::string() : ": " + check.evidence.back().summary;
            return "failed its check " + check.check + last;
        }
    const auto missing = missing_in(*s.attempt);
    return missing.empty() ? "failed a check of its routes" : "turned bad: " + missing;
}

bool any_slot(const std::optional<fleet>& f, bool (*is)(const slot&)) {
    return f && std::any_of(f->slots.begin(), f->slots.end(), is);
}

bool falls_again(const situation& s) {
    return s.before && any_slot(s.attempt, [](const slot& x) { return x.falls >= 2; });
}

std::string who_fell(const situation& s) {
    for (const auto& x : s.attempt->slots)
        if (x.at && x.falls >= 2)
            return x.at->name + " ended again (exit code " + std::to_string(x.at->exit_code) + ")";
    return "a container ended again";
}

/// Nobody watches it more closely than while it waits for a person's word.
bool turned_bad_waiting(const situation& s) {
    if (s.rec.now_in != phase::awaiting_approval || !s.attempt) return false;
    const auto own = index_of(s.attempt->what.colored);
    return s.seen.route_verdict[own] == check_verdict::failing ||
           any_slot(s.attempt, [](const slot& x) { return x.is == slot_state::sick; });
}

constexpr milliseconds approval_reminder = std::chrono::hours{1};

/// Once: what waits for a person without a limit is said aloud, not decided.
bool is_to_remind(const situation& s) {
    return s.rec.now_in == phase::awaiting_approval && s.rec.attempt && !s.paths.approval_timeout &&
           !s.paused && s.rec.timers.phase.elapsed(s.now) >= approval_reminder &&
           !s.rec.receipt.contains("reminded");
}

void remind(draft& d) {
    d.next.receipt["reminded"] = rfc3339(d.s.now.wall);
    d.warn(reason::AwaitingApproval,
           named(*d.next.attempt) +
               " has been waiting for an hour to be promoted: `alcedo promote " +
               d.s.desired.spec.name + "` lets it go on, `alcedo abort " + d.s.desired.spec.name +
               "` ends it");
}

bool is_unhealthy(const slot& x) {
    return x.at && x.is != slot_state::retiring && x.at->docker_unhealthy &&
           (!x.at->has_own_checks || x.at->own_checks_failing);
}

bool preparation_failed(const situation& s) {
    return s.rec.now_in == phase::preparing && s.rec.attempt &&
           s.seen.prepared.is == preparation::state::failed &&
           s.seen.prepared.spec_digest == s.rec.attempt->spec_digest;
}

void freeze(draft& d) {
    const auto& s = d.s;
    const auto what = *s.rec.attempt;
    const auto message = named(what) + " " + what_is_bad(s) +
                         ". onFailure is Freeze: traffic stays as it is, the colour before it is "
                         "kept warm, repairs go on. Ship another revision, revert the commit, or "
                         "`alcedo rollback " +
                         s.desired.spec.name + "`.";
    d.hold(hold_kind::frozen, what, reason::Frozen, message);
    d.warn(reason::Frozen, message);
    d.decide_outcome("Frozen", reason::Frozen, message);
    d.end_receipt();
    d.enter(phase::held);
}

void note_drift(draft& d) {
    const auto why = d.s.desired.spec.watch.then == on_failure::notify
                         ? "onFailure is Notify: nothing is reverted"
                     : !d.s.origin
                         ? "There is nothing to go back to: it is repaired"
                         : named(d.s.origin->what) + " is not healthy either: both are repaired";
    const auto message = named(*d.next.attempt) + " " + what_is_bad(d.s) + ". " + why;
    d.warn(reason::Drift, message);
    d.next.receipt["drift"] = message;
}

/// Whom the weights of a revert belong to now: whoever of the two lives.
std::optional<release> revert_to(const situation& s) {
    if (s.origin && s.origin->any_ready) return s.origin->what;
    if (s.attempt && s.attempt->all_ready) return s.attempt->what;
    if (s.origin && s.budget_of(s.origin->what.colored) == 0) return s.origin->what;
    return std::nullopt;
}

bool revert_points_wrong(const situation& s) {
    if (s.rec.now_in != phase::reverting) return false;
    const auto want = revert_to(s);
    return want && !is_only(s.desired, s.rec, *want);
}

void point_revert(draft& d) {
    const auto want = *revert_to(d.s);
    const auto& gone = same(want, d.next.origin) ? d.next.attempt : d.next.origin;
    d.warn(reason::ServingDied, "while reverting: all traffic to " + named(want));
    d.next.timers.phase = {};
    d.promise(defining(only(want), gone));
}

bool revert_is_pointless(const situation& s) {
    if (s.rec.now_in != phase::reverting || !s.confirmed || !s.attempt) return false;
    if (s.origin && s.origin->any_ready) return false;
    if (!s.attempt->all_ready || !is_only(s.desired, s.rec, s.attempt->what)) return false;
    if (!s.origin) return true;
    return s.budget_of(s.origin->what.colored) == 0 && s.drained_now(*s.origin, s.rec.timers.phase);
}

void abandon_revert(draft& d) {
    auto& next = d.next;
    const auto kept = *next.attempt;
    const auto message = named(kept) + " goes on serving: what it should have gone back to is dead";
    d.warn(reason::ServingDied, message);
    if (next.origin) next.drained[index_of(next.origin->colored)] = true;
    if (same(next.stable, next.origin)) next.stable.reset();
    next.serving = kept;
    next.held.reset();
    d.end_attempt("Abandoned", reason::ServingDied, message);
}

constexpr rule table[] = {
    {"drift_revert",
     [](const situation& s) {
         return s.attempt_bad && !s.frozen && s.origin && s.origin->any_ready &&
                may_revert_by_itself(s);
     },
     [](draft& d) {
         const auto why = d.s.handover_failed() ? reason::HandoverFailed : reason::Drift;
         d.revert(hold_kind::reverted, why, what_is_bad(d.s));
     },
     "weight goes to the colour that is healthy; traffic first, containers second (S1, L7)"},
    {"freeze",
     [](const situation& s) {
         return s.attempt_bad && !s.frozen && s.attempt_serves &&
                s.desired.spec.watch.then == on_failure::freeze;
     },
     freeze, "onFailure: Freeze stops and pages"},
    {"drift_noted",
     [](const situation& s) {
         // With something to go back to, `drift_revert` has matched before.
         return s.attempt_bad && !s.frozen && s.attempt_serves && !s.rec.receipt.contains("drift");
     },
     note_drift, "onFailure: Notify, or nobody healthy to go back to: paged, once"},
    {"prepare_failed", preparation_failed,
     [](draft& d) {
         d.reject(d.s.seen.prepared.reason, "cannot be prepared: " + d.s.seen.prepared.message);
     },
     "something of the revision is missing; the serving colour is untouched"},
    {"refused",
     [](const situation& s) {
         return s.before && s.seen.refused && !s.rec.attempt->revision.empty() &&
                s.seen.refused->revision == s.rec.attempt->revision;
     },
     [](draft& d) { d.reject(d.s.seen.refused->reason, d.s.seen.refused->message); },
     "the engine cannot make this revision run, and would not next time"},
    {"restart_loop", falls_again,
     [](draft& d) { d.reject(reason::RestartLoop, "does not stay up: " + who_fell(d.s)); },
     "the second end of one container is no accident"},
    {"unhealthy",
     [](const situation& s) {
         return s.rec.now_in == phase::verifying && any_slot(s.attempt, is_unhealthy);
     },
     [](draft& d) {
         d.reject(reason::Unhealthy,
                  "is unhealthy by Docker's own check: " + missing_in(*d.s.attempt));
     },
     "Docker says unhealthy, and no check of ours says otherwise"},
    {"check_overdue", [](const situation& s) { return s.before && s.seen.within_passed; },
     [](draft& d) {
         d.reject(reason::CheckFailed,
                  "did not pass its check " + d.s.seen.within_check + " in time");
     },
     "a check has its own deadline"},
    {"deadline",
     [](const situation& s) {
         return (s.rec.now_in == phase::starting || s.rec.now_in == phase::verifying) &&
                s.deadline_passed();
     },
     [](draft& d) {
         const auto missing = missing_in(*d.s.attempt);
         d.reject(reason::HealthTimeout, "was not ready within " +
                                             to_string(d.s.desired.spec.health.timeout) +
                                             (missing.empty() ? "" : ": " + missing));
     },
     "one deadline from the first start to every gate passed"},
    {"turned_bad_waiting", turned_bad_waiting,
     [](draft& d) { d.reject(reason::Unhealthy, what_is_bad(d.s) + " before it was promoted"); },
     "what waits for approval has to stay healthy"},
    {"approval_overdue", [](const situation& s) { return s.approval_overdue(); },
     [](draft& d) {
         d.reject(reason::ApprovalTimeout,
                  "was not promoted within " + to_string(*d.s.paths.approval_timeout));
     },
     "approvalTimeout is over; `retry` opens it again"},
    {"approval_reminder", is_to_remind, remind, "nobody has answered for an hour: said once"},
    {"old_died_go_forward",
     [](const situation& s) {
         return s.rec.now_in == phase::shifting && s.serving && s.attempt &&
                weight_of(s.rec.traffic, s.serving->what) > 0 &&
                weight_of(s.rec.traffic, s.attempt->what) > 0 && !s.serving->any_ready &&
                s.attempt->all_ready;
     },
     [](draft& d) {
         d.warn(reason::ServingDied, named(*d.next.serving) + " died while traffic moved to " +
                                         named(*d.next.attempt) + ": all of it goes there now");
         d.next.step = d.s.steps();
         d.next.timers.phase = {};
         d.promise(d.s.step_layout(d.s.origin, d.next.step));
     },
     "a broken serving colour never keeps half the traffic (S1, L4)"},
    {"revert_points_wrong", revert_points_wrong, point_revert,
     "half the traffic must not stay on a dead colour because the promise said so"},
    {"revert_abandoned", revert_is_pointless, abandon_revert,
     "the origin is gone for good and the attempt lives; else every later spec would be ignored"},
};

} // namespace

std::span<const rule> rules_that_revert() {
    return table;
}

} // namespace alcedo
