#include "reconcilers/manifest/traefik_labels.hpp"

#include <algorithm>
#include <map>
#include <set>

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

std::string with_provider(const std::string& name, const std::string& provider) {
    return name.find('@') == std::string::npos && name != "default" ? name + "@" + provider : name;
}

struct domain {
    std::string main;
    std::vector<std::string> sans;
};

struct router {
    std::string rule;
    std::vector<std::string> entry_points;
    std::string priority;
    std::string service;
    bool has_tls = false;
    std::string cert_resolver;
    std::string options;
    std::map<std::string, domain> domains; ///< "[0]" → names
    std::vector<std::string> middlewares;
};

/// "a, b" → {a, b}
std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> out;
    std::string one;
    for (const char c : list + ",") {
        if (c != ',' && c != ' ') one += c;
        if (c != ',' || one.empty()) continue;
        out.push_back(one);
        one.clear();
    }
    return out;
}

/// JSON's quotes are YAML's too: a rule may hold backslashes, a domain may begin with '*'.
std::string quoted(const std::string& text) {
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string list_text(const std::vector<std::string>& items, bool quote) {
    std::string out;
    for (const auto& item : items)
        out += (out.empty() ? "" : ", ") + (quote ? quoted(item) : item);
    return "[" + out + "]";
}

std::string tls_text(const router& r) {
    std::string out;
    const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
    if (!r.cert_resolver.empty()) add("certResolver: " + r.cert_resolver);
    // Labels cannot define options: what a bare name means stands in a file.
    if (!r.options.empty()) add("options: " + with_provider(r.options, "file"));
    std::string domains;
    for (const auto& [place, names] : r.domains)
        domains += (domains.empty() ? "{main: " : ", {main: ") + quoted(names.main) +
                   (names.sans.empty() ? "" : ", sans: " + list_text(names.sans, true)) + "}";
    if (!domains.empty()) add("domains: [" + domains + "]");
    return "{" + out + "}";
}

std::string route_text(const std::string& name, const router& r, const std::string& service,
                       const std::string& port) {
    std::string out = "{name: " + name + ", service: " + service + ", port: " + port;
    out += ", rule: " + quoted(r.rule.empty() ? "Host(`example.com`)" : r.rule);
    if (!r.entry_points.empty()) out += ", entryPoints: " + list_text(r.entry_points, false);
    if (!r.priority.empty()) out += ", priority: " + r.priority;
    if (r.has_tls) out += ", tls: " + tls_text(r);
    if (!r.middlewares.empty()) out += ", middlewares: " + list_text(r.middlewares, false);
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

void take_domain(router& r, const std::string& what, const std::string& value) {
    const auto dot = what.find("].");
    if (dot == std::string::npos) return;
    auto& one = r.domains[what.substr(0, dot + 1)];
    if (what.substr(dot + 2) == "main") one.main = value;
    if (what.substr(dot + 2) == "sans") one.sans = split(value);
}

void take_router_label(router& r, const std::string& what, const std::string& value) {
    constexpr std::string_view domains = "tls.domains";
    if (what == "rule") r.rule = value;
    if (what == "entrypoints") r.entry_points = split(value);
    if (what == "priority") r.priority = value;
    if (what == "service") r.service = lower(value);
    if (what == "middlewares") r.middlewares = split(value);
    if (what == "tls.certresolver") r.cert_resolver = value;
    if (what == "tls.options") r.options = value;
    if (what.starts_with(domains)) take_domain(r, what.substr(domains.size()), value);
    if (what == "tls" ? lower(value) == "true" : what.starts_with("tls.")) r.has_tls = true;
}

/// What the labels of one service say to Traefik, by name.
struct labelled {
    std::map<std::string, router> routers;
    std::map<std::string, std::string> ports;
    std::set<std::string> middlewares; ///< defined by these labels

    explicit labelled(const std::vector<label>& labels) {
        for (const auto& l : labels) {
            const auto key = lower(l.key);
            if (const auto [name, what] = name_and_key(key, "traefik.http.routers."); !name.empty())
                take_router_label(routers[name], what, l.value);
            if (const auto [name, what] = name_and_key(key, "traefik.http.services.");
                what == "loadbalancer.server.port")
                ports[name] = l.value;
            if (const auto [name, what] = name_and_key(key, "traefik.http.middlewares.");
                !name.empty())
                middlewares.insert(name);
        }
    }

    std::string port_of(const router& r) const {
        const auto it = ports.find(r.service);
        return it != ports.end() ? it->second : ports.size() == 1 ? ports.begin()->second : "80";
    }
};

std::string equivalent(const std::vector<label>& labels, const std::string& service) {
    labelled all(labels);
    std::string routes, to_define;
    for (auto& [name, r] : all.routers) {
        for (auto& used : r.middlewares) {
            const bool is_here = all.middlewares.contains(lower(used));
            used = with_provider(used, is_here ? "file" : "docker");
            if (is_here) to_define += (to_define.empty() ? "" : ", ") + used;
        }
        routes += (routes.empty() ? "" : ", ") + route_text(name, r, service, all.port_of(r));
    }
    if (routes.empty())
        return "remove it; what the proxy serves is written under spec.traffic.routes";
    return "write spec.traffic: {routes: [" + routes + "]}" +
           (to_define.empty() ? "" : ", and define " + to_define + " in a file of Traefik's own");
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
