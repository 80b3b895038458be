#include "controller/cli/output.hpp"

#include "controller/telemetry/plain_text.hpp"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <array>

namespace alcedo::cli {

namespace {

/// Words and shapes that YAML 1.1 or 1.2 reads as null, boolean, number or date. yaml-cpp writes
/// such strings plain.
bool needs_quotes(const std::string& text) {
    if (text.empty()) return true;
    constexpr std::array words{"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"};
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    });
    if (std::find(words.begin(), words.end(), lower) != words.end()) return true;
    const char first = text.front();
    if ((first >= '0' && first <= '9') || first == '.' || first == '+' || first == '-' ||
        first == '=' || first == '<')
        return true;
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void write_string(YAML::Emitter& out, const std::string& text) {
    if (needs_quotes(text)) out << YAML::DoubleQuoted;
    out << text;
}

void write(YAML::Emitter& out, const json& value) {
    if (value.is_object()) {
        if (value.empty()) out << YAML::Flow;
        out << YAML::BeginMap;
        for (const auto& [key, item] : value.items()) {
            out << YAML::Key;
            write_string(out, key);
            out << YAML::Value;
            write(out, item);
        }
        out << YAML::EndMap;
    } else if (value.is_array()) {
        if (value.empty()) out << YAML::Flow;
        out << YAML::BeginSeq;
        for (const auto& item : value)
            write(out, item);
        out << YAML::EndSeq;
    } else if (value.is_string()) {
        write_string(out, value.get_ref<const std::string&>());
    } else if (value.is_null()) {
        out << YAML::LowerNull << YAML::Null;
    } else {
        out << value.dump();
    }
}

} // namespace

std::string to_json_text(const json& value) {
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string to_yaml_text(const json& value) {
    YAML::Emitter out;
    write(out, value);
    return std::string(out.c_str()) + "\n";
}

const std::vector<std::string>& output_formats() {
    static const std::vector<std::string> all{"table", "wide", "json", "yaml", "name"};
    return all;
}

bool is_for_machines(std::string_view format) {
    return format == "json" || format == "yaml";
}

bool is_for_people(std::string_view format) {
    return !is_for_machines(format) && format != "name";
}

std::string formatted(std::string_view format, const json& whole,
                      const std::vector<std::string>& names,
                      const std::function<std::string()>& text) {
    if (format == "yaml") return to_yaml_text(whole);
    if (format == "json") return to_json_text(whole);
    if (format != "name") return text();
    std::string out;
    for (const auto& name : names)
        out += printable(name) + "\n";
    return out;
}

std::string resource_name(std::string_view app) {
    return "bluegreen.alcedo.dev/" + std::string(app);
}

} // namespace alcedo::cli
