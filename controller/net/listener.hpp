#pragma once
// A listening socket from an address: where it may be bound, who else may already be there, and
// what is left behind. Knows nothing of HTTP.

#include "controller/ports/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <string>

#include <sys/types.h>

namespace alcedo::net {

class listener {
public:
    using acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

    listener(boost::asio::any_io_executor executor) : accepting(std::move(executor)) {}
    ~listener() { close(); }
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// next `invalid` for an address that can never work, `conflict` when somebody answers there,
    /// `retry` for what the system refused.
    result<void> open(const std::string& address);
    /// Also removes the socket's path, if it is still ours.
    void close();
    bool is_unix() const { return !path_.empty(); }
    /// 0 for a unix socket.
    int port() const;

    acceptor accepting;

private:
    result<void> open_unix(const std::string& address, const std::string& path);
    result<void> open_tcp(const std::string& address);
    result<void> bind_path(const std::string& address, const std::string& path);

    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

} // namespace alcedo::net
