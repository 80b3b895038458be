#pragma once
// Subnets for the networks of colours: the first free /27 of a pool, skipping everything taken.
// Engines' own pools end after 29 networks (reference: Engine API notes §2). Pure.

#include <optional>
#include <string>
#include <vector>

namespace alcedo {

/// "10.213.0.32/27"; nothing if the pool is malformed or full. Malformed entries of `taken` (IPv6)
/// are passed over.
std::optional<std::string> first_free_subnet(const std::string& pool,
                                             const std::vector<std::string>& taken);

/// Does the IPv4 CIDR hold the address?
bool subnet_holds(const std::string& cidr, const std::string& address);

} // namespace alcedo
