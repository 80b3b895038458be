#include "controller/cli/watch_verdict.hpp"

#include "controller/cli/exit_code.hpp"
#include "controller/cli/fields.hpp"

#include <fmt/format.h>

namespace alcedo::cli {

namespace {

watch_verdict wait_for(std::string what) {
    return {{}, std::move(what)};
}

/// What a pass that is not over yet is at.
std::string meanwhile(const json& app) {
    const auto what = text_at(app, "status.waitingFor");
    return what.empty() ? "" : "; meanwhile " + text_at(app, "status.phase", "?") + ": " + what;
}

/// What must be seen before the state of the app says anything about the wish.
std::optional<watch_verdict> not_judged_yet(const watch_wish& wish, const json& app,
                                            const json& judged) {
    if (!wish.commit) return {};
    const auto commit = short_commit(*wish.commit);
    if (!flag_at(judged, "observed"))
        return wait_for(fmt::format("commit {} to be observed", commit) + meanwhile(app));
    if (flag_at(judged, "valid")) return {};
    auto message = fmt::format("the manifest of commit {} is invalid",
                               short_commit(text_at(judged, "commit", commit)));
    for (const auto& wrong : items_at(judged, "errors")) {
        const auto& place = text_at(wrong, "file");
        auto text = place.empty()
                        ? text_at(wrong, "")
                        : fmt::format("{}:{}:{}: {}: {}: {}", place, text_at(wrong, "line"),
                                      text_at(wrong, "column"), text_at(wrong, "path"),
                                      text_at(wrong, "problem"), text_at(wrong, "remedy"));
        if (text.empty()) text = text_at(wrong, "message");
        message += "\n  " + text;
    }
    return watch_verdict{exit_code::bad_commit, message};
}

std::optional<watch_verdict> not_there(const watch_wish& wish, const json& app) {
    if (app.is_object()) return {};
    if (wish.commit || wish.generation) return wait_for(fmt::format("app {} to appear", wish.app));
    return watch_verdict{exit_code::failed,
                         fmt::format("app {} is not known to the daemon", wish.app)};
}

std::optional<watch_verdict> not_planned_yet(const watch_wish& wish, const json& app) {
    const auto generation = number_at(app, "metadata.generation");
    const auto observed = number_at(app, "status.observedGeneration");
    const auto wanted = std::max(generation, wish.generation.value_or(0));
    if (observed < wanted) return wait_for(fmt::format("generation {} to be planned", wanted));
    const auto& ready = condition_of(app, "Ready");
    const auto status = text_at(ready, "status", "Unknown");
    const bool old = number_at(ready, "observedGeneration") < generation &&
                     at(ready, "observedGeneration").is_number();
    if (status == "Unknown" || old || is_true(app, "Reconciling")) {
        const auto what = text_at(app, "status.waitingFor");
        const auto phase = text_at(app, "status.phase", "?");
        return wait_for(what.empty() ? phase : phase + ": " + what);
    }
    return {};
}

std::string commit_note(const json& app) {
    const auto commit = short_commit(text_at(app, "status.source.commit"));
    if (commit.empty()) return {};
    const auto subject = text_at(app, "status.source.subject");
    return fmt::format("; judged commit {}{}", commit,
                       subject.empty() ? "" : fmt::format(" \"{}\"", subject));
}

int exit_of_hold(const std::string& kind) {
    return kind == "Rejected" || kind == "Aborted" ? exit_code::not_shipped : exit_code::came_back;
}

/// Held ends every wait, also one for Idle: nothing gets from there to Idle by itself.
watch_verdict judge_held(const json& app) {
    const auto& hold = at(app, "status.hold");
    const auto kind = text_at(hold, "kind", "?");
    const auto what =
        fmt::format("Held {} ({}): {}", kind, text_at(hold, "reason"), text_at(hold, "message"));
    return {exit_of_hold(kind), what + commit_note(app)};
}

watch_verdict judge_idle(const watch_wish& wish, const json& app) {
    const auto& ready = condition_of(app, "Ready");
    const auto reason = text_at(ready, "reason");
    const auto serving = text_at(app, "status.activeColor");
    const auto desired = text_at(app, "status.target.color", serving);
    const bool stalled = is_true(app, "Stalled");
    const bool serves =
        text_at(ready, "status") == "True" && !serving.empty() && serving == desired;
    if (wish.until == watch_wish::end::held)
        return wait_for(serves ? "Held; it is Idle and desired serves" : "Held");
    if (stalled)
        return {exit_code::not_shipped,
                fmt::format("Stalled ({}): {}", reason, text_at(ready, "message")) +
                    commit_note(app)};
    if (!serves) return wait_for("Idle: " + text_at(ready, "message", reason));
    const auto& weights = at(app, "status.weights");
    if (weights.is_object() && !flag_at(weights, "confirmed"))
        return wait_for("the proxy to confirm the weights");
    const auto revision = short_revision_in(at(app, "status.revisions." + serving));
    return {exit_code::done,
            fmt::format("Idle, {} {} serves", serving, revision) + commit_note(app)};
}

/// A broken invariant ends every wait once what was wished for was read: it is never taken in.
bool is_frozen(const watch_wish& wish, const json& app, const json& judged) {
    const bool is_read = !wish.commit || flag_at(judged, "valid");
    return is_read && text_at(app, "status.hold.kind") == "Violation" &&
           number_at(app, "metadata.generation") >= wish.generation.value_or(0);
}

} // namespace

watch_verdict judge_watch(const watch_wish& wish, const json& app, const json& judged) {
    if (is_frozen(wish, app, judged)) return judge_held(app);
    // The order matters: a commit that cannot be read says so even before there is an app.
    if (const auto early = not_judged_yet(wish, app, judged)) return *early;
    if (const auto early = not_there(wish, app)) return *early;
    if (const auto early = not_planned_yet(wish, app)) return *early;
    // Idle and Held say something only once nothing is left to do about what was read last.
    if (judged.is_object() && !flag_at(judged, "observed"))
        return wait_for("what was read last to be taken in");
    const auto phase = text_at(app, "status.phase");
    if (phase == "Held") return judge_held(app);
    if (phase == "Idle") return judge_idle(wish, app);
    if (is_true(app, "Stalled")) return judge_idle(wish, app);
    const auto what = text_at(app, "status.waitingFor");
    return wait_for(what.empty() ? phase : phase + ": " + what);
}

} // namespace alcedo::cli
