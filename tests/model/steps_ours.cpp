// What we do: a pass, its commit, its deeds one after the other, and what goes wrong with them.

#include "steps.hpp"

namespace alcedo::checker {

namespace {

constexpr byte code_of(hold_kind k) {
    return static_cast<byte>(1 + static_cast<int>(k));
}
constexpr byte frozen_code = code_of(hold_kind::frozen);
constexpr byte aborted_code = code_of(hold_kind::aborted);
constexpr byte reverted_code = code_of(hold_kind::reverted);
constexpr byte rolled_back_code = code_of(hold_kind::rolled_back);

phase phase_of(const state& s) {
    return static_cast<phase>(s.rec.now_in);
}

int slot_of(byte code) {
    return code & 31;
}

void drop_todo(state& s) {
    s.todo_count = 0;
}

void pop_todo(state& s) {
    for (std::size_t i = 1; i < s.todo.size(); ++i)
        s.todo[i - 1] = s.todo[i];
    s.todo.back() = 0;
    --s.todo_count;
}

bool is_wanted(int slot, const state& s, release_code holder) {
    return is_bot(slot) ? belongs(slot, holder) && s.spec.replicas() > 0
                        : ordinal_of(slot) <= s.spec.replicas();
}

void deed_done(state& n, byte code) {
    auto& p = n.at(slot_of(code));
    pop_todo(n);
    switch (deed_of(code)) {
    case deed::create:
        p.lost_create = 0;
        if (p.is(life_of::absent)) p.set(life_of::created);
        break;
    case deed::start:
        // An answered call ends the lost ones before it (A1).
        p.lost_start = p.lost_stop = 0;
        if (p.is(life_of::absent) || p.runs()) break;
        if (p.cut) {
            p.netless = 1;
            drop_todo(n);
            break;
        }
        p.set(life_of::running);
        p.set(health_of::starting);
        p.fresh = 0;
        break;
    case deed::stop:
        p.stopping = 1;
        p.answered = 0;
        break;
    case deed::remove:
        if (p.runs()) {
            drop_todo(n);
            break;
        }
        if (p.retiring) n.rec.ghosts = 1;
        p = place{};
        break;
    case deed::publish:
        n.written = n.rec.promised;
        n.written_now = 1;
        n.dirty = 1;
        n.late = 0;
        break;
    case deed::prepare:
        n.prepared = 1;
        break;
    case deed::ask:
        n.tried = 1;
        break;
    case deed::networks:
        break;
    }
}

} // namespace

void nature::ours(const state& s) {
    if (s.todo_count > 0) {
        deeds(s);
        return;
    }
    const auto& d = planner_.decide(s);
    if (!d.changes && d.broken == 0) return;
    commit(add(s, move::pass), d);
    out_->back().broken = judge_pass(s, d);
    if (s.faults == 0 || std::memcmp(&d.rec, &s.rec, sizeof d.rec) == 0) return;
    fault(s, move::commit_fails);
    if (d.todo_count > 0) {
        auto& next = fault(s, move::commit_unheard);
        commit(next, d);
        drop_todo(next);
    }
}

const char* nature::judge_ledger(const state& before, const decision& d) const {
    const int gained = d.rec.rejected & ~before.rec.rejected;
    const bool asked = d.rec.held == aborted_code || d.rec.held == rolled_back_code;
    const bool unanswered = world_.approval_ends && phase_of(before) == phase::awaiting_approval &&
                            before.rec.passed(phase_timer);
    for (int r = 0; r < revisions(); ++r)
        if (((gained >> r) & 1) && !asked && !before.faulty && !unanswered &&
            temper_of(r) == temper::good)
            return "no fault, and yet a good revision is rejected";
    const int forgotten = before.rec.rejected & ~d.rec.rejected;
    if (forgotten != 0 && !before.rec.retry.exists() && !is_to_go(before) &&
        static_cast<phase>(d.rec.now_in) != phase::deleting)
        return "S5: the ledger forgets a rejection that nobody asked to try again";
    if (d.rec.held != 0 && before.rec.held == 0 && d.rec.held != frozen_code &&
        ((d.rec.rejected >> d.rec.held_what.revision()) & 1) == 0)
        return "S5: held for a revision that the ledger does not know";
    return nullptr;
}

const char* nature::judge_pass(const state& before, const decision& d) {
    if (d.broken != 0) return planner_.complaint(d).c_str();
    if (const auto* broken = judge_ledger(before, d)) return broken;
    const auto is_seen_ready = [&](int i) {
        return before.at(i).is_ready() || before.at(i).hidden;
    };
    const bool reverts = static_cast<phase>(d.rec.now_in) == phase::reverting &&
                         phase_of(before) != phase::reverting && d.rec.held == reverted_code;
    bool origin_lives = false;
    for (int i = 0; i < slots_at_most; ++i)
        if (belongs(i, d.rec.origin) && is_web(i) && is_seen_ready(i)) origin_lives = true;
    if (reverts && !origin_lives) return "S1: reverts to a colour that has no ready replica";
    const bool is_new = d.rec.stable.value != before.rec.stable.value && d.rec.stable.exists();
    if (is_new && d.rec.stable.is(d.rec.serving) && d.rec.held != rolled_back_code)
        for (int i = 0; i < slots_at_most; ++i)
            if (belongs(i, d.rec.stable) && is_wanted(i, before, d.rec.holder) && !is_seen_ready(i))
                return "S6: becomes stable while it is not healthy";
    return nullptr;
}

void nature::deeds(const state& s) {
    const auto code = s.todo[0];
    deed_done(add(s, move::deed_done), code);
    if (s.faults > 0) deed_faults(s, code);
}

void nature::deed_faults(const state& s, byte code) {
    const auto kind = deed_of(code);
    drop_todo(fault(s, move::deed_fails));
    if (kind == deed::create || kind == deed::start) {
        // It may still land, or never: that is a step of its own.
        auto& next = fault(s, move::deed_lost);
        auto& p = next.at(slot_of(code));
        if (kind == deed::create) p.lost_create = 1;
        if (kind == deed::start) p.lost_start = 1;
        drop_todo(next);
        auto& no = fault(s, move::deed_refused);
        no.refused.value = static_cast<byte>(1 + revision_of(slot_of(code)));
        drop_todo(no);
    }
    if (kind == deed::create) {
        auto& never = fault(s, move::deed_impossible);
        never.refused.value = static_cast<byte>(8 | (1 + revision_of(slot_of(code))));
        drop_todo(never);
    }
    if (kind == deed::remove || kind == deed::publish) {
        auto& next = fault(s, move::deed_unheard);
        deed_done(next, code);
        if (kind == deed::publish) next.written_now = 0; // for all we know
        drop_todo(next);
    }
    if (kind == deed::prepare) {
        auto& next = fault(s, move::prepare_fails);
        next.prepared = 2;
        drop_todo(next);
    }
}

} // namespace alcedo::checker
