#pragma once
// One connection of the server, and the list of those that are open. A session reads, asks the
// handler and writes until somebody hangs up; it decides nothing about what is answered.

#include "controller/net/http_server.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <memory>
#include <set>

namespace alcedo::net {

struct server_session {
    server_session(boost::asio::generic::stream_protocol::socket, bool is_unix);

    boost::beast::basic_stream<boost::asio::generic::stream_protocol> stream;
    boost::beast::flat_buffer buffer;
    boost::asio::cancellation_signal cancel;
    peer from;
    bool changes = false; ///< what is being answered asked for a change
};

/// Shared by the server and its sessions, so that either may end first.
class session_registry {
public:
    session_registry(boost::asio::any_io_executor, handler, server_limits);

    void add(std::shared_ptr<server_session>);
    void remove(const std::shared_ptr<server_session>&);
    void end_all(); ///< the first time: but for those who asked for a change
    bool is_closing() const { return closing_; }
    bool is_changing() const;
    task<void> all_ended();

    const handler answer;
    const server_limits limits;

private:
    std::set<std::shared_ptr<server_session>> open_;
    boost::asio::steady_timer empty_;
    bool closing_ = false;
};

task<void> serve(std::shared_ptr<session_registry>, std::shared_ptr<server_session>);

/// "/a%20b?x=1+2" as path and query; invalid (reason "malformed") for what is no origin form.
result<server_request> parse_target(const std::string& target);

} // namespace alcedo::net
