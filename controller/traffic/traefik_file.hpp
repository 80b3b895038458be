#pragma once
// Traefik's file provider: DIR/dynamic/alcedo.yaml, which Traefik watches. DIR/staging is ours.

#include "controller/traffic/traefik_provider.hpp"

namespace alcedo {

/// `dir` holds dynamic/ and staging/. Makes staging/ (0700) and, if it is missing, dynamic/, which
/// it then says: a Traefik that was started before is blind to it until it is restarted
/// (traefik-measured §2). Errors and collaborators: see make_provider; `retry`: I/O.
result<std::unique_ptr<traffic_provider>>
make_traefik_file(net::http_client&, boost::asio::thread_pool&, event_sink&, traefik_settings);

} // namespace alcedo
