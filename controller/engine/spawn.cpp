#include "controller/engine/spawn.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace alcedo {

namespace {

std::function<void(std::string)>& failure_handler() {
    static std::function<void(std::string)> handler;
    return handler;
}

void report(const char* who, std::exception_ptr failure) {
    if (!failure || !failure_handler()) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        failure_handler()(std::string(who) + ": " + e.what());
    } catch (...) {
        failure_handler()(std::string(who) + ": unknown exception");
    }
}

} // namespace

void set_spawn_failure(std::function<void(std::string)> handler) {
    failure_handler() = std::move(handler);
}

void spawn(boost::asio::any_io_executor executor, task<void> work, const char* who) {
    boost::asio::co_spawn(executor, std::move(work),
                          [who](std::exception_ptr failure) { report(who, failure); });
}

} // namespace alcedo
