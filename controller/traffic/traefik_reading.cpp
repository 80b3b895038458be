// Our own document, read back: what is routed is what the file says, whoever wrote it last.

#include "controller/traffic/traefik_document.hpp"

#include <algorithm>
#include <charconv>

namespace alcedo::traefik {

namespace {

using nlohmann::json;

constexpr std::string_view promise_prefix = "X-Alcedo-Promise-";
constexpr std::string_view generation_prefix = "alcedo-gen-";

std::optional<std::uint64_t> number_from(std::string_view digits) {
    std::uint64_t n = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, problem] = std::from_chars(digits.data(), end, n);
    if (problem != std::errc{} || stop != end) return std::nullopt;
    return n;
}

/// "<app>_<route>[_<color>_<revision8>|_try]": no part can hold a '_' of its own.
std::vector<std::string> parts_of(const std::string& name) {
    std::vector<std::string> parts(1);
    for (const char c : name)
        if (c == '_')
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

class reading {
public:
    explicit reading(const json& http) : http_(http) {}

    traffic_document document() {
        const auto& marker = http_.at("middlewares").at(std::string(promises_middleware));
        for (const auto& [name, value] : marker.at("headers").at("customResponseHeaders").items()) {
            if (!name.starts_with(promise_prefix)) continue;
            const auto app = name.substr(promise_prefix.size());
            out_.promises[app] = number_from(value.get<std::string>()).value_or(0);
            out_.fragments[app];
        }
        for (const auto& [name, middleware] : http_.at("middlewares").items())
            if (name.starts_with(generation_prefix))
                out_.generation =
                    std::max(out_.generation,
                             number_from(std::string_view(name).substr(generation_prefix.size()))
                                 .value_or(0));
        const auto services = http_.value("services", json::object());
        for (const auto& [name, service] : services.items())
            if (service.contains("loadBalancer")) take_backend(parts_of(name), service);
        for (const auto& [name, service] : services.items())
            if (service.contains("weighted")) take_weights(service);
        const auto routers = http_.value("routers", json::object());
        for (const auto& [name, router] : routers.items())
            take_router(parts_of(name), router);
        put_in_order();
        return std::move(out_);
    }

private:
    fragment_route& route(const std::string& app, const std::string& name) {
        auto& routes = out_.fragments[app].routes;
        for (auto& one : routes)
            if (one.name == name) return one;
        routes.emplace_back().name = name;
        return routes.back();
    }

    fragment_backend* backend(const std::string& service) {
        const auto parts = parts_of(service);
        if (parts.size() != 4) return nullptr;
        for (auto& one : route(parts[0], parts[1]).backends)
            if (to_string(one.colored) == parts[2] && one.revision8 == parts[3]) return &one;
        return nullptr;
    }

    void take_backend(const std::vector<std::string>& parts, const json& service) {
        const auto colored = parts.size() == 4 ? color_from(parts[2]) : std::nullopt;
        if (!colored) return;
        fragment_backend one;
        one.colored = *colored;
        one.revision8 = parts[3];
        for (const auto& server : service.at("loadBalancer").at("servers"))
            one.servers.push_back(server.at("url"));
        route(parts[0], parts[1]).backends.push_back(std::move(one));
    }

    void take_weights(const json& service) {
        for (const auto& child : service.at("weighted").at("services"))
            if (auto* one = backend(child.at("name"))) one->weight = child.at("weight");
    }

    void take_router(const std::vector<std::string>& parts, const json& router) {
        const bool is_try = parts.size() == 3 && parts[2] == "try";
        if (parts.size() != 2 && !is_try) return;
        auto& one = route(parts[0], parts[1]);
        if (is_try)
            if (const auto* tried = backend(router.at("service"))) one.try_color = tried->colored;
        if (is_try && !one.rule.empty()) return; // its own router says it better; it sorts first
        one.rule = router.at("rule");
        one.priority = router.at("priority");
        one.entry_points = router.value("entryPoints", std::vector<std::string>());
        if (router.contains("tls")) one.tls = router.at("tls").get<route_tls>();
        one.middlewares = router.value("middlewares", std::vector<std::string>());
        if (!is_try) return;
        one.priority -= 1;
        const auto end = one.rule.rfind(") && Header(");
        if (one.rule.starts_with('(') && end != std::string::npos)
            one.rule = one.rule.substr(1, end - 1);
    }

    /// As promises keep them: first the routes that lead into every weighted colour.
    void put_in_order() {
        const auto weighted = [](const fragment_route& r) {
            return std::count_if(r.backends.begin(), r.backends.end(),
                                 [](const fragment_backend& b) { return b.weight > 0; });
        };
        const auto before = [&](const fragment_route& a, const fragment_route& b) {
            return weighted(a) != weighted(b) ? weighted(a) > weighted(b) : a.name < b.name;
        };
        for (auto& [app, held] : out_.fragments)
            std::sort(held.routes.begin(), held.routes.end(), before);
    }

    const json& http_;
    traffic_document out_;
};

} // namespace

document_on_disk parse_document(const std::string& text) {
    document_on_disk found;
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) return found;
    found.exists = found.damaged = true;
    const auto whole = json::parse(text, nullptr, false);
    const json::json_pointer instance("/http/middlewares/" + std::string(promises_middleware) +
                                      "/headers/customResponseHeaders/X-Alcedo-Instance");
    if (whole.is_discarded() || !whole.contains(instance) || !whole.at(instance).is_string())
        return found;
    try {
        found.document = reading(whole.at("http")).document();
        found.instance = whole.at(instance);
        found.damaged = false;
    } catch (const json::exception&) {
        found.document = {};
    }
    return found;
}

} // namespace alcedo::traefik
