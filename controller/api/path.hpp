#pragma once
// Paths of the API against patterns like "/v1/apps/{name}/plan".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::api {

/// What stands at each "{…}" of the pattern, in order; none if the path is another one. An empty
/// segment matches nothing.
std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path);

} // namespace alcedo::api
