#pragma once
// What belongs into the one document: what the disk holds and what the store knows, put together,
// and whether a render would lose a router (S26). Pure.

#include "controller/ports/traffic.hpp"

#include <map>
#include <optional>
#include <string>

namespace alcedo {

/// The first route that has a router in `held` and none in `wanted`.
std::optional<std::string> lost_router(const fragment& held, const fragment& wanted);

/// What the disk holds, in the words of the store where both name the same promise. The number
/// names the content; where the file contradicts it, the file is not that promise (number 0). Apps
/// without a route that the store has forgotten are left out.
traffic_document union_of(traffic_document disk, const std::map<std::string, promise>& store);

} // namespace alcedo
