#pragma once
// A connected socket from an endpoint, or why there is none. Says nothing and sends nothing.

#include "controller/net/http_client.hpp"

#include <boost/asio/generic/stream_protocol.hpp>

namespace alcedo::net {

using stream_socket = boost::asio::generic::stream_protocol::socket;

/// "unix:///run/docker.sock", "http://10.0.0.7:8080".
std::string url_of(const endpoint&);

/// Resolves names, tries each address, all within `limit`. Errors are `retry`, reason "refused",
/// "timeout" or "local" (our own side: no descriptors, no route), and a message without the
/// address: the caller knows what it asked.
task<result<stream_socket>> connect(endpoint, milliseconds limit);

} // namespace alcedo::net
