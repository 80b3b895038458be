#pragma once
// Connections that wait for the next request to the same peer: few, for a short time, and never one
// that the peer has closed or said anything on meanwhile. Only exchange.cpp and http_client.cpp
// include this.

#include "controller/net/connect.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace alcedo::net {

class idle_connections {
public:
    static constexpr std::size_t most = 8; ///< to all peers together; the oldest one makes room
    /// Longer than the daemon's pause between two looks, shorter than any peer or firewall waits.
    static constexpr std::chrono::seconds longest{60};

    /// The one that was used last, if there is any to that peer on that executor.
    std::optional<stream_socket> take(const endpoint&, const boost::asio::any_io_executor&);
    /// One on which every answer was read to its end.
    void give(const endpoint&, stream_socket);
    /// All of them, and whatever is given from now on.
    void close();

private:
    struct entry {
        endpoint to;
        stream_socket socket;
        std::chrono::steady_clock::time_point since;
    };
    std::vector<entry> waiting_; ///< oldest first
    bool closed_ = false;
};

} // namespace alcedo::net
