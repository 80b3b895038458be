#pragma once
// Which stopwatches run when. They are flipped, never read out into the record: at rest a pass
// changes nothing. A clock stands still while what it measures cannot go on (pause, sickness, an
// unreachable proxy); that is how infrastructure trouble never becomes a verdict.

#include "reconcilers/blue_green/situation.hpp"
#include "reconcilers/model/plan.hpp"

namespace alcedo {

/// Runs or stops every stopwatch of `next`, the record that this pass will leave behind; gives
/// back what time alone gives back (one repair per ten minutes without one).
void set_clocks(record& next, const situation&);

/// The earliest deadline of interest, from now; none if only the resync is left.
std::optional<milliseconds> next_wake(const record& next, const situation&);

} // namespace alcedo
