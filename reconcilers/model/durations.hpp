#pragma once
// Durations as people write them, in manifests, flags and URLs: "500ms", "30s", "1m30s", "1h", "7d". Whole numbers, units from
// large to small, nothing without a unit.

#include "reconcilers/model/moment.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alcedo {

/// At most ten years.
std::optional<milliseconds> duration_from(std::string_view);

/// What to write instead of something that is not a duration.
std::string duration_remedy(std::string_view written);

} // namespace alcedo
