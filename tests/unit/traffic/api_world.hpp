#pragma once
// A Traefik whose API answers by target, for what is read there by name.

#include "controller/traffic/traefik_api.hpp"
#include "traffic_world.hpp"

#include <map>
#include <string>

namespace traffic_world {

inline int calls(const world& w, const std::string& op, const std::string& code) {
    int n = 0;
    for (const auto& e : w.events.seen)
        if (const auto* call = std::get_if<call_finished>(&e))
            n += call->door == "traefik" && call->op == op && call->code == code ? 1 : 0;
    return n;
}

/// An api_client with answers by target; anything else is a JSON 404.
struct api_world : world {
    std::map<std::string, net::response> answers;
    api_world() {
        settings.api_url = "http://10.0.0.9:8080/base/";
        client.answer = [this](const net::endpoint& to, const net::request& what) {
            return answer(to, what);
        };
    }
    result<net::response> answer(const net::endpoint& to, const net::request& what) {
        if (to.host != "10.0.0.9") return at_the_door;
        const auto it = answers.find(what.target);
        if (it != answers.end()) return it->second;
        return http(404, R"({"message":"thing not found: x@file"})");
    }
    result<net::response> at_the_door = shows(42);
    void show(const std::string& kind, const std::string& name, nlohmann::json body,
              const std::string& status = "enabled") {
        body["status"] = status;
        answers["/base/api/http/" + kind + "/" + name + "@file"] = http(200, body.dump());
    }
    void show_all(const fragment& f) {
        const auto composed = traefik::compose(document(42, f), configured());
        for (const auto& [name, r] : composed["http"]["routers"].items())
            show("routers", name, r);
        for (const auto& [name, s] : composed["http"]["services"].items())
            show("services", name, s);
    }
    comparison compare(const fragment& f) { return ask(it->compare("music", f)); }
};

} // namespace traffic_world
