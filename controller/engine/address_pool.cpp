#include "controller/engine/address_pool.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace alcedo {

namespace {

struct range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

constexpr std::uint32_t block = 32; // a /27

std::optional<std::uint32_t> parse_address(std::string_view text) {
    std::uint32_t value = 0;
    for (int part = 0; part < 4; ++part) {
        unsigned octet = 0;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), octet);
        if (end.ec != std::errc{} || octet > 255) return std::nullopt;
        value = value << 8 | octet;
        text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
        if (part == 3) break;
        if (text.empty() || text.front() != '.') return std::nullopt;
        text.remove_prefix(1);
    }
    if (!text.empty()) return std::nullopt;
    return value;
}

std::optional<range> parse_cidr(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = parse_address(text.substr(0, slash));
    unsigned length = 33;
    const auto tail = text.substr(slash + 1);
    const auto end = std::from_chars(tail.data(), tail.data() + tail.size(), length);
    if (!address || end.ec != std::errc{} || length > 32) return std::nullopt;
    const std::uint32_t mask = length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
    return range{*address & mask, (*address & mask) | ~mask};
}

std::string print(std::uint32_t address) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        if (!text.empty()) text += '.';
        text += std::to_string(address >> shift & 255);
    }
    return text;
}

} // namespace

std::optional<std::string> first_free_subnet(const std::string& pool,
                                             const std::vector<std::string>& taken) {
    const auto whole = parse_cidr(pool);
    if (!whole) return std::nullopt;
    std::vector<range> used;
    for (const auto& text : taken) {
        const auto parsed = parse_cidr(text);
        // A default route covers everything and takes nothing.
        if (parsed && !(parsed->first == 0 && parsed->last == ~std::uint32_t{0}))
            used.push_back(*parsed);
    }
    for (std::uint64_t at = whole->first; at + block - 1 <= whole->last; at += block) {
        const auto first = static_cast<std::uint32_t>(at);
        const auto last = first + (block - 1);
        const bool overlaps = std::any_of(used.begin(), used.end(), [&](const range& r) {
            return r.first <= last && first <= r.last;
        });
        if (!overlaps) return print(first) + "/27";
    }
    return std::nullopt;
}

bool subnet_holds(const std::string& cidr, const std::string& address) {
    const auto whole = parse_cidr(cidr);
    const auto one = parse_address(address);
    return whole && one && whole->first <= *one && *one <= whole->last;
}

} // namespace alcedo
