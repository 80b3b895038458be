#include "controller/net/server_session.hpp"

#include <optional>
#include <string_view>

namespace alcedo::net {

namespace {

std::optional<int> hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

/// Refuses what could end a C string.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[at] != '%') {
            out += text[at];
        } else {
            if (at + 2 >= text.size()) return std::nullopt;
            const auto high = hex_digit(text[at + 1]);
            const auto low = hex_digit(text[at + 2]);
            if (!high || !low || (*high == 0 && *low == 0)) return std::nullopt;
            out += static_cast<char>(*high * 16 + *low);
            at += 2;
        }
    }
    return out;
}

bool decode_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& into) {
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = decode(pair.substr(0, equals), true);
        const auto value = decode(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || !value) return false;
        into.emplace_back(*name, *value);
    }
    return true;
}

} // namespace

result<server_request> parse_target(const std::string& target) {
    const auto refused = error(next_step::invalid, "malformed", "not a request target: " + target);
    std::string_view rest = target;
    // The absolute form of RFC 9112 §3.2.2, as proxies send it.
    if (const auto mark = rest.find("://"); !rest.starts_with('/') && mark != rest.npos) {
        rest.remove_prefix(mark + 3);
        rest.remove_prefix(std::min(rest.find('/'), rest.size()));
        if (rest.empty()) rest = "/";
    }
    if (!rest.starts_with('/')) return refused;
    rest = rest.substr(0, rest.find('#'));
    const auto question = std::min(rest.find('?'), rest.size());
    const auto path = decode(rest.substr(0, question), false);
    server_request out;
    const auto query = rest.substr(std::min(question + 1, rest.size()));
    if (!path || !decode_query(query, out.query)) return refused;
    out.path = *path;
    return out;
}

std::string server_request::parameter(const std::string& name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return {};
}

} // namespace alcedo::net
