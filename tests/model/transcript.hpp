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
    int done = 0;           ///< steps that were possible
    std::string impossible; ///< the first that was not
    std::string broken;     ///< by one of them
    state end;
    bool is_at_rest = false;
    std::string rest; ///< of the end, if nothing more happens by itself
    bool is_good = true;
};
replayed replay(std::istream&, const plan_maker&);

} // namespace alcedo::checker
