// Is what Traefik shows of one app what the document says? "enabled" alone is no proof: a service
// with other servers, or a router on some of its entry points only, are both more or less enabled.

#include "controller/traffic/traefik_api.hpp"
#include "controller/traffic/traefik_document.hpp"

#include <set>

namespace alcedo::traefik {

namespace {

using nlohmann::json;

/// What is compared of an object, in one shape for both sides.
json shape_of(const json& object) {
    json out = json::object();
    for (const auto* key : {"rule", "service", "priority"})
        if (object.contains(key)) out[key] = object[key];
    if (object.contains("entryPoints")) {
        const auto& names = object["entryPoints"];
        out["entryPoints"] = std::set<json>(names.begin(), names.end());
    }
    if (object.contains("weighted"))
        for (const auto& child : object["weighted"].value("services", json::array()))
            out["weights"][child.value("name", "")] = child.value("weight", 0);
    if (object.contains("loadBalancer")) {
        std::set<std::string> urls;
        for (const auto& server : object["loadBalancer"].value("servers", json::array()))
            urls.insert(server.value("url", ""));
        out["servers"] = urls;
    }
    return out;
}

std::string reasons_of(const json& shown) {
    std::string out;
    for (const auto& one : shown.value("error", json::array()))
        if (one.is_string()) out += (out.empty() ? ": " : "; ") + one.get<std::string>();
    return out;
}

comparison verdict(comparison::outcome is, std::string detail) {
    comparison c;
    c.is = is;
    c.detail = std::move(detail);
    return c;
}

/// One object: `wanted` null = it must not be there.
comparison judge_object(const std::string& what, const json& wanted, const api_answer& answer) {
    using outcome = comparison::outcome;
    if (answer.is == api_answer::kind::unknown) return verdict(outcome::unknown, answer.detail);
    const bool is_there = answer.is == api_answer::kind::found;
    if (wanted.is_null())
        return is_there ? verdict(outcome::differs, "Traefik still has " + what)
                        : verdict(outcome::equal, {});
    if (!is_there) return verdict(outcome::differs, "Traefik does not have " + what);
    const auto status = answer.body.value("status", "");
    if (status != "enabled")
        return verdict(outcome::differs, what + " is " + status + reasons_of(answer.body));
    const auto expected = shape_of(wanted);
    auto shown = shape_of(answer.body);
    if (!expected.contains("entryPoints")) shown.erase("entryPoints");
    if (shown != expected)
        return verdict(outcome::differs,
                       what + ": Traefik shows " + shown.dump() + ", not " + expected.dump());
    return verdict(outcome::equal, {});
}

comparison judge(const std::string& what, const json& wanted, const api_answer& answer) {
    try {
        return judge_object(what, wanted, answer);
    } catch (const json::exception& e) {
        return verdict(comparison::outcome::unknown,
                       "Traefik's API answers something else for " + what + ": " + e.what());
    }
}

struct expected_objects {
    std::map<std::string, json> routers; ///< null = must be absent
    std::map<std::string, json> services;
};

/// Only services that somebody refers to: Traefik builds no other.
expected_objects expected_of(const std::string& app, const fragment& wanted, const json& composed) {
    expected_objects out;
    const auto& http = composed.at("http");
    const auto routers = http.value("routers", json::object());
    const auto services = http.value("services", json::object());
    for (const auto& route : wanted.routes)
        for (const auto& name : {router_name(app, route.name), try_router_name(app, route.name)}) {
            out.routers[name] = routers.value(name, json());
            if (out.routers[name].is_null()) continue;
            const std::string service = routers[name]["service"];
            out.services[service] = services[service];
            if (!services[service].contains("weighted")) continue;
            for (const auto& child : services[service]["weighted"]["services"]) {
                const std::string to = child["name"];
                out.services[to] = services[to];
            }
        }
    return out;
}

} // namespace

task<comparison> compare_with(api_client& api, std::string app, fragment wanted, json composed) {
    const auto expected = expected_of(app, wanted, composed);
    comparison found;
    found.is = comparison::outcome::equal;
    for (const auto& [name, object] : expected.routers) {
        const auto answer = co_await api.router(name);
        found = judge("router " + name, object, answer);
        if (found.is != comparison::outcome::equal) co_return found;
    }
    for (const auto& [name, object] : expected.services) {
        const auto answer = co_await api.service(name);
        found = judge("service " + name, object, answer);
        if (found.is != comparison::outcome::equal) co_return found;
    }
    co_return found;
}

} // namespace alcedo::traefik
