#pragma once
// What can happen next: a pass of ours, one deed of it, something that the world does, a fault, an
// edit. And what must never be true of the state it leads to.

#include "planner.hpp"

#include <string>
#include <vector>

namespace alcedo::checker {

enum class move : byte {
    // what happens if nothing goes wrong
    pass,
    deed_done,
    becomes_ready,
    stop_done,
    reads,
    applies,
    seen_late,
    proxy_back,
    docker_back,
    refreshed,
    timer_over,
    back_off_over,
    day_over,
    // what may happen at no cost
    turns_bad,
    stop_lands,
    start_lands,
    create_lands,
    // faults
    deed_fails,
    deed_lost,
    deed_unheard,
    deed_refused,
    deed_impossible,
    prepare_fails,
    stop_lost,
    crash,
    commit_fails,
    commit_unheard,
    exits,
    restarts,
    sickens,
    removed,
    docker_away,
    engine_up,
    engine_down,
    engine_down_unseen,
    proxy_away,
    proxy_restart,
    proxy_misses,
    proxy_slow,
    deadline_over,
    ten_minutes,
    stale_exit,
    network_taken,
    // edits
    flip,
    ship,
    ship_and_flip,
    scale,
    pause,
    promote,
    abort,
    rollback,
    retry,
    remove_app,
    add_app,
    unname,
    name_again,
    wish_delete,
    pause_spec,
};
inline constexpr int moves = static_cast<int>(move::pause_spec) + 1;
const char* name_of(move);

struct step {
    move what = move::pass;
    byte arg = 0;
    bool operator==(const step&) const = default;
};

/// If nothing goes wrong, this happens sooner or later.
inline bool is_obliged(move m) {
    return m <= move::day_over;
}
/// Costs neither a fault nor an edit.
inline bool is_free(move m) {
    return m <= move::create_lands;
}

struct successor {
    step by;
    state next;
    const char* broken = nullptr; ///< what must never be; lives as long as the world
};

class nature {
public:
    nature(const world_kind& w, planner& p) : world_(w), planner_(p) {}

    state initial();
    void successors(const state&, std::vector<successor>& out);
    std::string name(step) const; ///< "exits blue-good-1"; the same text finds the step again
    const world_kind& world() const { return world_; }
    planner& mind() { return planner_; }

private:
    world_kind world_;
    planner& planner_;
    std::vector<successor>* out_ = nullptr;

    /// Adds a copy of `s` to fill.
    state& add(const state& s, move m, int arg = 0);
    state& fault(const state& s, move m, int arg = 0);
    state& edit(const state& s, move m, int arg = 0);
    void finish(const state& before, successor&);

    void ours(const state&);
    void deeds(const state&);
    void deed_faults(const state&, byte code);
    void containers(const state&);
    void container_faults(const state&, int slot);
    void late_calls(const state&, int slot);
    void proxy(const state&);
    void clocks(const state&);
    bool never_gets_ready(const state&) const;
    void engine_faults(const state&);
    void edits(const state&);
    void deletions(const state&);
    void wishes(const state&);

    bool can_get_ready(int slot) const;
    temper temper_of(int revision) const {
        return world_.revisions[static_cast<std::size_t>(revision)];
    }
    int revisions() const { return static_cast<int>(world_.revisions.size()); }
    const char* judge_ledger(const state& before, const decision&) const;
    const char* judge_pass(const state& before, const decision&);
};

inline deed deed_of(byte code) {
    return static_cast<deed>(code >> 5);
}
/// The process ends: whatever it knew only by itself is gone.
void forget_memory(state&);

/// A stop takes effect, whenever: gives what it breaks.
const char* stop_now(state&, int slot);
/// Of the state alone.
const char* broken_in(const state&);
/// Canonical form: what no longer matters is nought.
void normalise(state&);

} // namespace alcedo::checker
