#pragma once
// Which stopwatches run when. They are flipped, never read out into the record: at rest a pass
// changes nothing. A clock stands still while what it measures cannot go on (pause, sickness, an
// unreachable proxy); that is how infrastructure trouble never becomes a verdict.

#include "reconcilers/blue_green/situation.hpp"
#include "reconcilers/model/plan.hpp"

namespace alcedo {

/// The facts after this pass's rule: `next`, seen with what this pass saw. A promise made in this
/// pass is not confirmed, whatever the one before it was.
situation afterwards(const record& next, const situation&);

/// Runs or stops every stopwatch of `next`; gives back what time alone gives back (one repair per
/// ten minutes without one). `then` is derived from `next` itself.
void set_clocks(record& next, const situation& then);

/// The earliest deadline of interest, from now; none if only the resync is left.
std::optional<milliseconds> next_wake(const situation& then);

} // namespace alcedo
