#include "controller/net/connect.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <fcntl.h>

#include <chrono>
#include <tuple>
#include <utility>
#include <vector>

namespace alcedo::net {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

using protocol = asio::generic::stream_protocol;
using address_list = std::vector<protocol::endpoint>;
using time_point = std::chrono::steady_clock::time_point;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

error unreachable(const char* reason, const std::string& why) {
    return error(next_step::retry, reason, why);
}

task<result<address_list>> look_up(endpoint to, time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    asio::steady_timer timer(executor, deadline);
    const auto port = std::to_string(to.port);
    auto answer = resolver.async_resolve(to.host, port, as_values);
    auto limit = timer.async_wait(as_values);
    auto first = co_await (std::move(answer) || std::move(limit));
    if (first.index() == 1) co_return unreachable("timeout", "the name did not resolve in time");
    const auto& [problem, found] = std::get<0>(first);
    if (problem) co_return unreachable("refused", problem.message());
    address_list out;
    for (const auto& entry : found)
        out.push_back(entry.endpoint());
    co_return out;
}

task<result<address_list>> addresses_of(endpoint to, time_point deadline) {
    address_list out;
    if (to.scheme == "unix") {
        out.push_back(asio::local::stream_protocol::endpoint(to.host));
        co_return out;
    }
    beast::error_code is_a_name;
    const auto address = asio::ip::make_address(to.host, is_a_name);
    if (is_a_name) co_return co_await look_up(std::move(to), deadline);
    out.push_back(asio::ip::tcp::endpoint(address, static_cast<std::uint16_t>(to.port)));
    co_return out;
}

task<result<stream_socket>> connect_to(protocol::endpoint address, time_point deadline) {
    auto executor = co_await asio::this_coro::executor;
    beast::basic_stream<protocol> stream(executor);
    beast::error_code problem;
    stream.socket().open(address.protocol(), problem);
    if (problem) co_return unreachable("refused", problem.message());
    // Asio leaves descriptors to be inherited by children.
    ::fcntl(stream.socket().native_handle(), F_SETFD, FD_CLOEXEC);
    stream.expires_at(deadline);
    std::tie(problem) = co_await stream.async_connect(address, as_values);
    if (problem == beast::error::timeout) co_return unreachable("timeout", "not connected in time");
    if (problem) co_return unreachable("refused", problem.message());
    // A unix socket with a full queue says EAGAIN, which Asio takes for "connecting".
    stream.socket().remote_endpoint(problem);
    if (problem) co_return unreachable("refused", "its queue of connections is full");
    co_return result<stream_socket>(stream.release_socket());
}

} // namespace

std::string url_of(const endpoint& to) {
    return to.scheme == "unix" ? "unix://" + to.host : "http://" + to.host_header;
}

task<result<stream_socket>> connect(endpoint to, milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    auto found = co_await addresses_of(std::move(to), deadline);
    if (!found) co_return found.error();
    error last = unreachable("refused", "the name has no address");
    for (const auto& address : *found) {
        auto connected = co_await connect_to(address, deadline);
        if (connected || connected.error().reason == "timeout") co_return connected;
        last = connected.error();
    }
    co_return last;
}

} // namespace alcedo::net
