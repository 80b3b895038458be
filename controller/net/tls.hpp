#pragma once
// TLS for a connection that is there already. Only exchange.cpp includes this: Asio's SSL stays
// behind it.

#include "controller/net/connect.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <memory>

namespace alcedo::net {

using plain_stream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
using tls_stream = boost::asio::ssl::stream<plain_stream&>;

/// Asks for HTTP/1.1 only (ALPN) and names the host (SNI, RFC 6066: no addresses) as the endpoint
/// says. The context is shared by all and is made with the first.
std::unique_ptr<tls_stream> make_tls_stream(plain_stream&, const endpoint&);

/// Shakes hands within what the plain stream's expiry leaves; nothing of a request is sent before.
/// Errors are `retry`: "tls", "timeout", "refused".
task<result<void>> shake_hands(tls_stream&);

} // namespace alcedo::net
