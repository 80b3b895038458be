#include "controller/engine/work_queue.hpp"

#include <algorithm>

namespace alcedo {

milliseconds back_off(int failures, double random) {
    const milliseconds longest{300000};
    const int doublings = std::clamp(failures - 1, 0, 16);
    const auto base = std::min(longest, milliseconds{1000LL << doublings});
    return milliseconds{
        static_cast<std::int64_t>(static_cast<double>(base.count()) * (0.8 + 0.4 * random))};
}

work_queue::work_queue(boost::asio::any_io_executor executor, clock_source& clock,
                       std::function<double()> random)
    : clock_(clock), random_(std::move(random)), changed_(std::move(executor)) {}

void work_queue::schedule(const std::string& key, milliseconds at) {
    auto& waiting = working_.contains(key) ? dirty_ : due_;
    const auto [place, fresh] = waiting.emplace(key, at);
    if (fresh)
        ++added_;
    else
        place->second = std::min(place->second, at);
    changed_.notify();
}

void work_queue::add(const std::string& key) {
    schedule(key, clock_.now().boot);
}

void work_queue::add_after(const std::string& key, milliseconds delay) {
    schedule(key, clock_.now().boot + delay);
}

void work_queue::add_failed(const std::string& key) {
    ++retried_;
    add_after(key, back_off(++failures_[key], random_()));
}

void work_queue::succeeded(const std::string& key) {
    failures_.erase(key);
}

void work_queue::forget(const std::string& key) {
    failures_.erase(key);
    due_.erase(key);
    dirty_.erase(key);
}

int work_queue::failures(const std::string& key) const {
    const auto at = failures_.find(key);
    return at == failures_.end() ? 0 : at->second;
}

std::optional<work_queue::taken> work_queue::pop_due(milliseconds now) {
    auto best = due_.end();
    for (auto at = due_.begin(); at != due_.end(); ++at)
        if (at->second <= now && (best == due_.end() || at->second < best->second)) best = at;
    if (best == due_.end()) return std::nullopt;
    taken next{best->first, now - best->second};
    due_.erase(best);
    working_[next.key] = now;
    return next;
}

std::optional<milliseconds> work_queue::earliest() const {
    std::optional<milliseconds> first;
    for (const auto& [key, at] : due_)
        if (!first || at < *first) first = at;
    return first;
}

task<std::optional<work_queue::taken>> work_queue::take() {
    for (;;) {
        if (changed_.is_closed()) co_return std::nullopt;
        const auto now = clock_.now().boot;
        auto due = pop_due(now);
        if (due) co_return due;
        const auto next = earliest();
        if (next) {
            const auto pause = *next - now;
            co_await changed_.wait_for(clock_, pause);
        } else {
            co_await changed_.wait();
        }
    }
}

milliseconds work_queue::done(const std::string& key) {
    const auto worked = clock_.now().boot - working_[key];
    working_.erase(key);
    const auto again = dirty_.find(key);
    if (again == dirty_.end()) return worked;
    const auto at = again->second;
    dirty_.erase(again);
    due_.emplace(key, at);
    changed_.notify();
    return worked;
}

milliseconds work_queue::longest_work() const {
    milliseconds longest{0};
    const auto now = clock_.now().boot;
    for (const auto& [key, since] : working_)
        longest = std::max(longest, now - since);
    return longest;
}

void work_queue::close() {
    changed_.close();
}

queue_changed work_queue::figures() const {
    queue_changed q;
    // As client-go counts: what is put off until later is not in the queue yet.
    const auto now = clock_.now().boot;
    q.depth = static_cast<int>(std::count_if(due_.begin(), due_.end(),
                                             [&](const auto& one) { return one.second <= now; }));
    q.added = static_cast<int>(added_);
    q.retries = static_cast<int>(retried_);
    q.unfinished = static_cast<int>(working_.size());
    return q;
}

} // namespace alcedo
