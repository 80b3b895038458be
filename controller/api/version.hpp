#pragma once
// What this program is. One place; a test holds it to the build's own number.

#include <string_view>

namespace alcedo {

inline constexpr std::string_view program_version = "0.1.0";

} // namespace alcedo
