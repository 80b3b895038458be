#pragma once
// TLS of a route, in Traefik's own words: in the spec, in a fragment, in the record and in the
// document it is one and the same object.

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace alcedo {

/// Names that a certificate is asked for; without any the resolver takes those of the rule.
struct tls_domain {
    std::string main; ///< "example.com" or "*.example.com"
    std::vector<std::string> sans;
    bool operator==(const tls_domain&) const = default;
};

/// A router that has one answers TLS only; one that has none answers plain HTTP only. All empty is
/// the entry point's certificate with Traefik's default options.
struct route_tls {
    std::string cert_resolver;
    std::string options; ///< "modern@file"; always with its provider, "default" apart
    std::vector<tls_domain> domains;
    bool operator==(const route_tls&) const = default;
};

/// {certResolver, options, domains: [{main, sans}]}; what is empty is left out.
void to_json(nlohmann::json&, const route_tls&);
void from_json(const nlohmann::json&, route_tls&);

} // namespace alcedo
