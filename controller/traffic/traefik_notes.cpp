// What nobody can find out before it is used.

#include "controller/traffic/traefik_document.hpp"

#include <algorithm>

namespace alcedo::traefik {

namespace {

bool is_asked_by_tls(const fragment_route& route, const document_settings& settings) {
    const auto names = entry_points_of(route, settings);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        const auto at = settings.entry_points.find(name);
        return at != settings.entry_points.end() && at->second.starts_with("https://");
    });
}

} // namespace

std::vector<std::string> notes_about(const traffic_document& document,
                                     const document_settings& settings) {
    std::vector<std::string> lines;
    for (const auto& [app, held] : document.fragments)
        for (const auto& route : held.routes) {
            if (!route.tls) continue;
            const auto where = "route " + app + "/" + route.name + ": ";
            if (!is_asked_by_tls(route, settings))
                lines.push_back(where + "it answers TLS only, and none of its entry points has an "
                                        "https URL in --traefik-entrypoint: it is not tried");
            if (!route.tls->cert_resolver.empty())
                lines.push_back(where + "Traefik's API does not tell whether certResolver " +
                                route.tls->cert_resolver +
                                " exists: without it the default certificate is served");
            if (!route.tls->options.empty() && route.tls->options != "default")
                lines.push_back(where + "Traefik's API does not tell whether TLS options " +
                                route.tls->options +
                                " exist before a router uses them: without them it answers nobody");
        }
    return lines;
}

} // namespace alcedo::traefik
