#pragma once
// The parts of status.hpp that look at a situation which somebody has derived already: one pass
// derives two (before and after its rule), not five.

#include "reconcilers/blue_green/situation.hpp"

#include <optional>
#include <string>

namespace alcedo {

/// `s` must be derived from `r` itself.
void update_conditions(record& r, const situation& s);
std::string waiting_for(const situation&);
std::optional<milliseconds> deadline_of(const situation&);

} // namespace alcedo
