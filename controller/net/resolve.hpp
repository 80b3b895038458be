#pragma once
// Names to addresses. getaddrinfo cannot be given a deadline and can hang for minutes; each look-up
// therefore has a thread of its own that nobody waits for, at the end of the process neither.

#include "controller/net/connect.hpp"

#include <chrono>
#include <vector>

namespace alcedo::net {

using socket_address = boost::asio::generic::stream_protocol::endpoint;

/// `retry`, reason "timeout" or "local". A numeric host is answered at once.
task<result<std::vector<socket_address>>> resolve(std::string host, int port,
                                                  std::chrono::steady_clock::time_point deadline);

} // namespace alcedo::net
