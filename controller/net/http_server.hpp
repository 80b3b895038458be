#pragma once
// A small HTTP/1.1 listener on TCP or a unix socket. Handlers are coroutines over values; bodies
// and headers are bounded; a slow or broken client costs nobody else anything.

#include "controller/net/http_client.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace alcedo::net {

struct peer {
    int uid = -1; ///< unix sockets only (SO_PEERCRED)
    int gid = -1;
    int pid = -1;
};

struct server_request {
    std::string method;
    std::string path; ///< decoded, without the query
    std::vector<std::pair<std::string, std::string>> query;
    std::string body;
    peer from;
    std::string parameter(const std::string& name) const;
};

using handler = std::function<task<response>(server_request)>;

class http_server {
public:
    virtual ~http_server() = default;
    /// Accepts until `stop`, then waits for its connections to end. A handler that throws
    /// answers 500 and {"message": …}.
    virtual task<void> run() = 0;
    /// Closes the listener and every connection, cancels the handlers; but whoever asked for a
    /// change (not GET, not HEAD) hears first what came of it. A second call ends those, too.
    virtual void stop() = 0;
    /// Somebody who asked for a change has not heard yet.
    virtual bool is_changing() const = 0;
    virtual int port() const = 0; ///< TCP: the bound port (0 was asked: the chosen one)
};

/// What one connection may cost. Beyond: 413, 431, or the connection is closed.
struct server_limits {
    std::size_t body = 1u << 20;   ///< bytes
    std::size_t header = 8u << 10; ///< bytes, request line included
    milliseconds idle{30000};      ///< to send a whole request, and to take a whole answer
};

/// "127.0.0.1:9644", "[::1]:9644" or "unix:///run/alcedo/alcedo.sock" (mode 0660; a stale socket
/// nobody answers on is replaced; removed at the end). It listens at once. Errors name the address.
/// A handler may take as long as it likes; `stop` cancels it.
result<std::unique_ptr<http_server>> make_http_server(boost::asio::any_io_executor,
                                                      const std::string& address, handler,
                                                      server_limits = {});

} // namespace alcedo::net
