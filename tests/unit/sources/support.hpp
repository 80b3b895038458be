#pragma once
// A temporary folder, a clock that runs faster than the wall, and coroutines run to their end.

#include "controller/sources/sources.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace sources_world {

using namespace alcedo;
namespace asio = boost::asio;
namespace files = std::filesystem;

class folder {
public:
    folder() {
        std::string pattern = files::temp_directory_path() / "alcedo-test-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { files::remove_all(path_); }
    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    void write(const std::string& name, const std::string& text) const {
        files::create_directories(files::path(path_ + "/" + name).parent_path());
        std::ofstream(path_ + "/" + name, std::ios::binary) << text;
    }

private:
    std::string path_;
};

/// Faster than real time, plus what was skipped.
class fast_clock final : public clock_source {
public:
    moment now() const override {
        using std::chrono::duration_cast;
        moment out;
        auto real = std::chrono::steady_clock::now() - start_;
        out.boot = duration_cast<milliseconds>(real * speed_) + before_;
        out.wall = milliseconds(1700000000000) + out.boot;
        return out;
    }
    task<bool> sleep_for(milliseconds span) override {
        auto executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor);
        timer.expires_after(std::chrono::microseconds(span) / speed_);
        auto [wrong] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        co_return !wrong;
    }
    void skip(milliseconds span) { before_ += span; }
    void run_at(int speed) {
        before_ = now().boot;
        start_ = std::chrono::steady_clock::now();
        speed_ = speed;
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    milliseconds before_{1000000};
    int speed_ = 20;
};

struct world {
    folder place;
    folder state;
    fast_clock clock;
    asio::io_context io{1};
    asio::thread_pool pool{1}; ///< after `io`: its last job still answers there

    std::unique_ptr<manifest_source> open(const std::string& text) {
        auto settings = parse_source(text);
        REQUIRE(settings.has_value());
        return make_source(*settings, tools());
    }
    source_tools tools() { return source_tools{clock, pool, state.path(), seconds(30)}; }

    template <class T>
    T run(task<T> work) {
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
};

} // namespace sources_world
