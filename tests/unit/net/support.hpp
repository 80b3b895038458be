#pragma once
// What the tests of net share: running a coroutine to its end, a peer that misbehaves on purpose,
// and a temporary folder.

#include "controller/net/http_client.hpp"
#include "controller/net/http_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alcedo::net::testing {

namespace asio = boost::asio;

/// Runs `work` until it ends, then leaves whatever else there is suspended.
template <class T>
T run(asio::io_context& io, task<T> work) {
    std::optional<T> out;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr problem, T value) {
        failure = problem;
        if (!problem) out.emplace(std::move(value));
        io.stop();
    });
    io.restart();
    io.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*out);
}

inline milliseconds since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

/// The call failed, with this next step and reason.
void check_error(const result<response>& answer, next_step next, const std::string& reason);

/// Our ends of TCP connections to that peer.
std::vector<int> connections_to(const endpoint&);

class temporary_folder {
public:
    temporary_folder();
    ~temporary_folder();
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// What a bad peer does, step by step, once it has read a request.
struct step {
    enum class kind { say, hear, wait, reset, close, half_close, hold };
    kind what = kind::say;
    std::string text;
    milliseconds pause{0};
};
step say(std::string text);
step hear(); ///< reads the next request on the same connection; ends if there is none
step wait_for(milliseconds);
step reset();
step half_close(); ///< says no more, and reads on
step hold();       ///< keeps the connection open and says nothing more

/// A TCP listener that plays the same script to every connection.
class bad_peer {
public:
    bad_peer(asio::io_context&, std::vector<step> script, bool reads_first = true);
    ~bad_peer();
    endpoint where() const;
    std::string url() const;
    /// What the last connection sent before the script began.
    const std::string& heard() const { return tally_->heard; }
    int connections() const { return tally_->connections; }
    int requests() const { return tally_->requests; } ///< on all of them

    struct tally {
        std::string heard;
        int connections = 0;
        int requests = 0;
    };

private:
    std::shared_ptr<asio::ip::tcp::acceptor> acceptor_; ///< its coroutine may outlive us
    std::shared_ptr<tally> tally_;
};

} // namespace alcedo::net::testing
