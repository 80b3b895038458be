#include "reconcilers/model/service_shapes.hpp"
#include "reconcilers/model/service_units.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace alcedo {

namespace {

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

bool is_upper_name(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == '+' || c == '-';
    });
}

// Docker's reference grammar, as far as typing mistakes go; the registry has the last word.
bool is_image_reference(const std::string& text) {
    const auto good = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("._-/:@+").find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (text.empty() || text.size() > 512 || !std::all_of(text.begin(), text.end(), good))
        return false;
    return std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
           std::isalnum(static_cast<unsigned char>(text.back())) != 0;
}

} // namespace

std::string shown_value(const json& value) {
    if (value.is_null()) return "nothing";
    if (value.is_object()) return "a map";
    if (value.is_array()) return "a list";
    if (!value.is_string()) return value.dump();
    constexpr std::size_t most = 60;
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() <= most) return "\"" + text + "\"";
    auto end = most; // half a character would not be text any more
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u)
        --end;
    return "\"" + text.substr(0, end) + "…\"";
}

std::optional<std::string> scalar_text(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean() || value.is_number_integer()) return value.dump();
    if (value.is_number_float()) {
        auto text = value.dump();
        return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
    }
    return std::nullopt;
}

namespace shapes {

json image(const json& value, const shape_report& out) {
    if (!value.is_string() || !is_image_reference(value.get_ref<const std::string&>()))
        out.add("", shown_value(value) + " is not an image", "write name:tag or name@sha256:…");
    return value;
}

json boolean(const json& value, const shape_report& out) {
    if (!value.is_boolean())
        out.add("", shown_value(value) + " is not true or false", "write true or false");
    return value;
}

json text(const json& value, const shape_report& out) {
    const auto read = scalar_text(value);
    if (!read || read->empty() || value.is_boolean() || value.is_number_float())
        out.add("", shown_value(value) + " is not text", "write text in quotes");
    return read.value_or("");
}

json working_dir(const json& value, const shape_report& out) {
    if (!value.is_string() || !value.get_ref<const std::string&>().starts_with('/'))
        out.add("", shown_value(value) + " is not an absolute path",
                "write a path that starts "
                "with /");
    return value;
}

json pull_policy(const json& value, const shape_report& out) {
    if (value == "missing" || value == "always" || value == "never") return value;
    if (value == "if_not_present") return "missing";
    const bool known = value == "build" || value == "daily" || value == "weekly" ||
                       (value.is_string() && value.get<std::string>().starts_with("every_"));
    out.add("", shown_value(value) + (known ? " is not supported yet" : " is not a pull policy"),
            "write missing, always or never");
    return "missing";
}

json restart(const json& value, const shape_report& out) {
    // `always` would bring a retired colour back at the next start of the engine.
    if (value == "always" || value == "unless-stopped") return "unless-stopped";
    if (value == "no" || value == "on-failure") return value;
    if (value.is_string() && value.get<std::string>().starts_with("on-failure:")) {
        const auto count = value.get<std::string>().substr(11);
        int retries = 0;
        const auto end = count.data() + count.size();
        const auto [stop, failed] = std::from_chars(count.data(), end, retries);
        if (failed == std::errc{} && stop == end && retries > 0)
            return "on-failure:" + std::to_string(retries);
    }
    out.add("", shown_value(value) + " is not a restart policy",
            value.is_boolean() ? "write \"no\" in quotes"
                               : "write unless-stopped, on-failure, on-failure:3 or \"no\"");
    return "unless-stopped";
}

json stop_grace_period(const json& value, const shape_report& out) {
    const auto length =
        value.is_string() ? nanoseconds_from(value.get<std::string>()) : std::nullopt;
    constexpr std::int64_t day = 86'400'000'000'000;
    if (!length || *length > day)
        out.add("", shown_value(value) + " is not a duration up to 24h",
                "write it like 500ms, 10s or 1m30s");
    return length.value_or(0);
}

json stop_signal(const json& value, const shape_report& out) {
    auto name = upper(scalar_text(value).value_or(""));
    const bool number = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
    if (!is_upper_name(name) || value.is_boolean())
        out.add("", shown_value(value) + " is not a signal", "write SIGTERM, SIGINT, SIGQUIT, …");
    return number || name.starts_with("SIG") ? name : "SIG" + name;
}

} // namespace shapes

} // namespace alcedo
