#include "controller/telemetry/plain_text.hpp"

#include <fmt/format.h>

namespace alcedo {

namespace {

/// Length of the UTF-8 sequence at `at`, 0 if there is none (overlong forms count as none).
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    std::size_t length = 0;
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) length = 2;
    if (first >= 0xe0 && first <= 0xef) length = 3;
    if (first >= 0xf0 && first <= 0xf4) length = 4;
    if (length == 0 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xc0) != 0x80) return 0;
    const unsigned char second = byte(at + 1);
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second > 0x9f) return 0;
    if (first == 0xf0 && second < 0x90) return 0;
    if (first == 0xf4 && second > 0x8f) return 0;
    return length;
}

bool is_control(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
    // C1 controls are U+0080–U+009F; some terminals obey them. U+2028/9, U+202A–E and U+2066–9
    // break or reorder a line.
    if (first == 0xc2) return static_cast<unsigned char>(sequence[1]) < 0xa0;
    return sequence == "\u2028" || sequence == "\u2029" ||
           (sequence >= "\u202a" && sequence <= "\u202e") ||
           (sequence >= "\u2066" && sequence <= "\u2069");
}

void append_escaped(std::string& out, std::string_view bytes) {
    if (bytes == "\n")
        out += "\\n";
    else if (bytes == "\t")
        out += "\\t";
    else if (bytes == "\r")
        out += "\\r";
    else
        for (const char c : bytes)
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
}

std::string escape(std::string_view text, bool keep_lines) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequence_length(text, at);
        const auto bytes = text.substr(at, length == 0 ? 1 : length);
        if (length != 0 && (!is_control(bytes) || (keep_lines && bytes == "\n")))
            out += bytes;
        else
            append_escaped(out, bytes);
        at += bytes.size();
    }
    return out;
}

} // namespace

std::string printable(std::string_view text) {
    return escape(text, false);
}

std::string printable_lines(std::string_view text) {
    return escape(text, true);
}

std::string without_credentials(std::string_view text) {
    std::string out;
    for (;;) {
        const auto scheme = text.find("://");
        if (scheme == text.npos) return out.append(text);
        const auto start = scheme + 3;
        out.append(text.substr(0, start));
        text.remove_prefix(start);
        const auto end = std::min(text.find_first_of("/?# \t\n\"'"), text.size());
        const auto at = text.substr(0, end).rfind('@');
        if (at == text.npos) continue;
        out += text.substr(0, at) == "git" ? "git" : "***";
        text.remove_prefix(at);
    }
}

} // namespace alcedo
