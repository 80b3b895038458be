// Where Traefik runs, as far as it can be told: only a container on the shared network will do.

#include "controller/wiring/preflight.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

settings at(const std::string& api) {
    settings s;
    s.network = "alcedo";
    s.traefik_api = api;
    return s;
}

network_info shared(std::vector<network_member> members) {
    network_info n;
    n.id = "n1";
    n.name = "alcedo";
    n.subnets = {"172.20.0.0/16"};
    n.gateways = {"172.20.0.1"};
    n.members = std::move(members);
    return n;
}

const network_member proxy{"t1", "traefik", "172.20.0.2", {8080, 80}};
const network_member ours{"c1", "shop-blue-web-1234abcd-1", "172.20.0.3", {}};
const network_member somebody{"s1", "database", "172.20.0.4", {5432}};

} // namespace

TEST_CASE("Traefik's place: a container on the network, by its address or its name") {
    for (const auto* api :
         {"http://172.20.0.2:8080", "http://traefik:8080", "http://traefik:8080/base"}) {
        const auto place = place_of_proxy(at(api), shared({ours, proxy}), {"c1"});
        CHECK(place.ok);
        CHECK(place.message == "container traefik on alcedo");
    }
}

TEST_CASE("Traefik's place: behind a published port it is the container that publishes it") {
    const auto place =
        place_of_proxy(at("http://127.0.0.1:8080"), shared({ours, somebody, proxy}), {"c1"});
    CHECK(place.ok);
    CHECK(place.message == "container traefik on alcedo");
}

TEST_CASE("Traefik's place: behind a name any stranger on the network may be it") {
    const auto place =
        place_of_proxy(at("http://proxy.example:8080"), shared({ours, proxy}), {"c1"});
    CHECK(place.ok);
    CHECK(place.message == "one of the containers traefik on alcedo");
}

TEST_CASE("Traefik's place: a process of the host, whoever else is on the network") {
    for (const auto& members : {std::vector{ours}, std::vector{ours, somebody}}) {
        const auto place = place_of_proxy(at("http://127.0.0.1:8080"), shared(members), {"c1"});
        CHECK_FALSE(place.ok);
        CHECK(place.fix.find("docker network connect alcedo") == 0);
    }
    auto by_door = at("");
    by_door.entry_points = {{"web", "http://10.0.0.9:80"}};
    CHECK_FALSE(place_of_proxy(by_door, shared({}), {}).ok);
}
