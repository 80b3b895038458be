#pragma once
// What must hold of every plan, whatever the rules say (DESIGN §4, reliability-security §3). Shared
// by unit tests, simulator and the running daemon, which freezes an app instead of acting on a
// plan that breaks one. Judges; never mends.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/plan.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>
#include <vector>

namespace alcedo {

struct violation {
    std::string invariant; ///< "S1", "S27", "L7a", …
    std::string message;
    bool operator==(const violation&) const = default;
};
std::string to_string(const violation&);

/// Everything that is wrong with doing `decided` in the world `seen` after `before`.
std::vector<violation> check_plan(const desired_state* desired, const observation& seen,
                                  const record& before, const plan& decided, const moment& now);

} // namespace alcedo
