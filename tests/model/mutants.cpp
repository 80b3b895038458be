#include "mutants.hpp"
#include "planted.hpp"

#include "reconcilers/blue_green/rehearsal.hpp"

#include <algorithm>

namespace alcedo::checker {

namespace {

bool is_reverting(const situation& s) {
    return s.rec.now_in == phase::reverting;
}

bool strangers_run(const situation& s) {
    if (s.rec.now_in != phase::starting || !s.rec.attempt) return false;
    const auto all = s.others_in(s.rec.attempt->colored, *s.rec.attempt);
    return std::any_of(all.begin(), all.end(),
                       [&](const replica* r) { return r->runs() && !s.is_retiring(*r); });
}

bool surplus_runs(const situation& s) {
    const auto all = s.surplus(s.serving);
    return s.resting &&
           std::any_of(all.begin(), all.end(), [](const slot* x) { return x->at->runs(); });
}

void retire_surplus(draft& d) {
    for (const auto* x : d.s.surplus(d.s.serving))
        if (x->at->runs()) d.retire(*x->at);
}

bool standby_is_over(const situation& s) {
    return s.rec.standby && !is_reverting(s) &&
           s.rec.timers.standby.elapsed(s.now) >= s.desired.spec.standby.keep_for;
}

void drop_standby(draft& d) {
    for (const auto& r : d.s.seen.replicas)
        if (r.runs() && belongs(r, d.next.standby)) d.retire(r);
    d.next.standby.reset();
}

/// The older standby's clock goes on for whoever has its colour now.
plan plan_with_standby_by_color(const plan_maker& make, const desired_state* d,
                                const observation& seen, const record& rec, const moment& now) {
    auto p = make(d, seen, rec, now);
    const bool forgets = p.rule == "begin" || p.rule == "shift_begins" || p.rule == "shift_all";
    if (!forgets || !rec.standby || p.next.standby) return p;
    p.next.standby = rec.standby;
    p.next.timers.standby = rec.timers.standby;
    return p;
}

plan_maker standby_by_color() {
    table_copy t;
    auto first = t.row("standby_expired");
    first.when = standby_is_over;
    first.then = [](draft& d) {
        for (const auto& r : d.s.seen.replicas)
            if (r.runs() && r.colored == d.next.standby->colored && !d.s.is_retiring(r))
                d.retire(r);
        d.next.standby.reset();
    };
    t.insert_before("finish_retiring", first);
    return [make = t.maker()](const desired_state* d, const observation& seen, const record& rec,
                              const moment& now) {
        return plan_with_standby_by_color(make, d, seen, rec, now);
    };
}

void add_traffic(std::vector<mutant>& all) {
    all.push_back({1, "reverts without looking whether the origin is ready", "good/bad f1 e1",
                   with_when("drift_revert", [](const situation& s) {
                       return s.attempt_bad && !s.frozen && s.origin.has_value();
                   })});
    all.push_back({2, "goes on, and stops, without the proxy's word", "good/never/bad f0 e3",
                   seeing([](observation& seen) {
                       if (seen.traffic == traffic_state::pending)
                           seen.traffic = traffic_state::confirmed;
                   })});
    all.push_back(
        {3, "takes equal content for the proxy's word", "scaling; good f0 e2", make_plan, true});
    all.push_back({9, "clears a colour without the proxy's word", "good/never/bad f0 e3",
                   with_when("clear_stop", strangers_run)});
    all.push_back({10, "switches when any replica is ready", "2 replicas; good/bad f1 e1",
                   with_when("shift_all", [](const situation& s) {
                       return s.rec.now_in == phase::verifying && s.attempt && s.attempt->any_ready;
                   })});
    all.push_back(
        {12, "scales down before the omission is confirmed", "2 replicas, scaling; good f1 e1", [] {
             table_copy t;
             t.row("scale_down").when = surplus_runs;
             t.row("scale_down").then = retire_surplus;
             return t.maker();
         }()});
    all.push_back({24, "writes a promise without looking again", "good/bad f2 e1",
                   with_when("promise_unkept", [](const situation& s) {
                       return s.traffic == traffic_state::unwritten;
                   })});
    all.push_back({27, "touches containers before the weights of a revert", "good/bad f2 e1", [] {
                       table_copy t;
                       t.swap_parts_of("promise_unkept", "finish_retiring");
                       return t.maker();
                   }()});
}

void add_stops(std::vector<mutant>& all) {
    all.push_back({6, "takes an unknown engine for an empty one", "good/bad f2 e1",
                   seeing([](observation& seen) { seen.docker_known = true; })});
    all.push_back(
        {11, "stops the standby on its own clock, inside the window", "good/never/bad f0 e3", [] {
             table_copy t;
             auto first = t.row("standby_expired");
             first.when = standby_is_over;
             first.then = drop_standby;
             t.insert_before("finish_retiring", first);
             return t.maker();
         }()});
    all.push_back({13, "keeps the standby by colour, not by revision", "flips; good/good2 f1 e2",
                   standby_by_color()});
    all.push_back({14, "stops without a promise", "2 replicas, scaling; good f1 e1",
                   with_then("scale_down", [](draft& d) {
                       for (const auto* x : d.s.surplus(d.s.serving))
                           d.act(stop_container{x->at->id, x->at->name, x->at->revision});
                   })});
    all.push_back({26, "takes a container that is down for the answer to its stop",
                   "good/bad f3 e2", seeing([](observation& seen) {
                       for (auto& r : seen.replicas)
                           if (!r.runs()) r.stop_answered = true;
                   })});
}

bool is_of_the_bot(const slot& x, slot::state is) {
    return x.exclusive && x.wanted && x.is == is;
}

bool bot_is(const situation& s, slot::state is) {
    if (!s.holder) return false;
    const bool may_try = !s.seen.refused || s.repair_due(s.holder->what.colored);
    return may_try && !(s.before && same(s.rec.holder, s.rec.attempt)) &&
           std::any_of(s.holder->slots.begin(), s.holder->slots.end(),
                       [&](const slot& x) { return is_of_the_bot(x, is); });
}

plan plan_blind_to_stopped_bots(const desired_state* d, const observation& seen, const record& rec,
                                const moment& now) {
    auto wrong = seen;
    std::erase_if(wrong.replicas, [&](const replica& r) {
        return r.marked_exclusive && !r.runs() && !is_holders(rec, r);
    });
    return make_plan(d, wrong, rec, now);
}

/// But for those that are wanted: they gate, and are ended as they should be.
plan plan_blind_to_old_rehearsals(const desired_state* d, const observation& seen,
                                  const record& rec, const moment& now) {
    auto wrong = seen;
    std::erase_if(wrong.replicas, [&](const replica& r) {
        return r.is_rehearsal() && !r.runs() && !is_wanted_rehearsal(*d, rec, r);
    });
    return make_plan(d, wrong, rec, now);
}

void add_exclusive(std::vector<mutant>& all) {
    all.push_back({4, "exclusive: stopped is enough, nothing is removed",
                   "flips, exclusive; good/bad f2 e1", plan_blind_to_stopped_bots, false, false});
    all.push_back({5, "exclusive: the new one starts first", "flips, exclusive; good/bad f2 e1",
                   [] {
                       table_copy t;
                       t.row("exclusive_create").when = [](const situation& s) {
                           return bot_is(s, slot::state::absent);
                       };
                       t.row("exclusive_start").when = [](const situation& s) {
                           return bot_is(s, slot::state::fresh) || bot_is(s, slot::state::stopped);
                       };
                       t.swap_parts_of("exclusive_remove", "exclusive_create");
                       return t.maker();
                   }(),
                   false, false});
    all.push_back({28, "rehearsal: stopped is enough, nothing is removed",
                   "flips, exclusive, rehearsed; good/bad f2 e2", plan_blind_to_old_rehearsals,
                   false, false});
    all.push_back({29, "rehearsal: switches without its word",
                   "flips, exclusive, rehearsed; good/unrehearsed f1 e1",
                   seeing([](observation& seen) {
                       for (auto& r : seen.replicas)
                           if (r.is_rehearsal() && r.runs()) r.ready = readiness::ready;
                   })});
}

void add_memory(std::vector<mutant>& all) {
    all.push_back({7, "lets any edit clear the ledger", "good/never/bad f0 e3",
                   keeping([](const record&, plan& p) {
                       if (p.rule == "new_generation") p.next.rejected.clear();
                   })});
    all.push_back(
        {8, "takes the stable colour at once, inside the window", "good/never/bad f0 e3", [] {
             table_copy t;
             auto first = t.row("window_given_up");
             first.when = [](const situation& s) { return s.superseded_in_window(); };
             t.insert_before("finish_retiring", first);
             return t.maker();
         }()});
    all.push_back({15, "does not see a revert's target die", "flips; bad/good f0 e2",
                   without({"revert_points_wrong", "revert_abandoned"})});
    all.push_back(
        {16, "has no repair budget", "from nothing; bad f0 e0", keeping([](const record&, plan& p) {
             for (auto& b : p.next.budgets)
                 b.left = 5;
         })});
    all.push_back({17, "does not remember a rejection", "good/never/bad f0 e3",
                   keeping([](const record& before, plan& p) {
                       if (p.next.rejected.size() > before.rejected.size())
                           p.next.rejected = before.rejected;
                   })});
    all.push_back({18, "does not fill the repair budgets for a new generation",
                   "from nothing; bad/good f0 e1", keeping([](const record& before, plan& p) {
                       if (p.rule == "new_generation") p.next.budgets = before.budgets;
                   })});
    all.push_back({19, "lets a pause block a revert", "verbs; good/bad f1 e2", [] {
                       table_copy t;
                       t.pause_from("drift_revert");
                       return t.maker();
                   }()});
    all.push_back({21, "closes the window whatever health says", "good/bad f2 e1",
                   with_when("stable", [](const situation& s) {
                       const auto& window = s.desired.spec.watch.window;
                       return s.rec.now_in == phase::watching && s.attempt && window &&
                              s.rec.timers.window.elapsed(s.now) >= *window;
                   })});
    all.push_back({25, "drops a superseded attempt with its weight", "good/never/bad f0 e3",
                   with_then("superseded_after", [](draft& d) {
                       d.end_attempt("Superseded", reason::Superseded, "superseded");
                   })});
}

} // namespace

std::vector<mutant> all_mutants() {
    std::vector<mutant> all;
    add_traffic(all);
    add_exclusive(all);
    add_stops(all);
    add_memory(all);
    add_found(all);
    std::sort(all.begin(), all.end(),
              [](const mutant& a, const mutant& b) { return a.number < b.number; });
    return all;
}

} // namespace alcedo::checker
