#include "controller/cli/render_describe.hpp"

#include "controller/cli/fields.hpp"
#include "controller/cli/render_evidence.hpp"
#include "controller/cli/render_get.hpp"
#include "controller/cli/render_spec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alcedo::cli {

namespace {

std::string line(const std::string& title, const std::string& value) {
    return value.empty() ? "" : fmt::format("{:<12}{}\n", title + ":", value);
}

std::string source_text(const json& source) {
    if (!source.is_object()) return {};
    auto out = text_at(source, "kind") + " " + text_at(source, "url");
    if (const auto ref = text_at(source, "ref"); !ref.empty()) out += " " + ref;
    if (const auto path = text_at(source, "path"); !path.empty()) out += ", " + path;
    return out;
}

std::string commit_text(const json& source) {
    const auto commit = short_commit(text_at(source, "commit"));
    if (commit.empty()) return {};
    auto out = commit;
    if (const auto subject = text_at(source, "subject"); !subject.empty())
        out += fmt::format(" \"{}\"", subject);
    if (const auto author = text_at(source, "author"); !author.empty()) out += " by " + author;
    return out;
}

std::string phase_line(const json& app, milliseconds now, const palette& paint) {
    const auto phase = text_at(app, "status.phase");
    if (phase.empty()) return {};
    auto out = paint(look_of_phase(phase), phase);
    if (const auto since = time_text(at(app, "status.phaseSince"), now); !since.empty())
        out += " since " + since;
    return out;
}

std::string ready_text(const json& app) {
    const auto& ready = condition_of(app, "Ready");
    auto out = text_at(ready, "status", "Unknown");
    if (const auto reason = text_at(ready, "reason"); !reason.empty()) out += " " + reason;
    if (const auto message = text_at(ready, "message"); !message.empty()) out += ": " + message;
    return out;
}

std::string head(const json& app, milliseconds now, const palette& paint) {
    const auto serving = text_at(app, "status.activeColor");
    const auto& source = at(app, "status.source");
    std::string out = line("Name", paint(look::strong, text_at(app, "metadata.name")));
    out += line("Desired", desired_text(app));
    out +=
        line("Serving", serving.empty() ? "nothing yet" : paint(look_of_color(serving), serving));
    out += line("Weights", weights_text(at(app, "status.weights")));
    out += line("Phase", phase_line(app, now, paint));
    out += line("Ready", ready_text(app));
    if (is_true(app, "Paused"))
        out += line("Paused", text_at(condition_of(app, "Paused"), "message"));
    out += line("Waits for", text_at(app, "status.waitingFor"));
    out += line("Until", time_text(at(app, "status.deadline"), now));
    out += line("Source", source_text(source));
    out += line("Commit", commit_text(source));
    out += line("Observed", time_text(at(source, "observedAt"), now));
    out +=
        line("Generation", fmt::format("{} (observed {})", text_at(app, "metadata.generation", "?"),
                                       text_at(app, "status.observedGeneration", "?")));
    return out;
}

std::string section(const std::string& title, const std::string& body, const palette& paint) {
    return body.empty() ? "" : "\n" + paint(look::strong, title) + "\n" + body;
}

std::string role_of(const json& app, const std::string& color) {
    const auto revision = short_revision_in(at(app, "status.revisions." + color));
    const auto stable = short_revision_in(at(app, "status.revisions.stable"));
    std::vector<std::string> roles;
    if (text_at(app, "status.activeColor") == color) roles.emplace_back("serving");
    if (text_at(app, "status.target.color") == color) roles.emplace_back("target");
    if (!revision.empty() && revision == stable) roles.emplace_back("stable");
    if (text_at(app, "status.standby.color") == color) roles.emplace_back("standby");
    return fmt::format("{}", fmt::join(roles, ", "));
}

std::string render_colors(const json& app, milliseconds now, const palette& paint) {
    std::vector<table_row> rows;
    for (const std::string color : {"blue", "green"}) {
        const auto& replicas = at(app, "status.replicas." + color);
        const auto& weights = at(app, "status.weights");
        const auto revision = short_revision_in(at(app, "status.revisions." + color));
        table_row row;
        row.cells = {
            {"  " + color, look_of_color(color)},
            {revision.empty() ? "-" : revision},
            {fmt::format("{}/{}", number_at(replicas, "ready"), number_at(replicas, "desired"))},
            {weights.is_object() && !weights.empty() ? fmt::format("{}", number_at(weights, color))
                                                     : "-"},
            {role_of(app, color)}};
        if (text_at(app, "status.standby.color") == color)
            if (const auto until = time_text(at(app, "status.standby.until"), now); !until.empty())
                row.notes.push_back("    warm until " + until);
        rows.push_back(std::move(row));
    }
    auto out = render_table({"  COLOR", "REVISION", "READY", "WEIGHT", "ROLE"}, rows, paint);
    std::vector<std::string> rejected;
    for (const auto& entry : items_at(app, "status.revisions.rejected"))
        rejected.push_back(short_revision_in(entry));
    if (!rejected.empty()) out += fmt::format("  not tried again: {}\n", fmt::join(rejected, ", "));
    return out;
}

std::string render_conditions(const json& app, milliseconds now, const palette& paint) {
    std::vector<table_row> rows;
    for (const auto& condition : items_at(app, "status.conditions")) {
        table_row row;
        row.cells = {{"  " + text_at(condition, "type")},
                     {text_at(condition, "status")},
                     {text_at(condition, "reason")},
                     {age_text(at(condition, "lastTransitionTime"), now)},
                     {text_at(condition, "message")}};
        rows.push_back(std::move(row));
    }
    if (rows.empty()) return {};
    return render_table({"  TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"}, rows, paint);
}

std::string render_events(const json& app, milliseconds now, const palette& paint) {
    std::vector<table_row> rows;
    for (const auto& event : items_at(app, "status.events")) {
        const auto type = text_at(event, "type");
        table_row row;
        row.cells = {{"  " + age_text(at(event, "at"), now)},
                     {type, type == "Warning" ? look::bad : look::plain},
                     {text_at(event, "reason")},
                     {text_at(event, "message")}};
        rows.push_back(std::move(row));
    }
    if (rows.empty()) return {};
    return render_table({"  AGE", "TYPE", "REASON", "MESSAGE"}, rows, paint);
}

std::string render_lines(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& each : lines)
        out += "  " + each + "\n";
    return out;
}

} // namespace

std::string render_description(const json& app, milliseconds now, const palette& paint) {
    auto out = head(app, now, paint);
    const auto hold = render_hold(app, now, paint);
    if (!hold.empty()) out += "\n" + hold;
    if (hold.empty()) out += section("Way out", render_lines(ways_out(app)), paint);
    std::vector<std::string> notes;
    for (const auto& note : items_at(app, "status.notes"))
        notes.push_back(text_at(note, ""));
    out += section("Notes", render_lines(notes), paint);
    std::vector<std::string> errors;
    for (const auto& wrong : items_at(app, "status.manifestErrors"))
        errors.push_back(text_at(wrong, ""));
    out += section("Manifest errors", render_lines(errors), paint);
    out += section("Colours", render_colors(app, now, paint), paint);
    out += section("Checks", render_checks(items_at(app, "status.checks"), false, paint), paint);
    out += section("Spec", render_spec(at(app, "spec"), paint), paint);
    out += section("Conditions", render_conditions(app, now, paint), paint);
    out += section("Events", render_events(app, now, paint), paint);
    return out;
}

} // namespace alcedo::cli
