#include "controller/net/http_server.hpp"

#include "controller/net/listener.hpp"
#include "controller/net/server_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

#include <fcntl.h>

namespace alcedo::net {

namespace asio = boost::asio;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds accept_pause{100};

class beast_server final : public http_server {
public:
    beast_server(asio::any_io_executor executor, handler answer, server_limits limits)
        : listener_(executor), pause_(executor),
          sessions_(std::make_shared<session_registry>(executor, std::move(answer), limits)) {}
    ~beast_server() override { stop(); }

    result<void> open(const std::string& address) { return listener_.open(address); }

    task<void> run() override {
        auto sessions = sessions_;
        for (;;) {
            auto [problem, socket] = co_await listener_.accepting.async_accept(as_values);
            if (!listener_.accepting.is_open()) break;
            if (!problem) {
                start(std::move(socket));
                continue;
            }
            // Out of descriptors: the next accept would fail at once, for ever.
            pause_.expires_after(accept_pause);
            co_await pause_.async_wait(as_values);
            if (!listener_.accepting.is_open()) break;
        }
        co_await sessions->all_ended();
    }

    void stop() override {
        listener_.close();
        pause_.cancel();
        sessions_->end_all();
    }

    int port() const override { return listener_.port(); }

private:
    void start(asio::generic::stream_protocol::socket socket) {
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
        auto session = std::make_shared<server_session>(std::move(socket), listener_.is_unix());
        sessions_->add(session);
        auto work = serve(sessions_, session);
        auto ended = [sessions = sessions_, session](const std::exception_ptr&) {
            sessions->remove(session);
        };
        asio::co_spawn(pause_.get_executor(), std::move(work),
                       asio::bind_cancellation_slot(session->cancel.slot(), std::move(ended)));
    }

    listener listener_;
    asio::steady_timer pause_;
    std::shared_ptr<session_registry> sessions_;
};

} // namespace

result<std::unique_ptr<http_server>> make_http_server(asio::any_io_executor executor,
                                                      const std::string& address, handler answer,
                                                      server_limits limits) {
    auto made = std::make_unique<beast_server>(std::move(executor), std::move(answer), limits);
    if (auto opened = made->open(address); !opened) return opened.error();
    return result<std::unique_ptr<http_server>>(std::move(made));
}

} // namespace alcedo::net
