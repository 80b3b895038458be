#pragma once
// Traefik's rule language, as much of it as is safe to pass on: parsed into atoms and printed anew,
// so that nothing a user wrote reaches the proxy unread. Sources: Traefik v3 rule syntax (mux), and
// what 3.7 accepts but never matches (reference: Host with a blank, an empty or a second argument).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::manifest {

struct rule_node {
    enum class kind { all, any, none_of, atom };
    kind is = kind::atom;
    std::string matcher;                ///< of an atom: "Host", "PathPrefix", …
    std::vector<std::string> arguments; ///< of an atom
    std::vector<rule_node> parts;       ///< of all, any; one for none_of
};

struct rule_error {
    std::size_t offset = 0; ///< byte in the text
    std::string problem;
    std::string remedy;
};

struct parsed_rule {
    std::optional<rule_node> rule;
    rule_error error; ///< meaningful if there is no rule
};
parsed_rule parse_rule(std::string_view text);

/// Canonical text: one blank around && and ||, brackets only where needed.
std::string print(const rule_node&);

/// A GET without headers that the rule matches.
struct example_request {
    std::string host;
    std::string path;
    bool operator==(const example_request&) const = default;
};
/// First Host, path of a Path or PathPrefix atom, else "/"; nothing if such a request does not
/// match or cannot be told to.
std::optional<example_request> example_of(const rule_node&);

} // namespace alcedo::manifest
