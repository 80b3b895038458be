#pragma once
// What a plain YAML scalar means: the YAML 1.2 core schema, and nothing of 1.1. `yes`, `on` and
// `0755` stay text, because guessing them differently from the next tool is how outages start.

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace alcedo::manifest {

/// null, boolean, integer, float or string; nothing if it is an integer beyond 64 bits.
std::optional<nlohmann::json> plain_scalar(std::string_view text);

/// Offset of the first byte that is no valid UTF-8 or a control character other than tab and line
/// breaks; npos if there is none.
std::size_t first_bad_byte(std::string_view text);

} // namespace alcedo::manifest
