#pragma once
// The matchers of a rule: how many arguments each takes and what may stand in them.

#include <string>
#include <string_view>
#include <vector>

namespace alcedo::manifest {

/// Of one compiled expression: room for any that a person writes, and a few milliseconds at most.
inline constexpr int max_regexp_memory = 1 << 16;

struct matcher {
    std::string_view name;
    std::size_t least;
    std::size_t most;
    int regexp; ///< index of the argument that is a regular expression; -1 = none
};
const matcher* find_matcher(std::string_view name);
std::vector<std::string_view> matcher_names();

struct matcher_fault {
    int argument = -1;   ///< which one; -1 = the matcher as a whole
    std::string problem; ///< "" = fine
    std::string remedy;
};
matcher_fault argument_fault(const matcher&, const std::vector<std::string>& arguments);

} // namespace alcedo::manifest
