#pragma once
// Blocking work (SQLite, fsync, /proc) as values: posted to a one-thread pool, answered on the
// caller's executor. A started job always ends; it is never cancelled.

#include "controller/ports/task.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>

namespace alcedo::net {

template <class R>
struct pool_job {
    std::function<R()> work;
    std::optional<R> out;
    std::exception_ptr failure;
};

template <class R>
task<R> on_pool(boost::asio::thread_pool& pool, std::function<R()> work) {
    namespace asio = boost::asio;
    auto executor = co_await asio::this_coro::executor;
    auto job = std::make_shared<pool_job<R>>();
    job->work = std::move(work);
    auto start = [job, executor, runner = pool.get_executor()](auto handler) {
        auto done = std::make_shared<decltype(handler)>(std::move(handler));
        asio::post(runner, [job, done, executor, guard = asio::make_work_guard(executor)] {
            try {
                job->out.emplace(job->work());
            } catch (...) {
                job->failure = std::current_exception();
            }
            asio::post(executor, [done] {
                auto last = std::move(*done);
                last();
            });
        });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(start),
                                                                         asio::use_awaitable);
    if (job->failure) std::rethrow_exception(job->failure);
    co_return std::move(*job->out);
}

} // namespace alcedo::net
