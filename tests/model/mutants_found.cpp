// Defects that were found in the shipped rules, put back: by the checker itself (101 to 103), or by
// what else tests them, as far as they can be told apart in these worlds.

#include "mutants.hpp"
#include "planted.hpp"

#include "reconcilers/model/reason.hpp"

namespace alcedo::checker {

namespace {

/// As the daemon did: what looks like a stop of the origin is not done, and nothing else is.
plan plan_that_leaves_the_origin_sick(const desired_state* d, const observation& seen,
                                      const record& rec, const moment& now) {
    auto p = make_plan(d, seen, rec, now);
    const bool stops = std::any_of(seen.replicas.begin(), seen.replicas.end(), [&](const auto& r) {
        return belongs(r, rec.origin) && p.next.retiring.contains(r.id) &&
               !rec.retiring.contains(r.id);
    });
    if (p.rule != "repair_sick" || !stops || !rec.attempt) return p;
    p.next = rec;
    p.wake = milliseconds{1};
    return p;
}

/// The row did not match at all, whatever came after it did.
plan plan_that_starts_nothing_irreproducible(const desired_state* d, const observation& seen,
                                             const record& rec, const moment& now) {
    auto p = make_plan(d, seen, rec, now);
    const bool refused = seen.refused && seen.refused->reason == reason::RevisionNotReproducible;
    if (p.rule != "exclusive_start" || !refused || !rec.holder ||
        seen.refused->revision != rec.holder->revision)
        return p;
    p.next = rec;
    p.actions.clear();
    return p;
}

bool leftovers_run(const situation& s) {
    const auto left = s.leftovers();
    return s.resting && std::any_of(left.begin(), left.end(), [&](const replica* r) {
               return r->runs() && !s.is_retiring(*r);
           });
}

void retire_leftovers(draft& d) {
    for (const auto* r : d.s.leftovers())
        if (r->runs()) d.retire(*r);
}

} // namespace

void add_found(std::vector<mutant>& all) {
    all.push_back({101, "lets a dead serving colour keep the try router of its successor away",
                   "from nothing; bad/good f0 e1",
                   with_when("promise_unkept", [](const situation& s) {
                       const bool waits =
                           s.before && s.attempt->any_ready && s.serving && !s.serving->any_ready;
                       return s.traffic == traffic_state::unwritten && !waits &&
                              publish_allowed(s.desired, s.seen, s.rec);
                   })});
    all.push_back({102, "closes a stop promise while another stop is under way",
                   "flips; good/bad f3 e1", seeing([](observation& seen) {
                       for (auto& r : seen.replicas)
                           if (!r.runs() && r.stop_pending) {
                               r.stop_answered = true;
                               r.stop_pending = false;
                           }
                   })});
    all.push_back({103, "takes the repair of a sick replica of the origin for its stop",
                   "2 replicas; good/bad f1 e1", plan_that_leaves_the_origin_sick});
    all.push_back({104, "takes a stop of its own for an end of the container's own",
                   "flips; good/good2 f0 e4",
                   keeping([](const record&, plan& p) { p.next.put_down.clear(); })});
    all.push_back(
        {105, "stops a leftover before the proxy has let go of it", "good/never/bad f0 e3", [] {
             table_copy t;
             t.row("retire_leftover").when = leftovers_run;
             t.row("retire_leftover").then = retire_leftovers;
             return t.maker();
         }()});
    all.push_back({106, "does not start what exists because it could not be made again",
                   "exclusive, then Remove; good/bad f2 e1",
                   plan_that_starts_nothing_irreproducible});
    all.push_back({107, "goes on starting a container whose network is gone",
                   "networks go; good/bad f1 e1", without({"network_gone"})});
}

} // namespace alcedo::checker
