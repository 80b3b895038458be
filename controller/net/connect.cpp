#include "controller/net/connect.hpp"

#include "controller/net/resolve.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/system/errc.hpp>

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace alcedo::net {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

using address_list = std::vector<socket_address>;
using time_point = std::chrono::steady_clock::time_point;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

error unreachable(const char* reason, const std::string& why) {
    return error(next_step::retry, reason, why);
}

task<result<address_list>> addresses_of(endpoint to, time_point deadline) {
    const bool is_path = to.scheme == "unix";
    if (is_path) co_return address_list(1, asio::local::stream_protocol::endpoint(to.host));
    co_return co_await resolve(std::move(to.host), to.port, deadline);
}

/// Whether it is our own side that could not even ask.
bool is_local(const beast::error_code& problem) {
    namespace trouble = boost::system::errc;
    constexpr std::array ours{
        trouble::too_many_files_open,   trouble::too_many_files_open_in_system,
        trouble::no_buffer_space,       trouble::not_enough_memory,
        trouble::address_not_available, trouble::network_unreachable,
        trouble::network_down,          trouble::operation_not_permitted,
        trouble::operation_canceled};
    return std::any_of(ours.begin(), ours.end(), [&](auto one) { return problem == one; });
}

error unconnected(const beast::error_code& problem) {
    return unreachable(is_local(problem) ? "local" : "refused", problem.message());
}

task<result<stream_socket>> connect_to(socket_address address, time_point deadline) {
    auto executor = co_await asio::this_coro::executor;
    beast::basic_stream<asio::generic::stream_protocol> stream(executor);
    beast::error_code problem;
    stream.socket().open(address.protocol(), problem);
    if (problem) co_return unconnected(problem);
    // Asio leaves descriptors to be inherited by children.
    ::fcntl(stream.socket().native_handle(), F_SETFD, FD_CLOEXEC);
    stream.expires_at(deadline);
    const auto [failed] = co_await stream.async_connect(address, as_values);
    problem = failed;
    if (problem == beast::error::timeout) co_return unreachable("timeout", "not connected in time");
    if (problem) co_return unconnected(problem);
    // A unix socket with a full queue says EAGAIN, which Asio takes for "connecting".
    stream.socket().remote_endpoint(problem);
    if (problem) co_return unreachable("refused", "its queue of connections is full");
    co_return result<stream_socket>(stream.release_socket());
}

} // namespace

std::string url_of(const endpoint& to) {
    if (to.scheme == "unix") return "unix://" + to.host;
    return (to.scheme == "tls" ? "https://" : "http://") + to.host_header;
}

task<result<stream_socket>> connect(endpoint to, milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    auto found = co_await addresses_of(std::move(to), deadline);
    if (!found) co_return found.error();
    error last = unreachable("refused", "the name has no address");
    for (const auto& address : *found) {
        auto connected = co_await connect_to(address, deadline);
        if (connected) co_return connected;
        last = connected.error();
        if (last.reason == "timeout") break;
    }
    if (last.reason == "timeout") last.message = "not connected within " + to_string(limit);
    co_return last;
}

} // namespace alcedo::net
