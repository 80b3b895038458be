#pragma once
// What must be right before anything can be rolled out, one line a point: what was found, and the
// command that mends it. Looks only; the daemon goes on trying whatever the answer is.

#include "controller/engine/desk.hpp"
#include "controller/ports/runtime.hpp"
#include "controller/ports/traffic.hpp"
#include "controller/wiring/poll_door.hpp"
#include "controller/wiring/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alcedo {

/// The name of the point that says whether Traefik is a container on the shared network. A host
/// process cannot resolve container names, so the daemon refuses to start with one (SPEC §4).
inline constexpr const char* placement = "proxy";

/// `proxy` may be null (there is none), `polls` too (the provider is not http).
task<std::vector<readiness_point>> run_preflight(settings, runtime&, traffic_provider* proxy,
                                                 const poll_door* polls, color_networks& networks);

/// What is known of where a Traefik that answers runs. `ours`: ids of containers of our own, which
/// are on the network and prove nothing.
readiness_point place_of_proxy(const settings&, const network_info& shared,
                               const std::vector<std::string>& ours);

/// What Traefik needs to get documents at all, as a command. `shared`: the network, if known.
std::string marker_fix(const settings&, const std::optional<network_info>& shared);

/// Why the engine cannot be reached at `address`, as a command.
std::string engine_fix(const std::string& address);

/// staging/ and dynamic/ in one mount: a rename between two is EXDEV, also on one filesystem. Only
/// looks: a file made to try it would be a write at rest, and one in dynamic/ a reload of Traefik.
readiness_point check_rename(const std::string& dir);

/// One line: "ok    engine      20.10.24, API 1.41", "FAIL  engine      refused; fix: systemctl …".
std::string to_line(const readiness_point&);

} // namespace alcedo
