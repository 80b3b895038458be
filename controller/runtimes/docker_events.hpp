#pragma once
// The engine's event stream as a queue of hints. A reader of its own takes every line at once and
// coalesces: a slow reader would slow the whole engine down (100 ms per event and publisher).
// Events say "look again", never what is; a (re)connected stream says so for everything.

#include "controller/ports/clock.hpp"
#include "controller/ports/runtime.hpp"
#include "controller/runtimes/docker_calls.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace alcedo::docker {

/// Hints not yet taken, at most one per container; "everything" swallows the rest.
class change_queue {
public:
    void push(engine_change);
    std::optional<engine_change> pop();

private:
    std::deque<engine_change> waiting_;
};

class event_feed : public std::enable_shared_from_this<event_feed> {
public:
    event_feed(std::shared_ptr<engine_calls>, clock_source&, std::string instance);

    /// Starts the reader at the first call, on the caller's executor. One caller at a time.
    task<result<engine_change>> next();
    /// Cancels the reader; nothing of the feed's collaborators is used after this.
    void close();

private:
    static task<void> read_for_ever(std::shared_ptr<event_feed>);
    static task<void> follow(std::shared_ptr<event_feed>);
    static task<void> watch_liveness(std::shared_ptr<event_feed>);
    void start(const boost::asio::any_io_executor&);
    void push(engine_change);
    void take(const std::string& line);

    std::shared_ptr<engine_calls> calls_;
    clock_source& clock_;
    std::string instance_;
    change_queue changes_;
    std::optional<boost::asio::steady_timer> bell_; ///< rung by cancel(): never expires
    boost::asio::cancellation_signal stop_;
    std::optional<moment> connected_at_;
    bool reading_ = false;
    bool closed_ = false;
};

} // namespace alcedo::docker
