#include "reconcilers/model/traffic.hpp"

namespace alcedo {

int promise::weight(color c) const {
    if (content.routes.empty()) return 0;
    for (const auto& backend : content.routes.front().backends)
        if (backend.colored == c) return backend.weight;
    return 0;
}

bool promise::tries(color c) const {
    for (const auto& route : content.routes)
        if (route.try_color == c) return true;
    return false;
}

std::string to_string(traffic_state s) {
    switch (s) {
    case traffic_state::unwritten:
        return "Unwritten";
    case traffic_state::unknown:
        return "Unknown";
    case traffic_state::pending:
        return "Pending";
    case traffic_state::late:
        return "Late";
    case traffic_state::confirmed:
        return "Confirmed";
    }
    return "?";
}

void to_json(nlohmann::json& j, const fragment& f) {
    j = nlohmann::json::array();
    for (const auto& route : f.routes) {
        nlohmann::json backends = nlohmann::json::array();
        for (const auto& b : route.backends)
            backends.push_back({{"color", to_string(b.colored)},
                                {"revision", b.revision8},
                                {"servers", b.servers},
                                {"weight", b.weight}});
        nlohmann::json one{{"name", route.name},
                           {"rule", route.rule},
                           {"entryPoints", route.entry_points},
                           {"priority", route.priority},
                           {"backends", backends}};
        if (route.try_color) one["try"] = to_string(*route.try_color);
        // Only where there is something: a record of before these fields stays what it was.
        if (route.tls) one["tls"] = *route.tls;
        if (!route.middlewares.empty()) one["middlewares"] = route.middlewares;
        j.push_back(std::move(one));
    }
}

void from_json(const nlohmann::json& j, fragment& f) {
    f.routes.clear();
    for (const auto& one : j) {
        fragment_route route;
        route.name = one.at("name");
        route.rule = one.at("rule");
        route.entry_points = one.at("entryPoints").get<std::vector<std::string>>();
        route.priority = one.at("priority");
        for (const auto& b : one.at("backends")) {
            fragment_backend backend;
            backend.colored = color_from(b.at("color").get<std::string>()).value_or(color::blue);
            backend.revision8 = b.at("revision");
            backend.servers = b.at("servers").get<std::vector<std::string>>();
            backend.weight = b.at("weight");
            route.backends.push_back(std::move(backend));
        }
        if (one.contains("try")) route.try_color = color_from(one.at("try").get<std::string>());
        if (one.contains("tls")) route.tls = one.at("tls").get<route_tls>();
        route.middlewares = one.value("middlewares", std::vector<std::string>());
        f.routes.push_back(std::move(route));
    }
}

void to_json(nlohmann::json& j, const promise& p) {
    j = {{"number", p.number}, {"routes", p.content}};
}

void from_json(const nlohmann::json& j, promise& p) {
    p.number = j.at("number");
    p.content = j.at("routes").get<fragment>();
}

} // namespace alcedo
