#pragma once
// A TLS server with a certificate of its own making, which says what it was asked and by which
// name.

#include "support.hpp"

#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <string>

namespace alcedo::net::testing {

class tls_peer {
public:
    enum class manner {
        answers,
        cuts,             ///< sends half of the announced body and closes without a farewell
        ends_by_closing,  ///< announces no length, closes without a farewell
        hangs,            ///< never shakes hands
        wants_other_name, ///< refuses every name but "known.example", as Traefik's sniStrict does
    };
    explicit tls_peer(asio::io_context&, manner = manner::answers);
    ~tls_peer();
    tls_peer(const tls_peer&) = delete;
    tls_peer& operator=(const tls_peer&) = delete;

    endpoint where() const; ///< with any_certificate
    /// Of the last connection.
    const std::string& name() const { return seen_->name; }         ///< SNI
    const std::string& protocol() const { return seen_->protocol; } ///< ALPN
    const std::string& heard() const { return seen_->heard; }

    struct sight {
        manner how = manner::answers;
        std::string name;
        std::string protocol;
        std::string heard;
    };

private:
    std::shared_ptr<asio::ssl::context> context_;
    std::shared_ptr<sight> seen_;
    std::shared_ptr<asio::ip::tcp::acceptor> acceptor_;
};

} // namespace alcedo::net::testing
