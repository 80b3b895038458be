#include "support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>

namespace alcedo::net::testing {

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
using tcp = asio::ip::tcp;
constexpr auto forever = std::chrono::hours(1);

/// Whether there was one; `heard` stays the last that there was.
task<bool> read_request(tcp::socket& socket, bad_peer::tally& seen) {
    std::array<char, 4096> piece{};
    std::string heard;
    while (heard.find("\r\n\r\n") == std::string::npos) {
        auto [problem, size] = co_await socket.async_read_some(asio::buffer(piece), as_values);
        if (problem) break;
        heard.append(piece.data(), size);
    }
    if (heard.empty()) co_return false;
    seen.heard = std::move(heard);
    ++seen.requests;
    co_return true;
}

task<bool> take(tcp::socket& socket, step next, bad_peer::tally& seen) {
    asio::steady_timer timer(socket.get_executor());
    boost::system::error_code problem;
    switch (next.what) {
    case step::kind::say: {
        auto [failed, size] =
            co_await asio::async_write(socket, asio::buffer(next.text), as_values);
        co_return !failed;
    }
    case step::kind::hear:
        co_return co_await read_request(socket, seen);
    case step::kind::wait:
        timer.expires_after(next.pause);
        co_await timer.async_wait(as_values);
        co_return true;
    case step::kind::hold:
        timer.expires_after(forever);
        co_await timer.async_wait(as_values);
        co_return false;
    case step::kind::reset:
        socket.set_option(asio::socket_base::linger(true, 0), problem);
        socket.close(problem); // the destructor would undo the option
        co_return false;
    case step::kind::half_close:
        socket.shutdown(tcp::socket::shutdown_send, problem);
        co_return true;
    case step::kind::close:
        break;
    }
    co_return false;
}

task<void> play(tcp::socket socket, std::vector<step> script, bool reads_first,
                std::shared_ptr<bad_peer::tally> seen) {
    std::size_t at = 0;
    bool goes_on = true;
    ++seen->connections;
    if (reads_first) co_await read_request(socket, *seen);
    while (goes_on && at < script.size()) {
        goes_on = co_await take(socket, script[at], *seen);
        ++at;
    }
}

task<void> accept_all(std::shared_ptr<tcp::acceptor> acceptor, std::vector<step> script,
                      bool reads_first, std::shared_ptr<bad_peer::tally> seen) {
    auto executor = co_await asio::this_coro::executor;
    for (;;) {
        auto [problem, socket] = co_await acceptor->async_accept(as_values);
        if (problem || !acceptor->is_open()) co_return;
        auto work = play(std::move(socket), script, reads_first, seen);
        asio::co_spawn(executor, std::move(work), asio::detached);
    }
}

} // namespace

void check_error(const result<response>& answer, next_step next, const std::string& reason) {
    REQUIRE_FALSE(answer.has_value());
    CAPTURE(to_string(answer.error()));
    CHECK(answer.error().next == next);
    CHECK(answer.error().reason == reason);
}

std::vector<int> connections_to(const endpoint& to) {
    std::vector<int> out;
    for (int descriptor = 3; descriptor < 200; ++descriptor) {
        sockaddr_in other{};
        socklen_t size = sizeof other;
        auto* address = reinterpret_cast<sockaddr*>(&other);
        if (::getpeername(descriptor, address, &size) == 0 && other.sin_family == AF_INET &&
            ntohs(other.sin_port) == to.port)
            out.push_back(descriptor);
    }
    return out;
}

temporary_folder::temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "alcedo-net-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

step say(std::string text) {
    step out;
    out.text = std::move(text);
    return out;
}

step hear() {
    step out;
    out.what = step::kind::hear;
    return out;
}

step half_close() {
    step out;
    out.what = step::kind::half_close;
    return out;
}

step wait_for(milliseconds pause) {
    step out;
    out.what = step::kind::wait;
    out.pause = pause;
    return out;
}

step reset() {
    step out;
    out.what = step::kind::reset;
    return out;
}

step hold() {
    step out;
    out.what = step::kind::hold;
    return out;
}

bad_peer::bad_peer(asio::io_context& io, std::vector<step> script, bool reads_first)
    : acceptor_(
          std::make_shared<tcp::acceptor>(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))),
      tally_(std::make_shared<tally>()) {
    auto work = accept_all(acceptor_, std::move(script), reads_first, tally_);
    asio::co_spawn(io, std::move(work), asio::detached);
}

bad_peer::~bad_peer() {
    boost::system::error_code ignored;
    acceptor_->close(ignored);
}

std::string bad_peer::url() const {
    return "tcp://127.0.0.1:" + std::to_string(acceptor_->local_endpoint().port());
}

endpoint bad_peer::where() const {
    return parse_endpoint(url()).value();
}

} // namespace alcedo::net::testing
