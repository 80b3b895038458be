#include "controller/net/tls.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>

namespace alcedo::net {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

asio::ssl::context& client_context() {
    static asio::ssl::context shared = [] {
        asio::ssl::context made(asio::ssl::context::tls_client);
        made.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
        constexpr std::array<unsigned char, 9> http{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
        SSL_CTX_set_alpn_protos(made.native_handle(), http.data(), http.size());
        return made;
    }();
    return shared;
}

/// The CAs of this machine, read once and only if somebody's certificate matters (20 ms). Without
/// any nobody is trusted, which the handshake says.
void load_authorities() {
    static const bool done = [] {
        beast::error_code ignored;
        client_context().set_default_verify_paths(ignored);
        return true;
    }();
    static_cast<void>(done);
}

/// "[::1]:443" → "::1"
std::string name_in(const std::string& host_header) {
    if (host_header.starts_with('[')) return host_header.substr(1, host_header.find(']') - 1);
    return host_header.substr(0, host_header.find(':'));
}

} // namespace

std::unique_ptr<tls_stream> make_tls_stream(plain_stream& over, const endpoint& to) {
    if (!to.any_certificate) load_authorities();
    auto made = std::make_unique<tls_stream>(over, client_context());
    const auto name = name_in(to.host_header);
    beast::error_code problem;
    asio::ip::make_address(name, problem);
    const bool is_name = static_cast<bool>(problem);
    if (is_name) SSL_set_tlsext_host_name(made->native_handle(), name.c_str());
    made->set_verify_mode(to.any_certificate ? asio::ssl::verify_none : asio::ssl::verify_peer,
                          problem);
    if (!to.any_certificate)
        made->set_verify_callback(asio::ssl::host_name_verification(name), problem);
    return made;
}

task<result<void>> shake_hands(tls_stream& stream) {
    const auto [failed] =
        co_await stream.async_handshake(asio::ssl::stream_base::client, as_values);
    const beast::error_code problem = failed;
    if (!problem) co_return result<void>();
    if (problem == beast::error::timeout)
        co_return error(next_step::retry, "timeout", "TLS was not agreed upon in time");
    const bool is_ssl = problem.category() == asio::error::get_ssl_category();
    co_return error(next_step::retry, is_ssl ? "tls" : "refused",
                    "TLS handshake: " + problem.message());
}

} // namespace alcedo::net
