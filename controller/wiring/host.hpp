#pragma once
// Small facts of this machine: its IPv4 routes, chance, identifiers.

#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

/// CIDRs of /proc/net/route (`text`), the default route left out. Pure.
std::vector<std::string> parse_routes(std::string_view text);
std::vector<std::string> host_routes(const std::string& proc);

double random_fraction();  ///< [0, 1)
std::string random_uuid(); ///< version 4

} // namespace alcedo
