#pragma once
// Which app to look at next. A key waits in the queue at most once; a key under work that is added
// again is dirty and comes back when it is done. Not a log of what happened: level, not edge.

#include "controller/engine/signal.hpp"
#include "reconcilers/model/event.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace alcedo {

/// 1 s × 2ⁿ, at most 5 min, ± 20 %; `random` in [0, 1).
milliseconds back_off(int failures, double random);

class work_queue {
public:
    work_queue(boost::asio::any_io_executor, clock_source&, std::function<double()> random);

    void add(const std::string& key);
    /// Not before that long from now; an earlier appointment of the same key stands.
    void add_after(const std::string& key, milliseconds delay);
    void add_failed(const std::string& key); ///< after the key's own back-off
    void succeeded(const std::string& key);  ///< forgets the key's failures
    void forget(const std::string& key);

    struct taken {
        std::string key;
        milliseconds waited{0}; ///< since it was due
    };
    /// The next key that is due; nothing once closed. The key is under work until `done`.
    task<std::optional<taken>> take();
    milliseconds done(const std::string& key); ///< how long it was under work
    void close();

    int failures(const std::string& key) const;
    milliseconds longest_work() const; ///< how long the oldest key has been under work
    /// Of the moment; the two durations are for whoever measured one.
    queue_changed figures() const;

private:
    std::optional<taken> pop_due(milliseconds now);
    std::optional<milliseconds> earliest() const;
    void schedule(const std::string& key, milliseconds at);

    clock_source& clock_;
    std::function<double()> random_;
    signal changed_;
    std::map<std::string, milliseconds> due_;     ///< key → boot time
    std::map<std::string, milliseconds> working_; ///< key → since when
    std::map<std::string, milliseconds> dirty_;   ///< added while under work
    std::map<std::string, int> failures_;
    std::uint64_t added_ = 0;
    std::uint64_t retried_ = 0;
};

} // namespace alcedo
