#pragma once
// Text that comes from or goes to an engine: parsed with limits, cleaned, encoded. Knows no model.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alcedo::docker {

using json = nlohmann::json;

/// Nothing if it is not JSON, is cut, or is nested deeper than 64.
std::optional<json> json_in(std::string_view text);

// Engines write null, leave a key out, or (Podman) write another type: all three mean "nothing".
const json& child(const json& object, std::string_view key); ///< null if absent
std::string text_at(const json& object, std::string_view key);
std::int64_t number_at(const json& object, std::string_view key);
bool flag_at(const json& object, std::string_view key);

/// Every byte that is not part of a valid UTF-8 sequence becomes U+FFFD.
std::string valid_utf8(std::string_view text);

/// Percent-encodes everything but unreserved characters and those in `kept`.
std::string url_encoded(std::string_view text, std::string_view kept = "");

/// `text` for a body: never throws, whatever the bytes.
std::string printed(const json&);

std::string base64url(std::string_view bytes); ///< with padding, as X-Registry-Auth wants it
std::optional<std::string> from_base64(std::string_view text);

} // namespace alcedo::docker
