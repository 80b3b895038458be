#include "controller/net/resolve.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace alcedo::net {

namespace asio = boost::asio;

namespace {

using address_list = std::vector<socket_address>;
constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr int most_look_ups = 16;

std::atomic<int> running_look_ups = 0;

error failed(const char* reason, const std::string& why) {
    return error(next_step::retry, reason, why);
}

/// Shared by the thread and whoever waits for it: either may be gone first.
struct look_up {
    std::string host;
    std::string port;
    int finished = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::atomic<bool> is_done = false;
    int problem = 0;
    address_list found;

    look_up(std::string h, int p) : host(std::move(h)), port(std::to_string(p)) {
        ++running_look_ups;
    }
    ~look_up() {
        if (finished >= 0) ::close(finished);
        --running_look_ups;
    }
    look_up(const look_up&) = delete;
    look_up& operator=(const look_up&) = delete;

    void work() {
        addrinfo wanted{};
        wanted.ai_family = AF_UNSPEC;
        wanted.ai_socktype = SOCK_STREAM;
        addrinfo* list = nullptr;
        problem = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &list);
        for (const auto* entry = problem == 0 ? list : nullptr; entry; entry = entry->ai_next)
            found.emplace_back(entry->ai_addr, entry->ai_addrlen);
        if (problem == 0) ::freeaddrinfo(list);
        is_done = true;
        ::eventfd_write(finished, 1);
    }
};

/// Whether it could be started: a machine out of threads or descriptors is infrastructure trouble.
bool start(const std::shared_ptr<look_up>& job) {
    if (job->finished < 0 || running_look_ups > most_look_ups) return false;
    try {
        std::thread([job] { job->work(); }).detach();
    } catch (const std::system_error&) {
        return false;
    }
    return true;
}

} // namespace

task<result<address_list>> resolve(std::string host, int port,
                                   std::chrono::steady_clock::time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    auto executor = co_await asio::this_coro::executor;
    boost::system::error_code is_a_name;
    const auto numeric = asio::ip::make_address(host, is_a_name);
    if (!is_a_name) {
        const asio::ip::tcp::endpoint address(numeric, static_cast<std::uint16_t>(port));
        co_return address_list(1, address);
    }
    const auto job = std::make_shared<look_up>(std::move(host), port);
    if (!start(job)) co_return failed("local", "too many names are being looked up");
    asio::posix::stream_descriptor finished(executor, ::dup(job->finished));
    asio::steady_timer timer(executor, deadline);
    auto answer = finished.async_wait(asio::posix::stream_descriptor::wait_read, as_values);
    auto limit = timer.async_wait(as_values);
    co_await (std::move(answer) || std::move(limit));
    if (!job->is_done) co_return failed("timeout", "the name did not resolve in time");
    if (job->problem != 0) co_return failed("local", ::gai_strerror(job->problem));
    co_return job->found;
}

} // namespace alcedo::net
