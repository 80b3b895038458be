// What an app waits for, in one sentence, and until when.

#include "reconcilers/blue_green/conditions.hpp"
#include "reconcilers/blue_green/draft.hpp"
#include "reconcilers/blue_green/status.hpp"

namespace alcedo {

namespace {

std::string proxy_of(const situation& s) {
    switch (s.traffic) {
    case traffic_state::unwritten:
        return "the promised weights to be written";
    case traffic_state::pending:
        return "the proxy to confirm the weights";
    case traffic_state::late:
        return "the proxy to confirm the weights (late; promised again until it does)";
    case traffic_state::unknown:
        return "the proxy to be seen again";
    case traffic_state::confirmed:
        return "";
    }
    return "";
}

std::string verifying(const situation& s) {
    if (!s.attempt->all_ready || !s.attempt->exclusive_ready) return missing_in(*s.attempt);
    if (!s.attempt_routed()) return "";
    if (!s.confirmed) return proxy_of(s);
    if (s.seen.tried == try_answer::cannot_reach)
        return "the proxy to reach " + named(s.attempt->what) + ": " + s.seen.try_message;
    if (s.seen.tried == try_answer::unasked) return "an answer through the proxy";
    return "the checks of its routes";
}

std::string preparing(const situation& s) {
    const auto& p = s.seen.prepared;
    if (p.is == preparation::state::waiting && !p.message.empty()) return p.message;
    return "images, networks and files of " + named(*s.rec.attempt);
}

std::string shifting(const situation& s) {
    if (!s.confirmed) return proxy_of(s);
    if (!s.attempt->all_ready) return missing_in(*s.attempt);
    return "the end of this step";
}

/// The hour itself does not change while the window runs; a window that stands still has none.
std::string window_end(const situation& s) {
    const auto& window = s.desired.spec.watch.window;
    const auto& watch = s.rec.timers.window;
    if (!window || !watch.is_running()) return "";
    const auto end = s.now.wall + *window - watch.elapsed(s.now);
    return " at " + rfc3339(std::chrono::round<seconds>(end));
}

std::string watching(const situation& s) {
    if (s.superseded_in_window())
        return "the watch window of " + named(s.attempt->what) + " to close" + window_end(s) +
               ", before " + named(s.target) + " replaces the stable colour; `alcedo promote " +
               s.desired.spec.name + "` closes it now";
    if (!s.confirmed) return proxy_of(s);
    if (!s.attempt->all_ready || !s.attempt->exclusive_ready) return missing_in(*s.attempt);
    return "the watch window to close";
}

std::string handover(const situation& s) {
    if (!s.elsewhere.empty()) return s.elsewhere.front()->name + " to be gone";
    return missing_in(*s.attempt);
}

std::string draining(const situation& s) {
    if (!s.confirmed) return proxy_of(s);
    return "connections to the old colour to end";
}

std::string resting(const situation& s) {
    const auto& serving = s.rec.serving;
    if (s.rec.now_in == phase::held || s.rec.deleted) return "";
    if (serving && s.is_target(*serving)) return s.confirmed ? "" : proxy_of(s);
    if (serving && serving->colored == s.target.colored) {
        const auto here = to_string(serving->colored);
        return "edited " + here +
               " (serving): set activeColor: " + to_string(other(serving->colored)) +
               " to ship it, or use auto";
    }
    return s.paused ? "the end of the pause, to roll out " + named(s.target) : "";
}

std::optional<milliseconds> left(const stopwatch& watch, milliseconds span, const moment& now) {
    if (!watch.is_running()) return std::nullopt;
    return std::max(milliseconds{0}, span - watch.elapsed(now));
}

} // namespace

std::string waiting_for(const situation& s) {
    if (!s.docker_known) return "the container engine to be seen again";
    if (s.rec.rebuilding) return "a second look that agrees with the record made again";
    if (s.blocked && (s.before || s.resting)) return s.seen.blocked_message;
    if (s.stands_withheld() && !s.after) return s.seen.withheld.message;
    if (s.paused && s.rec.attempt && s.rec.now_in != phase::reverting)
        return "the end of the pause, to go on with " + named(*s.rec.attempt);
    switch (s.rec.now_in) {
    case phase::idle:
    case phase::held:
        return resting(s);
    case phase::preparing:
        return s.attempt ? preparing(s) : "";
    case phase::starting:
        if (!s.attempt) return "";
        return s.seen.hindered.empty() ? missing_in(*s.attempt) : s.seen.hindered;
    case phase::verifying:
        return s.attempt ? verifying(s) : "";
    case phase::awaiting_approval:
        return "approval: `alcedo promote " + s.desired.spec.name + "`";
    case phase::shifting:
        return s.attempt ? shifting(s) : "";
    case phase::handover:
        return s.attempt ? handover(s) : "";
    case phase::draining:
        return draining(s);
    case phase::watching:
        return s.attempt ? watching(s) : "";
    case phase::reverting:
        return s.confirmed ? "connections to the failed colour to end" : proxy_of(s);
    case phase::deleting:
        return s.confirmed ? "containers and networks to be removed" : proxy_of(s);
    }
    return "";
}

std::optional<milliseconds> deadline_of(const situation& s) {
    const auto& spec = s.desired.spec;
    const auto& timers = s.rec.timers;
    switch (s.rec.now_in) {
    case phase::starting:
    case phase::verifying:
        return left(timers.phase, spec.health.timeout, s.now);
    case phase::shifting:
        if (s.rec.step >= s.steps()) return std::nullopt;
        return left(timers.phase, s.paths.steps[static_cast<std::size_t>(s.rec.step)].hold, s.now);
    case phase::handover:
        return left(timers.phase, s.handover_timeout(), s.now);
    case phase::draining:
    case phase::reverting:
    case phase::deleting:
        return left(timers.phase, s.paths.drain_timeout, s.now);
    case phase::watching:
        if (!spec.watch.window) return std::nullopt;
        return left(timers.window, *spec.watch.window, s.now);
    case phase::awaiting_approval:
        if (!s.paths.approval_timeout) return std::nullopt;
        return left(timers.phase, *s.paths.approval_timeout, s.now);
    case phase::idle:
    case phase::preparing:
    case phase::held:
        return std::nullopt;
    }
    return std::nullopt;
}

std::string waiting_for(const desired_state* desired, const observation& seen, const record& r,
                        const moment& now) {
    if (!desired) return "a manifest that can be read";
    return waiting_for(make_situation(*desired, seen, r, now));
}

std::optional<milliseconds> deadline_of(const desired_state* desired, const observation& seen,
                                        const record& r, const moment& now) {
    if (!desired) return std::nullopt;
    return deadline_of(make_situation(*desired, seen, r, now));
}

} // namespace alcedo
