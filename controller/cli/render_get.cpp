#include "controller/cli/render_get.hpp"

#include "controller/cli/fields.hpp"

#include <fmt/format.h>

namespace alcedo::cli {

namespace {

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

std::string other_of(const std::string& color) {
    return color == "blue" ? "green" : "blue";
}

std::string phase_text(const json& app) {
    const auto phase = text_at(app, "status.phase", "-");
    const auto kind = text_at(app, "status.hold.kind");
    return (is_held(app) && !kind.empty() ? phase + "/" + kind : phase) +
           (is_true(app, "Paused") ? " (paused)" : "");
}

look look_of_status(const std::string& ready) {
    if (ready == "True") return look::good;
    return ready == "False" ? look::bad : look::busy;
}

std::string replicas_text(const json& app, const std::string& color) {
    const auto& replicas = at(app, "status.replicas." + color);
    if (!replicas.is_object()) return "-";
    return fmt::format("{}/{}", number_at(replicas, "ready"), number_at(replicas, "desired"));
}

std::string serving_revision(const json& app) {
    const auto serving = text_at(app, "status.activeColor");
    return serving.empty() ? "" : short_revision_in(at(app, "status.revisions." + serving));
}

std::vector<cell> plain_cells(const json& app, milliseconds now) {
    const auto serving = text_at(app, "status.activeColor");
    const auto ready = text_at(condition_of(app, "Ready"), "status", "Unknown");
    const auto phase = phase_text(app);
    return {{or_dash(text_at(app, "metadata.name")), look::strong},
            {desired_text(app), look_of_color(text_at(app, "spec.activeColor"))},
            {or_dash(serving), look_of_color(serving)},
            {or_dash(weights_text(at(app, "status.weights")))},
            {phase, look_of_phase(phase)},
            {ready, look_of_status(ready)},
            {or_dash(serving_revision(app))},
            {or_dash(age_text(at(app, "metadata.creationTimestamp"), now))}};
}

void add_wide_cells(const json& app, std::vector<cell>& cells) {
    cells.push_back({or_dash(text_at(condition_of(app, "Ready"), "reason"))});
    cells.push_back({replicas_text(app, "blue")});
    cells.push_back({replicas_text(app, "green")});
    cells.push_back({or_dash(text_at(app, "status.standby.color"))});
    cells.push_back({or_dash(short_commit(text_at(app, "status.source.commit")))});
    cells.push_back({or_dash(text_at(app, "status.source.path"))});
}

/// SPEC §2: the sentence for an edit of the colour that serves.
std::string edited_serving(const json& app) {
    const auto serving = text_at(app, "status.activeColor");
    return fmt::format("edited {} (serving): set activeColor: {} to ship it, or use auto", serving,
                       other_of(serving));
}

std::string held_text(const json& app) {
    const auto& hold = at(app, "status.hold");
    const auto serving = text_at(app, "status.activeColor");
    auto out = fmt::format("held ({}): {}", text_at(hold, "reason", "no reason given"),
                           text_at(hold, "message", "see `alcedo describe`"));
    const auto name = text_at(app, "metadata.name");
    if (text_at(hold, "kind") == "Violation")
        return out + fmt::format("; `alcedo plan {} --explain` shows the rule, or commit another "
                                 "revision",
                                 name);
    out += "; commit another revision";
    // What is frozen serves and is bad: the way back is the colour before it, kept warm.
    if (text_at(hold, "kind") == "Frozen")
        return out + fmt::format(", set activeColor: {}, or `alcedo rollback {}`",
                                 other_of(serving), name);
    if (!serving.empty()) out += fmt::format(", revert the commit to what {} serves", serving);
    return out + fmt::format(", or `alcedo retry {}`", name);
}

} // namespace

std::vector<json> apps_in(const json& list_or_app) {
    if (list_or_app.is_object() && list_or_app.contains("items"))
        return items_at(list_or_app, "items");
    if (list_or_app.is_array()) return list_or_app.get<std::vector<json>>();
    return {list_or_app};
}

std::vector<std::string> ways_out(const json& app) {
    std::vector<std::string> out;
    const auto& told = at(app, "status.wayOut");
    if (told.is_string()) out.push_back(text_at(told, ""));
    for (const auto& line : items_at(app, "status.wayOut"))
        out.push_back(text_at(line, ""));
    std::erase(out, "");
    const auto reason = text_at(condition_of(app, "Ready"), "reason");
    if (out.empty() && reason == "ServingColorOutdated") out.push_back(edited_serving(app));
    if (out.empty() && is_held(app)) out.push_back(held_text(app));
    if (out.empty() && is_true(app, "Stalled"))
        out.push_back(reason + ": " + text_at(condition_of(app, "Ready"), "message"));
    const auto& synced = condition_of(app, "SourceSynced");
    if (text_at(synced, "status") == "False")
        out.push_back(
            fmt::format("source: {}: {}", text_at(synced, "reason"), text_at(synced, "message")));
    return out;
}

std::string desired_text(const json& app) {
    const auto wanted = text_at(app, "spec.activeColor");
    const auto target = text_at(app, "status.target.color");
    if (wanted == "auto" && !target.empty()) return fmt::format("auto ({})", target);
    return or_dash(wanted.empty() ? target : wanted);
}

std::string render_apps(const std::vector<json>& apps, bool wide, milliseconds now,
                        const palette& paint) {
    std::vector<std::string> header{"NAME",  "DESIRED", "SERVING",  "WEIGHTS",
                                    "PHASE", "READY",   "REVISION", "AGE"};
    if (wide)
        for (const auto* more : {"REASON", "BLUE", "GREEN", "STANDBY", "COMMIT", "PATH"})
            header.emplace_back(more);
    std::vector<table_row> rows;
    for (const auto& app : apps) {
        table_row row;
        row.cells = plain_cells(app, now);
        if (wide) add_wide_cells(app, row.cells);
        for (const auto& line : ways_out(app))
            row.notes.push_back("  └ " + paint(look::busy, line));
        rows.push_back(std::move(row));
    }
    return render_table(header, rows, paint);
}

} // namespace alcedo::cli
