#pragma once
// Files in STATE that hold something random: made once, readable by the daemon's user alone,
// never replaced. A lost or cut one is an error, not a reason to invent another.

#include "reconcilers/model/result.hpp"

#include <cstddef>
#include <string>

namespace alcedo {

/// The secret: `bytes` random bytes, or with `hex` the same as 2 × `bytes` hex digits. Made on
/// disk (0600, fsynced with its folder) before it is answered. `invalid`: of another length, not
/// a regular file, or open to others; `retry`: I/O.
result<std::string> secret_file(const std::string& path, std::size_t bytes, bool hex);

} // namespace alcedo
