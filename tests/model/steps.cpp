#include "steps.hpp"

namespace alcedo::checker {

namespace {

phase phase_of(const state& s) {
    return static_cast<phase>(s.rec.now_in);
}

} // namespace

void forget_memory(state& s) {
    s.todo_count = 0;
    s.prepared = s.tried = s.late = 0;
    s.refused = {0};
    for (auto& p : s.places) {
        if (p.stopping) p.lost_stop = 1;
        p.stopping = p.answered = p.hidden = p.netless = 0;
        if (p.is(life_of::exited))
            p.falls = p.put ? (p.falls > 0 ? 1 : 0) : 1;
        else
            p.falls = 0;
    }
}

state& nature::add(const state& s, move m, int arg) {
    auto& made = out_->emplace_back();
    made.by = {m, static_cast<byte>(arg)};
    made.next = s;
    return made.next;
}

state& nature::fault(const state& s, move m, int arg) {
    auto& next = add(s, m, arg);
    --next.faults;
    next.faulty = 1;
    return next;
}

void nature::successors(const state& s, std::vector<successor>& out) {
    out.clear();
    out_ = &out;
    ours(s);
    containers(s);
    proxy(s);
    if (s.todo_count == 0) clocks(s);
    if (s.faults > 0) engine_faults(s);
    if (s.edits > 0 && s.todo_count == 0) edits(s);
    for (auto& one : out)
        finish(s, one);
    std::erase_if(out, [&](const successor& x) {
        return !x.broken && std::memcmp(&x.next, &s, sizeof s) == 0;
    });
}

void nature::finish(const state&, successor& x) {
    normalise(x.next);
    if (!x.broken) x.broken = broken_in(x.next);
}

bool nature::can_get_ready(int slot) const {
    const auto kind = temper_of(revision_of(slot));
    return kind != (is_web(slot)   ? temper::never_ready
                    : is_bot(slot) ? temper::bot_never_ready
                                   : temper::rehearsal_never_ready);
}

void nature::containers(const state& s) {
    for (int i = 0; i < slots_at_most; ++i) {
        const auto& p = s.at(i);
        if (p.lost_create || p.lost_start || p.lost_stop) late_calls(s, i);
        if (p.is(life_of::absent) && !p.hidden) continue;
        const auto kind = temper_of(revision_of(i));
        const bool starting = p.runs() && p.health == static_cast<unsigned>(health_of::starting);
        if (starting && !p.retiring && can_get_ready(i) && s.todo_count == 0)
            add(s, move::becomes_ready, i).at(i).set(health_of::ready);
        if (p.hidden && s.todo_count == 0) {
            auto& seen = add(s, move::refreshed, i).at(i);
            seen.hidden = 0;
            if (seen.is(life_of::exited) && seen.falls < 2) seen.falls = (seen.falls + 1) & 3;
        }
        if (p.stopping) {
            auto& n = add(s, move::stop_done, i);
            const char* broken = stop_now(n, i);
            n.at(i).stopping = n.at(i).lost_stop = n.at(i).lost_start = 0;
            n.at(i).answered = 1;
            n.at(i).hidden = 0; // the answer tells what the list did not
            out_->back().broken = broken;
        }
        if (kind == temper::turns_bad && p.is_ready() && lists(s.applied, i) && !p.retiring)
            add(s, move::turns_bad, i).at(i).set(health_of::sick);
        if (s.faults > 0) container_faults(s, i);
    }
}

void nature::late_calls(const state& s, int i) {
    const auto& p = s.at(i);
    if (p.lost_stop && p.runs()) {
        auto& n = add(s, move::stop_lands, i);
        const char* broken = stop_now(n, i);
        n.at(i).lost_stop = 0;
        out_->back().broken = broken;
    }
    if (p.lost_start && !p.runs() && !p.is(life_of::absent)) {
        auto& q = add(s, move::start_lands, i).at(i);
        q.lost_start = 0;
        if (!q.cut) {
            q.fresh = 0;
            q.set(life_of::running);
            q.set(health_of::starting);
        }
    }
    if (p.lost_create && p.is(life_of::absent)) {
        auto& q = add(s, move::create_lands, i).at(i);
        q.lost_create = 0;
        q.set(life_of::created);
    }
}

void nature::container_faults(const state& s, int i) {
    const auto& p = s.at(i);
    const auto end = [](place& q) {
        q.set(life_of::exited);
        q.set(health_of::starting);
    };
    if (p.stopping) {
        auto& q = fault(s, move::stop_lost, i).at(i);
        q.stopping = 0;
        q.lost_stop = 1;
    }
    if (p.hidden) return;
    auto& gone = fault(s, move::removed, i);
    if (gone.at(i).retiring) gone.rec.ghosts = 1;
    gone.at(i) = place{};
    // The engine keeps a network as long as somebody who runs is on it.
    if (world_.networks_go && !p.runs() && !p.cut) fault(s, move::network_taken, i).at(i).cut = 1;
    if (!p.runs()) return;
    auto& q = fault(s, move::exits, i).at(i);
    end(q);
    if (q.falls < 2) q.falls = (q.falls + 1) & 3;
    auto& r = fault(s, move::restarts, i).at(i);
    r.set(health_of::starting);
    if (r.falls < 2) r.falls = (r.falls + 1) & 3;
    if (!p.is_ready()) return;
    fault(s, move::sickens, i).at(i).set(health_of::sick);
    auto& h = fault(s, move::stale_exit, i).at(i);
    end(h);
    h.hidden = 1;
}

void nature::proxy(const state& s) {
    if (s.dirty && !s.has_read) {
        auto& n = add(s, move::reads);
        n.read = n.written;
        n.read_now = n.written_now;
        n.has_read = 1;
        n.dirty = 0;
        if (s.faults > 0) fault(s, move::proxy_misses).dirty = 0;
    }
    if (s.has_read) {
        auto& n = add(s, move::applies);
        n.applied = n.read;
        n.applied_now = n.read_now;
        n.has_read = 0;
    }
    const bool awaited = s.written_now && !s.applied_now && !s.unseen && !s.late;
    if (awaited && !s.dirty && !s.has_read && s.todo_count == 0) add(s, move::seen_late).late = 1;
    if (awaited && (s.dirty || s.has_read) && s.faults > 0) fault(s, move::proxy_slow).late = 1;
    if (s.unseen && s.todo_count == 0) add(s, move::proxy_back).unseen = 0;
}

/// Nothing but the deadline ends this attempt: a sick replica does not recover by itself.
bool nature::never_gets_ready(const state& s) const {
    const auto who = s.rec.attempt;
    if (!who.exists()) return true;
    const bool hands_over = phase_of(s) == phase::handover;
    const bool needs_bot = world_.exclusive && s.rec.holder.is(who);
    for (int i = 0; i < slots_at_most; ++i) {
        if (!who.resolved() || who.color() != color_of(i) || who.revision() != revision_of(i))
            continue;
        const bool is_needed = is_bot(i)         ? needs_bot
                               : is_rehearsal(i) ? world_.rehearses && !needs_bot && !hands_over
                                                 : !hands_over && ordinal_of(i) == 1;
        if (is_needed && !can_get_ready(i)) return true;
        const bool sick =
            s.at(i).runs() && s.at(i).health == static_cast<unsigned>(health_of::sick);
        if (sick && (is_bot(i) || !hands_over)) return true;
    }
    return !who.resolved();
}

void nature::clocks(const state& s) {
    if (s.blind) add(s, move::docker_back).blind = 0;
    const auto over = [&](timer t, bool free) {
        auto& n = free ? add(s, move::timer_over, t) : fault(s, move::deadline_over, t);
        n.rec.pass(t);
        // Handed over is only what was confirmed out of the document before: that time counts, too.
        const auto in = phase_of(s);
        const bool drains = t == retire_timer || in == phase::draining || in == phase::handover ||
                            in == phase::reverting || in == phase::deleting;
        if (!drains || (t != retire_timer && t != phase_timer)) return;
        for (int i = 0; i < slots_at_most; ++i)
            if (!lists(n.applied, i)) n.at(i).carried = 0;
    };
    for (const auto t : {phase_timer, window_timer, standby_timer, retire_timer}) {
        if (!s.rec.runs(t) || s.rec.passed(t)) continue;
        const auto p = phase_of(s);
        const bool is_deadline =
            t == phase_timer &&
            (p == phase::starting || p == phase::verifying || p == phase::handover);
        const bool free = !is_deadline || never_gets_ready(s);
        if (t == phase_timer && p == phase::shifting && s.rec.step > 0) continue;
        if (free || s.faults > 0) over(t, free);
    }
    for (int c = 0; c < 2; ++c) {
        const auto& b = s.rec.budgets[c];
        if (b.running && !b.waited && b.left == 1)
            add(s, move::back_off_over, c).rec.budgets[c].waited = 1;
        if (!b.running || b.refilled || s.faults == 0) continue;
        auto& after = fault(s, move::ten_minutes, c).rec.budgets[c];
        after.waited = after.refilled = 1;
    }
    bool young = false;
    for (const auto& p : s.places)
        if (p.noted && !p.aged) young = true;
    if (!world_.late_days || !young) return;
    for (auto& p : add(s, move::day_over).places)
        if (p.noted) p.aged = 1;
}

void nature::engine_faults(const state& s) {
    forget_memory(fault(s, move::crash));
    if (!s.blind) fault(s, move::docker_away).blind = 1;
    if (!s.unseen && world_.routed) {
        fault(s, move::proxy_away).unseen = 1;
        auto& n = fault(s, move::proxy_restart);
        n.unseen = 1;
        n.applied = n.written;
        n.applied_now = n.written_now;
        n.dirty = n.has_read = n.read_now = 0;
    }
    for (const auto m : {move::engine_up, move::engine_down, move::engine_down_unseen}) {
        auto& n = fault(s, m);
        for (auto& p : n.places) {
            if (p.stopping) p.lost_stop = 1;
            p.stopping = p.hidden = 0;
            if (p.is(life_of::absent) || p.is(life_of::created)) continue;
            if (m == move::engine_up && !p.cut) {
                p.set(life_of::running);
                p.set(health_of::starting);
            } else if (p.runs()) {
                p.set(life_of::exited);
                p.fresh = m == move::engine_down;
                if (m == move::engine_down_unseen && p.falls < 2) p.falls = (p.falls + 1) & 3;
            }
        }
    }
}

} // namespace alcedo::checker
