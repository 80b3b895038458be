#pragma once
// A Docker runtime against a fake engine, on one io_context that the test turns by hand. Deadlines
// and pauses are real but hurried, so that a hang of 60 s is one of some hundred milliseconds.

#include "controller/runtimes/docker.hpp"
#include "tests/unit/runtimes/fake_engine.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace alcedo::testing {

inline constexpr int hurry = 400;
/// Short enough to wait for, long enough for a machine that is busy with something else.
inline constexpr milliseconds shortest{100};

/// Divides every deadline, and keeps what was asked for.
class hurried_client final : public net::http_client {
public:
    task<result<net::response>> call(net::endpoint to, net::request what) override {
        deadlines.emplace_back(what.method + " " + what.target, what.deadline);
        what.deadline = std::max(what.deadline / hurry, shortest);
        return real_->call(std::move(to), std::move(what));
    }
    task<result<net::response>> stream(net::endpoint to, net::request what, milliseconds idle,
                                       std::function<bool(std::string)> on_line,
                                       std::function<void()> on_headers) override {
        what.deadline = std::max(what.deadline / hurry, shortest);
        if (idle > milliseconds::zero()) idle = std::max(idle / hurry, shortest);
        return real_->stream(std::move(to), std::move(what), idle, std::move(on_line),
                             std::move(on_headers));
    }
    /// Of the last call whose "METHOD target" contains that text.
    milliseconds deadline_of(const std::string& text) const {
        for (auto it = deadlines.rbegin(); it != deadlines.rend(); ++it)
            if (it->first.find(text) != std::string::npos) return it->second;
        return milliseconds(-1);
    }

    std::vector<std::pair<std::string, milliseconds>> deadlines;

private:
    std::unique_ptr<net::http_client> real_ = net::make_http_client();
};

class hurried_clock final : public clock_source {
public:
    moment now() const override {
        const auto since = std::chrono::steady_clock::now().time_since_epoch();
        moment out;
        out.boot = std::chrono::duration_cast<milliseconds>(since * hurry);
        return out;
    }
    task<bool> sleep_for(milliseconds time) override {
        slept.push_back(time);
        auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::steady_timer timer(executor, std::chrono::microseconds(time) / hurry);
        auto [problem] =
            co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        co_return !problem;
    }

    std::vector<milliseconds> slept;
};

class kept_events final : public event_sink {
public:
    void emit(const event& e) override {
        if (const auto* done = std::get_if<call_finished>(&e)) calls.push_back(*done);
    }
    /// "op code" of the calls so far.
    std::vector<std::string> told() const {
        std::vector<std::string> out;
        for (const auto& call : calls)
            out.push_back(call.op + " " + call.code);
        return out;
    }
    std::vector<call_finished> calls;
};

/// GET /_ping of an engine of that version.
answered pong(const std::string& api, const std::string& server);
/// Text of a recorded answer: tests/unit/runtimes/bodies/<name>.
std::string recorded(const std::string& name);
json container_body(const std::string& id, const std::string& name,
                    const std::string& status = "running");

class rig {
public:
    explicit rig(peer_server::handler answer, docker_settings settings = {});
    ~rig();

    /// Runs until the task has ended; fails the test after 10 s.
    template <class T>
    T run(task<T> work) {
        std::optional<T> out;
        std::exception_ptr failure;
        auto done = [&](std::exception_ptr problem, T value) {
            failure = problem;
            out = std::move(value);
        };
        boost::asio::co_spawn(io, std::move(work), std::move(done));
        turn_until([&] { return out.has_value(); });
        if (failure) std::rethrow_exception(failure);
        return std::move(*out);
    }
    template <class Condition>
    void turn_until(Condition met) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!met()) {
            if (std::chrono::steady_clock::now() > limit)
                throw std::runtime_error("it takes too long");
            io.restart();
            io.run_one_for(std::chrono::milliseconds(20));
        }
    }

    boost::asio::io_context io{1};
    std::string folder;
    peer_server engine;
    hurried_client http;
    hurried_clock clock;
    kept_events events;
    std::unique_ptr<runtime> docker;
};

} // namespace alcedo::testing
