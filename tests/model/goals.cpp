#include "goals.hpp"

namespace alcedo::checker {

namespace {

struct rest {
    const state& s;
    const world_kind& w;

    phase in() const { return static_cast<phase>(s.rec.now_in); }
    bool paused() const { return s.rec.paused != 0 || s.spec.paused(); }
    int ready(release_code r) const {
        int n = 0;
        for (int i = 0; i < slots_at_most; ++i)
            if (belongs(i, r) && is_web(i) && s.at(i).is_ready() && !s.at(i).retiring) ++n;
        return n;
    }
    bool any_ready(release_code r) const { return ready(r) > 0; }
    bool all_ready(release_code r) const { return ready(r) >= s.spec.replicas(); }
    bool spent(release_code r) const { return r.exists() && s.rec.budgets[r.color()].left == 0; }
    /// By hand: what the spec asks for.
    release_code target() const {
        const auto wanted = [&](int c) { return release_code::of(c, s.spec.revision(c), true); };
        if (s.spec.active() < 2) return wanted(s.spec.active());
        const auto serving = s.rec.serving;
        if (!serving.exists()) return wanted(0);
        if (wanted(serving.color()).is(serving)) return serving;
        return wanted(1 - serving.color());
    }
    bool leftover_runs() const {
        for (int i = 0; i < slots_at_most; ++i)
            if (s.at(i).runs() && !belongs(i, s.rec.serving) && !belongs(i, s.rec.standby) &&
                !belongs(i, s.rec.attempt) && !belongs(i, s.rec.origin))
                return true;
        return false;
    }
    bool wanted_ready(release_code r) const {
        for (int i = 0; i < slots_at_most; ++i)
            if (belongs(i, r) && is_web(i) && ordinal_of(i) <= s.spec.replicas() &&
                s.at(i).is_ready())
                return true;
        return false;
    }
    /// But for one that is all there is to send anybody to.
    bool surplus_runs() const {
        const bool needed = !wanted_ready(s.rec.serving);
        for (int i = 0; i < slots_at_most; ++i)
            if (s.at(i).runs() && belongs(i, s.rec.serving) && is_web(i) &&
                ordinal_of(i) > s.spec.replicas() && !(needed && lists(s.rec.promised, i)))
                return true;
        return false;
    }
    bool bot_ready(release_code r) const {
        if (!w.exclusive) return true;
        for (int i = 0; i < slots_at_most; ++i)
            if (is_bot(i) && belongs(i, r) && s.at(i).is_ready() && !s.at(i).retiring) return true;
        return false;
    }
    /// Ready, or it runs and its revision's never gets ready: nothing is left to repair.
    bool bot_runs(release_code r) const {
        if (bot_ready(r)) return true;
        if (w.revisions[static_cast<std::size_t>(r.revision())] != temper::bot_never_ready)
            return false;
        for (int i = 0; i < slots_at_most; ++i)
            if (is_bot(i) && belongs(i, r) && s.at(i).runs() && !s.at(i).retiring) return true;
        return false;
    }
    /// A container of it is gone, and was refused for ever under this generation.
    bool is_lost(release_code r) const {
        if (!r.exists() || !s.refused.for_ever() || s.refused.revision() != r.revision())
            return false;
        for (int i = 0; i < slots_at_most; ++i) {
            const bool is_wanted =
                is_bot(i) ? w.exclusive && s.rec.holder.is(r) : ordinal_of(i) <= s.spec.replicas();
            if (belongs(i, r) && is_wanted && s.at(i).is(life_of::absent)) return true;
        }
        return false;
    }
    bool bot_missing(release_code r) const { return s.rec.holder.is(r) && !bot_ready(r); }
    /// Existence is the lock: nothing may be left of it but the holder's.
    bool bot_elsewhere() const {
        for (int i = 0; i < slots_at_most; ++i)
            if (!is_web(i) && !s.at(i).is(life_of::absent) &&
                (is_rehearsal(i) || !belongs(i, s.rec.holder)))
                return true;
        return false;
    }
    /// Requests go to somebody dead while somebody else of the three lives.
    bool dead_weight() const {
        // Paused before the switch: nobody new gets weight, whoever dies meanwhile.
        const bool waits = paused() && in() < phase::shifting;
        const auto attempt = waits ? release_code{0} : s.rec.attempt;
        const release_code known[] = {s.rec.serving, attempt, s.rec.origin};
        bool anybody = false, weighted_dead = false;
        for (const auto r : known)
            if (any_ready(r)) anybody = true;
        for (int c = 0; c < 2; ++c) {
            const auto part = s.applied.of[c];
            if (!part.defined() || part.weight() == 0) continue;
            if (!any_ready(release_code::of(c, part.revision(), true))) weighted_dead = true;
        }
        return anybody && weighted_dead;
    }
};

verdict wrong(const char* text) {
    return {false, text};
}
verdict named(const char* text) {
    return {true, text};
}

/// A spent budget explains why nothing is repaired, if it was spent under this generation.
verdict stalled(const rest& r, release_code who) {
    if (r.is_lost(who)) return named("cannot be made again");
    if (!r.spent(who)) return wrong("a repair is left undone");
    if (((r.s.spent >> who.color()) & 1) == 0)
        return wrong("a repair budget spent under an older generation is why it is Stalled");
    return named("stalled");
}

verdict judge_deleted(const rest& r) {
    for (const auto& p : r.s.places)
        if (!p.is(life_of::absent)) return wrong("deleted, and a container is left");
    if (r.s.applied.has_weight()) return wrong("deleted, and a router is left");
    return named("deleted");
}

verdict judge_resting(const rest& r) {
    const auto& rec = r.s.rec;
    if (r.leftover_runs()) return wrong("a leftover runs on");
    if (r.surplus_runs()) return wrong("more replicas run than are wanted");
    if (r.bot_elsewhere()) return wrong("an exclusive container that is not the holder's is left");
    if (rec.held == 1 + static_cast<int>(hold_kind::frozen)) return named("frozen");
    if (r.w.exclusive && !rec.serving.is(rec.holder) && rec.serving.exists())
        return wrong("who serves does not hold the exclusive services");
    if (rec.serving.exists() && !(r.all_ready(rec.serving) && r.bot_runs(rec.serving))) {
        const auto why = stalled(r, rec.serving);
        if (!why.good) return why;
    }
    const auto target = r.target();
    const bool serves = rec.serving.is(target);
    if (r.in() == phase::held) {
        if (serves) return wrong("held, though what is wanted serves");
        if (rec.held_what.revision() != target.revision())
            return wrong("held for something else: a newer spec is ignored");
        return named("held");
    }
    if (serves) return r.all_ready(rec.serving) ? named("up to date") : named("stalled");
    if (rec.serving.exists() && rec.serving.color() == target.color())
        return named("serving color outdated");
    return wrong("idle, and a newer spec is ignored");
}

verdict judge_paused(const rest& r) {
    const auto& rec = r.s.rec;
    const bool after = r.in() == phase::shifting || r.in() == phase::handover ||
                       r.in() == phase::draining || r.in() == phase::watching;
    if (after && rec.origin.exists() && r.any_ready(rec.origin) && !r.any_ready(rec.attempt) &&
        r.w.failure == on_failure::revert)
        return wrong("paused, and a revert is left undone");
    if (rec.serving.exists() && !r.any_ready(rec.serving) && r.in() != phase::reverting &&
        !r.spent(rec.serving) && !r.is_lost(rec.serving))
        return wrong("paused, and a repair is left undone");
    return named("paused");
}

} // namespace

verdict judge_rest(const state& s, const world_kind& w) {
    const rest r{s, w};
    if (s.todo_count > 0) return wrong("a deed is never done");
    if (is_to_go(s)) return s.rec.deleted ? judge_deleted(r) : wrong("the deletion does not end");
    if (w.routed && s.rec.numbered && !(s.applied_now && s.applied == s.rec.promised))
        return wrong("the promise is not what Traefik applied");
    const bool frozen = s.rec.held == 1 + static_cast<int>(hold_kind::frozen);
    const bool reverts = w.failure == on_failure::revert;
    // Manual is Manual: who waits for a word is not given the weight because the other one died.
    const bool asks = static_cast<phase>(s.rec.now_in) == phase::awaiting_approval;
    if (r.dead_weight() && !frozen && !asks && (reverts || !s.rec.attempt.exists()))
        return wrong("requests go to a dead colour while another lives");
    for (const auto& p : s.places)
        if (p.retiring) return wrong("a promised stop is never done");
    if (r.paused()) return judge_paused(r);
    if (r.in() == phase::idle || r.in() == phase::held) return judge_resting(r);
    if (!s.rec.attempt.exists()) return wrong("a phase without an attempt");
    const bool is_stuck = r.in() == phase::handover && r.bot_missing(s.rec.attempt) &&
                          s.rec.origin.is(r.target()) && !r.any_ready(s.rec.origin);
    if (is_stuck) return stalled(r, s.rec.origin);
    if (!s.rec.attempt.is(r.target()) && r.in() != phase::reverting)
        return wrong("a rollout stands still, and a newer spec is ignored");
    if (r.in() == phase::awaiting_approval && r.all_ready(s.rec.attempt) && !r.w.approval_ends &&
        !s.rec.promoted.exists())
        return named("awaiting approval");
    if (r.all_ready(s.rec.attempt) && !r.bot_missing(s.rec.attempt) && r.in() != phase::reverting)
        return wrong("a rollout stands still though its colour is ready");
    if (r.any_ready(s.rec.origin) && reverts) return wrong("a revert is left undone");
    // A handover that fails goes back: that it cannot is the origin's trouble.
    const bool goes_back =
        r.in() == phase::reverting || (r.in() == phase::handover && r.bot_missing(s.rec.attempt));
    return stalled(r, goes_back && s.rec.origin.exists() ? s.rec.origin : s.rec.attempt);
}

} // namespace alcedo::checker
