#include "controller/cli/render_evidence.hpp"

#include "controller/cli/fields.hpp"
#include "controller/telemetry/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alcedo::cli {

namespace {

constexpr std::size_t shown_log_lines = 20;
constexpr std::size_t longest_body = 400;

bool passes(const std::string& verdict) {
    return verdict.starts_with("Pass");
}

bool fails(const std::string& verdict) {
    return verdict.starts_with("Fail");
}

look look_of_verdict(const std::string& verdict) {
    if (passes(verdict)) return look::good;
    return fails(verdict) ? look::bad : look::busy;
}

/// "body: …" and "error: …" of a sample's evidence, each on a line of its own.
std::vector<std::string> details_of(const json& sample) {
    std::vector<std::string> out;
    const auto& evidence = at(sample, "evidence");
    if (!evidence.is_object()) return out;
    for (const auto& [key, value] : evidence.items()) {
        auto text = text_at(value, "");
        if (text.empty() && !value.is_string() && !value.is_null())
            text = printable(value.dump(-1, ' ', false, json::error_handler_t::replace));
        if (text.empty()) continue;
        if (text.size() > longest_body) text = text.substr(0, longest_body) + "…";
        out.push_back(fmt::format("        {}: {}", printable(key), printable(text)));
    }
    return out;
}

std::vector<std::string> answers_of(const json& check, bool every, const palette& paint) {
    std::vector<std::string> out;
    const auto& samples = items_at(check, "evidence");
    if (samples.empty()) return out;
    // A check that passes has one thing to say: what it is answered now.
    const std::size_t first = every ? 0 : samples.size() - 1;
    for (std::size_t i = first; i < samples.size(); ++i) {
        const auto what = text_at(samples[i], "outcome");
        const auto when = time_in(at(samples[i], "at"));
        out.push_back(fmt::format("    {}  {}  {}", when ? rfc3339(*when) : "-",
                                  paint(look_of_verdict(what), what),
                                  text_at(samples[i], "summary")));
        if (passes(what) && !every) continue;
        for (auto& line : details_of(samples[i]))
            out.push_back(std::move(line));
    }
    return out;
}

std::string render_logs(const json& logs, const palette& paint) {
    std::string out;
    if (!logs.is_object()) return out;
    for (const auto& [container, lines] : logs.items()) {
        const auto& all = items_at(lines, "");
        if (all.empty()) continue;
        const auto from = all.size() - std::min(all.size(), shown_log_lines);
        out += paint(look::strong, fmt::format("  Last log lines of {}", printable(container)));
        out += "\n";
        for (std::size_t i = from; i < all.size(); ++i)
            out += "    | " + text_at(all[i], "") + "\n";
    }
    return out;
}

std::string render_containers(const std::vector<json>& containers, const palette& paint) {
    std::vector<table_row> rows;
    for (const auto& each : containers) {
        table_row row;
        row.cells = {{"  " + text_at(each, "name", "-")},
                     {text_at(each, "state", "-")},
                     {text_at(each, "exitCode", "-")},
                     {text_at(each, "exits", "-")},
                     {text_at(each, "health", "-")}};
        rows.push_back(std::move(row));
    }
    if (rows.empty()) return {};
    return render_table({"  CONTAINER", "STATE", "EXIT CODE", "EXITS", "HEALTH"}, rows, paint);
}

std::vector<std::string> ways_out_of_hold(const json& app) {
    const auto serving = text_at(app, "status.activeColor");
    const auto held = short_revision_in(at(app, "status.hold.revision"));
    const auto what = held.empty() ? "this revision" : "revision " + held;
    const auto name = text_at(app, "metadata.name", "NAME");
    if (text_at(app, "status.hold.kind") == "Violation")
        return {"leave it: nothing is touched until a pass breaks no rule any more",
                "commit another revision: another target may need another rule",
                fmt::format("`alcedo plan {} --explain`: the rule and what it would do; a broken "
                            "invariant is a defect of Alcedo, worth a report",
                            name)};
    if (text_at(app, "status.hold.kind") == "Frozen")
        return {"commit another revision: it is tried at once",
                fmt::format("`alcedo rollback {}`: all traffic goes back to the colour before, "
                            "kept warm",
                            name),
                fmt::format("leave it: {} goes on serving and is repaired", serving)};
    return {
        "commit another revision: it is tried at once, whatever was held before",
        serving.empty()
            ? "revert the commit: what was asked for before is asked for again"
            : fmt::format("revert the commit to what serves ({}): the hold is cleared and nothing "
                          "is touched",
                          serving),
        fmt::format("`alcedo retry {}`: {} is tried again from the start; until then it is not, "
                    "also not by flipping the colour away and back",
                    name, what),
    };
}

} // namespace

std::string render_checks(const std::vector<json>& checks, bool every, const palette& paint) {
    std::vector<table_row> rows;
    for (const auto& check : checks) {
        const auto verdict = text_at(check, "verdict", "-");
        const auto color = text_at(check, "color", "-");
        table_row row;
        row.cells = {{"  " + text_at(check, "name", "-")},
                     {text_at(check, "kind", "-")},
                     {color, look_of_color(color)},
                     {verdict, look_of_verdict(verdict)},
                     {std::to_string(number_at(check, "passes"))},
                     {std::to_string(number_at(check, "failures"))},
                     {text_at(check, "container")}};
        row.notes = answers_of(check, every || fails(verdict), paint);
        rows.push_back(std::move(row));
    }
    if (rows.empty()) return {};
    return render_table({"  CHECK", "KIND", "COLOR", "VERDICT", "PASSES", "FAILURES", "CONTAINER"},
                        rows, paint);
}

std::string render_evidence(const json& evidence, const palette& paint) {
    return render_checks(items_at(evidence, "checks"), true, paint) +
           render_containers(items_at(evidence, "containers"), paint) +
           render_logs(at(evidence, "logs"), paint);
}

std::string render_hold(const json& app, milliseconds now, const palette& paint) {
    if (!is_held(app)) return {};
    const auto& hold = at(app, "status.hold");
    const auto revision = short_revision_in(at(hold, "revision"));
    auto out = paint(look::bad, fmt::format("Held ({}) {}", text_at(hold, "kind", "?"),
                                            text_at(hold, "reason"))) +
               "\n";
    if (!revision.empty()) out += fmt::format("  Revision:  {}\n", revision);
    if (const auto since = time_text(at(hold, "since"), now); !since.empty())
        out += fmt::format("  Since:     {}\n", since);
    if (const auto message = text_at(hold, "message"); !message.empty())
        out += fmt::format("  Why:       {}\n", message);
    out += render_evidence(at(hold, "evidence"), paint);
    out += paint(look::strong, "  Three ways out") + "\n";
    int number = 0;
    for (const auto& way : ways_out_of_hold(app))
        out += fmt::format("    {}. {}\n", ++number, way);
    return out;
}

} // namespace alcedo::cli
