#pragma once
// What must be right before anything can be rolled out, one line a point: what was found, and the
// command that mends it. Looks only; the daemon goes on trying whatever the answer is.

#include "controller/engine/desk.hpp"
#include "controller/ports/runtime.hpp"
#include "controller/ports/traffic.hpp"
#include "controller/wiring/settings.hpp"

#include <string>
#include <vector>

namespace alcedo {

/// `proxy` may be null (no --traefik-dir).
task<std::vector<readiness_point>> run_preflight(settings, runtime&, traffic_provider* proxy,
                                                 color_networks& networks);

/// "ok    engine      20.10.24, API 1.41"
std::string to_line(const readiness_point&);

} // namespace alcedo
