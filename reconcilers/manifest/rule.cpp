#include "reconcilers/manifest/rule.hpp"

#include "reconcilers/manifest/rule_matchers.hpp"
#include "reconcilers/manifest/suggest.hpp"

#include <algorithm>
#include <cctype>

namespace alcedo::manifest {

namespace {

constexpr std::size_t max_bytes = 1024;
constexpr int max_nesting = 16;

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
        const auto row = find_matcher(node.matcher);
        if (row == nullptr) {
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
        if (name.empty())
            fail(from, from < text_.size() ? "a matcher was expected" : "the rule ends too early",
                 "write one, such as Host(`example.com`)");
        else
            fail(from, "unknown matcher \"" + name + "\"", suggestion(name, matcher_names()));
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
        // Traefik reads the document as a Go template first; its rule parser knows no byte order
        // mark in the middle of a text.
        for (const auto& [bytes, name] : {std::pair{"{{", "{{"}, std::pair{"}}", "}}"},
                                          std::pair{"\xEF\xBB\xBF", "a byte order mark (U+FEFF)"}})
            if (const auto found = value.find(bytes); found != std::string::npos)
                fail(at_ + 1 + found, std::string(name) + " cannot be passed on", "remove it");
        at_ = end + 1;
        return value;
    }

    void check(const matcher& m, const rule_node& node, std::size_t from,
               const std::vector<std::size_t>& offsets) {
        if (auto fault = argument_fault(m, node.arguments); !fault.problem.empty())
            fail(fault.argument < 0 ? from : offsets[static_cast<std::size_t>(fault.argument)],
                 std::move(fault.problem), std::move(fault.remedy));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool failed_ = false;
    rule_error error_;
};

// The proxy compares hosts without case, so two spellings are one rule.
std::string printed(const std::string& matcher, std::string argument) {
    if (matcher == "Host")
        std::transform(argument.begin(), argument.end(), argument.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return "`" + argument + "`";
}

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
            out += (out.empty() ? "" : ", ") + printed(node.matcher, argument);
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
