#include "controller/net/pool.hpp"

#include "support.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace alcedo;
using namespace alcedo::net;
using namespace alcedo::net::testing;

TEST_CASE("blocking work runs elsewhere and answers here") {
    asio::io_context io(1);
    asio::thread_pool pool(1);
    const auto here = std::this_thread::get_id();
    std::function<std::thread::id()> work = [] { return std::this_thread::get_id(); };
    const auto there = run(io, on_pool(pool, work));
    CHECK(there != here);
    std::function<int()> bad = []() -> int { throw std::runtime_error("disk full"); };
    CHECK_THROWS_WITH(run(io, on_pool(pool, bad)), "disk full");
}

TEST_CASE("a started job ends even if nobody waits for it any more") {
    asio::thread_pool pool(1);
    std::atomic<bool> is_done = false;
    {
        asio::io_context io(1);
        std::function<int()> work = [&] {
            std::this_thread::sleep_for(milliseconds(20));
            is_done = true;
            return 1;
        };
        auto abandoned = on_pool(pool, work);
        asio::co_spawn(io, std::move(abandoned), [](std::exception_ptr, int) {});
        io.poll();
        pool.join();
    }
    CHECK(is_done);
}
