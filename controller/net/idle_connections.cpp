#include "controller/net/idle_connections.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace alcedo::net {

namespace {

/// Neither closed by the peer nor with anything on it that nobody asked for.
bool is_quiet(stream_socket& socket) {
    char byte = 0;
    const auto size = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

} // namespace

std::optional<stream_socket> idle_connections::take(const endpoint& to,
                                                    const boost::asio::any_io_executor& executor) {
    const auto oldest = std::chrono::steady_clock::now() - longest;
    std::erase_if(waiting_, [&](const entry& one) { return one.since < oldest; });
    // After a restart of the peer all of them are dead: each is met here, and dropped.
    for (auto at = waiting_.end(); at != waiting_.begin();) {
        --at;
        if (at->to != to || at->socket.get_executor() != executor) continue;
        auto socket = std::move(at->socket);
        at = waiting_.erase(at);
        if (is_quiet(socket)) return socket;
    }
    return std::nullopt;
}

void idle_connections::give(const endpoint& to, stream_socket socket) {
    if (closed_) return;
    if (waiting_.size() >= most) waiting_.erase(waiting_.begin());
    waiting_.push_back(entry{to, std::move(socket), std::chrono::steady_clock::now()});
}

void idle_connections::close() {
    closed_ = true;
    waiting_.clear();
}

} // namespace alcedo::net
