#pragma once
// Can the proxy reach the new containers? One request through each route's try router, before any
// weight moves (SPEC §4 "Can the proxy reach it?").

#include "controller/engine/parts.hpp"

namespace alcedo {

class try_routers {
public:
    try_routers(engine_parts& parts, health_monitor& health) : parts_(parts), health_(health) {}

    /// Asks those of the attempt once and keeps the answer in the memory.
    task<void> ask(std::string app, const desired_state* desired, app_memory& memory);

private:
    engine_parts& parts_;
    health_monitor& health_;
    task<bool> replica_answers(const app_memory&, const desired_state*, route_spec);
};

} // namespace alcedo
