#pragma once
// The one function that decides. Total and pure: no I/O, no clock, no log, no exception; the same
// four values give the same plan to the last byte. It is one small step: the engine saves
// `plan.next` if it differs, then does `plan.actions`, then looks again.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/plan.hpp"
#include "reconcilers/model/spec.hpp"

namespace alcedo {

/// `desired` = nullptr: no last good spec is known; nothing is done, the promise is kept as it is.
/// The first match in the table of rules.hpp decides; `plan.rule` is its name. Without a change
/// `plan.next == record` and `plan.actions` is empty. `plan.wake` is relative to `now`.
plan make_plan(const desired_state* desired, const observation&, const record&, const moment& now);

} // namespace alcedo
