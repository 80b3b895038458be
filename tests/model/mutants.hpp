#pragma once
// Mistakes planted in copies of the rules, each known by the number of the design's list: a checker
// that does not find them proves nothing.

#include "explorer.hpp"

#include <string>
#include <vector>

namespace alcedo::checker {

struct mutant {
    int number;        ///< of PLANNER §6; from 101 on: defects that were found in the shipped rules
    const char* what;  ///< is wrong with it
    const char* world; ///< where it is looked for
    plan_maker make;
    bool confirms_by_content = false; ///< the eyes are wrong, not the rules
    bool judges_plans = true; ///< false: the invariants would see it first; the world shows it
};

void add_found(std::vector<mutant>&); ///< from 101 on
std::vector<mutant> all_mutants();

/// Runs each (or only the one of that number, if not 0) until something is found; prints a row for
/// each. False if one survives.
bool run_mutants(std::size_t states_at_most, unsigned jobs, int only);

} // namespace alcedo::checker
