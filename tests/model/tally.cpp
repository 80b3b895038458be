#include "tally.hpp"

#include "reconcilers/blue_green/rules.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace alcedo::checker {

namespace {

constexpr const char* deeds[] = {"create", "start", "stop", "remove", "publish", "prepare", "ask"};
/// SPEC §2: what an edit inside the window may ask for.
constexpr const char* in_window[] = {"(a) back to stable in the window",
                                     "(b) the serving color anew in the window",
                                     "(c) stable's color anew in the window"};

/// What the model leaves out: a lost store, the engine's own health check, checks with a deadline,
/// registries that do not answer, edits of routes, of steps, and of what is exclusive; and a wish to
/// promote never outlives its rollout here.
constexpr std::string_view beyond[] = {"rebuilding",     "rebuilt",           "exclusive_adopted",
                                       "unhealthy",      "restart_unwatched", "preparing",
                                       "routes_changed", "step_changed",      "promote_void",
                                       "check_overdue"};

bool is_of_deed(move m) {
    return m == move::deed_done || m == move::deed_fails || m == move::crash;
}

bool is_shipped(move m) {
    return m == move::flip || m == move::ship || m == move::ship_and_flip;
}

/// 0: nothing to tell apart.
std::size_t way_of(const state& before, const successor& x) {
    if (is_of_deed(x.by.what))
        return before.todo_count == 0 ? 0U : 1U + static_cast<std::size_t>(before.todo[0] >> 5);
    const auto in = static_cast<phase>(before.rec.now_in);
    const auto serving = before.rec.serving, stable = before.rec.stable;
    const int active = x.next.spec.active();
    const bool window = in == phase::draining || in == phase::watching;
    if (!is_shipped(x.by.what) || !window || active > 1 || !stable.exists() ||
        stable.color() == serving.color())
        return 0;
    const auto wanted = release_code::of(active, x.next.spec.revision(active), true);
    if (wanted.is(stable)) return 1;
    if (wanted.is(serving)) return 0;
    return active == serving.color() ? 2 : 3;
}

const char* way_name(move m, std::size_t way) {
    return is_of_deed(m) ? deeds[way - 1] : in_window[way - 1];
}

std::string row_name(move m, std::size_t way) {
    std::string text = name_of(m);
    if (way == 0) return text;
    if (m == move::crash) return text + ", not done: " + way_name(m, way);
    return text + ": " + way_name(m, way);
}

} // namespace

void tally::count(const state& before, const successor& x) {
    ++taken_[static_cast<std::size_t>(x.by.what)][way_of(before, x)];
}

void tally::add(const tally& other) {
    for (std::size_t m = 0; m < taken_.size(); ++m)
        for (std::size_t way = 0; way < ways; ++way)
            taken_[m][way] += other.taken_[m][way];
}

std::size_t tally::of(move m) const {
    const auto& all = taken_[static_cast<std::size_t>(m)];
    return std::accumulate(all.begin(), all.end(), std::size_t{0});
}

std::vector<std::pair<std::string, std::uint64_t>> tally::rows() const {
    std::vector<std::pair<std::string, std::uint64_t>> some;
    for (std::size_t m = 0; m < taken_.size(); ++m)
        for (std::size_t way = 0; way < ways; ++way)
            if (taken_[m][way] > 0)
                some.emplace_back(row_name(static_cast<move>(m), way), taken_[m][way]);
    return some;
}

std::vector<std::string> tally::never_taken() const {
    std::vector<std::string> none;
    for (int m = 0; m < moves; ++m)
        if (of(static_cast<move>(m)) == 0) none.emplace_back(name_of(static_cast<move>(m)));
    for (const auto m : {move::deed_done, move::deed_fails, move::crash})
        for (std::size_t way = 1; way <= std::size(deeds); ++way)
            if (taken_[static_cast<std::size_t>(m)][way] == 0) none.push_back(row_name(m, way));
    for (std::size_t way = 1; way <= std::size(in_window); ++way) {
        std::uint64_t all = 0;
        for (const auto m : {move::flip, move::ship, move::ship_and_flip})
            all += taken_[static_cast<std::size_t>(m)][way];
        if (all == 0) none.emplace_back(in_window[way - 1]);
    }
    return none;
}

std::vector<std::string> silent_rows(const std::map<std::string, std::size_t>& decided) {
    std::vector<std::string> silent;
    for (const auto& part : rule_table())
        for (const auto& row : part.rows) {
            const bool is_beyond =
                std::find(std::begin(beyond), std::end(beyond), row.name) != std::end(beyond);
            const bool is_heard = decided.contains(std::string(row.name));
            if (!is_heard && !is_beyond) silent.emplace_back(row.name);
        }
    return silent;
}

} // namespace alcedo::checker
