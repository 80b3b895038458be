#pragma once
// What the next passes would do if everything went well: make_plan run again and again on a copy
// of the world in which creates land, starts become ready, publishes are confirmed and clocks jump
// to the next wake. For `alcedo plan`; touches nothing.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

namespace alcedo {

/// [{rule, why, after, actions: [text], weights: {blue, green}, phase}], at most 200 passes.
/// `after` is how long from now, in words. Empty = nothing to do.
json project(const desired_state* desired, const observation&, const record&, const moment& now);

} // namespace alcedo
