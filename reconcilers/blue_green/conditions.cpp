// The condition table of SPEC §3: what is said of an app, and when it flips.

#include "reconcilers/blue_green/conditions.hpp"

#include "reconcilers/blue_green/clocks.hpp"
#include "reconcilers/blue_green/draft.hpp"
#include "reconcilers/blue_green/status.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

/// What one condition should be. "" = absent; `keep` = no verdict yet, it stays as it was.
struct wanted {
    std::string status;
    std::string reason;
    std::string message;
    bool keep = false;
};

wanted absent() {
    return {};
}
wanted as_it_was() {
    return {"", "", "", true};
}
wanted make(const char* status, std::string_view reason, std::string message) {
    return {status, std::string(reason), std::move(message), false};
}

/// Ready, and whether the app is on its way (Reconciling) or stuck (Stalled) with it.
struct standing {
    wanted ready;
    bool reconciling = false;
    bool stalled = false;
};

standing moving(const char* status, std::string_view reason, std::string message) {
    return {make(status, reason, std::move(message)), true, false};
}
standing stuck(std::string_view reason, std::string message) {
    return {make("False", reason, std::move(message)), false, true};
}

/// Late even if the same promise was just made again: making it again confirms nothing.
bool is_overdue(const situation& s) {
    return !s.confirmed && s.traffic != traffic_state::unknown &&
           (s.seen.traffic_overdue || s.seen.traffic == traffic_state::late);
}

standing at_rest(const situation& s, const std::string& waiting) {
    const auto& serving = s.rec.serving;
    if (!serving || !s.is_target(*serving)) {
        if (serving && serving->colored == s.target.colored)
            return stuck(reason::ServingColorOutdated, waiting);
        if (s.paused) return moving("False", reason::Paused, waiting);
        return moving("Unknown", reason::NewGeneration, waiting);
    }
    const std::string message = named(*serving) + " serves what the spec asks for";
    if (s.serving->all_ready && s.serving->exclusive_ready)
        return {make("True", reason::Serving, message), false, false};
    const auto missing = missing_in(*s.serving);
    const bool is_down =
        s.serving->any_sick || s.serving->exclusive_sick || s.serving->is_given_up();
    if (s.budget_of(serving->colored) == 0 && is_down)
        return stuck(reason::RepairsExhausted,
                     named(*serving) + " was repaired as often as allowed; " + missing);
    return moving("False", reason::Repairing, missing);
}

std::string_view reason_of(phase p) {
    static const auto names = [] {
        std::array<std::string, 12> all;
        for (int i = 0; i <= static_cast<int>(phase::deleting); ++i)
            all[static_cast<std::size_t>(i)] = to_string(static_cast<phase>(i));
        return all;
    }();
    return names[static_cast<std::size_t>(p)];
}

std::string_view rollout_reason(const situation& s) {
    if (s.rec.now_in == phase::preparing && s.seen.prepared.is == preparation::state::waiting &&
        !s.seen.prepared.reason.empty())
        return s.seen.prepared.reason;
    if (s.verified() && s.seen.tried == try_answer::cannot_reach) return reason::ProxyCannotReach;
    if (s.superseded_in_window()) return reason::WindowOpen;
    return reason_of(s.rec.now_in);
}

standing judge(const situation& s, const std::string& waiting) {
    if (s.rec.now_in == phase::deleting || s.rec.deleted)
        return moving("False", s.rec.deleted ? reason::Deleted : reason::Deleting, waiting);
    // No generation is accepted while the engine is away.
    if (!s.docker_known)
        return moving("Unknown", reason::EngineUnknown,
                      "the container engine cannot be seen: " + s.seen.docker_error);
    // In whatever phase it is: nothing goes on.
    if (s.rec.held && s.rec.held->kind == hold_kind::violation)
        return stuck(reason::Violation, s.rec.held->message);
    if (s.rec.rebuilding) return moving("Unknown", reason::RecordRebuilt, waiting);
    if (s.rec.manifest_digest != s.desired.manifest_digest)
        return moving("Unknown", reason::NewGeneration, "a new generation was accepted");
    if (s.traffic == traffic_state::unknown)
        return moving("Unknown", reason::TrafficUnknown,
                      "the proxy cannot be seen: " + s.seen.traffic_error);
    if (!s.seen.blocked_reason.empty()) return stuck(s.seen.blocked_reason, s.seen.blocked_message);
    if (s.rec.now_in == phase::held && s.rec.held)
        return stuck(s.rec.held->reason, s.rec.held->message);
    const auto& waits = s.seen.withheld;
    if (s.stands_withheld())
        return waits.reason == reason::TrafficUnknown
                   ? moving("Unknown", waits.reason, waits.message)
                   : stuck(waits.reason, waits.message);
    const auto& refused = s.seen.refused;
    if (s.resting && refused && s.serving && !s.serving->all_ready &&
        refused->revision == s.serving->what.revision)
        return stuck(refused->reason, refused->message);
    if (s.resting) return at_rest(s, waiting);
    return moving("False", rollout_reason(s), waiting);
}

wanted available(const situation& s) {
    if (!s.docker_known)
        return make("Unknown", reason::EngineUnknown, "the container engine cannot be seen");
    if (s.traffic == traffic_state::unknown)
        return make("Unknown", reason::TrafficUnknown, "the proxy cannot be seen");
    if (!s.rec.serving) return make("False", reason::NothingServes, "no colour serves");
    const auto who = named(*s.rec.serving);
    // Without routes, what is exclusive may be all there is.
    const bool lacks = s.serving->routed.empty() && !s.serving->exclusive_ready;
    if (!s.serving->any_ready || lacks)
        return make("False", reason::NotReady, who + ": " + missing_in(*s.serving));
    if (is_overdue(s) || s.seen.traffic_differs)
        return make("False", reason::WeightsUnconfirmed,
                    "the proxy has not confirmed the weights: " + s.seen.traffic_error);
    if (!s.confirmed) return as_it_was();
    return make("True", reason::Serving, who + " has a ready replica of every routed service");
}

wanted traffic_applied(const situation& s) {
    if (s.rec.traffic.content.routes.empty() && s.confirmed) return absent();
    if (s.seen.traffic_differs && s.traffic != traffic_state::unknown)
        return make("False", reason::Refused,
                    "the proxy shows something else: " + s.seen.traffic_error);
    if (is_overdue(s))
        return make("Unknown", reason::TrafficLate,
                    "the proxy has not confirmed in time: " + s.seen.traffic_error);
    switch (s.traffic) {
    case traffic_state::confirmed:
        return make("True", reason::Applied, "the proxy applied what was promised");
    case traffic_state::unknown:
        return make("Unknown", reason::NotSeen,
                    "the proxy cannot be seen: " + s.seen.traffic_error);
    case traffic_state::unwritten:
    case traffic_state::pending:
    case traffic_state::late:
        return as_it_was();
    }
    return absent();
}

wanted rolled_back(const record& r) {
    if (!r.held) return absent();
    const auto kind = r.held->kind;
    if (kind != hold_kind::reverted && kind != hold_kind::rolled_back) return absent();
    return make("True", r.held->reason, r.held->message);
}

wanted paused(const situation& s) {
    if (!s.paused) return absent();
    return make("True", reason::Paused,
                s.desired.spec.paused ? "spec.paused is set" : "paused on request");
}

void put(record& r, const char* type, wanted w, const moment& now) {
    const bool exists = std::any_of(r.conditions.begin(), r.conditions.end(),
                                    [&](const condition& c) { return c.type == type; });
    if (w.keep && exists) return;
    if (w.keep) w = make("Unknown", reason::NotSeen, "no verdict yet");
    set_condition(
        r,
        {type, std::move(w.status), std::move(w.reason), std::move(w.message), milliseconds{0}, 0},
        now);
}

} // namespace

void set_condition(record& r, condition wanted, const moment& now) {
    const auto at = std::find_if(r.conditions.begin(), r.conditions.end(),
                                 [&](const condition& c) { return c.type == wanted.type; });
    if (wanted.status.empty()) {
        if (at != r.conditions.end()) r.conditions.erase(at);
        return;
    }
    wanted.transition_wall = now.wall;
    wanted.observed_generation = r.observed_generation;
    if (at == r.conditions.end()) {
        r.conditions.push_back(std::move(wanted));
        std::sort(r.conditions.begin(), r.conditions.end(),
                  [](const condition& a, const condition& b) { return a.type < b.type; });
        return;
    }
    if (at->status == wanted.status) wanted.transition_wall = at->transition_wall;
    *at = std::move(wanted);
}

void update_conditions(record& r, const situation& s) {
    const auto is = judge(s, waiting_for(s));
    put(r, "Ready", is.ready, s.now);
    const auto with = [&](bool on, const char* type) {
        if (is.ready.keep) return;
        put(r, type, on ? make("True", is.ready.reason, is.ready.message) : absent(), s.now);
    };
    with(is.reconciling, "Reconciling");
    with(is.stalled, "Stalled");
    put(r, "Available", available(s), s.now);
    put(r, "TrafficApplied", traffic_applied(s), s.now);
    put(r, "Paused", paused(s), s.now);
    put(r, "RolledBack", rolled_back(r), s.now);
}

void update_conditions(record& r, const desired_state* desired, const observation& seen,
                       const moment& now) {
    if (desired) update_conditions(r, make_situation(*desired, seen, r, now));
}

void update_conditions(record& next, const record& before, const desired_state* desired,
                       const observation& seen, const moment& now) {
    if (desired)
        update_conditions(next, afterwards(next, make_situation(*desired, seen, before, now)));
}

} // namespace alcedo
