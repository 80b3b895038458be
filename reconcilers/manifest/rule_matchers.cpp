#include "reconcilers/manifest/rule_matchers.hpp"

#include <re2/re2.h>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace alcedo::manifest {

namespace {

constexpr std::array<matcher, 10> matchers{{{"Host", 1, 1, -1},
                                            {"HostRegexp", 1, 1, 0},
                                            {"Path", 1, 1, -1},
                                            {"PathPrefix", 1, 1, -1},
                                            {"PathRegexp", 1, 1, 0},
                                            {"Method", 1, 1, -1},
                                            {"Header", 2, 2, -1},
                                            {"HeaderRegexp", 2, 2, 1},
                                            {"Query", 1, 2, -1},
                                            {"ClientIP", 1, 1, -1}}};

bool is_host_name(const std::string& text) {
    static const RE2 pattern("([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?)"
                             "(\\.[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?)*");
    return text.size() <= 253 && RE2::FullMatch(text, pattern);
}

bool is_token(const std::string& text) {
    static const RE2 pattern("[!#$%&'*+.^_|~0-9A-Za-z-]+");
    return RE2::FullMatch(text, pattern);
}

// As Go reads it, which is what Traefik does: one wrong range disables the whole router.
bool is_client_range(const std::string& text) {
    const auto slash = text.find('/');
    const auto address = text.substr(0, slash);
    in6_addr parsed{};
    const bool four = ::inet_pton(AF_INET, address.c_str(), &parsed) == 1;
    if (!four && ::inet_pton(AF_INET6, address.c_str(), &parsed) != 1) return false;
    if (slash == std::string::npos) return true;
    const auto bits = std::string_view(text).substr(slash + 1);
    int count = -1;
    const auto [stop, failed] = std::from_chars(bits.data(), bits.data() + bits.size(), count);
    return failed == std::errc{} && stop == bits.data() + bits.size() && count >= 0 &&
           count <= (four ? 32 : 128);
}

// RE2 in C++ takes \C for one byte; Go's, which Traefik uses, does not know it.
bool names_a_byte(const std::string& pattern) {
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i)
        if (pattern[i] == '\\' && pattern[++i] == 'C') return true;
    return false;
}

std::string count_of(const matcher& m) {
    const auto least = std::to_string(m.least);
    return (m.least == m.most ? least : least + " or " + std::to_string(m.most)) +
           (m.most == 1 ? " argument" : " arguments");
}

matcher_fault regexp_fault(const matcher& m, const std::vector<std::string>& arguments) {
    if (m.regexp < 0) return {};
    const auto& text = arguments[static_cast<std::size_t>(m.regexp)];
    if (names_a_byte(text)) return {m.regexp, "\\C is not known to the proxy", "write . instead"};
    RE2::Options quiet;
    quiet.set_log_errors(false);
    quiet.set_max_mem(max_regexp_memory);
    const RE2 pattern(text, quiet);
    if (pattern.ok()) return {};
    if (pattern.error_code() == RE2::ErrorPatternTooLarge)
        return {m.regexp, "too large a regular expression", "repeat less often"};
    return {m.regexp, "not a regular expression: " + pattern.error(),
            "mend the expression (RE2 syntax)"};
}

matcher_fault empty_fault(const std::vector<std::string>& arguments) {
    const auto empty = std::find(arguments.begin(), arguments.end(), "");
    if (empty == arguments.end()) return {};
    return {static_cast<int>(empty - arguments.begin()), "an empty argument",
            "write what is to be matched, or leave it out"};
}

} // namespace

const matcher* find_matcher(std::string_view name) {
    const auto it = std::find_if(matchers.begin(), matchers.end(),
                                 [&](const matcher& m) { return m.name == name; });
    return it == matchers.end() ? nullptr : &*it;
}

std::vector<std::string_view> matcher_names() {
    std::vector<std::string_view> names;
    for (const auto& m : matchers)
        names.push_back(m.name);
    return names;
}

matcher_fault argument_fault(const matcher& m, const std::vector<std::string>& arguments) {
    if (arguments.size() < m.least || arguments.size() > m.most)
        return {-1, std::string(m.name) + " takes " + count_of(m),
                m.name == "Host" ? "write Host(`a`) || Host(`b`)" : "mend the arguments"};
    const auto& first = arguments.front();
    const auto quoted = "\"" + first + "\"";
    if (m.name == "Host" && !is_host_name(first))
        return {0, quoted + " is not an ASCII host name",
                "write a name such as example.com (punycode for others)"};
    if ((m.name == "Path" || m.name == "PathPrefix") && !first.starts_with('/'))
        return {0, "a path starts with /", "write /" + first};
    if (m.name.starts_with("Header") && !is_token(first))
        return {0, quoted + " is not a header's name", "write letters, digits and dashes"};
    if (m.name == "Method" && !is_token(first))
        return {0, quoted + " is not a method", "write GET, POST, …"};
    if (m.name == "Query" && first.empty())
        return {0, "no parameter's name", "write Query(`name`, `value`)"};
    if (m.name == "ClientIP" && !is_client_range(first))
        return {0, quoted + " is not an address or a range", "write 10.0.0.1 or 10.0.0.0/8"};
    if (auto fault = empty_fault(arguments); !fault.problem.empty()) return fault;
    return regexp_fault(m, arguments);
}

} // namespace alcedo::manifest
