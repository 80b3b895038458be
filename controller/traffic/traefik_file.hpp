#pragma once
// Traefik's file provider as the proxy: DIR/dynamic/alcedo.yaml, acknowledged on the entry points,
// compared through the API. Never retries, never logs; never overwrites a document that is not of
// this instance.

#include "controller/net/http_client.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/ports/traffic.hpp"

#include <boost/asio/thread_pool.hpp>

#include <map>
#include <memory>
#include <string>

namespace alcedo {

struct traefik_settings {
    std::string dir;                                 ///< holds dynamic/ and staging/
    std::string api_url;                             ///< may be empty: there is none
    std::map<std::string, std::string> entry_points; ///< name → URL, "" = not reachable from here
    std::string instance;
    std::string ack_token; ///< no spaces, back-quotes or braces
    std::string try_token; ///< the same
};

/// Makes staging/ (and dynamic/, which it then says). `invalid`: a URL that cannot be used. The
/// pool must have one thread, so that reads and writes of the file keep their order. Collaborators
/// must outlive the provider.
result<std::unique_ptr<traffic_provider>>
make_traefik_file(net::http_client&, boost::asio::thread_pool&, event_sink&, traefik_settings);

} // namespace alcedo
