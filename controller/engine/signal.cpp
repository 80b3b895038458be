#include "controller/engine/signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace alcedo {

namespace asio = boost::asio;

struct signal::state {
    asio::experimental::channel<void(boost::system::error_code)> channel;
    explicit state(asio::any_io_executor executor) : channel(std::move(executor), 1) {}
};

signal::signal(asio::any_io_executor executor)
    : state_(std::make_unique<state>(std::move(executor))) {}
signal::~signal() = default;

void signal::notify() {
    state_->channel.try_send(boost::system::error_code{});
}

void signal::close() {
    state_->channel.close();
}

bool signal::is_closed() const {
    return !state_->channel.is_open();
}

task<void> signal::wait() {
    auto& channel = state_->channel;
    co_await channel.async_receive(asio::as_tuple(asio::use_awaitable));
}

task<void> signal::wait_for(clock_source& clock, milliseconds limit) {
    using namespace asio::experimental::awaitable_operators;
    auto heard = wait();
    auto timer = clock.sleep_for(limit);
    co_await (std::move(heard) || std::move(timer));
}

} // namespace alcedo
