#include "reconcilers/blue_green/rules.hpp"

#include <algorithm>

namespace alcedo {

namespace {

bool deleting(const situation& s) {
    return s.rec.now_in == phase::deleting;
}

bool runs(const situation& s, color c) {
    return std::any_of(s.seen.replicas.begin(), s.seen.replicas.end(),
                       [&](const replica& r) { return r.colored == c && r.runs(); });
}

/// Everybody who was sent here before the routers left has ended, or had `drain.timeout` to.
bool delete_drained(const situation& s) {
    if (s.rec.traffic.number == 0) return true;
    return std::all_of(both_colors.begin(), both_colors.end(), [&](color c) {
        return !runs(s, c) || s.drain_over(s.seen.open[index_of(c)], s.rec.timers.phase);
    });
}

/// But for the stops that were promised: one that is under way still lands.
void forget_everything(draft& d) {
    d.end_receipt();
    d.forget_attempt();
    d.next.serving.reset();
    d.next.stable.reset();
    d.next.standby.reset();
    d.next.holder.reset();
    d.next.lapse_wall.reset();
    d.next.held.reset();
    d.next.wished = {};
    d.next.rejected.clear();
    d.next.put_down.clear();
    d.next.stopped_at.clear();
    d.next.drained = {false, false};
    d.next.timers = {};
}

/// Who is weighted besides, was on trial when the record was lost: it is tried again from the
/// start.
void take_rebuilt(draft& d) {
    d.next.rebuilding = false;
    const auto& serving = d.next.serving;
    d.note(reason::RecordRebuilt,
           "a second look agrees: " + (serving ? named(*serving) + " serves" : "nothing serves"));
    const bool is_shared =
        serving && d.s.promised.has_weight() && !d.next.traffic.only(serving->colored);
    if (is_shared && d.s.serving->any_ready) d.promise(only(*serving));
}

void begin_deleting(draft& d) {
    d.note(reason::Deleting, "the app is being deleted: router, then containers, then networks");
    d.decide_outcome("Superseded", reason::Deleting, "the app was deleted");
    forget_everything(d);
    d.next.deleted = false;
    d.enter(phase::deleting);
    d.promise_nothing();
}

void stop_all(draft& d) {
    for (const auto& r : d.s.seen.replicas)
        if (r.runs() && !r.stop_pending) d.act(stop_container{r.id, r.name, r.revision});
}

void remove_all(draft& d) {
    for (const auto& r : d.s.seen.replicas)
        d.act(remove_container{r.id, r.name});
}

void bury(draft& d) {
    for (const auto c : both_colors)
        d.act(remove_networks{c});
    d.note(reason::Deleted, "no container is left: its networks go; volumes and receipts stay");
    d.enter(phase::idle);
    d.next.deleted = true;
    d.next.retiring.clear();
    d.next.resolved.clear();
    d.next.renderings.clear();
    d.next.manifest_digest.clear();
}

bool some_run(const situation& s) {
    return runs(s, color::blue) || runs(s, color::green);
}

constexpr rule deletion[] = {
    {"docker_unknown", [](const situation& s) { return !s.docker_known; },
     [](draft& d) { d.wake(seconds{1}); },
     "an engine that cannot be seen is not an empty one (S11)"},
    {"rebuilding", [](const situation& s) { return s.rec.rebuilding && !s.seen.rebuilt_agrees; },
     [](draft&) {}, "a record made again is acted on when two looks, a resync apart, agree"},
    {"rebuilt", [](const situation& s) { return s.rec.rebuilding; }, take_rebuilt,
     "two looks came to the same; a rollout that was under way begins anew"},
    {"delete_begins",
     [](const situation& s) { return s.desired.deleting && !deleting(s) && !s.rec.deleted; },
     begin_deleting, "a confirmed removal is carried to its end (L8)"},
    {"delete_publish",
     [](const situation& s) { return deleting(s) && s.traffic == traffic_state::unwritten; },
     [](draft& d) { d.act(publish_promise{d.next.traffic.number}); },
     "the routers leave first, so that nobody is sent to what stops next"},
    {"delete_late",
     [](const situation& s) { return deleting(s) && s.traffic == traffic_state::late; },
     [](draft& d) { d.promise_again(); }, "the proxy did not take it in time: say it again"},
    {"delete_unconfirmed", [](const situation& s) { return deleting(s) && !s.confirmed; },
     [](draft&) {}, "nothing stops before the proxy has let go (S3)"},
    {"delete_drain",
     [](const situation& s) { return deleting(s) && some_run(s) && !delete_drained(s); },
     [](draft& d) { d.wake(seconds{1}); },
     "connections end by themselves, up to drain.timeout (S3)"},
    {"delete_stop", [](const situation& s) { return deleting(s) && some_run(s); }, stop_all,
     "out of the document and drained: stop"},
    {"delete_remove", [](const situation& s) { return deleting(s) && !s.seen.replicas.empty(); },
     remove_all, "stopped: remove"},
    {"delete_ends", deleting, bury, "nothing of ours is left but volumes and receipts"},
    {"deleted_stray",
     [](const situation& s) {
         return s.desired.deleting && s.rec.deleted && !s.seen.replicas.empty();
     },
     begin_deleting, "a create that was lost landed late"},
    {"deleted", [](const situation& s) { return s.desired.deleting && s.rec.deleted; },
     [](draft&) {}, "deleted, and nothing came back"},
};

/// Rejected for something that is no part of a revision: a new generation may have brought it.
bool lies_outside(std::string_view why) {
    return why == reason::NoHealthCheck || why == reason::NetworkMissing ||
           why == reason::VolumeMissing || why == reason::MiddlewareMissing ||
           why == reason::EnvFileMissing || why == reason::EnvFileInvalid;
}

void forget_what_was_outside(draft& d) {
    auto& next = d.next;
    std::erase_if(next.rejected, [](const rejection& r) { return lies_outside(r.reason); });
    if (next.now_in != phase::held || !next.held || !lies_outside(next.held->reason)) return;
    next.held.reset();
    d.enter(phase::idle);
}

void note_generation(draft& d) {
    auto& next = d.next;
    ++next.observed_generation;
    next.manifest_digest = d.s.desired.manifest_digest;
    next.source = d.s.desired.source;
    next.deleted = false;
    d.fill_budgets();
    forget_what_was_outside(d);
    const auto& from = next.source;
    const auto by = from.author.empty() ? std::string() : " by " + from.author;
    const auto commit = from.commit.empty() ? std::string()
                                            : " (commit " + from.commit.substr(0, 12) + " \"" +
                                                  from.subject + "\"" + by + ")";
    d.note(reason::NewGeneration,
           "generation " + std::to_string(next.observed_generation) + " accepted" + commit);
}

bool may_return(const situation& s) {
    return s.origin && (s.origin->any_ready || !s.attempt->any_ready);
}

bool wishes_abort(const situation& s) {
    return s.rec.wished.abort && s.rec.attempt && same(s.rec.wished.abort, s.rec.attempt) &&
           (s.before || s.after);
}

void lapse(draft& d, const char* verb) {
    d.note(reason::WishLapsed, std::string(verb) + " lapsed: what it was said about is over");
}

bool wishes_rollback(const situation& s) {
    return s.rec.wished.rollback && same(s.rec.wished.rollback, s.rec.serving);
}

void roll_back_to_standby(draft& d) {
    auto& next = d.next;
    next.wished.rollback.reset();
    next.attempt = next.serving;
    next.origin = next.standby;
    next.stable = next.standby;
    d.revert(hold_kind::rolled_back, reason::RolledBack, "was rolled back on request");
}

constexpr rule wishes_first[] = {
    {"delete_void", [](const situation& s) { return s.rec.wished.remove; },
     [](draft& d) {
         d.next.wished.remove = false;
         lapse(d, "delete");
     },
     "a source names the app again"},
    {"new_generation",
     [](const situation& s) { return s.rec.manifest_digest != s.desired.manifest_digest; },
     note_generation, "a new generation starts with full repair budgets (L3)"},
    {"exclusive_adopted",
     [](const situation& s) { return !s.rec.holder && s.rec.serving && s.has_exclusive(); },
     [](draft& d) {
         const bool returns = d.next.now_in == phase::reverting && d.next.origin;
         d.next.holder = returns ? d.next.origin : d.next.serving;
     },
     "an exclusive service is new to the app, or the record was made before there were any"},
    {"aborted_before", [](const situation& s) { return wishes_abort(s) && s.before; },
     [](draft& d) {
         d.next.wished.abort.reset();
         d.reject(reason::Aborted, "was aborted on request", hold_kind::aborted);
     },
     "somebody said stop, and no weight had moved"},
    {"aborted_after",
     [](const situation& s) { return wishes_abort(s) && s.after && may_return(s); },
     [](draft& d) {
         d.next.wished.abort.reset();
         d.revert(hold_kind::aborted, reason::Aborted, "was aborted on request");
     },
     "somebody said stop: back to what served before"},
    {"abort_void", [](const situation& s) { return s.rec.wished.abort && !wishes_abort(s); },
     [](draft& d) {
         d.next.wished.abort.reset();
         lapse(d, "abort");
     },
     "what the wish was about is over"},
    {"rollback_attempt",
     [](const situation& s) {
         return wishes_rollback(s) && s.after && s.attempt_serves && s.origin &&
                s.origin->any_ready;
     },
     [](draft& d) {
         d.next.wished.rollback.reset();
         d.revert(hold_kind::rolled_back, reason::RolledBack, "was rolled back on request");
     },
     "the colour it came from is warm and healthy"},
    {"rollback_standby",
     [](const situation& s) {
         return wishes_rollback(s) && s.resting && !s.frozen && s.standby && s.standby->any_ready;
     },
     roll_back_to_standby, "the standby is warm and was stable"},
    {"rollback_void", [](const situation& s) { return s.rec.wished.rollback.has_value(); },
     [](draft& d) {
         d.next.wished.rollback.reset();
         lapse(d, "rollback");
     },
     "never to a revision that was not stable, or is not there"},
};

/// One row after the other, as PLANNER writes them.
constexpr auto table = [] {
    std::array<rule, std::size(deletion) + std::size(wishes_first)> all{};
    std::copy(std::begin(deletion), std::end(deletion), all.begin());
    std::copy(std::begin(wishes_first), std::end(wishes_first), all.begin() + std::size(deletion));
    return all;
}();

} // namespace

std::span<const rule> rules_that_protect() {
    return table;
}

} // namespace alcedo
