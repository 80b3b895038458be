#pragma once
// The container engine over its own HTTP API: Docker 20.10 and newer (dialects 1.41 and 1.44),
// Podman's compatible socket tolerated. It decides nothing and never repeats a call; it only
// translates, negotiates, and says how sure an answer is.

#include "controller/net/http_client.hpp"
#include "controller/ports/clock.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/ports/runtime.hpp"

#include <memory>
#include <string>

namespace alcedo {

struct docker_settings {
    std::string host;               ///< "unix:///var/run/docker.sock" or "tcp://host:port"
    std::string instance;           ///< value of the label alcedo.dev/instance
    std::string docker_config_path; ///< registry credentials; "" or absent file = none
    bool operator==(const docker_settings&) const = default;
};

/// The client, the clock and the sink outlive the runtime and every run of the executor that it was
/// used on (its event reader is cancelled by the destructor and unwinds there). A host that cannot
/// be parsed is the answer (`invalid`) of every call.
std::unique_ptr<runtime> make_docker_runtime(net::http_client&, clock_source&, docker_settings,
                                             event_sink&);

} // namespace alcedo
