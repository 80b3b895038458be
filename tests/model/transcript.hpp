#pragma once
// A run as text, one line a step, that can be read by people and run again:
//
//   world: good/bad f1 e1
//   edit: flip
//   pass                # begin, Idle → Preparing
//   …

#include "steps.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace alcedo::checker {

/// Prints the world's name, every step with what it did, and what is broken or wrong in the end.
void print_transcript(std::ostream&, const world_kind&, const plan_maker&,
                      const std::vector<step>&);

struct replayed {
    bool found_world = false;
    std::string world;
    int done = 0;        ///< steps that were possible
    int skipped = 0;     ///< and those that were not: the rules were mended since
    std::string broken;  ///< by one of them
    std::string rest;    ///< where it ends if from there on nothing goes wrong
    bool is_good = true; ///< which is a goal
};
/// Every step that is possible, then whatever happens by itself.
replayed replay(std::istream&, const plan_maker&);

} // namespace alcedo::checker
