#pragma once
// The name behind a user id, for what is told of a wish.

#include <string>

namespace alcedo::api {

/// "" if `passwd` (of passwd(5)'s format) has none: users of a directory service show as numbers.
/// Not by NSS, which may ask the network.
std::string user_name_of(int uid, const std::string& passwd = "/etc/passwd");

} // namespace alcedo::api
