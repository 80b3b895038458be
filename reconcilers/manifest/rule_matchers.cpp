#include "reconcilers/manifest/rule_matchers.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

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

bool is_client_range(const std::string& text) {
    static const RE2 four("[0-9]{1,3}(\\.[0-9]{1,3}){3}(/([0-9]|[12][0-9]|3[0-2]))?");
    static const RE2 six("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(/([0-9]|[0-9][0-9]|1[01][0-9]|12[0-8]))?");
    return RE2::FullMatch(text, four) || RE2::FullMatch(text, six);
}

std::string count_of(const matcher& m) {
    const auto least = std::to_string(m.least);
    return (m.least == m.most ? least : least + " or " + std::to_string(m.most)) +
           (m.most == 1 ? " argument" : " arguments");
}

matcher_fault regexp_fault(const matcher& m, const std::vector<std::string>& arguments) {
    if (m.regexp < 0) return {};
    RE2::Options quiet;
    quiet.set_log_errors(false);
    const RE2 pattern(arguments[static_cast<std::size_t>(m.regexp)], quiet);
    if (pattern.ok()) return {};
    return {m.regexp, "not a regular expression: " + pattern.error(),
            "mend the expression (RE2 syntax)"};
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
    return regexp_fault(m, arguments);
}

} // namespace alcedo::manifest
