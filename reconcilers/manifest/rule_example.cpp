#include "reconcilers/manifest/rule.hpp"
#include "reconcilers/manifest/rule_matchers.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>

namespace alcedo::manifest {

namespace {

enum class answer { no, yes, unknown };

answer opposite(answer a) {
    return a == answer::yes ? answer::no : a == answer::no ? answer::yes : answer::unknown;
}

answer from(bool matches) {
    return matches ? answer::yes : answer::no;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool contains_match(const std::string& text, const std::string& pattern, bool any_case) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(max_regexp_memory);
    options.set_case_sensitive(!any_case);
    const RE2 expression(pattern, options);
    return expression.ok() && RE2::PartialMatch(text, expression);
}

// Whether a bare GET matches. ClientIP depends on where we stand: unknown.
answer matches(const rule_node& node, const example_request& request) {
    if (node.is == rule_node::kind::none_of) return opposite(matches(node.parts.front(), request));
    if (node.is != rule_node::kind::atom) {
        const bool any = node.is == rule_node::kind::any;
        auto sum = any ? answer::no : answer::yes;
        for (const auto& part : node.parts) {
            const auto one = matches(part, request);
            if (one == (any ? answer::yes : answer::no)) return one;
            if (one == answer::unknown) sum = one;
        }
        return sum;
    }
    const auto& first = node.arguments.front();
    if (node.matcher == "Host") return from(lower(first) == lower(request.host));
    if (node.matcher == "HostRegexp") return from(contains_match(request.host, first, true));
    if (node.matcher == "Path") return from(first == request.path);
    if (node.matcher == "PathPrefix") return from(request.path.starts_with(first));
    if (node.matcher == "PathRegexp") return from(contains_match(request.path, first, false));
    if (node.matcher == "Method") return from(first == "GET");
    return node.matcher == "ClientIP" ? answer::unknown : answer::no;
}

void collect(const rule_node& node, bool wanted, std::vector<std::string>& hosts,
             std::vector<std::string>& paths) {
    if (node.is == rule_node::kind::atom && wanted) {
        if (node.matcher == "Host") hosts.push_back(node.arguments.front());
        if (node.matcher == "Path" || node.matcher == "PathPrefix")
            paths.push_back(node.arguments.front());
    }
    for (const auto& part : node.parts)
        collect(part, node.is == rule_node::kind::none_of ? !wanted : wanted, hosts, paths);
}

} // namespace

std::optional<example_request> example_of(const rule_node& rule) {
    std::vector<std::string> hosts, paths;
    collect(rule, true, hosts, paths);
    if (hosts.empty()) hosts.push_back("localhost");
    paths.push_back("/");
    for (const auto& host : hosts)
        for (const auto& path : paths) {
            const bool sendable = std::all_of(path.begin(), path.end(), [](unsigned char c) {
                return c > 0x20u && c < 0x7Fu && c != '?' && c != '#';
            });
            example_request request{host, path};
            if (sendable && matches(rule, request) == answer::yes) return request;
        }
    return std::nullopt;
}

} // namespace alcedo::manifest
