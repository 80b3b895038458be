#include "reconcilers/model/service_units.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace alcedo {

namespace {

constexpr double largest = 9.0e18; // below 2^63

// Digits with at most one dot, consumed from the front. No sign, no exponent.
std::optional<double> take_number(std::string_view& text) {
    std::size_t end = 0;
    bool dot = false, digit = false;
    for (; end < text.size(); ++end) {
        if (text[end] == '.' && !dot)
            dot = true;
        else if (text[end] >= '0' && text[end] <= '9')
            digit = true;
        else
            break;
    }
    double value = 0;
    const auto [stop, failed] = std::from_chars(text.data(), text.data() + end, value);
    if (!digit || failed != std::errc{} || stop != text.data() + end) return std::nullopt;
    text.remove_prefix(end);
    return value;
}

std::optional<std::int64_t> whole(double value) {
    if (!(value >= 0 && value < largest)) return std::nullopt;
    return std::llround(value);
}

struct scale {
    std::string_view name;
    double factor;
};

template <std::size_t N>
std::optional<double> factor_in(const std::array<scale, N>& scales, std::string_view name) {
    for (const auto& s : scales)
        if (s.name == name) return s.factor;
    return std::nullopt;
}

constexpr std::array<scale, 6> time_scales{
    {{"h", 3.6e12}, {"m", 6e10}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}};
constexpr std::array<scale, 6> byte_scales{{{"", 1},
                                            {"k", 1024.0},
                                            {"m", 1048576.0},
                                            {"g", 1073741824.0},
                                            {"t", 1099511627776.0},
                                            {"p", 1125899906842624.0}}};

} // namespace

std::optional<std::int64_t> nanoseconds_from(std::string_view text) {
    if (text == "0") return 0;
    if (text.empty()) return std::nullopt;
    double total = 0;
    while (!text.empty()) {
        const auto count = take_number(text);
        const auto name = text.substr(0, text.find_first_of("0123456789."));
        const auto factor = factor_in(time_scales, name);
        if (!count || !factor) return std::nullopt;
        text.remove_prefix(name.size());
        total += *count * *factor;
    }
    return whole(total);
}

std::optional<std::int64_t> bytes_from(std::string_view text) {
    const auto count = take_number(text);
    if (!count) return std::nullopt;
    if (text.starts_with(' ')) text.remove_prefix(1);
    std::string unit;
    for (const char c : text)
        unit += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (unit.ends_with('b')) unit.pop_back();
    if (unit.size() == 2 && unit.ends_with('i')) unit.pop_back();
    const auto factor = factor_in(byte_scales, unit);
    return factor ? whole(*count * *factor) : std::nullopt;
}

std::optional<std::int64_t> nano_cpus_from(std::string_view text) {
    const auto count = take_number(text);
    return count && text.empty() ? whole(*count * 1e9) : std::nullopt;
}

std::optional<std::vector<std::string>> shell_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool escapes = c == '\\' && quote != '\'';
        if (escapes && i + 1 == text.size()) return std::nullopt;
        if (escapes && (quote == 0 ||
                        std::string_view("\"\\$`\n").find(text[i + 1]) != std::string_view::npos)) {
            word += text[++i];
            inside = true;
        } else if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
            inside = true;
        } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            if (inside) words.push_back(std::move(word));
            word.clear();
            inside = false;
        } else {
            word += c;
            inside = true;
        }
    }
    if (quote != 0) return std::nullopt;
    if (inside) words.push_back(std::move(word));
    return words;
}

std::optional<int> port_from(std::string_view text) {
    int port = 0;
    const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failed != std::errc{} || stop != text.data() + text.size() || port < 1 || port > 65535)
        return std::nullopt;
    return port;
}

} // namespace alcedo
