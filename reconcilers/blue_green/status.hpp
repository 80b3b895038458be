#pragma once
// What people and scripts see of an app: a projection of the four facts, never an input to a
// decision. Field list and condition table: SPEC §3.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <optional>
#include <string>

namespace alcedo {

/// The `status` object of SPEC §3. Keys without a value (activeColor before anything serves, hold,
/// standby, deadline, weights without routes) are absent. Conditions come from the record.
json make_status(const desired_state* desired, const observation&, const record&,
                 const moment& now);

/// A check as `status.checks` shows it and `hold.evidence.checks` keeps it.
json to_json(const check_status&);

json to_json(const condition&);

/// Ready, Reconciling, Stalled, Available, TrafficApplied, Paused, RolledBack as of now. Writes
/// only what flipped (status, reason or message); `lastTransitionTime` moves with the status.
/// Conditions of other types (SourceSynced: the engine's) are left alone. make_plan calls it for
/// plan.next.
void update_conditions(record&, const desired_state* desired, const observation&,
                       const moment& now);

/// The same for what was made of `before` after it had been seen: what `next` promises anew is not
/// confirmed by that.
void update_conditions(record& next, const record& before, const desired_state* desired,
                       const observation&, const moment& now);

/// One condition set or changed in place; status "" removes it. For the engine's SourceSynced.
void set_condition(record&, condition wanted, const moment& now);

/// What it waits for, in one sentence without figures that change by themselves; "" at rest.
std::string waiting_for(const desired_state* desired, const observation&, const record&,
                        const moment& now);
/// When the wait ends by itself, from now; none if nothing is timed.
std::optional<milliseconds> deadline_of(const desired_state* desired, const observation&,
                                        const record&, const moment& now);

} // namespace alcedo
