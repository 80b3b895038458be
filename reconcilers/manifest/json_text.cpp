#include "reconcilers/manifest/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace alcedo::manifest {

namespace {

constexpr std::size_t escape_size = 6; // \ud83d

// The number of a \uXXXX at `at`, if it lies from `least` to `most`; else 0.
unsigned escaped_at(std::string_view text, std::size_t at, unsigned least, unsigned most) {
    const auto escape = at < text.size() ? text.substr(at, escape_size) : std::string_view();
    if (escape.size() < escape_size || !escape.starts_with("\\u")) return 0;
    unsigned code = 0;
    const auto end = escape.data() + escape.size();
    const auto [stop, failed] = std::from_chars(escape.data() + 2, end, code, 16);
    return failed == std::errc{} && stop == end && code >= least && code <= most ? code : 0;
}

bool may_hold_a_pair(std::string_view text) {
    for (auto at = text.find("\\u"); at != std::string_view::npos; at = text.find("\\u", at + 2))
        if (escaped_at(text, at, 0xD800, 0xDBFF) != 0) return true;
    return false;
}

} // namespace

int joined_text::source_column(int line, int column) const {
    const auto it = shortened.find(line);
    if (it == shortened.end()) return column;
    const auto before = std::upper_bound(it->second.begin(), it->second.end(), column);
    return column + 2 * static_cast<int>(before - it->second.begin());
}

joined_text join_surrogates(std::string_view text) {
    joined_text out;
    if (!may_hold_a_pair(text) || !nlohmann::json::accept(text)) {
        out.text = text;
        return out;
    }
    int line = 0;
    std::size_t line_start = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto high = escaped_at(text, at, 0xD800, 0xDBFF);
        const auto low = high != 0 ? escaped_at(text, at + escape_size, 0xDC00, 0xDFFF) : 0;
        if (low != 0) {
            char joined[16];
            const auto code = 0x10000u + ((high - 0xD800u) << 10u) + (low - 0xDC00u);
            std::snprintf(joined, sizeof joined, "\\U%08X", code);
            out.text += joined;
            out.shortened[line].push_back(static_cast<int>(out.text.size() - line_start));
            at += 2 * escape_size;
            continue;
        }
        // What follows a backslash belongs to it: \\ud83d is no escape of a character.
        const auto length = text[at] == '\\' ? std::min<std::size_t>(2, text.size() - at) : 1;
        out.text += text.substr(at, length);
        at += length;
        if (out.text.back() == '\n') {
            ++line;
            line_start = out.text.size();
        }
    }
    return out;
}

} // namespace alcedo::manifest
