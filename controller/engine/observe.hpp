#pragma once
// One look at the world for one app: containers, health, the proxy, connections. What did not
// answer is said to be unknown; nothing here changes anything.

#include "controller/engine/color_networks.hpp"
#include "controller/engine/parts.hpp"

namespace alcedo {

class observer {
public:
    observer(engine_parts& parts, publisher& proxy, health_monitor& health, preparer& images)
        : parts_(parts), proxy_(proxy), health_(health), images_(images) {}

    /// `desired` may be null. Updates the memory (lives, looks) and what the monitor watches.
    task<observation> look(std::string app, const desired_state* desired, app_memory& memory);

    /// Asks the try routers of the attempt once and keeps the answer in the memory.
    task<void> ask_try(std::string app, const desired_state* desired, app_memory& memory);

private:
    engine_parts& parts_;
    publisher& proxy_;
    health_monitor& health_;
    preparer& images_;

    void see_replicas(const std::string& app, const desired_state*, app_memory&, observation&);
    void see_traffic(const std::string& app, const desired_state*, app_memory&, observation&);
    void see_routes(const std::string& app, const desired_state*, const app_memory&, observation&);
    void see_withins(const desired_state*, const app_memory&, observation&);
    void watch(const std::string& app, const desired_state*, const app_memory&,
               std::string address_network);
    void see_blocks(const std::string& app, const desired_state*, observation&);
    std::vector<std::string> entry_point_names() const;
    int port_of(const desired_state*, const record&, const replica&) const;
    task<open_connections> count(const container&, int port, network_info shared);
    task<void> count_open(const desired_state*, app_memory&, observation&,
                          std::optional<network_info> shared);
    task<bool> replica_answers(const app_memory&, const desired_state*, route_spec);
};

} // namespace alcedo
