#include "controller/engine/pass_report.hpp"

#include "reconcilers/blue_green/status.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr int log_lines_kept = 20;

condition source_condition(const source_synced& is, const record& r) {
    condition c;
    c.type = "SourceSynced";
    c.status = is.ok ? "True" : "False";
    c.reason = is.reason;
    c.message = is.message;
    c.observed_generation = r.observed_generation;
    return c;
}

/// A source that went wrong, or right again, is news of the app; that it was right at first is not.
void tell_source(const source_synced& is, plan& decided, const moment& now) {
    auto& next = decided.next;
    const auto was = std::find_if(next.conditions.begin(), next.conditions.end(),
                                  [](const condition& c) { return c.type == "SourceSynced"; });
    const bool was_ok = was == next.conditions.end() || was->status == "True";
    if (is.ok == was_ok && (is.ok || is.reason == was->reason)) return;
    event_entry said{now.wall, is.ok ? "Normal" : "Warning", is.reason,
                     is.ok ? "the manifest is read again, without errors" : is.message};
    decided.events.push_back(said);
    next.events.push_back(std::move(said));
    if (next.events.size() > events_kept) next.events.erase(next.events.begin());
}

} // namespace

void note_source(const source_synced& is, plan& decided, const moment& now) {
    tell_source(is, decided, now);
    set_condition(decided.next, source_condition(is, decided.next), now);
}

task<json> evidence_of(runtime& docker, std::shared_ptr<app_memory> memory, hold about) {
    json checks = json::array();
    for (const auto& status : memory->seen.checks) {
        if (status.color != to_string(about.what.colored)) continue;
        checks.push_back(to_json(status));
    }
    json logs = json::object();
    json containers = json::array();
    for (const auto& one : memory->seen.replicas) {
        if (one.colored != about.what.colored || one.revision != about.what.revision) continue;
        const auto id = one.id;
        auto lines = co_await docker.logs(id, log_lines_kept);
        if (lines) logs[one.name] = *lines;
        json state{{"name", one.name},
                   {"state", to_string(one.state)},
                   {"exitCode", one.exit_code},
                   {"exits", one.exits},
                   {"health", one.docker_unhealthy ? "unhealthy" : to_string(one.ready)}};
        containers.push_back(std::move(state));
    }
    json out{{"checks", checks}, {"containers", containers}, {"logs", logs}};
    co_return out;
}

task<json> last_words_of(runtime& docker, std::shared_ptr<app_memory> memory,
                         std::vector<std::string> ids) {
    json logs = json::object();
    for (const auto& id : ids) {
        const auto* one = memory->find(id);
        if (!one) continue;
        const auto name = one->name;
        auto lines = co_await docker.logs(id, log_lines_kept);
        if (lines) logs[name] = *lines;
    }
    co_return logs;
}

void tell_pass(event_sink& events, const std::string& app, const plan& decided,
               const std::string& outcome, milliseconds took, bool wrote) {
    pass_finished pass;
    pass.app = app;
    pass.rule = decided.rule;
    pass.outcome = outcome;
    pass.took = took;
    pass.actions = static_cast<int>(decided.actions.size());
    pass.wrote = wrote;
    events.emit(pass);
    for (const auto& entry : decided.events) {
        happened h;
        h.level = entry.type == "Warning" ? severity::warning : severity::info;
        h.app = app;
        h.reason = entry.reason;
        h.message = entry.message;
        events.emit(h);
    }
}

void tell_state(event_sink& events, const publisher& proxy, const std::string& app,
                const record& r) {
    app_changed changed;
    changed.app = app;
    changed.now_in = r.now_in;
    changed.blue_desired = r.traffic.weight(color::blue);
    changed.green_desired = r.traffic.weight(color::green);
    if (const auto confirmed = proxy.confirmed(app)) {
        changed.blue_confirmed = confirmed->weight(color::blue);
        changed.green_confirmed = confirmed->weight(color::green);
    }
    changed.held = r.held;
    changed.gone = r.deleted;
    events.emit(changed);
}

} // namespace alcedo
