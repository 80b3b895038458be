#include "controller/cli/watch_lines.hpp"

#include "controller/cli/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace alcedo::cli {

namespace {

using lines = std::vector<std::string>;

struct step {
    const json& before;
    const json& after;
    milliseconds now;
    const palette& paint;

    bool differs(std::string_view path) const { return at(before, path) != at(after, path); }
};

void add_commit(const step& s, lines& out) {
    const auto commit = short_commit(text_at(s.after, "status.source.commit"));
    if (commit.empty() || !s.differs("status.source.commit")) return;
    const auto subject = text_at(s.after, "status.source.subject");
    out.push_back(fmt::format("commit   {} \"{}\" by {}", commit, subject,
                              text_at(s.after, "status.source.author", "?")));
}

void add_phase(const step& s, lines& out) {
    const auto phase = text_at(s.after, "status.phase");
    const bool entered = s.differs("status.phase") || s.differs("status.phaseSince");
    if (phase.empty() || (!entered && !s.differs("status.waitingFor"))) return;
    auto line = (entered ? "phase    " : "waiting  ") + s.paint(look_of_phase(phase), phase);
    if (const auto what = text_at(s.after, "status.waitingFor"); !what.empty()) line += "  " + what;
    if (const auto until = time_text(at(s.after, "status.deadline"), s.now); !until.empty())
        line += "  until " + until;
    out.push_back(std::move(line));
}

void add_target(const step& s, lines& out) {
    const auto& target = at(s.after, "status.target");
    if (!target.is_object() || !s.differs("status.target")) return;
    const auto color = text_at(target, "color");
    out.push_back("target   " + s.paint(look_of_color(color), color) + " " +
                  short_revision_in(target));
}

void add_weights(const step& s, lines& out) {
    const auto text = weights_text(at(s.after, "status.weights"));
    if (text.empty() || !s.differs("status.weights")) return;
    out.push_back("weights  " + text);
}

void add_replicas(const step& s, lines& out) {
    for (const std::string color : {"blue", "green"}) {
        const auto path = "status.replicas." + color;
        const auto& replicas = at(s.after, path);
        if (!replicas.is_object() || !s.differs(path)) continue;
        const auto ready = number_at(replicas, "ready");
        const auto desired = number_at(replicas, "desired");
        if (at(s.before, path).is_null() && desired == 0) continue;
        out.push_back(fmt::format("replicas {} {}/{} ready", s.paint(look_of_color(color), color),
                                  ready, desired));
    }
}

std::map<std::string, json> checks_of(const json& app) {
    std::map<std::string, json> out;
    for (const auto& check : items_at(app, "status.checks"))
        out[fmt::format("{} {} {}", text_at(check, "name"), text_at(check, "color"),
                        text_at(check, "container"))] = check;
    return out;
}

void add_checks(const step& s, lines& out) {
    const auto before = checks_of(s.before);
    for (const auto& [key, check] : checks_of(s.after)) {
        const auto verdict = text_at(check, "verdict");
        const auto old = before.find(key);
        if (old != before.end() && text_at(old->second, "verdict") == verdict) continue;
        const auto& samples = items_at(check, "evidence");
        const auto container = text_at(check, "container");
        out.push_back(
            fmt::format("check    {} ({}) {}: {}{}", text_at(check, "name"), text_at(check, "kind"),
                        container.empty() ? text_at(check, "color") : container,
                        s.paint(verdict == "Failing" ? look::bad : look::plain, verdict),
                        samples.empty() ? "" : ", " + text_at(samples.back(), "summary")));
    }
}

void add_conditions(const step& s, lines& out) {
    const auto phase = text_at(s.after, "status.phase");
    for (const auto& condition : items_at(s.after, "status.conditions")) {
        const auto type = text_at(condition, "type");
        const auto& old = condition_of(s.before, type);
        const auto status = text_at(condition, "status");
        const auto reason = text_at(condition, "reason");
        if (text_at(old, "status") == status && text_at(old, "reason") == reason) continue;
        if (reason == phase) continue; // the phase has its own line
        const auto message = text_at(condition, "message");
        out.push_back(fmt::format("state    {}={} {}{}", type, status, reason,
                                  message.empty() ? "" : ": " + message));
    }
}

void add_events(const step& s, lines& out) {
    const auto& old = items_at(s.before, "status.events");
    // What lies before the first look is history: `describe` has it.
    if (!s.before.is_object()) return;
    for (const auto& event : items_at(s.after, "status.events")) {
        if (std::find(old.begin(), old.end(), event) != old.end()) continue;
        const bool warning = text_at(event, "type") == "Warning";
        out.push_back("event    " + s.paint(warning ? look::bad : look::plain,
                                            fmt::format("{}: {}", text_at(event, "reason"),
                                                        text_at(event, "message"))));
    }
}

void add_hold(const step& s, lines& out) {
    const auto& hold = at(s.after, "status.hold");
    const auto& old = at(s.before, "status.hold");
    if (!hold.is_object() || (at(old, "since") == at(hold, "since") && old.is_object())) return;
    out.push_back("held     " + s.paint(look::bad, fmt::format("{} ({}): {}", text_at(hold, "kind"),
                                                               text_at(hold, "reason"),
                                                               text_at(hold, "message"))));
}

} // namespace

std::vector<std::string> changes_between(const json& before, const json& after, milliseconds now,
                                         const palette& paint) {
    const step s{before, after, now, paint};
    lines out;
    if (!after.is_object()) return out;
    add_commit(s, out);
    add_target(s, out);
    add_phase(s, out);
    add_replicas(s, out);
    add_checks(s, out);
    add_weights(s, out);
    add_events(s, out);
    add_hold(s, out);
    add_conditions(s, out);
    return out;
}

std::string status_line(const json& app, milliseconds now, const palette& paint) {
    const auto phase = text_at(app, "status.phase", "unknown");
    auto out = paint(look_of_phase(phase), phase);
    for (const auto& part :
         {weights_text(at(app, "status.weights")), text_at(app, "status.waitingFor")})
        if (!part.empty()) out += "  " + part;
    const auto deadline = time_in(at(app, "status.deadline"));
    if (deadline && *deadline > now) out += "  " + human_duration(*deadline - now) + " left";
    return out;
}

} // namespace alcedo::cli
