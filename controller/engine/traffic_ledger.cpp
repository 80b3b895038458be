#include "controller/engine/traffic_ledger.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr milliseconds first_delay{1000};
constexpr milliseconds longest_delay{30000};
// Applied, and yet shown otherwise: somebody else's file is in the way, and each write of ours is a
// reload for all apps. Once in a while all the same: a proxy may have lost track of its own state.
constexpr milliseconds differing_delay{300000};

milliseconds delay_after(int republished) {
    return std::min(first_delay * (1 << std::min(republished, 5)), longest_delay);
}

} // namespace

void traffic_ledger::wrote(const std::string& app, const promise& held, std::uint64_t generation,
                           milliseconds now) {
    auto& e = entries_[app];
    const bool again = e.generation != 0 && !e.is_confirmed && e.held.content == held.content;
    e.republished = again ? e.republished + 1 : 0;
    e.held = held;
    e.generation = generation;
    e.is_confirmed = e.is_different = e.is_unclear = e.in_a_hurry = false;
    e.detail.clear();
    e.waiting_since = now;
}

void traffic_ledger::forget(const std::string& app) {
    entries_.erase(app);
}

void traffic_ledger::lost_sight(const std::string& why) {
    in_sight_ = false;
    blindness_ = why;
}

void traffic_ledger::in_sight(milliseconds now) {
    if (in_sight_) return;
    in_sight_ = true;
    for (auto& [app, e] : entries_)
        doubt(e, now);
}

void traffic_ledger::restarted(milliseconds now) {
    in_sight_ = true;
    doubt_all(now);
}

void traffic_ledger::not_applied(std::uint64_t generation, const std::string& why,
                                 milliseconds now) {
    // It had this one before: whatever it shows now is not what it was seen to have applied.
    if (generation <= applied_) doubt_all(now);
    for (auto& [app, e] : entries_)
        if (!e.is_confirmed) {
            e.is_different = e.is_unclear = false;
            e.detail = why;
        }
}

std::vector<std::string> traffic_ledger::applied(std::uint64_t generation) {
    applied_ = std::max(applied_, generation);
    std::vector<std::string> to_compare;
    for (const auto& [app, e] : entries_)
        if (!e.is_confirmed && e.generation <= generation) to_compare.push_back(app);
    return to_compare;
}

void traffic_ledger::compared_equal(const std::string& app, std::uint64_t number) {
    auto* e = find(app, number);
    if (!e) return;
    e->is_confirmed = true;
    e->is_different = e->is_unclear = e->in_a_hurry = false;
    e->republished = 0;
    e->detail.clear();
    e->last_confirmed = e->held;
}

void traffic_ledger::compared_different(const std::string& app, std::uint64_t number,
                                        const std::string& why, milliseconds now) {
    auto* e = find(app, number);
    if (!e) return;
    if (e->is_confirmed) doubt(*e, now);
    e->is_different = true;
    e->is_unclear = false;
    e->detail = why;
    e->last_confirmed.reset();
}

void traffic_ledger::compared_unknown(const std::string& app, std::uint64_t number,
                                      const std::string& why) {
    auto* e = find(app, number);
    if (!e || e->is_confirmed) return;
    e->is_unclear = true;
    e->detail = why;
}

traffic_state traffic_ledger::state(const std::string& app, std::uint64_t number,
                                    milliseconds now) const {
    const auto it = entries_.find(app);
    if (it == entries_.end())
        return number == 0 ? traffic_state::confirmed : traffic_state::unwritten;
    const auto& e = it->second;
    if (e.held.number != number) return traffic_state::unwritten;
    if (!in_sight_ || e.is_unclear) return traffic_state::unknown;
    if (e.is_confirmed) return traffic_state::confirmed;
    return now - e.waiting_since >= deadline_ ? traffic_state::late : traffic_state::pending;
}

std::string traffic_ledger::detail(const std::string& app) const {
    const auto it = entries_.find(app);
    if (it == entries_.end()) return {};
    return in_sight_ ? it->second.detail : blindness_;
}

bool traffic_ledger::differs(const std::string& app) const {
    const auto it = entries_.find(app);
    return it != entries_.end() && it->second.is_different;
}

bool traffic_ledger::overdue(const std::string& app, milliseconds now) const {
    const auto it = entries_.find(app);
    if (it == entries_.end() || it->second.is_confirmed) return false;
    return it->second.republished > 0 || now - it->second.waiting_since >= deadline_;
}

std::optional<milliseconds> traffic_ledger::until_republish(const std::string& app,
                                                            milliseconds now) const {
    const auto it = entries_.find(app);
    if (it == entries_.end()) return std::nullopt;
    const auto& e = it->second;
    if (state(app, e.held.number, now) != traffic_state::late) return std::nullopt;
    if (e.is_different) return std::max(milliseconds{0}, e.waiting_since + differing_delay - now);
    const auto delay = e.in_a_hurry ? milliseconds{0} : delay_after(e.republished);
    return std::max(milliseconds{0}, e.waiting_since + deadline_ + delay - now);
}

std::optional<promise> traffic_ledger::published(const std::string& app) const {
    const auto it = entries_.find(app);
    if (it == entries_.end()) return std::nullopt;
    return it->second.held;
}

std::optional<promise> traffic_ledger::confirmed(const std::string& app) const {
    const auto it = entries_.find(app);
    if (it == entries_.end()) return std::nullopt;
    return it->second.last_confirmed;
}

std::vector<std::string> traffic_ledger::apps() const {
    std::vector<std::string> names;
    for (const auto& [app, e] : entries_)
        names.push_back(app);
    return names;
}

std::uint64_t traffic_ledger::oldest_awaited() const {
    std::uint64_t oldest = 0;
    for (const auto& [app, e] : entries_)
        if (!e.is_confirmed && (oldest == 0 || e.generation < oldest)) oldest = e.generation;
    return oldest;
}

traffic_ledger::entry* traffic_ledger::find(const std::string& app, std::uint64_t number) {
    const auto it = entries_.find(app);
    return it != entries_.end() && it->second.held.number == number ? &it->second : nullptr;
}

void traffic_ledger::doubt(entry& e, milliseconds now) {
    e.is_confirmed = false;
    e.waiting_since = now;
    e.republished = 0;
    e.in_a_hurry = true;
}

void traffic_ledger::doubt_all(milliseconds now) {
    applied_ = 0;
    for (auto& [app, e] : entries_) {
        doubt(e, now);
        e.is_different = e.is_unclear = false;
        e.last_confirmed.reset();
    }
}

} // namespace alcedo
