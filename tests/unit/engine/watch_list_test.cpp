// Where the check of a route is asked: a router answers TLS or plain HTTP, not both.

#include "controller/engine/watch_list.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

std::string asked_at(bool tls, const std::map<std::string, std::string>& entry_points,
                     std::vector<std::string> own = {}) {
    desired_state desired;
    desired.spec.traffic = traffic_spec{};
    route_spec route;
    route.name = "web";
    route.try_host = "shop.example.com";
    route.entry_points = std::move(own);
    if (tls) route.tls = route_tls{};
    desired.spec.traffic->routes = {route};
    check_spec check;
    check.name = "front";
    check.kind = "route";
    check.settings = {{"name", "web"}};
    desired.spec.health.checks = {check};
    app_memory memory;
    auto& r = memory.stored.content;
    r.now_in = phase::watching;
    r.attempt = release{color::green, "s", "v1:22222222"};
    fragment_route published;
    published.name = "web";
    published.backends = {{color::green, "22222222", {"http://x:80"}, 100}};
    r.traffic = {1, {{published}}};
    const auto list = watch_list(desired, memory, "", entry_points, "token");
    return list.empty() ? "nowhere" : list.front().target.base_url;
}

} // namespace

TEST_CASE("route checks: TLS is asked by https, plain by http if there is one") {
    const std::map<std::string, std::string> both{{"web", "http://p:80"},
                                                  {"websecure", "https://p:443"}};
    CHECK(asked_at(true, both) == "https://p:443");
    CHECK(asked_at(false, both) == "http://p:80");
    CHECK(asked_at(true, both, {"web"}) == "nowhere");
    // The entry point may bring TLS itself.
    CHECK(asked_at(false, both, {"websecure"}) == "https://p:443");
    const std::map<std::string, std::string> unreachable{{"inner", ""}, {"web", "http://p:80"}};
    CHECK(asked_at(false, unreachable) == "http://p:80");
    CHECK(asked_at(false, unreachable, {"inner"}) == "nowhere");
}
