#include "controller/cli/render_history.hpp"

#include "controller/cli/fields.hpp"
#include "controller/cli/render_evidence.hpp"

#include <fmt/format.h>

namespace alcedo::cli {

namespace {

/// "green 1a2b3c4d", "-" if there is none.
std::string release_text(const json& release) {
    const auto color = text_at(release, "color");
    const auto revision = short_revision_in(release);
    if (color.empty() && revision.empty()) return "-";
    return revision.empty() ? color : color + " " + revision;
}

std::string seconds_text(const json& receipt) {
    const auto& seconds = at(receipt, "seconds");
    if (!seconds.is_number()) return "-";
    return fmt::format("{:.1f}s", seconds.get<double>());
}

look look_of_outcome(const std::string& outcome) {
    for (const auto* bad : {"Rejected", "Reverted", "Aborted", "RolledBack", "Frozen", "Violation"})
        if (outcome == bad) return look::bad;
    return outcome == "Superseded" ? look::busy : look::good;
}

std::string line(const std::string& title, const std::string& value) {
    return value.empty() ? "" : fmt::format("{:<10}{}\n", title + ":", value);
}

std::string commit_text(const json& receipt) {
    const auto commit = short_commit(text_at(receipt, "commit"));
    if (commit.empty()) return {};
    return fmt::format("{} \"{}\" by {}", commit, text_at(receipt, "subject"),
                       text_at(receipt, "author", "?"));
}

} // namespace

std::string render_history(const std::vector<json>& receipts, milliseconds now,
                           const palette& paint) {
    std::vector<table_row> rows;
    for (const auto& receipt : receipts) {
        const auto outcome = text_at(receipt, "outcome", "-");
        const auto age = age_text(at(receipt, "started"), now);
        const auto commit = short_commit(text_at(receipt, "commit"));
        table_row row;
        row.cells = {{text_at(receipt, "number", "-")}, {outcome, look_of_outcome(outcome)},
                     {text_at(receipt, "reason", "-")}, {release_text(at(receipt, "from"))},
                     {release_text(at(receipt, "to"))}, {age.empty() ? "-" : age},
                     {seconds_text(receipt)},           {commit.empty() ? "-" : commit},
                     {text_at(receipt, "subject")}};
        rows.push_back(std::move(row));
    }
    return render_table(
        {"NUMBER", "OUTCOME", "REASON", "FROM", "TO", "AGE", "TOOK", "COMMIT", "SUBJECT"}, rows,
        paint);
}

std::string render_receipt(const json& receipt, milliseconds now, const palette& paint) {
    const auto outcome = text_at(receipt, "outcome", "-");
    auto out = line("Number", text_at(receipt, "number"));
    out += line("Outcome", paint(look_of_outcome(outcome), outcome));
    out += line("Reason", text_at(receipt, "reason"));
    out += line("Message", text_at(receipt, "message"));
    out += line("From", release_text(at(receipt, "from")));
    out += line("To", release_text(at(receipt, "to")));
    out += line("Started", time_text(at(receipt, "started"), now));
    out += line("Ended", time_text(at(receipt, "ended"), now));
    out += line("Took", seconds_text(receipt));
    out += line("Commit", commit_text(receipt));
    out += line("Cut", text_at(receipt, "cut"));
    const auto& handover = at(receipt, "handover");
    const auto gap = text_at(handover, "gapMs");
    out += line("Gap", gap.empty() ? "" : gap + " ms without the exclusive services");
    const auto& weights = items_at(receipt, "weights");
    if (!weights.empty()) out += "\n" + paint(look::strong, "Weights") + "\n";
    for (const auto& each : weights) {
        const auto when = time_in(at(each, "at"));
        out += fmt::format("  {}  blue {}, green {}\n", when ? rfc3339(*when) : "-",
                           number_at(each, "blue"), number_at(each, "green"));
    }
    const auto rehearsed = render_evidence(at(receipt, "rehearsal"), paint);
    if (!rehearsed.empty())
        out += "\n" + paint(look::strong, "Removed after the rehearsal") + "\n" + rehearsed;
    const auto last_words = render_evidence(handover, paint);
    if (!last_words.empty())
        out += "\n" + paint(look::strong, "Removed in the handover") + "\n" + last_words;
    const auto evidence = render_evidence(at(receipt, "evidence"), paint);
    if (!evidence.empty()) out += "\n" + paint(look::strong, "Evidence") + "\n" + evidence;
    return out;
}

} // namespace alcedo::cli
