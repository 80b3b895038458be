#pragma once
// One look at the world for one app: containers, health, the proxy, connections. What did not
// answer is said to be unknown; nothing here changes anything.

#include "controller/engine/connection_tally.hpp"
#include "controller/engine/parts.hpp"
#include "controller/engine/route_guard.hpp"
#include "controller/engine/shared_network.hpp"

namespace alcedo {

class observer {
public:
    observer(engine_parts& parts, publisher& proxy, health_monitor& health, preparer& images)
        : parts_(parts), proxy_(proxy), health_(health), images_(images), shared_(parts),
          tally_(parts), guard_(parts) {}

    /// `desired` may be null. Updates the memory (lives, looks) and what the monitor watches.
    task<observation> look(std::string app, const desired_state* desired, app_memory& memory);

private:
    engine_parts& parts_;
    publisher& proxy_;
    health_monitor& health_;
    preparer& images_;
    shared_network shared_;
    connection_tally tally_;
    route_guard guard_;

    /// Lists the app's containers into the memory, or notes why they are unknown.
    task<void> list(std::string app, app_memory&, observation&);
    void see_replicas(const std::string& app, const desired_state*, app_memory&, observation&);
    void see_traffic(const std::string& app, const desired_state*, app_memory&, observation&);
    void see_routes(const std::string& app, const desired_state*, const app_memory&, observation&);
    void see_withins(const desired_state*, const app_memory&, observation&);
    void watch(const std::string& app, const desired_state*, const app_memory&,
               std::string address_network);
    void see_blocks(const std::string& app, const desired_state*, observation&);
    std::vector<std::string> entry_point_names() const;
};

} // namespace alcedo
