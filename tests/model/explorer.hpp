#pragma once
// Breadth first over one world: every state once, by a 128-bit hash; parent links, so that what is
// found comes with the shortest way there.

#include "goals.hpp"
#include "tally.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace alcedo::checker {

struct finding {
    std::string what;
    std::vector<step> path; ///< from the start
};

struct report {
    std::string world;
    std::size_t states = 0, edges = 0, inputs = 0;
    double seconds = 0;
    double megabytes = 0; ///< of the tables of this world
    bool complete = true; ///< false: the limit was reached
    std::map<std::string, std::size_t> ends;
    std::map<std::string, std::size_t> rows; ///< of the table → distinct inputs that it decided
    tally steps;
    std::vector<finding> broken, wedged, livelocks;
    bool passed() const { return broken.empty() && wedged.empty() && livelocks.empty(); }
};

struct limits {
    std::size_t states = SIZE_MAX;
    bool check_codec = false;
    bool confirms_by_content = false; ///< a mutant's eyes
    bool judges_plans = true;
    bool first_only = false; ///< stop at the first thing found
};

report explore(const world_kind&, const plan_maker&, const limits&);

/// Strongly connected components of the graph of free steps, given as rows of targets: those of
/// more than one state, whether or not a step leads out. A member of each.
std::vector<std::uint32_t> cycles_of(const std::vector<std::uint64_t>& row_begins,
                                     const std::vector<std::uint32_t>& targets);

} // namespace alcedo::checker
