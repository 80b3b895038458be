#pragma once
// One request and its answer on one connection. Knows how far a call came when it failed;
// closes its socket when it is destroyed, at whatever point (TLS without a farewell: the message's
// own length says whether it is whole). Only http_client.cpp includes this: Beast stays behind it.

#include "controller/net/idle_connections.hpp"
#include "controller/net/tls.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace alcedo::net {

class exchange {
public:
    enum class progress {
        more,
        ended, ///< the message is whole
        cut,   ///< the peer closed before the message was whole
    };

    /// With `idle` (null = none) a connection of before may be used and is left for the next one,
    /// if the request allows it.
    exchange(endpoint, request, std::shared_ptr<idle_connections> idle);
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;

    /// Connects, sends, and reads up to the end of the headers, all before the deadline. What only
    /// asks may do so on a connection of before; if the peer has closed that one without a word, it
    /// is asked once more on a fresh one. Whatever else goes out once, on a fresh one.
    task<result<void>> begin();
    /// Appends what the peer sends next.
    task<result<progress>> fill(std::string& into);
    /// Bounds the silence from now on; zero = none.
    void expect_within(milliseconds);
    /// The answer was read: the connection is left for the next request, if it is good for one.
    void leave_open();

    /// Status and headers.
    response head() const;
    /// The announced length of the body.
    std::optional<std::uint64_t> announced() const;
    const request& asked() const { return what_; }

    error too_large() const;
    error was_cut() const;

private:
    using time_point = std::chrono::steady_clock::time_point;

    std::optional<error> find_fault() const;
    bool keeps_connection() const;
    task<result<void>> begin_on(stream_socket, time_point deadline);
    task<result<void>> send();
    task<result<void>> read_head();
    error failure(boost::beast::error_code) const;

    endpoint to_;
    request what_;
    std::shared_ptr<idle_connections> idle_;
    std::string where_; ///< "GET /_ping at unix:///run/docker.sock"
    milliseconds patience_;
    bool sent_whole_ = false;
    bool closed_unheard_ = false; ///< by the peer, before any byte of an answer
    std::optional<plain_stream> stream_;
    std::unique_ptr<tls_stream> secure_; ///< over stream_, if the endpoint speaks TLS
    boost::beast::http::request<boost::beast::http::string_body> message_;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::response_parser<boost::beast::http::buffer_body>> parser_;
};

} // namespace alcedo::net
