#include "controller/runtimes/docker_events.hpp"

#include "controller/runtimes/docker_bodies.hpp"
#include "controller/runtimes/docker_json.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace alcedo::docker {

namespace asio = boost::asio;

namespace {

constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{5000};
constexpr milliseconds between_pings{5000};
constexpr int most_misses = 3;
// One event carries every label of its container; 200 KB labels are accepted by engines.
constexpr std::size_t longest_event = 16u << 20;

} // namespace

void change_queue::push(engine_change change) {
    if (change.app.empty()) {
        waiting_.clear();
    } else if (!waiting_.empty() && waiting_.front().app.empty()) {
        return;
    }
    const auto same = std::ranges::find_if(
        waiting_, [&](const engine_change& c) { return c.id == change.id && c.app == change.app; });
    if (same != waiting_.end())
        *same = std::move(change);
    else
        waiting_.push_back(std::move(change));
}

std::optional<engine_change> change_queue::pop() {
    if (waiting_.empty()) return std::nullopt;
    auto out = std::move(waiting_.front());
    waiting_.pop_front();
    return out;
}

event_feed::event_feed(std::shared_ptr<engine_calls> calls, clock_source& clock,
                       std::string instance)
    : calls_(std::move(calls)), clock_(clock), instance_(std::move(instance)) {}

void event_feed::close() {
    closed_ = true;
    stop_.emit(asio::cancellation_type::terminal);
    if (bell_) bell_->cancel();
}

void event_feed::push(engine_change change) {
    changes_.push(std::move(change));
    if (bell_) bell_->cancel();
}

void event_feed::take(const std::string& line) {
    const auto parsed = json_in(line);
    if (!parsed) return push({"", "malformed", ""});
    auto change = change_from(*parsed);
    if (change) push(*std::move(change));
}

void event_feed::start(const asio::any_io_executor& executor) {
    reading_ = true;
    bell_.emplace(executor, asio::steady_timer::time_point::max());
    auto ended = [self = shared_from_this()](const std::exception_ptr&) {
        // Only a cancellation or a defect ends the reader; the next call starts another.
        self->reading_ = false;
        self->push({"", "reader ended", ""});
    };
    auto bound = asio::bind_cancellation_slot(stop_.slot(), std::move(ended));
    asio::co_spawn(executor, read_for_ever(shared_from_this()), std::move(bound));
}

task<result<engine_change>> event_feed::next() {
    auto self = shared_from_this();
    auto executor = co_await asio::this_coro::executor;
    for (;;) {
        if (closed_) co_return error(next_step::retry, "the event feed was closed");
        if (!reading_) start(executor);
        auto change = changes_.pop();
        if (change) co_return *std::move(change);
        auto [rung] = co_await bell_->async_wait(asio::as_tuple(asio::use_awaitable));
        static_cast<void>(rung);
        auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            co_return error(next_step::retry, "waiting for events was cancelled");
    }
}

task<void> event_feed::read_for_ever(std::shared_ptr<event_feed> self) {
    using namespace asio::experimental::awaitable_operators;
    milliseconds pause = first_pause;
    while (!self->closed_) {
        self->connected_at_.reset();
        auto reading = follow(self);
        auto pinging = watch_liveness(self);
        auto ended = co_await (std::move(reading) || std::move(pinging));
        static_cast<void>(ended);
        if (self->closed_) co_return;
        // A stream that is cut as soon as it stands must not make a relist ten times a second.
        const auto stood = self->connected_at_ ? self->clock_.now().boot - self->connected_at_->boot
                                               : milliseconds::zero();
        if (stood >= longest_pause) pause = first_pause;
        auto slept = co_await self->clock_.sleep_for(pause);
        static_cast<void>(slept);
        pause = std::min(pause * 2, longest_pause);
    }
}

/// One connection, from its request to its end, whatever that is.
task<void> event_feed::follow(std::shared_ptr<event_feed> self) {
    engine_call listen{operation::events};
    listen.target = "/events?filters=" + event_filters(self->instance_);
    listen.body_limit = longest_event;
    auto on_line = [weak = std::weak_ptr(self)](const std::string& line) {
        const auto feed = weak.lock();
        if (!feed || feed->closed_) return false;
        feed->take(line);
        return true;
    };
    auto on_headers = [weak = std::weak_ptr(self)] {
        const auto feed = weak.lock();
        if (!feed) return;
        feed->connected_at_ = feed->clock_.now();
        feed->push({"", "connected", ""});
    };
    // An engine that was exchanged for another is met with a fresh negotiation.
    auto info = co_await self->calls_->negotiate();
    if (!info || self->closed_) co_return;
    auto answer = co_await self->calls_->stream(std::move(listen), milliseconds::zero(),
                                                std::move(on_line), std::move(on_headers));
    static_cast<void>(answer);
}

/// Silence on the stream is not failure; three unanswered pings are.
task<void> event_feed::watch_liveness(std::shared_ptr<event_feed> self) {
    int misses = 0;
    while (misses < most_misses && !self->closed_) {
        auto slept = co_await self->clock_.sleep_for(between_pings);
        if (!slept || self->closed_) co_return;
        auto pong = co_await self->calls_->negotiate();
        misses = pong || pong.error().next == next_step::invalid ? 0 : misses + 1;
    }
}

} // namespace alcedo::docker
