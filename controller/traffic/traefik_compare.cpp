// Is what Traefik shows of one app what the document says? "enabled" alone is no proof: a service
// with other servers, or a router on some of its entry points only, are both more or less enabled.

#include "controller/traffic/traefik_api.hpp"
#include "controller/traffic/traefik_document.hpp"

#include <algorithm>
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

/// An entry point may bring TLS and middlewares of its own, which Traefik shows with the router's:
/// a router without TLS takes the entry point's, and its middlewares stand in front.
bool has_parts(const json& shown, const json& wanted) {
    const auto has = shown.value("middlewares", json::array());
    const auto wants = wanted.value("middlewares", json::array());
    if (has.size() < wants.size() ||
        !std::equal(wants.begin(), wants.end(), has.end() - static_cast<long>(wants.size())))
        return false;
    if (!wanted.contains("tls")) return true;
    if (!shown.contains("tls")) return false;
    for (const auto& [key, value] : wanted["tls"].items())
        if (shown["tls"].value(key, json()) != value) return false;
    return true;
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
    if (!has_parts(answer.body, wanted))
        return verdict(outcome::differs,
                       what + ": Traefik shows other TLS or middlewares: " + answer.body.dump());
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

bool is_whole(const json& wanted, const json& shown) {
    const auto names = wanted.value("entryPoints", json::array());
    const auto on = shown.value("entryPoints", json::array());
    return std::all_of(names.begin(), names.end(), [&](const json& name) {
        return std::find(on.begin(), on.end(), name) != on.end();
    });
}

/// A router on several entry points, of which some bring TLS or middlewares, is shown in pieces:
/// "<entry point>-<name>" for each of those, and the name itself for the others (measured, 3.7.15).
task<comparison> judge_router(api_client& api, std::string name, json wanted) {
    auto answer = co_await api.router(name);
    const bool may_be_pieces = !wanted.is_null() && answer.is != api_answer::kind::unknown &&
                               answer.body.is_object() && !is_whole(wanted, answer.body);
    if (!may_be_pieces) co_return judge("router " + name, wanted, answer);
    json rest = json::array();
    const auto names = wanted["entryPoints"];
    for (const auto& entry_point : names) {
        const auto on = answer.body.value("entryPoints", json::array());
        if (std::find(on.begin(), on.end(), entry_point) != on.end()) {
            rest.push_back(entry_point);
            continue;
        }
        const auto piece = entry_point.get<std::string>() + "-" + name;
        const auto shown = co_await api.router(piece);
        if (shown.is == api_answer::kind::absent) rest.push_back(entry_point);
        if (shown.is == api_answer::kind::absent) continue;
        auto alone = wanted;
        alone["entryPoints"] = json::array({entry_point});
        auto found = judge("router " + piece, alone, shown);
        if (found.is != comparison::outcome::equal) co_return found;
    }
    if (rest.empty() && answer.is == api_answer::kind::absent)
        co_return verdict(comparison::outcome::equal, {});
    wanted["entryPoints"] = std::move(rest);
    co_return judge("router " + name, wanted, answer);
}

} // namespace

task<comparison> compare_with(api_client& api, std::string app, fragment wanted, json composed) {
    const auto expected = expected_of(app, wanted, composed);
    comparison found;
    found.is = comparison::outcome::equal;
    for (const auto& [name, object] : expected.routers) {
        found = co_await judge_router(api, name, object);
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
