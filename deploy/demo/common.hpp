#pragma once
// What the two demo programs share: durations as people write them, a hash for bodies, JSON text
// for a string, the time of day. Not part of Alcedo; no floor of the house may include it.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace demo {

using clock = std::chrono::steady_clock;

// "250ms", "20s", "2m" or a plain number of seconds; nothing for anything else.
inline std::optional<clock::duration> parse_duration(std::string_view text) {
    const std::string copy(text);
    char* rest = nullptr;
    const double number = std::strtod(copy.c_str(), &rest);
    const std::string_view unit(rest);
    const double seconds = unit == "ms"                ? number / 1000
                           : unit == "m"               ? number * 60
                           : unit == "s" || unit == "" ? number
                                                       : -1;
    if (copy.empty() || rest == copy.c_str() || !(seconds >= 0) || seconds > 86400) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
}

// FNV-1a, 64 bits: enough to tell a body that arrived from one that did not.
inline std::string hash_text(std::string_view body) {
    std::uint64_t value = 14695981039346656037U;
    for (const unsigned char byte : body) {
        value = (value ^ byte) * 1099511628211U;
    }
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    return text;
}

inline std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += ' ';
        } else {
            out += c;
        }
    }
    return out + '"';
}

// The value of a member that is a string or a number without exponent, as this file's programs
// write them: `"name":"value"` or `"name":12`. Empty if it is not there.
inline std::string member(std::string_view json, std::string_view name) {
    const std::string key = quoted(name) + ":";
    const auto at = json.find(key);
    if (at == std::string_view::npos) {
        return {};
    }
    json.remove_prefix(at + key.size());
    if (!json.empty() && json.front() == '"') {
        json.remove_prefix(1);
        return std::string(json.substr(0, json.find('"')));
    }
    return std::string(json.substr(0, json.find_first_of(",}")));
}

// Seconds since 1970, for lines that are laid beside somebody else's log.
inline double time_of_day() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

} // namespace demo
