#include "controller/wiring/system_clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <ctime>
#include <fstream>

namespace alcedo {

namespace {

namespace asio = boost::asio;

milliseconds read_clock(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return milliseconds{t.tv_sec * 1000 + t.tv_nsec / 1000000};
}

std::string read_boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id.empty() ? "unknown-boot" : id;
}

class system_clock : public clock_source {
public:
    explicit system_clock(asio::any_io_executor executor)
        : executor_(std::move(executor)), boot_id_(read_boot_id()) {}

    moment now() const override {
        moment m;
        m.boot = read_clock(CLOCK_BOOTTIME);
        m.boot_id = boot_id_;
        m.wall = read_clock(CLOCK_REALTIME);
        return m;
    }

    task<bool> sleep_for(milliseconds span) override {
        asio::steady_timer timer(executor_, span);
        const auto [failure] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        co_return !failure;
    }

private:
    asio::any_io_executor executor_;
    std::string boot_id_;
};

} // namespace

std::unique_ptr<clock_source> make_system_clock(asio::any_io_executor executor) {
    return std::make_unique<system_clock>(std::move(executor));
}

} // namespace alcedo
