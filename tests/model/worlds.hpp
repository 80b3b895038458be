#pragma once
// The worlds that are explored: what may be shipped, what may go wrong and how often, what may be
// edited. Named like the table of the design they come from.

#include "state.hpp"

#include "reconcilers/model/spec.hpp"

#include <string>
#include <vector>

namespace alcedo::checker {

enum class temper { good, never_ready, turns_bad, bot_never_ready, rehearsal_never_ready };

struct world_kind {
    std::string name;
    std::vector<temper> revisions{temper::good}; ///< the first one is what serves at the start
    int faults = 0;
    int edits = 0;
    bool from_nothing = false;
    bool routed = true;
    bool automatic = false;
    bool exclusive = false;     ///< a second service, in one colour at a time
    bool rehearses = false;     ///< and in the other one first with other settings
    bool manual = false;        ///< traffic.approval: Manual
    bool approval_ends = false; ///< with an approvalTimeout
    bool wish_deletes = false;  ///< nobody names it any more, `delete`, named again
    bool verbs = false;         ///< pause, promote, abort, rollback, retry
    bool pausing = false;       ///< spec.paused, on and off
    bool deletion = false;      ///< delete, and add again
    bool only_flips = false;    ///< green's spec names the second revision from the start
    bool scaling = false;       ///< replicas 1 <-> 2
    int replicas = 1;
    bool late_days = false;   ///< 24 hours pass
    bool networks_go = false; ///< somebody removes networks of containers that do not run
    standby_then then = standby_then::stop;
    on_failure failure = on_failure::revert;
    bool in_ci = true;
};

const std::vector<world_kind>& all_worlds();

/// "good", "never", "bad", "botless", "unrehearsed", "good2".
std::string revision_name(const world_kind&, int revision);

} // namespace alcedo::checker
