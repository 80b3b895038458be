#pragma once
// Virtual time: sleeping coroutines wake in order of their deadlines, as fast as the machine can.
// One thread, no real timer ever expires, so a run is the same every time.

#include "controller/ports/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <string>

namespace alcedo::sim {

class clock : public clock_source {
public:
    /// Time goes on over another context; whoever slept in the old one is never woken.
    void attach(boost::asio::io_context& io) {
        io_ = &io;
        for (auto& [at, sleeper] : sleepers_)
            sleeper->place = sleepers_.end();
        sleepers_.clear();
    }

    moment now() const override {
        moment m;
        m.boot = now_;
        m.boot_id = boot_id;
        m.wall = now_ + milliseconds{1700000000000};
        return m;
    }

    task<bool> sleep_for(milliseconds span) override {
        auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::steady_timer timer(executor, boost::asio::steady_timer::time_point::max());
        entry mine(*this, now_ + span, timer);
        co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        co_return mine.fired;
    }

    /// Runs everything that is due until `span` has passed.
    void run_for(milliseconds span) {
        const auto end = now_ + span;
        for (;;) {
            io_->restart();
            while (io_->poll() > 0) {
            }
            if (sleepers_.empty() || sleepers_.begin()->first > end) break;
            auto* next = sleepers_.begin()->second;
            now_ = std::max(now_, sleepers_.begin()->first);
            sleepers_.erase(sleepers_.begin());
            next->fired = true;
            next->place = sleepers_.end();
            next->timer.cancel();
        }
        now_ = end;
    }

    std::string boot_id = "sim-boot";

private:
    struct entry;
    using sleepers = std::multimap<milliseconds, entry*>;
    struct entry {
        clock& owner;
        boost::asio::steady_timer& timer;
        bool fired = false;
        sleepers::iterator place;
        entry(clock& c, milliseconds at, boost::asio::steady_timer& t) : owner(c), timer(t) {
            place = owner.sleepers_.emplace(at, this);
        }
        ~entry() {
            if (place != owner.sleepers_.end()) owner.sleepers_.erase(place);
        }
    };

    boost::asio::io_context* io_ = nullptr;
    milliseconds now_{1000000};
    sleepers sleepers_;
};

} // namespace alcedo::sim
