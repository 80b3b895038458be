#include "controller/cli/render_plan.hpp"

#include "controller/cli/fields.hpp"

#include <fmt/format.h>

namespace alcedo::cli {

namespace {

/// The diff's sign and colour of a deed, by its first word.
std::pair<const char*, look> sign_of(const std::string& deed) {
    const auto word = deed.substr(0, deed.find(' '));
    if (word == "create" || word == "start") return {"+", look::good};
    if (word == "stop" || word.starts_with("remove")) return {"-", look::bad};
    return {"~", look::busy};
}

/// Actions are sentences, or objects with `text` (else `kind` and `name`).
std::string deed_text(const json& action) {
    if (!action.is_object()) return text_at(action, "");
    if (const auto text = text_at(action, "text"); !text.empty()) return text;
    return text_at(action, "kind") + " " + text_at(action, "name");
}

std::string render_step(const json& step, int number, std::string& weights, const palette& paint) {
    auto title = fmt::format("  {:>2}. {}", number, text_at(step, "rule", "-"));
    if (const auto after = text_at(step, "after"); !after.empty() && after != "0s")
        title += fmt::format(" (after {})", after);
    auto out = paint(look::strong, title);
    if (const auto why = text_at(step, "why"); !why.empty()) out += "  " + why;
    out += "\n";
    for (const auto& action : items_at(step, "actions")) {
        const auto deed = deed_text(action);
        const auto [sign, as] = sign_of(deed);
        out += "        " + paint(as, fmt::format("{} {}", sign, deed)) + "\n";
    }
    auto now = weights_text(at(step, "weights"));
    if (const auto mark = now.find(" (unconfirmed)"); mark != now.npos) now.erase(mark);
    if (!now.empty() && now != weights) {
        const auto change = weights.empty() ? now : weights + " → " + now;
        out += "        " + paint(look::busy, "~ weights " + change) + "\n";
        weights = now;
    }
    return out;
}

std::string render_tried(const json& plan, const palette& paint) {
    std::string out;
    for (const auto& rule : items_at(plan, "tried")) {
        const bool matched = flag_at(rule, "matched");
        const auto text = fmt::format("    {} {:<24} {}", matched ? "✓" : "·",
                                      text_at(rule, "name"), text_at(rule, "why"));
        out += paint(matched ? look::good : look::faint, text) + "\n";
    }
    return out.empty() ? out : "  rules tried, in order:\n" + out;
}

} // namespace

std::vector<json> plans_in(const json& answer) {
    if (answer.is_array()) return answer.get<std::vector<json>>();
    for (const auto* key : {"items", "plans"})
        if (answer.is_object() && answer.contains(key)) return items_at(answer, key);
    return {answer};
}

bool changes_anything(const json& plan) {
    return flag_at(plan, "changes");
}

std::string render_plan(const json& plan, bool explain, const palette& paint) {
    const auto& steps = items_at(plan, "steps");
    const auto passes = steps.size() == 1 ? "1 pass" : fmt::format("{} passes", steps.size());
    auto out = paint(look::strong, text_at(plan, "app", "?")) + ": ";
    out += changes_anything(plan) ? "something to do, " + passes + " ahead" : "nothing to do";
    out += fmt::format("\n  now: {}: {}\n", text_at(plan, "rule", "-"), text_at(plan, "why"));
    std::string weights;
    int number = 0;
    if (changes_anything(plan))
        for (const auto& step : steps)
            out += render_step(step, ++number, weights, paint);
    if (explain) out += render_tried(plan, paint);
    return out;
}

} // namespace alcedo::cli
