#pragma once
// What a route takes over from Traefik's own configuration: TLS and middlewares. Traefik looks for
// a bare name in the provider of the router; ours are of the file provider in the operator's eyes,
// whichever way the document travels, so a bare name means "@file" and is kept with it.

#include "reconcilers/manifest/block.hpp"
#include "reconcilers/manifest/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alcedo::manifest {

/// `pointer` is the route's. Empty lists and what check_fields has refused come back as nothing.
std::optional<route_tls> read_tls(const block& route, const std::string& pointer, report&);
std::vector<std::string> read_middlewares(const block& route, const std::string& pointer, report&);

} // namespace alcedo::manifest
