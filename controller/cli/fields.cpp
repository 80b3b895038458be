#include "controller/cli/fields.hpp"

#include "controller/telemetry/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace alcedo::cli {

namespace {

const json nothing;
const std::vector<json> no_items;

} // namespace

const json& at(const json& object, std::string_view path) {
    const json* here = &object;
    while (!path.empty()) {
        const auto dot = path.find('.');
        const auto key = std::string(path.substr(0, dot));
        path = dot == path.npos ? std::string_view{} : path.substr(dot + 1);
        if (!here->is_object()) return nothing;
        const auto found = here->find(key);
        if (found == here->end()) return nothing;
        here = &*found;
    }
    return *here;
}

std::string text_at(const json& object, std::string_view path, const std::string& fallback) {
    const auto& value = at(object, path);
    if (value.is_string()) return printable(value.get_ref<const std::string&>());
    if (value.is_number() || value.is_boolean()) return value.dump();
    return fallback;
}

std::uint64_t number_at(const json& object, std::string_view path) {
    const auto& value = at(object, path);
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    if (!value.is_number()) return 0;
    const auto number = value.get<double>();
    return number > 0 ? static_cast<std::uint64_t>(number) : 0;
}

bool flag_at(const json& object, std::string_view path) {
    const auto& value = at(object, path);
    return value.is_boolean() && value.get<bool>();
}

const std::vector<json>& items_at(const json& object, std::string_view path) {
    const auto& value = at(object, path);
    return value.is_array() ? value.get_ref<const json::array_t&>() : no_items;
}

const json& condition_of(const json& app, std::string_view type) {
    for (const auto& condition : items_at(app, "status.conditions"))
        if (text_at(condition, "type") == type) return condition;
    return nothing;
}

bool is_true(const json& app, std::string_view type) {
    return text_at(condition_of(app, type), "status") == "True";
}

bool is_held(const json& app) {
    return text_at(app, "status.phase") == "Held" ||
           text_at(app, "status.hold.kind") == "Violation";
}

std::string short_revision_in(const json& value) {
    auto text = value.is_object() ? text_at(value, "revision") : text_at(value, "");
    if (text.empty()) text = text_at(value, "specDigest");
    if (const auto colon = text.find(':'); colon != text.npos) text.erase(0, colon + 1);
    return text.substr(0, 8);
}

std::string short_commit(const std::string& commit) {
    return commit.substr(0, 7);
}

std::string weights_text(const json& weights) {
    if (!weights.is_object() || weights.empty()) return {};
    std::string out;
    for (const auto* color : {"blue", "green"})
        if (const auto percent = number_at(weights, color); percent > 0)
            out += fmt::format("{}{} {}", out.empty() ? "" : ", ", color, percent);
    if (out.empty()) out = "none";
    const auto& confirmed = at(weights, "confirmed");
    bool applied = !confirmed.is_null();
    if (confirmed.is_boolean()) applied = confirmed.get<bool>();
    if (confirmed.is_object())
        applied = number_at(confirmed, "blue") == number_at(weights, "blue") &&
                  number_at(confirmed, "green") == number_at(weights, "green");
    return applied ? out : out + " (unconfirmed)";
}

std::optional<milliseconds> time_in(const json& value) {
    if (!value.is_string()) return {};
    return parse_rfc3339(value.get_ref<const std::string&>());
}

std::string human_duration(milliseconds span) {
    const auto total = std::max<std::int64_t>(span.count() / 1000, 0);
    const auto two = [](std::int64_t big, const char* first, std::int64_t small,
                        const char* second) {
        return small == 0 ? fmt::format("{}{}", big, first)
                          : fmt::format("{}{}{}{}", big, first, small, second);
    };
    const auto minutes = total / 60;
    const auto hours = minutes / 60;
    const auto days = hours / 24;
    if (total < 120) return fmt::format("{}s", total);
    if (minutes < 10) return two(minutes, "m", total % 60, "s");
    if (hours < 3) return fmt::format("{}m", minutes);
    if (hours < 8) return two(hours, "h", minutes % 60, "m");
    if (hours < 48) return fmt::format("{}h", hours);
    if (days < 8) return two(days, "d", hours % 24, "h");
    return fmt::format("{}d", days);
}

std::string age_text(const json& since, milliseconds now) {
    const auto then = time_in(since);
    return then ? human_duration(now - *then) : "";
}

std::string time_text(const json& value, milliseconds now) {
    const auto then = time_in(value);
    if (!then) return {};
    const auto text = rfc3339(*then);
    if (*then > now) return fmt::format("{} (in {})", text, human_duration(*then - now));
    return fmt::format("{} ({} ago)", text, human_duration(now - *then));
}

} // namespace alcedo::cli
