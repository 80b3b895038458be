#pragma once
// HTTP/1.1 over unix sockets, TCP and TLS, behind plain values: nothing of Beast is seen outside.
// A fresh connection per request (it costs 0.1 ms and has no stale-connection bugs), unless the
// request says that it may share one: then it only shares it with others that say so, and only what
// asks (GET) is ever sent on a connection that was used before.

#include "controller/ports/task.hpp"
#include "reconcilers/model/moment.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace alcedo::net {

/// "unix:///path", "tcp://host:port", "http://host:port" or "https://host:port".
struct endpoint {
    std::string scheme; ///< "unix" | "tcp" | "tls"
    std::string host;   ///< or the socket's path
    int port = 0;
    std::string host_header; ///< over TLS also the name that is asked for (SNI), unless an address
    /// TLS with whoever answers there. For a peer that proves itself otherwise, or has no secret to
    /// be told; else the certificate must be for `host_header` and from a CA of this machine.
    bool any_certificate = false;
    bool operator==(const endpoint&) const = default;
};
result<endpoint> parse_endpoint(const std::string& url);

struct request {
    std::string method = "GET";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body; ///< sent with Content-Length; empty = no body
    milliseconds deadline{10000};
    std::size_t body_limit = 64u << 20; ///< bytes; of a stream: of one line
    bool body_may_be_cut = false;       ///< a longer body is cut to the limit, not refused
    bool keeps_connection = false;      ///< of `call`, without TLS; peers that are asked often
    request() = default;
    request(std::string m, std::string t) : method(std::move(m)), target(std::move(t)) {}
};

struct response {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string body;
    std::string header(const std::string& lower_name) const;
};

/// How far a failed call came: `retry` = nothing was sent (refused, no such socket, connect
/// deadline); `unknown` = sent, but no whole answer; `invalid` = not a
/// request, nothing was sent. error.reason: "refused", "timeout", "reset", "too-large",
/// "malformed", "local" (retry: our own side could not ask: no descriptors, no route, no such
/// name), "tls" (retry: connected, but TLS was not agreed upon: no certificate for that name, or
/// none that can be trusted, or no TLS at all there).
class http_client {
public:
    virtual ~http_client() = default;
    virtual task<result<response>> call(endpoint, request) = 0;
    /// Streams the body line by line (events, pull progress) until EOF, an error, or `on_line`
    /// answers false. Returns the status and headers; a status ≥ 400 carries the body instead.
    /// `idle` bounds the silence between two lines; zero = none; the deadline bounds the way to
    /// the headers (and the body of a refusal). Empty lines are skipped. on_line must not block.
    /// on_headers (may be empty) is called once, before the first line, if the status is < 400.
    virtual task<result<response>> stream(endpoint, request, milliseconds idle,
                                          std::function<bool(std::string)> on_line,
                                          std::function<void()> on_headers) = 0;
};

std::unique_ptr<http_client> make_http_client();

} // namespace alcedo::net
