#include "reconcilers/manifest/scalars.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace alcedo::manifest {

namespace {

bool all_of(std::string_view text, bool (*is)(char)) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is);
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_octal(char c) {
    return c >= '0' && c <= '7';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::optional<nlohmann::json> integer(std::string_view digits, bool negative, int base) {
    std::uint64_t value = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, failed] = std::from_chars(digits.data(), end, value, base);
    if (failed != std::errc{} || stop != end) return std::nullopt;
    if (value <= std::uint64_t{INT64_MAX})
        return nlohmann::json(negative ? -static_cast<std::int64_t>(value)
                                       : static_cast<std::int64_t>(value));
    if (negative) return std::nullopt;
    return nlohmann::json(value);
}

std::optional<double> real(std::string_view digits) {
    double value = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, failed] = std::from_chars(digits.data(), end, value);
    if (failed != std::errc{} || stop != end) return std::nullopt;
    return value;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_like_float(std::string_view text) {
    std::size_t at = 0;
    const auto digits = [&] {
        const auto from = at;
        while (at < text.size() && is_digit(text[at]))
            ++at;
        return at - from;
    };
    auto seen = digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        seen += digits();
    }
    if (seen == 0) return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
    const auto first = byte(at);
    if (first < 0x80u) return 1;
    if (first >= 0xC2u && first <= 0xDFu) return tail(at + 1) ? 2 : 0;
    if (first >= 0xE0u && first <= 0xEFu) {
        const bool overlong = first == 0xE0u && byte(at + 1) < 0xA0u;
        const bool surrogate = first == 0xEDu && byte(at + 1) > 0x9Fu;
        return tail(at + 1) && tail(at + 2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0u && first <= 0xF4u) {
        const bool overlong = first == 0xF0u && byte(at + 1) < 0x90u;
        const bool too_high = first == 0xF4u && byte(at + 1) > 0x8Fu;
        return tail(at + 1) && tail(at + 2) && tail(at + 3) && !overlong && !too_high ? 4 : 0;
    }
    return 0;
}

} // namespace

std::optional<nlohmann::json> plain_scalar(std::string_view text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return nlohmann::json(nullptr);
    if (text == "true" || text == "True" || text == "TRUE") return nlohmann::json(true);
    if (text == "false" || text == "False" || text == "FALSE") return nlohmann::json(false);
    const bool negative = text.front() == '-';
    auto body = text;
    if (negative || text.front() == '+') body.remove_prefix(1);
    if (all_of(body, is_digit)) {
        // 1.1 reads 010 as 8, 1.2 as 10, a person as a code: it stays text.
        if (body.size() > 1 && body.front() == '0') return nlohmann::json(std::string(text));
        return integer(body, negative, 10);
    }
    if (body.size() == text.size() && body.starts_with("0o") && all_of(body.substr(2), is_octal))
        return integer(body.substr(2), false, 8);
    if (body.size() == text.size() && body.starts_with("0x") && all_of(body.substr(2), is_hex))
        return integer(body.substr(2), false, 16);
    if (looks_like_float(body)) {
        const auto value = real(body);
        if (value && std::isfinite(*value)) return nlohmann::json(negative ? -*value : *value);
    }
    return nlohmann::json(std::string(text));
}

std::size_t first_bad_byte(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_length(text, at);
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool control = byte < 0x20u && byte != '\t' && byte != '\n' && byte != '\r';
        if (length == 0 || control || byte == 0x7Fu) return at;
        at += length;
    }
    return std::string_view::npos;
}

} // namespace alcedo::manifest
