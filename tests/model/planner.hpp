#pragma once
// The shipped planner and the shipped invariants, asked about states. The same input is asked once:
// most steps of the world change nothing that the planner can see.

#include "codec.hpp"
#include "seen_before.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

namespace alcedo::checker {

/// What a pass decides, as bytes.
struct decision {
    record_code rec;
    marks containers;
    std::array<byte, todo_at_most> todo;
    byte todo_count;
    byte rule;            ///< index into `planner::rules`
    byte changes;         ///< the record or the world: not an empty plan
    byte promises;        ///< a new number
    byte spent;           ///< bit per colour: a repair
    std::uint16_t broken; ///< 0 = nothing, else index + 1 into `planner::complaints`
};

using plan_maker =
    std::function<plan(const desired_state*, const observation&, const record&, const moment&)>;

inline constexpr std::size_t cached_at_most = 1U << 21; ///< untouched pages cost nothing

class planner {
public:
    planner(const world_kind&, plan_maker);

    const decision& decide(const state&);
    codec& code() { return codec_; }
    const std::string& rule_name(const decision& d) const { return rules_[d.rule]; }
    const std::string& complaint(const decision& d) const { return complaints_[d.broken - 1U]; }
    std::size_t distinct_inputs() const { return inputs_.size(); }
    std::size_t bytes() const {
        return std::min(inputs_.size(), cached_at_most) * sizeof(entry) + inputs_.bytes();
    }
    /// How many distinct inputs each row decided, in the order in which they first did.
    const std::vector<std::string>& rules() const { return rules_; }
    const std::vector<std::size_t>& fired() const { return fired_; }
    /// The plan itself, for transcripts.
    plan plan_for(const state&);
    /// Plans the next record as it is and as it was squeezed into bytes: both must say the same.
    bool check_codec = false;
    /// False: only what happens in the world counts, not what the invariants say of a plan.
    bool judges_plans = true;

private:
    codec codec_;
    plan_maker make_;
    seen_before inputs_;
    struct entry {
        hash128 key;
        decision what;
    };
    struct releaser {
        void operator()(entry* e) const { std::free(e); }
    };
    std::unique_ptr<entry[], releaser> cache_; ///< make_plan is pure: one answer an input
    std::vector<std::string> rules_, complaints_;
    std::vector<std::size_t> fired_;

    hash128 key_of(const state&) const;
    decision think(const state&);
    byte rule_index(const std::string&);
    void judge(const state&, const observation&, const record&, const plan&, decision&);
    void compare_squeezed(const state&, const plan&, const decision&);
};

/// What of a decision happens at once: the record is saved. The deeds wait in `todo`.
void commit(state&, const decision&);

} // namespace alcedo::checker
