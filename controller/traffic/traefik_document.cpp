#include "controller/traffic/traefik_document.hpp"

namespace alcedo::traefik {

namespace {

using nlohmann::json;

constexpr const char* transport = "alcedo";
// The highest that Traefik leaves to users (traefik-measured §3): nothing may shadow an ack.
constexpr std::int64_t ack_priority = 9223372036854774807;

std::string header_matcher(std::string_view name, const std::string& token) {
    return "Header(`" + std::string(name) + "`, `" + token + "`)";
}

json response_header(std::string_view name, const std::string& value) {
    return {{"headers", {{"customResponseHeaders", {{std::string(name), value}}}}}};
}

json load_balancer(const fragment_backend& backend) {
    json servers = json::array();
    for (const auto& url : backend.servers)
        servers.push_back({{"url", url}});
    return {{"loadBalancer", {{"servers", servers}, {"serversTransport", transport}}}};
}

json router(const std::vector<std::string>& entry_points, std::string rule, std::int64_t priority,
            std::string service) {
    json one{{"rule", std::move(rule)}, {"priority", priority}, {"service", std::move(service)}};
    if (!entry_points.empty()) one["entryPoints"] = entry_points;
    return one;
}

/// The try router gets both, too. TLS: what answers a name with other options than its route takes
/// them from that route. Middlewares: a check of the route must see before the switch what users
/// see after it (stripPrefix, auth), and a router that Traefik cannot build is found out before any
/// weight. That an auth answers by itself only makes the gate say less: it counts 502–504 alone.
void add_parts(const fragment_route& route, json& router) {
    if (route.tls) router["tls"] = *route.tls;
    if (!route.middlewares.empty()) router["middlewares"] = route.middlewares;
}

void add_route(const std::string& app, const fragment_route& route,
               const document_settings& settings, json& routers, json& services) {
    const auto entry_points = entry_points_of(route, settings);
    const auto name = router_name(app, route.name);
    std::map<std::string, int> weights;
    for (const auto& backend : route.backends) {
        const auto service = backend_name(app, route.name, backend);
        services[service] = load_balancer(backend);
        // Never weight 0: it can hang Traefik. The child is left out and stays defined.
        if (backend.weight != 0) weights[service] = backend.weight;
        if (route.try_color == backend.colored &&
            !routers.contains(try_router_name(app, route.name)))
            routers[try_router_name(app, route.name)] =
                router(entry_points,
                       "(" + route.rule + ") && " + header_matcher(try_header, settings.try_token),
                       route.priority + 1, service);
    }
    if (const auto tried = routers.find(try_router_name(app, route.name)); tried != routers.end())
        add_parts(route, *tried);
    if (weights.empty()) return;
    json children = json::array();
    for (const auto& [child, weight] : weights)
        children.push_back({{"name", child}, {"weight", weight}});
    services[name] = {{"weighted", {{"services", children}}}};
    routers[name] = router(entry_points, route.rule, route.priority, name);
    add_parts(route, routers[name]);
}

void add_markers(const traffic_document& document, const document_settings& settings, json& routers,
                 json& middlewares) {
    const auto number = generation_middleware(document.generation);
    middlewares[number] = response_header(generation_header, std::to_string(document.generation));
    auto marker = response_header("X-Alcedo-Instance", settings.instance);
    for (const auto& [app, promised] : document.promises)
        marker["headers"]["customResponseHeaders"]["X-Alcedo-Promise-" + app] =
            std::to_string(promised);
    middlewares[std::string(promises_middleware)] = std::move(marker);
    for (const auto& [name, url] : settings.entry_points) {
        auto one = router({name},
                          "Path(`" + std::string(ack_path) + "`) && " +
                              header_matcher(ack_header, settings.ack_token),
                          ack_priority, "noop@internal");
        one["middlewares"] = {number};
        if (url.starts_with("https://")) one["tls"] = json::object();
        routers["alcedo-ack-" + name] = std::move(one);
    }
}

} // namespace

std::string generation_middleware(std::uint64_t generation) {
    return "alcedo-gen-" + std::to_string(generation);
}

std::string router_name(const std::string& app, const std::string& route) {
    return app + "_" + route;
}

std::string try_router_name(const std::string& app, const std::string& route) {
    return router_name(app, route) + "_try";
}

std::string backend_name(const std::string& app, const std::string& route,
                         const fragment_backend& backend) {
    return router_name(app, route) + "_" + to_string(backend.colored) + "_" + backend.revision8;
}

std::vector<std::string> entry_points_of(const fragment_route& route,
                                         const document_settings& settings) {
    if (!route.entry_points.empty()) return route.entry_points;
    std::vector<std::string> all;
    for (const auto& [name, url] : settings.entry_points)
        all.push_back(name);
    return all;
}

json compose(const traffic_document& document, const document_settings& settings) {
    json routers = json::object();
    json services = json::object();
    json middlewares = json::object();
    add_markers(document, settings, routers, middlewares);
    for (const auto& [app, held] : document.fragments)
        for (const auto& route : held.routes)
            add_route(app, route, settings, routers, services);
    json http{{"middlewares", std::move(middlewares)}};
    http["serversTransports"][transport] = {
        {"forwardingTimeouts", {{"dialTimeout", "2s"}, {"idleConnTimeout", "5s"}}},
        {"maxIdleConnsPerHost", 200}};
    // An empty map is a decoding error for Traefik, and would take the whole document with it.
    if (!routers.empty()) http["routers"] = std::move(routers);
    if (!services.empty()) http["services"] = std::move(services);
    return {{"http", std::move(http)}};
}

} // namespace alcedo::traefik
