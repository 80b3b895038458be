#include "reconcilers/manifest/rule.hpp"

#include "reconcilers/manifest/suggest.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace alcedo::manifest {

namespace {

constexpr std::size_t max_bytes = 1024;
constexpr int max_nesting = 16;

struct matcher {
    std::string_view name;
    std::size_t least;
    std::size_t most;
    int regexp; ///< index of the argument that is a regular expression; -1 = none
};
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

class rule_parser {
public:
    explicit rule_parser(std::string_view text) : text_(text) {}

    parsed_rule run() {
        parsed_rule out;
        if (text_.size() > max_bytes) {
            fail(0, "longer than 1 KiB", "split it into several routes");
        } else {
            auto rule = any(0);
            skip_blanks();
            if (!failed_ && at_ < text_.size())
                fail(at_, "unexpected \"" + std::string(text_.substr(at_, 1)) + "\"",
                     "join matchers with && or ||");
            if (!failed_) out.rule = std::move(rule);
        }
        out.error = error_;
        return out;
    }

private:
    void fail(std::size_t offset, std::string problem, std::string remedy) {
        if (!failed_) error_ = {offset, std::move(problem), std::move(remedy)};
        failed_ = true;
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }

    bool take(std::string_view word) {
        skip_blanks();
        if (failed_ || !text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    rule_node joined(rule_node::kind kind, std::string_view sign, int depth) {
        std::vector<rule_node> parts;
        do
            parts.push_back(kind == rule_node::kind::any ? all(depth) : one(depth));
        while (take(sign));
        if (parts.size() == 1) return std::move(parts.front());
        return {kind, {}, {}, std::move(parts)};
    }
    rule_node any(int depth) { return joined(rule_node::kind::any, "||", depth); }
    rule_node all(int depth) { return joined(rule_node::kind::all, "&&", depth); }

    rule_node one(int depth) {
        if (depth > max_nesting) fail(at_, "nested deeper than 16 levels", "write it flatter");
        if (failed_) return {};
        if (take("!")) return {rule_node::kind::none_of, {}, {}, {one(depth + 1)}};
        if (!take("(")) return atom();
        auto inner = any(depth + 1);
        if (!take(")")) fail(at_, "a bracket is not closed", "write )");
        return inner;
    }

    rule_node atom() {
        skip_blanks();
        const auto from = at_;
        while (at_ < text_.size() && std::isalnum(static_cast<unsigned char>(text_[at_])) != 0)
            ++at_;
        rule_node node;
        node.matcher = text_.substr(from, at_ - from);
        const auto row = std::find_if(matchers.begin(), matchers.end(),
                                      [&](const matcher& m) { return m.name == node.matcher; });
        if (row == matchers.end()) {
            unknown_matcher(from, node.matcher);
            return node;
        }
        if (!take("(")) {
            fail(at_, "( is missing after " + node.matcher, "write " + node.matcher + "(`…`)");
            return node;
        }
        std::vector<std::size_t> offsets;
        do
            node.arguments.push_back(argument(offsets));
        while (take(","));
        if (!take(")")) fail(at_, ") is missing after the arguments of " + node.matcher, "write )");
        if (!failed_) check(*row, node, from, offsets);
        return node;
    }

    void unknown_matcher(std::size_t from, const std::string& name) {
        std::vector<std::string_view> names;
        for (const auto& m : matchers)
            names.push_back(m.name);
        if (name.empty())
            fail(from, from < text_.size() ? "a matcher was expected" : "the rule ends too early",
                 "write one, such as Host(`example.com`)");
        else
            fail(from, "unknown matcher \"" + name + "\"", suggestion(name, names));
    }

    std::string argument(std::vector<std::size_t>& offsets) {
        skip_blanks();
        offsets.push_back(at_ + 1);
        if (failed_ || at_ >= text_.size() || text_[at_] != '`') {
            fail(at_, "an argument in back-quotes was expected", "write `…`");
            return {};
        }
        const auto end = text_.find('`', at_ + 1);
        if (end == std::string_view::npos) {
            fail(at_, "a back-quote is not closed", "write `");
            return {};
        }
        std::string value(text_.substr(at_ + 1, end - at_ - 1));
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto byte = static_cast<unsigned char>(value[i]);
            if (byte < 0x20u || byte == 0x7Fu)
                fail(at_ + 1 + i, "a control character", "remove it");
        }
        // Traefik reads the document as a Go template first.
        for (const auto braces : {"{{", "}}"})
            if (const auto found = value.find(braces); found != std::string::npos)
                fail(at_ + 1 + found, std::string(braces) + " cannot be passed on", "remove it");
        at_ = end + 1;
        return value;
    }

    void check(const matcher& m, const rule_node& node, std::size_t from,
               const std::vector<std::size_t>& offsets) {
        if (node.arguments.size() < m.least || node.arguments.size() > m.most) {
            fail(from,
                 node.matcher + " takes " +
                     (m.least == m.most
                          ? std::to_string(m.least)
                          : std::to_string(m.least) + " or " + std::to_string(m.most)) +
                     (m.most == 1 ? " argument" : " arguments"),
                 node.matcher == "Host" ? "write Host(`a`) || Host(`b`)" : "mend the arguments");
            return;
        }
        const auto& first = node.arguments.front();
        const auto at = offsets.front();
        if (node.matcher == "Host" && !is_host_name(first))
            fail(at, "\"" + first + "\" is not an ASCII host name",
                 "write a name such as example.com (punycode for others)");
        else if ((node.matcher == "Path" || node.matcher == "PathPrefix") &&
                 !first.starts_with('/'))
            fail(at, "a path starts with /", "write /" + first);
        else if ((node.matcher.starts_with("Header") || node.matcher == "Method") &&
                 !is_token(first))
            fail(at,
                 "\"" + first + "\" is not a " +
                     (node.matcher == "Method" ? "method" : "header's name"),
                 "write letters, digits and dashes");
        else if (node.matcher == "Query" && first.empty())
            fail(at, "no parameter's name", "write Query(`name`, `value`)");
        else if (node.matcher == "ClientIP" && !is_client_range(first))
            fail(at, "\"" + first + "\" is not an address or a range",
                 "write 10.0.0.1 or 10.0.0.0/8");
        else if (m.regexp >= 0)
            check_regexp(node, static_cast<std::size_t>(m.regexp), offsets);
    }

    void check_regexp(const rule_node& node, std::size_t index,
                      const std::vector<std::size_t>& offsets) {
        RE2::Options quiet;
        quiet.set_log_errors(false);
        const RE2 pattern(node.arguments[index], quiet);
        if (!pattern.ok())
            fail(offsets[index], "not a regular expression: " + pattern.error(),
                 "mend the expression (RE2 syntax)");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool failed_ = false;
    rule_error error_;
};

std::string in_brackets(const rule_node& node, bool needed) {
    return needed ? "(" + print(node) + ")" : print(node);
}

} // namespace

parsed_rule parse_rule(std::string_view text) {
    return rule_parser(text).run();
}

std::string print(const rule_node& node) {
    std::string out;
    switch (node.is) {
    case rule_node::kind::atom:
        for (const auto& argument : node.arguments)
            out += (out.empty() ? "" : ", ") + ("`" + argument + "`");
        return node.matcher + "(" + out + ")";
    case rule_node::kind::none_of:
        return "!" +
               in_brackets(node.parts.front(), node.parts.front().is == rule_node::kind::all ||
                                                   node.parts.front().is == rule_node::kind::any);
    case rule_node::kind::all:
        for (const auto& part : node.parts)
            out += (out.empty() ? "" : " && ") + in_brackets(part, part.is == rule_node::kind::any);
        return out;
    case rule_node::kind::any:
        for (const auto& part : node.parts)
            out += (out.empty() ? "" : " || ") + print(part);
        return out;
    }
    return out;
}

} // namespace alcedo::manifest
