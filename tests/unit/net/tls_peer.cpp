#include "tls_peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>

namespace alcedo::net::testing {

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
using tcp = asio::ip::tcp;
using tls_socket = asio::ssl::stream<tcp::socket>;

/// Self-signed, for nobody in particular.
void give_certificate(SSL_CTX* context) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("nobody"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

int take_name(SSL* one, int* alert, void* known) {
    auto& seen = *static_cast<tls_peer::sight*>(known);
    const char* name = SSL_get_servername(one, TLSEXT_NAMETYPE_host_name);
    seen.name = name ? name : "";
    if (seen.how != tls_peer::manner::wants_other_name || seen.name == "known.example")
        return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned in_size, void*) {
    if (in_size == 0 || in[0] + 1u != in_size) return SSL_TLSEXT_ERR_NOACK; // more than one
    *out = in + 1;
    *out_size = in[0];
    return SSL_TLSEXT_ERR_OK;
}

std::string answer_of(tls_peer::manner how) {
    if (how == tls_peer::manner::cuts) return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    if (how == tls_peer::manner::ends_by_closing) return "HTTP/1.1 200 OK\r\n\r\nhello";
    return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
}

task<void> serve(tcp::socket plain, std::shared_ptr<asio::ssl::context> context,
                 std::shared_ptr<tls_peer::sight> seen) {
    std::array<char, 4096> piece{};
    asio::steady_timer timer(plain.get_executor(), std::chrono::hours(1));
    if (seen->how == tls_peer::manner::hangs) co_await timer.async_wait(as_values);
    tls_socket socket(std::move(plain), *context);
    auto [refused] = co_await socket.async_handshake(asio::ssl::stream_base::server, as_values);
    if (refused) co_return;
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(socket.native_handle(), &protocol, &size);
    seen->protocol.assign(reinterpret_cast<const char*>(protocol), size);
    seen->heard.clear();
    while (seen->heard.find("\r\n\r\n") == std::string::npos) {
        auto [problem, read] = co_await socket.async_read_some(asio::buffer(piece), as_values);
        if (problem) co_return;
        seen->heard.append(piece.data(), read);
    }
    const auto text = answer_of(seen->how);
    co_await asio::async_write(socket, asio::buffer(text), as_values);
}

task<void> accept_all(std::shared_ptr<tcp::acceptor> acceptor,
                      std::shared_ptr<asio::ssl::context> context,
                      std::shared_ptr<tls_peer::sight> seen) {
    auto executor = co_await asio::this_coro::executor;
    for (;;) {
        auto [problem, socket] = co_await acceptor->async_accept(as_values);
        if (problem || !acceptor->is_open()) co_return;
        auto work = serve(std::move(socket), context, seen);
        asio::co_spawn(executor, std::move(work), asio::detached);
    }
}

} // namespace

tls_peer::tls_peer(asio::io_context& io, manner how)
    : context_(std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server)),
      seen_(std::make_shared<sight>()),
      acceptor_(
          std::make_shared<tcp::acceptor>(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))) {
    seen_->how = how;
    auto* raw = context_->native_handle();
    give_certificate(raw);
    SSL_CTX_set_tlsext_servername_callback(raw, take_name);
    SSL_CTX_set_tlsext_servername_arg(raw, seen_.get());
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    auto work = accept_all(acceptor_, context_, seen_);
    asio::co_spawn(io, std::move(work), asio::detached);
}

tls_peer::~tls_peer() {
    boost::system::error_code ignored;
    acceptor_->close(ignored);
}

endpoint tls_peer::where() const {
    const auto port = std::to_string(acceptor_->local_endpoint().port());
    auto to = parse_endpoint("https://127.0.0.1:" + port).value();
    to.any_certificate = true;
    return to;
}

} // namespace alcedo::net::testing
