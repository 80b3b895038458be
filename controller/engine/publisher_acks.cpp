// The following half: is what was written applied, and does it stay so.

#include "controller/engine/publisher.hpp"

#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <utility>

namespace alcedo {

namespace {

constexpr milliseconds second_look{10};

/// Quick while an answer is due any moment, slow when something is wrong: asking costs the proxy
/// next to nothing (traefik-measured §1.2), but it goes on for as long as the trouble lasts.
milliseconds interval(milliseconds waited) {
    if (waited < milliseconds{500}) return milliseconds{10};
    if (waited < milliseconds{2000}) return milliseconds{50};
    if (waited < milliseconds{10000}) return milliseconds{250};
    return milliseconds{1000};
}

} // namespace

task<void> publisher::run() {
    const auto is_over = [this] { return bell_.is_closed(); };
    while (!is_over()) {
        if (started_) {
            co_await look();
            poke_changed();
        }
        const auto rest = pause();
        co_await bell_.wait_for(clock_, rest);
    }
}

void publisher::stop() {
    bell_.close();
}

milliseconds publisher::pause() {
    if (is_settled()) {
        unsettled_since_.reset();
        const auto since = now() - resynced_at_;
        return std::max(options_.resync - since, milliseconds{1});
    }
    if (!unsettled_since_) unsettled_since_ = now();
    return interval(now() - *unsettled_since_);
}

bool publisher::is_settled() const {
    return started_ && ledger_.is_in_sight() && ledger_.oldest_awaited() == 0 &&
           ledger_.newest_applied() >= document_.generation;
}

task<void> publisher::look() {
    const auto newest = document_.generation;
    if (now() - resynced_at_ >= options_.resync) {
        co_await resync();
        co_return;
    }
    if (is_settled()) co_return;
    co_await ask(newest);
    const auto oldest = ledger_.oldest_awaited();
    const bool newest_is_missing = ledger_.is_in_sight() && ledger_.newest_applied() < newest;
    if (!newest_is_missing || oldest == 0 || oldest >= newest) co_return;
    // The newest document may be refused or late; an older one confirms those who were in it.
    if (oldest > ledger_.newest_applied()) {
        co_await ask(oldest);
        co_return;
    }
    const auto apps = ledger_.applied(ledger_.newest_applied());
    for (const auto& app : apps)
        co_await compare(app);
}

task<void> publisher::resync() {
    const auto began = now();
    resynced_at_ = began;
    co_await check_disk();
    co_await ask(document_.generation);
    if (!ledger_.is_in_sight() || ledger_.newest_applied() < document_.generation) co_return;
    const auto apps = ledger_.apps();
    for (const auto& app : apps)
        co_await compare(app);
}

/// Somebody may have removed or edited our file: it is written again as it was.
task<void> publisher::check_disk() {
    const auto generation = document_.generation;
    auto holds = co_await provider_.holds(document_);
    if (!holds) {
        if (!foreign_told_) tell(severity::warning, reason::TrafficUnknown, holds.error().message);
        foreign_told_ = true;
        co_return;
    }
    foreign_told_ = false;
    if (*holds || is_writing() || generation != document_.generation) co_return;
    tell(severity::warning, reason::Drift,
         "the document on disk is not the one that was written: writing it again");
    auto written = co_await rewrite();
    if (!written) tell(severity::warning, reason::TrafficUnknown, written.error().message);
}

task<void> publisher::ask(std::uint64_t generation) {
    const auto answer = co_await provider_.acknowledged(generation);
    take(answer, generation);
    if (answer.what != ack::seen) co_return;
    const bool has_moved = generation > ledger_.newest_applied();
    const auto apps = ledger_.applied(generation);
    if (generation >= document_.generation)
        behind_since_.reset();
    else if (has_moved)
        behind_since_ = now();
    for (const auto& app : apps)
        co_await compare(app);
}

void publisher::take(const ack_answer& answer, std::uint64_t generation) {
    const bool restarted =
        !answer.start_date.empty() && !start_date_.empty() && answer.start_date != start_date_;
    if (!answer.start_date.empty()) start_date_ = answer.start_date;
    if (restarted) {
        restarts_ += 1;
        ledger_.restarted(now());
        tell(severity::warning, reason::TrafficUnknown,
             "the proxy has restarted (" + start_date_ + "): confirming everything anew");
    }
    const bool was_in_sight = ledger_.is_in_sight();
    if (answer.what == ack::unknown) {
        ledger_.lost_sight(answer.detail);
        if (was_in_sight) tell(severity::warning, reason::TrafficUnknown, answer.detail);
        return;
    }
    ledger_.in_sight(now());
    if (!was_in_sight) tell(severity::info, reason::Applied, "the proxy answers");
    // While another document is on its way, this one may be missing because it was replaced.
    const bool is_newest = generation == document_.generation && !is_writing();
    if (answer.what != ack::not_seen || !is_newest) return;
    not_applied_ = answer.detail;
    ledger_.not_applied(generation, answer.detail, now());
}

task<void> publisher::compare(std::string app) {
    const auto held = ledger_.published(app);
    if (!held) co_return;
    auto found = co_await provider_.compare(app, held->content);
    if (found.is == comparison::outcome::differs) {
        // The API may be a millisecond behind the entry points that acknowledged.
        co_await clock_.sleep_for(second_look);
        found = co_await provider_.compare(app, held->content);
    }
    switch (found.is) {
    case comparison::outcome::equal:
        ledger_.compared_equal(app, held->number);
        break;
    case comparison::outcome::differs:
        ledger_.compared_different(app, held->number, found.detail, now());
        break;
    case comparison::outcome::unknown:
        ledger_.compared_unknown(app, held->number, found.detail);
        break;
    }
}

/// Everything an app's planner can see of the publisher, as one text.
std::string publisher::summary(const std::string& app) const {
    const auto held = ledger_.published(app);
    if (!held) return {};
    return to_string(state(app, held->number)) + (differs(app) ? " differs" : "") +
           (may_republish(app) ? " due" : "");
}

void publisher::poke_changed() {
    for (const auto& app : ledger_.apps()) {
        auto seen = summary(app);
        auto& told = told_[app];
        if (told == seen) continue;
        told = std::move(seen);
        if (poke_) poke_(app);
    }
}

traffic_state publisher::state(const std::string& app, std::uint64_t number) const {
    return started_ ? ledger_.state(app, number, now()) : traffic_state::unknown;
}

std::string publisher::detail(const std::string& app) const {
    return started_ ? ledger_.detail(app) : "the proxy's document was not read yet";
}

bool publisher::keeps_up() const {
    if (!started_ || !ledger_.is_in_sight() || ledger_.newest_applied() == 0) return false;
    const bool fresh = behind_since_ && now() - *behind_since_ < options_.ack_deadline;
    return fresh || ledger_.newest_applied() >= document_.generation;
}

std::string publisher::trouble() const {
    if (!started_) return "the proxy's document was not read yet";
    if (!ledger_.is_in_sight()) return ledger_.blindness();
    return ledger_.newest_applied() >= document_.generation ? "" : not_applied_;
}

bool publisher::differs(const std::string& app) const {
    return ledger_.differs(app);
}

bool publisher::overdue(const std::string& app) const {
    return ledger_.overdue(app, now());
}

bool publisher::may_republish(const std::string& app) const {
    return until_republish(app) == milliseconds{0};
}

std::optional<milliseconds> publisher::until_republish(const std::string& app) const {
    return ledger_.until_republish(app, now());
}

std::optional<promise> publisher::published(const std::string& app) const {
    return ledger_.published(app);
}

std::optional<promise> publisher::confirmed(const std::string& app) const {
    return ledger_.confirmed(app);
}

std::vector<std::string> publisher::apps() const {
    return ledger_.apps();
}

void publisher::tell(severity level, std::string_view reason, std::string message) const {
    happened what;
    what.level = level;
    what.reason = std::string(reason);
    what.message = std::move(message);
    events_.emit(what);
}

} // namespace alcedo
