#pragma once
// Is what the routes of a spec name of the proxy's own really there? Looked for before it enters
// the document: a router with a middleware that does not exist answers 404 to everybody, and
// Traefik has no dry run. What is promised already is not looked for again, so at rest nobody is
// asked.

#include "controller/engine/parts.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>

namespace alcedo {

class route_guard {
public:
    explicit route_guard(engine_parts& parts) : parts_(parts) {}

    /// Sets `seen.withheld`; in Preparing also `seen.prepared`: what is missing fails it like a
    /// missing network, and a proxy that does not answer is no verdict.
    task<void> look(const desired_state*, app_memory&, observation& seen);

private:
    task<result<std::map<std::string, std::string>>> ask(std::vector<std::string> names,
                                                         app_memory&);

    engine_parts& parts_;
};

} // namespace alcedo
