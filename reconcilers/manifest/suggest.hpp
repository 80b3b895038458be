#pragma once
// "did you mean": the nearest of a handful of known words.

#include <string>
#include <string_view>
#include <vector>

namespace alcedo::manifest {

/// The known word at most two edits (one in short words) away; "" if none is.
std::string nearest(std::string_view word, const std::vector<std::string_view>& known);

/// `did you mean "x"?`, or the list of what is possible.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known);

/// "a, b or c"
std::string any_of(const std::vector<std::string_view>& words);

} // namespace alcedo::manifest
