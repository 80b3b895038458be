#pragma once
// A shop in a make-believe world, and short words for what tests do to it: deploy, flip, break,
// let time pass. Every pass is held against the invariants.

#include "reconcilers/blue_green/invariants.hpp"
#include "reconcilers/blue_green/make_plan.hpp"
#include "reconcilers/blue_green/rules.hpp"
#include "reconcilers/blue_green/status.hpp"
#include "reconcilers/blue_green/world.hpp"

#include <functional>
#include <string>
#include <vector>

namespace alcedo::testing {

/// "r1" → "v1:r1000…": 64 characters, the first eight tell revisions apart.
std::string digest_of(const std::string& revision);

/// The digest of the rehearsal that `rehearse` asks for.
inline constexpr const char* rehearsal_digest = "0123456789abcdef";

/// A spec with one routed service `web` (1 replica, port 8080) and, if asked for, an unrouted
/// `worker` and an exclusive `bot`; both colours alike but for their revision.
struct shop_options {
    bool worker = false;
    bool bot = false;
    bool rehearse = false; ///< the bot
    bool routes = true;
    int replicas = 1;
};
desired_state shop(color active, const std::string& blue, const std::string& green,
                   shop_options = {});
/// The same app with other colours, revisions or settings: a new generation.
void edit(world&, color active, const std::string& blue, const std::string& green);
void edit(world&, const std::function<void(app_spec&)>&);

/// A world in which nothing runs yet.
world empty_world(desired_state);
/// Blue r1 serves, is stable, Idle; green is still to come (r2 in the spec).
world blue_serves(shop_options = {});
/// As before, and the line is flipped to green r2.
world flipped(shop_options = {});

/// One pass: planned, judged by the invariants, applied whole. Gives the plan.
plan pass(world&);
/// One pass, nothing applied.
plan look(const world&);
/// Passes (and lets time go on to each wake) until `done`; the names of the rules that did
/// something. Fails the test after 400 passes.
std::string run_until(world&, const std::function<bool(const world&)>& done);
/// A crash after every action of every pass on the way; `check` sees where each of them ended.
void crash_after_any_action(world, const std::function<bool(const world&)>& done,
                            const std::function<void(world&)>& check);
/// Until a pass changes nothing and nothing is timed within the next day.
std::string run_to_rest(world&);
void walk_to(world&, phase);
/// Until the next pass would match this rule.
void walk_to_rule(world&, const std::string& rule);

bool changes(const world&, const plan&);
void set_ready(world&, const std::string& container, readiness);
/// Every replica of a colour.
void set_ready(world&, color, readiness);
void fall(world&, const std::string& container, int code = 1);   ///< ends by itself
std::string actions_of(const plan&);                             ///< "create …, start …"
std::string condition_of(const world&, const std::string& type); ///< "True Serving"; "" = absent

extern const std::string blue_r1; ///< container of blue's web at r1
extern const std::string green_r2;
extern const std::string blue_bot; ///< container of blue's bot at r1
extern const std::string green_bot;
extern const std::string green_rehearsal; ///< of green's bot at r2

} // namespace alcedo::testing
