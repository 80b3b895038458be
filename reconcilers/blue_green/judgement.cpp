#include "reconcilers/blue_green/judgement.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr std::size_t kept_samples = 3;

void keep(judged& state, const sample& taken) {
    if (!state.first) {
        state.first = taken;
        return;
    }
    state.last.push_back(taken);
    if (state.last.size() > kept_samples) state.last.erase(state.last.begin());
}

bool reached(const judged& state, const failure_threshold& limit) {
    if (limit.out_of <= 0) return state.failures >= limit.failures;
    return std::count(state.recent.begin(), state.recent.end(), true) >= limit.failures;
}

void count(judged& state, bool failed, const failure_threshold& limit) {
    state.last_failed = failed;
    state.passes = failed ? 0 : state.passes + 1;
    state.failures = failed ? state.failures + 1 : 0;
    state.recent.push_back(failed);
    const auto wanted = static_cast<std::size_t>(std::max(limit.out_of, 1));
    while (state.recent.size() > wanted)
        state.recent.pop_front();
}

} // namespace

bool judge(judged& state, const sample& taken, const check_spec& check) {
    keep(state, taken);
    if (taken.what == outcome::inconclusive || taken.what == outcome::no_data) return false;
    count(state, taken.what == outcome::fail, check.failure);
    const auto before = state.verdict;
    if (reached(state, check.failure))
        state.verdict = check_verdict::failing;
    else if (state.passes >= check.success_threshold)
        state.verdict = check_verdict::passing;
    return state.verdict != before;
}

void start_anew(judged& state) {
    state.passes = 0;
    state.failures = 0;
    state.recent.clear();
}

std::vector<sample> evidence_of(const judged& state) {
    std::vector<sample> all;
    if (state.first) all.push_back(*state.first);
    all.insert(all.end(), state.last.begin(), state.last.end());
    return all;
}

} // namespace alcedo
