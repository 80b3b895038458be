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

/// What accepting needs: shared with its coroutine, which may outlive the server by a step.
struct front_door {
    front_door(asio::any_io_executor executor, handler answer, server_limits limits)
        : listening(executor), pause(executor),
          sessions(std::make_shared<session_registry>(executor, std::move(answer), limits)) {}

    bool is_open() const { return listening.accepting.is_open(); }

    listener listening;
    asio::steady_timer pause;
    std::shared_ptr<session_registry> sessions;
};

void start_session(front_door& door, asio::generic::stream_protocol::socket socket) {
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    auto session = std::make_shared<server_session>(std::move(socket), door.listening.is_unix());
    door.sessions->add(session);
    auto work = serve(door.sessions, session);
    auto ended = [sessions = door.sessions, session](const std::exception_ptr&) {
        sessions->remove(session);
    };
    asio::co_spawn(door.pause.get_executor(), std::move(work),
                   asio::bind_cancellation_slot(session->cancel.slot(), std::move(ended)));
}

task<void> accept_all(std::shared_ptr<front_door> door) {
    boost::system::error_code problem;
    while (door->is_open()) {
        auto [failed, socket] = co_await door->listening.accepting.async_accept(as_values);
        problem = failed;
        if (!problem && door->is_open()) start_session(*door, std::move(socket));
        if (!problem || !door->is_open()) continue;
        // Out of descriptors: the next accept would fail at once, for ever.
        door->pause.expires_after(accept_pause);
        co_await door->pause.async_wait(as_values);
    }
    co_await door->sessions->all_ended();
}

class beast_server final : public http_server {
public:
    explicit beast_server(std::shared_ptr<front_door> door) : door_(std::move(door)) {}
    ~beast_server() override {
        stop();
        stop(); // whoever answers may be gone by the next step
    }

    task<void> run() override { return accept_all(door_); }

    void stop() override {
        door_->listening.close();
        door_->pause.cancel();
        door_->sessions->end_all();
    }

    bool is_changing() const override { return door_->sessions->is_changing(); }

    int port() const override { return door_->listening.port(); }

private:
    std::shared_ptr<front_door> door_;
};

} // namespace

result<std::unique_ptr<http_server>> make_http_server(asio::any_io_executor executor,
                                                      const std::string& address, handler answer,
                                                      server_limits limits) {
    auto door = std::make_shared<front_door>(std::move(executor), std::move(answer), limits);
    if (auto opened = door->listening.open(address); !opened) return opened.error();
    std::unique_ptr<http_server> made = std::make_unique<beast_server>(std::move(door));
    return result<std::unique_ptr<http_server>>(std::move(made));
}

} // namespace alcedo::net
