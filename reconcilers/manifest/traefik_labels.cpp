#include "reconcilers/manifest/traefik_labels.hpp"

#include <algorithm>
#include <map>

namespace alcedo::manifest {

namespace {

struct label {
    std::string key;
    std::string value;
    std::string pointer;
};

std::vector<label> labels_in(const json& block, const std::string& pointer) {
    std::vector<label> out;
    const auto it = block.is_object() ? block.find("labels") : block.end();
    if (it == block.end()) return out;
    const auto here = child(pointer, "labels");
    if (it->is_object())
        for (const auto& [key, value] : it->items())
            out.push_back({key, value.is_string() ? value.get<std::string>() : value.dump(),
                           child(here, key)});
    if (it->is_array())
        for (std::size_t i = 0; i < it->size(); ++i)
            if (const auto& item = (*it)[i]; item.is_string()) {
                const auto text = item.get<std::string>();
                const auto equals = std::min(text.find('='), text.size());
                out.push_back({text.substr(0, equals),
                               equals < text.size() ? text.substr(equals + 1) : "",
                               child(here, i)});
            }
    return out;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

struct router {
    std::string rule;
    std::string entry_points;
    std::string priority;
    std::string service;
};

std::string route_text(const std::string& name, const router& r, const std::string& service,
                       const std::string& port) {
    std::string out = "{name: " + name + ", service: " + service + ", port: " + port;
    out += ", rule: \"" + (r.rule.empty() ? "Host(`example.com`)" : r.rule) + "\"";
    if (!r.entry_points.empty()) out += ", entryPoints: [" + r.entry_points + "]";
    if (!r.priority.empty()) out += ", priority: " + r.priority;
    return out + "}";
}

// "http.routers.web.rule" below `prefix` → {"web", "rule"}
std::pair<std::string, std::string> name_and_key(const std::string& key,
                                                 const std::string& prefix) {
    if (!key.starts_with(prefix)) return {};
    const auto rest = key.substr(prefix.size());
    const auto dot = rest.find('.');
    if (dot == std::string::npos) return {};
    return {rest.substr(0, dot), rest.substr(dot + 1)};
}

std::string equivalent(const std::vector<label>& labels, const std::string& service) {
    std::map<std::string, router> routers;
    std::map<std::string, std::string> ports;
    for (const auto& l : labels) {
        const auto key = lower(l.key);
        if (const auto [name, what] = name_and_key(key, "traefik.http.routers."); !name.empty()) {
            auto& r = routers[name];
            if (what == "rule")
                r.rule = l.value;
            else if (what == "entrypoints")
                r.entry_points = l.value;
            else if (what == "priority")
                r.priority = l.value;
            else if (what == "service")
                r.service = lower(l.value);
        }
        if (const auto [name, what] = name_and_key(key, "traefik.http.services.");
            what == "loadbalancer.server.port")
            ports[name] = l.value;
    }
    const auto port_of = [&](const router& r) {
        const auto it = ports.find(r.service);
        return it != ports.end() ? it->second : ports.size() == 1 ? ports.begin()->second : "80";
    };
    std::string routes;
    for (const auto& [name, r] : routers)
        routes += (routes.empty() ? "" : ", ") + route_text(name, r, service, port_of(r));
    if (routes.empty())
        return "remove it; what the proxy serves is written under spec.traffic.routes";
    return "write spec.traffic: {routes: [" + routes + "]}";
}

void check_owner(const std::vector<label>& labels, report& out) {
    for (const auto& l : labels)
        for (const auto prefix : {"alcedo.dev/", "com.docker.compose."})
            if (l.key.starts_with(prefix))
                out.error_at_key(l.pointer, "labels " + std::string(prefix) + "* belong to alcedo",
                                 "remove it");
}

} // namespace

void check_labels(const json& service, const std::string& pointer, report& out) {
    const auto labels = labels_in(service, pointer);
    check_owner(labels, out);
    const label* first = nullptr;
    for (const auto& l : labels)
        if (lower(l.key).starts_with("traefik.") && first == nullptr) first = &l;
    if (first == nullptr) return;
    const auto slash = pointer.rfind('/');
    out.error_at_key(first->pointer, "traefik.* labels would send traffic past the weights",
                     equivalent(labels, pointer.substr(slash + 1)));
}

void check_entry_labels(const json& entry, const std::string& pointer, report& out) {
    check_owner(labels_in(entry, pointer), out);
}

} // namespace alcedo::manifest
