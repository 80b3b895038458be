#pragma once
// Where it may come to rest: an end state has a name, or it is a wedge.

#include "steps.hpp"

#include <string>

namespace alcedo::checker {

struct verdict {
    bool good = false;
    std::string text; ///< "up to date", or what is wrong with resting here
};

/// Of a state in which nothing more happens by itself.
verdict judge_rest(const state&, const world_kind&);

} // namespace alcedo::checker
