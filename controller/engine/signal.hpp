#pragma once
// A wake-up between coroutines of the one thread: any number of notifies before a wait are one.

#include "controller/ports/clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace alcedo {

class signal {
public:
    explicit signal(boost::asio::any_io_executor);
    ~signal();
    signal(const signal&) = delete;
    signal& operator=(const signal&) = delete;

    void notify();
    void close(); ///< every wait, also later ones, returns at once
    bool is_closed() const;

    task<void> wait();
    /// Until notified or the time is over, whichever comes first.
    task<void> wait_for(clock_source&, milliseconds);

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace alcedo
