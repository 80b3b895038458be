// Routes that name something the proxy does not have: what runs goes on as it is published, nothing
// new gets weight, and it is said.

#include "rows_cases.hpp"

#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

void add_auth(world& w) {
    edit(w, [](app_spec& s) {
        s.traffic->routes[0].middlewares = {"auth@file"};
        s.traffic->routes[0].tls = route_tls{};
    });
}

void withhold(world& w, std::string_view why = reason::MiddlewareMissing) {
    w.seen.withheld.names = {"main"};
    w.seen.withheld.reason = why;
    w.seen.withheld.message = "route main: middleware auth@file does not exist";
}

const fragment_route& route_of(const world& w) {
    return w.rec.traffic.content.routes.at(0);
}

} // namespace

TEST_CASE("withheld: TLS and middlewares change in place, with the same weights and no rollout") {
    auto w = blue_serves();
    const auto revision = w.rec.serving;
    add_auth(w);
    CHECK(run_to_rest(w) == "new_generation routes_changed promise_unkept");
    CHECK(route_of(w).middlewares == std::vector<std::string>{"auth@file"});
    CHECK(route_of(w).tls == route_tls{});
    CHECK(w.rec.traffic.only(color::blue));
    CHECK(w.rec.serving == revision);
    edit(w, [](app_spec& s) { s.traffic->routes[0].tls.reset(); });
    run_to_rest(w);
    CHECK_FALSE(route_of(w).tls);
}

TEST_CASE("withheld: a published route stays as it is until the middleware is there") {
    auto w = blue_serves();
    const auto before = w.rec.traffic;
    withhold(w);
    add_auth(w);
    pass(w);
    pass(w);
    CHECK(w.rec.traffic == before);
    CHECK(condition_of(w, "Ready") == "False MiddlewareMissing");
    CHECK(condition_of(w, "Stalled") == "True MiddlewareMissing");
    CHECK(condition_of(w, "TrafficApplied") == "True Applied");
    CHECK(waiting_for(&w.desired, w.seen, w.rec, w.now) == w.seen.withheld.message);
    CHECK(look(w).wake.value_or(std::chrono::hours{1}) <= seconds{5});
    // What else happens to the app must not smuggle it in.
    w.find(blue_r1)->name = "shop-blue-web-r1000000-2";
    run_until(w, [&](const world& x) { return x.rec.traffic.number > before.number; });
    CHECK(route_of(w).middlewares.empty());
    CHECK_FALSE(route_of(w).tls);
    w.seen.withheld = {};
    run_to_rest(w);
    CHECK(route_of(w).middlewares == std::vector<std::string>{"auth@file"});
    CHECK(condition_of(w, "Ready") == "True Serving");
    CHECK(condition_of(w, "Stalled") == "");
}

TEST_CASE("withheld: not known is no verdict, and publishes nothing either") {
    auto w = blue_serves();
    const auto before = w.rec.traffic;
    withhold(w, reason::TrafficUnknown);
    add_auth(w);
    pass(w);
    pass(w);
    CHECK(w.rec.traffic == before);
    CHECK(condition_of(w, "Ready") == "Unknown TrafficUnknown");
    CHECK(condition_of(w, "Stalled") == "");
    CHECK(condition_of(w, "Reconciling") == "True TrafficUnknown");
}

TEST_CASE("withheld: other routes of the app change meanwhile") {
    auto w = blue_serves();
    withhold(w);
    edit(w, [](app_spec& s) {
        s.traffic->routes[0].middlewares = {"auth@file"};
        auto second = s.traffic->routes[0];
        second.name = "second";
        second.rule = "Host(`second.example.com`)";
        second.middlewares.clear();
        auto third = second;
        third.name = "third";
        third.rule = "Host(`third.example.com`)";
        s.traffic->routes.push_back(second);
        s.traffic->routes.push_back(third);
    });
    w.seen.withheld.names.insert("third");
    run_until(w, [](const world& x) { return x.rec.traffic.content.routes.size() == 2; });
    CHECK(route_of(w).name == "main");
    CHECK(route_of(w).middlewares.empty());
    CHECK(w.rec.traffic.content.routes[1].name == "second");
    w.seen.withheld = {};
    run_to_rest(w);
    CHECK(w.rec.traffic.content.routes.size() == 3);
}

TEST_CASE("withheld: a route that is renamed leaves when its new name can enter") {
    auto w = blue_serves();
    edit(w, [](app_spec& s) {
        auto second = s.traffic->routes[0];
        second.name = "second";
        second.rule = "Host(`second.example.com`)";
        s.traffic->routes.push_back(second);
    });
    run_to_rest(w);
    REQUIRE(w.rec.traffic.content.routes.size() == 2);
    const auto before = w.rec.traffic;
    w.seen.withheld.names = {"renamed"};
    w.seen.withheld.reason = reason::MiddlewareMissing;
    edit(w, [](app_spec& s) {
        s.traffic->routes[1].name = "renamed";
        s.traffic->routes[1].middlewares = {"auth@file"};
    });
    for (int i = 0; i < 5; ++i)
        pass(w);
    CHECK(w.rec.traffic == before);
    w.seen.withheld = {};
    run_to_rest(w);
    REQUIRE(w.rec.traffic.content.routes.size() == 2);
    CHECK(w.rec.traffic.content.routes[1].name == "renamed");
    CHECK(w.rec.traffic.content.routes[1].backends == before.content.routes[1].backends);
}

TEST_CASE("withheld: no new colour gets a try router or weight, and its deadline stands still") {
    auto w = flipped();
    walk_to(w, phase::verifying);
    withhold(w);
    add_auth(w);
    for (int i = 0; i < 20; ++i) {
        pass(w);
        w.pass_time(seconds{60});
    }
    CHECK(w.rec.now_in == phase::verifying);
    CHECK_FALSE(w.rec.traffic.tries(color::green));
    CHECK(w.rec.traffic.weight(color::green) == 0);
    w.seen.withheld = {};
    walk_to(w, phase::shifting);
    CHECK(route_of(w).middlewares == std::vector<std::string>{"auth@file"});
}

TEST_CASE("withheld: a revert goes through the routes as they are published") {
    auto w = at(phase::watching);
    withhold(w);
    add_auth(w);
    pass(w);
    set_ready(w, color::green, readiness::sick);
    run_until(w, [](const world& x) { return x.rec.traffic.only(color::blue); });
    CHECK(route_of(w).middlewares.empty());
}

TEST_CASE("withheld: what Preparing misses is rejected, and forgotten with the next generation") {
    auto w = flipped();
    walk_to(w, phase::preparing);
    w.seen.prepared.is = preparation::state::failed;
    w.seen.prepared.spec_digest = w.rec.attempt->spec_digest;
    w.seen.prepared.reason = reason::MiddlewareMissing;
    w.seen.prepared.message = "route main: middleware auth@file does not exist in Traefik";
    withhold(w);
    CHECK(pass(w).rule == "prepare_failed");
    REQUIRE(w.rec.held);
    CHECK(w.rec.held->kind == hold_kind::rejected);
    CHECK(w.rec.held->reason == "MiddlewareMissing");
    CHECK(condition_of(w, "Ready") == "False MiddlewareMissing");
    CHECK(w.rec.rejected.size() == 1);
    w.seen.prepared = {};
    w.seen.withheld = {};
    edit(w, [](app_spec& s) { s.paused = false; });
    pass(w);
    CHECK(w.rec.rejected.empty());
    walk_to(w, phase::watching);
    CHECK(to_string(*w.rec.serving) == "green r2000000");
}
