#pragma once
// Which checks of ours should run now, on which replicas, how often: a function of the promise and
// of what exists. In Idle only what Docker does not check by itself, and seldom (SPEC §3 "At
// rest").

#include "controller/engine/health_monitor.hpp"
#include "controller/engine/parts.hpp"

namespace alcedo {

/// Is this replica part of a release that has been put before traffic (postSwitch checks), or one
/// that is still to earn it (preSwitch)?
bool is_post_switch(const record&, const replica&);

/// Does this release matter to anybody: attempt, serving, origin, or the warm standby.
bool is_watched_release(const record&, const replica&);

struct route_probing {
    std::string url;       ///< of the first usable entry point
    std::string try_token; ///< to reach a colour that has not all the traffic
};

std::vector<watched> watch_list(const desired_state&, const app_memory&,
                                const std::string& probe_network,
                                const std::map<std::string, std::string>& entry_points,
                                const std::string& try_token);

} // namespace alcedo
