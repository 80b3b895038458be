// What may not reach Traefik, whoever asked for it.

#include "controller/traffic/traefik_document.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace alcedo::traefik {

namespace {

using nlohmann::json;

error refused(const std::string& what) {
    return error(next_step::invalid, "the proxy's document: " + what);
}

bool is_label(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !name.empty() && name.size() <= 63 && name.front() != '-' && name.back() != '-' &&
           std::all_of(name.begin(), name.end(), fits);
}

bool is_hex(std::string_view digits) {
    return !digits.empty() && digits.find_first_not_of("0123456789abcdef") == digits.npos;
}

/// A token stands between back-quotes in a rule.
bool is_token(std::string_view token) {
    return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '`' && c != '{' && c != '}';
    });
}

result<void> check_route(const std::string& app, const fragment_route& route) {
    const auto where = "app " + app + ", route '" + route.name + "': ";
    if (!is_label(route.name)) return refused(where + "the name is not a DNS label");
    const auto has_weight = [](const fragment_backend& b) { return b.weight > 0; };
    const auto& all = route.backends;
    const bool is_routed = std::any_of(all.begin(), all.end(), has_weight);
    if ((is_routed || route.try_color) && route.rule.empty())
        return refused(where + "there is no rule");
    for (const auto& one : route.middlewares)
        if (one.find('@') == one.npos)
            return refused(where + "middleware '" + one + "' has no provider");
    std::set<std::string> names;
    bool can_be_tried = !route.try_color;
    for (const auto& backend : all) {
        const auto name = backend_name(app, route.name, backend);
        if (!is_hex(backend.revision8))
            return refused(where + "'" + backend.revision8 + "' is not a revision");
        if (!names.insert(name).second) return refused(where + name + " stands there twice");
        if (backend.weight < 0) return refused(where + name + " has a negative weight");
        can_be_tried = can_be_tried || route.try_color == backend.colored;
    }
    if (!can_be_tried) return refused(where + "the try router's colour has no servers");
    return {};
}

result<void> check_names(const traffic_document& document, const document_settings& settings) {
    if (!is_token(settings.ack_token) || !is_token(settings.try_token))
        return refused("a token is empty or cannot stand in a rule");
    if (settings.instance.empty()) return refused("the instance has no name");
    for (const auto& [app, held] : document.fragments) {
        if (!is_label(app)) return refused("'" + app + "' is not an app's name");
        std::set<std::string> names;
        for (const auto& route : held.routes) {
            auto fine = check_route(app, route);
            if (!fine) return fine;
            if (!names.insert(route.name).second)
                return refused("app " + app + " has two routes '" + route.name + "'");
        }
    }
    for (const auto& [app, number] : document.promises)
        if (!is_label(app)) return refused("'" + app + "' is not an app's name");
    return {};
}

bool has_code(std::string_view text) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    return text.find("{{") != text.npos || text.find("}}") != text.npos ||
           std::any_of(text.begin(), text.end(), is_control);
}

/// The first key or string below `value` that templates or parsers could take for code (S21).
std::optional<std::string> find_code(const json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        return has_code(text) ? std::optional(text) : std::nullopt;
    }
    if (!value.is_structured()) return std::nullopt;
    for (const auto& [key, inner] : value.items()) {
        if (value.is_object() && has_code(key)) return key;
        if (auto found = find_code(inner)) return found;
    }
    return std::nullopt;
}

bool is_server_url(std::string_view url) {
    constexpr std::array<std::string_view, 3> schemes{"http://", "https://", "h2c://"};
    for (const auto scheme : schemes)
        if (url.starts_with(scheme)) {
            const auto rest = url.substr(scheme.size());
            const auto fits = [](char c) { return c > ' ' && c < 0x7f; };
            return !rest.empty() && rest.front() != '/' && rest.front() != ':' &&
                   std::all_of(rest.begin(), rest.end(), fits);
        }
    return false;
}

bool exists(const json& http, const char* kind, const std::string& name) {
    return http.contains(kind) && http[kind].contains(name);
}

result<void> check_service(const std::string& name, const json& service, const json& http) {
    if (service.contains("weighted")) {
        const auto& children = service.at("weighted").at("services");
        if (children.empty()) return refused("service " + name + " has no child");
        for (const auto& child : children) {
            const std::string to = child.at("name");
            if (child.at("weight").get<int>() < 1)
                return refused("service " + name + ": child " + to + " has a weight below 1");
            if (!exists(http, "services", to))
                return refused("service " + name + ": child " + to + " does not exist");
        }
        return {};
    }
    const auto& balancer = service.at("loadBalancer");
    if (balancer.at("servers").empty()) return refused("service " + name + " has no server");
    for (const auto& server : balancer.at("servers"))
        if (!is_server_url(server.at("url").get<std::string>()))
            return refused("service " + name + ": " + server.at("url").dump() +
                           " is not an http, https or h2c address");
    const std::string through = balancer.at("serversTransport");
    if (!exists(http, "serversTransports", through))
        return refused("service " + name + ": transport " + through + " does not exist");
    return {};
}

result<void> check_router(const std::string& name, const json& router, const json& http) {
    const std::string to = router.at("service");
    if (!to.ends_with("@internal") && !exists(http, "services", to))
        return refused("router " + name + ": service " + to + " does not exist");
    for (const auto& one : router.value("middlewares", json::array())) {
        const auto& middleware = one.get_ref<const std::string&>();
        // With a provider it is the operator's: the guard of routes has looked for it.
        if (middleware.find('@') == middleware.npos && !exists(http, "middlewares", middleware))
            return refused("router " + name + ": middleware " + one.dump() + " does not exist");
    }
    return {};
}

} // namespace

result<void> check_references(const json& composed) {
    if (const auto code = find_code(composed))
        return refused(json(*code).dump(-1, ' ', true, json::error_handler_t::replace) +
                       " holds braces or control characters that Traefik would interpret");
    try {
        const auto& http = composed.at("http");
        const auto services = http.value("services", json::object());
        for (const auto& [name, service] : services.items()) {
            auto fine = check_service(name, service, http);
            if (!fine) return fine;
        }
        const auto routers = http.value("routers", json::object());
        for (const auto& [name, router] : routers.items()) {
            auto fine = check_router(name, router, http);
            if (!fine) return fine;
        }
    } catch (const json::exception& e) {
        return refused(e.what());
    }
    return {};
}

result<std::string> render(const traffic_document& document, const document_settings& settings) {
    auto named = check_names(document, settings);
    if (!named) return named.error();
    const auto composed = compose(document, settings);
    auto sound = check_references(composed);
    if (!sound) return sound.error();
    try {
        return composed.dump(1) + "\n";
    } catch (const json::exception&) {
        return refused("a rule or an address is not UTF-8");
    }
}

} // namespace alcedo::traefik
