#pragma once
// The named facts that rules may look at: record, observation and spec, derived once per pass.
// A rule's `when` uses nothing else; whoever needs a new fact names it here.

#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alcedo {

struct situation {
    const desired_state& desired;
    const observation& seen;
    const record& rec;
    const moment& now;

    bool docker_known = false;
    traffic_state traffic = traffic_state::unknown; ///< nothing was ever promised: confirmed
    bool confirmed = false;
    bool paused = false;
    bool blocked = false; ///< another app has published one of the routes (RouteConflict)
    release target;

    std::optional<fleet> attempt, origin, serving, standby;
    std::optional<fleet> holder; ///< who may own the exclusive services
    /// Containers of exclusive services, in whatever state, that are not the holder's, and
    /// rehearsals that are not wanted (any more). While there is one, the holder's is neither
    /// created nor started: existence is the lock (S25).
    std::vector<const replica*> elsewhere;

    bool frozen = false; ///< Held by onFailure: Freeze; the attempt is still one
    bool before = false; ///< an attempt without weight: Preparing … AwaitingApproval
    bool after = false;  ///< an attempt with weight: Shifting … Watching, or frozen
    bool attempt_bad = false;
    bool attempt_serves = false;
    bool resting = false; ///< Idle or Held

    traffic_spec paths; ///< the spec's, or defaults for an app without routes
    layout promised;    ///< who is in the document now

    // --- the attempt
    bool is_target(const release& r) const { return same(r, target); }
    /// SPEC §2 (c): another revision is wanted on the colour that holds stable; the window is
    /// finished first.
    bool superseded_in_window() const;
    bool attempt_routed() const { return attempt && !attempt->routed.empty(); }
    /// Verifying and every replica ready: what is missing is only the proxy's side.
    bool verified() const;
    /// The try routers to the attempt are in the promise.
    bool tried_promised() const;
    bool try_answered() const;
    /// Nobody has to be asked, or somebody said yes.
    bool approved() const;
    bool approval_overdue() const; ///< approvalTimeout, in AwaitingApproval
    bool deadline_passed() const;  ///< health.timeout, in Starting and Verifying
    bool hold_passed() const;      ///< the step's

    // --- exclusive services
    bool has_exclusive() const; ///< the app has some, in the spec or by what exists
    /// The longest `handoverTimeout` of the attempt's.
    milliseconds handover_timeout() const;
    bool handover_overdue() const;
    /// In Handover: out of time, or it fell as often as allowed, or it cannot be made.
    bool handover_failed() const;

    /// What step `step` asks for, coming from `from`; past the last one: the attempt alone.
    layout step_layout(const std::optional<fleet>& from, int step) const;
    int steps() const { return static_cast<int>(paths.steps.size()); }

    // --- routes that wait for something of the proxy's
    /// No new colour goes through it meanwhile.
    bool withheld() const { return !seen.withheld.names.empty(); }
    /// That is what the app stands at. A rollout is told so by Preparing, which fails for it.
    bool stands_withheld() const;

    // --- draining
    /// Grace is over, and nobody is connected or `drain.timeout` is over too.
    bool drain_over(open_connections, const stopwatch&) const;
    bool drained_now(const fleet&, const stopwatch&) const;

    // --- containers
    bool is_retiring(const replica& r) const { return rec.retiring.contains(r.id); }
    /// Replicas of a colour that are of another revision than `keep`.
    std::vector<const replica*> others_in(color, const release& keep) const;
    /// Neither serving's nor standby's, nor of an attempt or origin that still matters.
    std::vector<const replica*> leftovers() const;
    /// Beyond the wanted count of a fleet.
    std::vector<const slot*> surplus(const std::optional<fleet>&) const;

    // --- budgets
    int budget_of(color c) const { return rec.budgets[index_of(c)].left; }
    int full_budget(color c) const;
    /// Containers of that release cannot be made any more, and it was tried.
    bool cannot_be_made(const fleet&) const;
    bool repair_due(color) const; ///< something left, and its back-off is over
    milliseconds repair_backoff(color) const;
};

situation make_situation(const desired_state&, const observation&, const record&, const moment&);

} // namespace alcedo
