#include "controller/net/process.hpp"

#include "controller/net/child.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

namespace alcedo::net {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
/// How long output may still come from what a finished program left running.
constexpr milliseconds leftover_limit{300};

struct capture {
    stream_descriptor from;
    std::string text;
    std::size_t limit;
    bool truncated = false;
};

/// Reads to the end; what is beyond the limit is read too, or the program would block on it.
task<void> read_all(capture& into) {
    std::array<char, 16384> piece{};
    for (;;) {
        auto [problem, size] = co_await into.from.async_read_some(asio::buffer(piece), as_values);
        if (problem) co_return;
        const auto kept = std::min(size, into.limit - into.text.size());
        into.text.append(piece.data(), kept);
        into.truncated = into.truncated || kept < size;
    }
}

/// Ends a while after the program has: its pipes may be held open by others.
task<void> outstay(stream_descriptor& ended) {
    asio::steady_timer timer(ended.get_executor());
    co_await ended.async_wait(stream_descriptor::wait_read, as_values);
    timer.expires_after(leftover_limit);
    co_await timer.async_wait(as_values);
}

std::string last_words(const std::string& text) {
    constexpr std::size_t most = 200;
    const auto end = text.find_last_not_of(" \r\n\t");
    if (end == std::string::npos) return "";
    const auto start = end + 1 > most ? end + 1 - most : 0;
    return ": " + text.substr(start, end + 1 - start);
}

task<result<finished>> follow(const command& what) {
    using namespace asio::experimental::awaitable_operators;
    auto executor = co_await asio::this_coro::executor;
    child program;
    if (auto started = program.start(what); !started) co_return started.error();
    capture out{stream_descriptor(executor, program.out.release()), "", what.output_limit};
    capture err{stream_descriptor(executor, program.err.release()), "", what.output_limit};
    stream_descriptor ended(executor, program.ended.release());
    asio::steady_timer deadline(executor, what.deadline);

    auto both = read_all(out) && read_all(err);
    auto held_open = outstay(ended);
    auto limit = deadline.async_wait(as_values);
    co_await (std::move(both) || std::move(held_open) || std::move(limit));
    auto is_over = ended.async_wait(stream_descriptor::wait_read, as_values);
    auto same_limit = deadline.async_wait(as_values);
    const auto first = co_await (std::move(is_over) || std::move(same_limit));
    program.kill_group();
    if (first.index() == 1)
        co_return error(next_step::retry, "timeout",
                        "run " + what.argv.front() + ": not finished within " +
                            to_string(what.deadline) + last_words(err.text));
    finished answer;
    answer.exit_code = program.reap();
    answer.out = std::move(out.text);
    answer.err = std::move(err.text);
    answer.truncated = out.truncated || err.truncated;
    co_return answer;
}

} // namespace

task<result<finished>> run_process(command what) {
    std::string why;
    try {
        co_return co_await follow(what);
    } catch (const std::exception& problem) {
        why = problem.what();
    }
    co_return error(next_step::retry, "spawn", "run " + what.argv.front() + ": " + why);
}

} // namespace alcedo::net
