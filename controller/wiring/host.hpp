#pragma once
// Small facts of this machine: its IPv4 routes and addresses, chance, identifiers.

#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

/// CIDRs of /proc/net/route (`text`), the default route left out. Pure.
std::vector<std::string> parse_routes(std::string_view text);
std::vector<std::string> host_routes(const std::string& proc);
/// IPv4, of every interface; none if the kernel does not tell.
std::vector<std::string> own_addresses();

double random_fraction();  ///< [0, 1)
std::string random_uuid(); ///< version 4

} // namespace alcedo
