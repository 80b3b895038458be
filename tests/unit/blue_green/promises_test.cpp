// Fragments: who is listed, where, with which weight, and what may be published.

#include "rows_cases.hpp"

#include "reconcilers/blue_green/promises.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

const fragment_route& first_route(const world& w) {
    REQUIRE_FALSE(w.rec.traffic.content.routes.empty());
    return w.rec.traffic.content.routes.front();
}

std::string shown(const fragment_route& r) {
    std::string text = r.name;
    for (const auto& b : r.backends) {
        text += " | " + to_string(b.colored) + " " + b.revision8 + " " + std::to_string(b.weight);
        for (const auto& s : b.servers)
            text += " " + s;
    }
    if (r.try_color) text += " | try " + to_string(*r.try_color);
    return text;
}

void add_route(app_spec& s, const std::string& name, const std::string& service, int port) {
    auto r = s.traffic->routes.front();
    r.name = name;
    r.service = service;
    r.port = port;
    r.rule = "Host(`" + name + ".example.com`)";
    s.traffic->routes.push_back(r);
}

} // namespace

TEST_CASE("promises: names and URLs are computed") {
    const release r{color::green, digest_of("r2"), digest_of("r2")};
    CHECK(container_name("shop", r, "web", 1) == green_r2);
    CHECK(server_url(green_r2, 8080) == "http://" + green_r2 + ":8080");
}

TEST_CASE("promises: the documents of one rollout, one after the other") {
    auto w = blue_serves();
    const std::string blue = "http://" + blue_r1 + ":8080", green = "http://" + green_r2 + ":8080";
    CHECK(shown(first_route(w)) == "main | blue r1000000 100 " + blue);
    edit(w, color::green, "r1", "r2");
    walk_to_rule(w, "try_ask");
    CHECK(shown(first_route(w)) ==
          "main | blue r1000000 100 " + blue + " | green r2000000 0 " + green + " | try green");
    walk_to(w, phase::shifting);
    CHECK(shown(first_route(w)) ==
          "main | blue r1000000 50 " + blue + " | green r2000000 50 " + green + " | try green");
    walk_to(w, phase::watching);
    CHECK(shown(first_route(w)) ==
          "main | blue r1000000 0 " + blue + " | green r2000000 100 " + green);
    auto reverted = w;
    run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    walk_to_rule(w, "up_to_date");
    CHECK(shown(first_route(w)) == "main | green r2000000 100 " + green);

    set_ready(reverted, color::green, readiness::sick);
    pass(reverted);
    CHECK(shown(first_route(reverted)) ==
          "main | blue r1000000 100 " + blue + " | green r2000000 0 " + green);
}

TEST_CASE("promises: a first deploy is tried without any weight, then gets all of it") {
    auto w = empty_world(shop(color::blue, "r1", "r2"));
    walk_to_rule(w, "try_ask");
    CHECK(w.rec.traffic.weight(color::blue) == 0);
    CHECK(w.rec.traffic.tries(color::blue));
    walk_to(w, phase::shifting);
    CHECK(w.rec.traffic.weight(color::blue) == 100);
    CHECK_FALSE(w.rec.traffic.tries(color::blue));
}

TEST_CASE("promises: only ready replicas are listed, retiring ones never, and never nobody") {
    auto w = blue_serves(replicas(3));
    CHECK(first_route(w).backends[0].servers.size() == 3);
    w.find("shop-blue-web-r1000000-2")->ready = readiness::starting;
    w.rec.retiring.insert(w.find("shop-blue-web-r1000000-3")->id);
    CHECK(pass(w).rule == "servers_changed");
    CHECK(first_route(w).backends[0].servers ==
          std::vector<std::string>{"http://" + blue_r1 + ":8080"});
    set_ready(w, color::blue, readiness::starting);
    w.seen.traffic = traffic_state::confirmed;
    CHECK(look(w).rule != "servers_changed");
}

TEST_CASE("promises: numbers grow with every promise, also when the content falls back") {
    auto w = at(phase::shifting);
    const auto number = w.rec.traffic.number;
    edit(w, color::blue, "r1", "r2");
    pass(w);
    CHECK(pass(w).rule == "promise_unkept");
    CHECK(pass(w).rule == "superseded_after");
    CHECK(w.rec.traffic.number == number + 1);
}

TEST_CASE("promises: a port belongs to the revision that listens on it") {
    auto w = blue_serves();
    edit(w, [](app_spec& s) { s.traffic->routes[0].port = 9090; });
    edit(w, color::green, "r1", "r2");
    w.desired.manifest_digest += "port";
    walk_to(w, phase::shifting);
    CHECK(shown(first_route(w)) == "main | blue r1000000 50 http://" + blue_r1 +
                                       ":8080 | green r2000000 50 http://" + green_r2 +
                                       ":9090 | try green");
    SUBCASE("at rest the port is the serving colour's, and changes in place") {
        auto v = blue_serves();
        edit(v, [](app_spec& s) { s.traffic->routes[0].port = 9090; });
        CHECK(run_to_rest(v) == "new_generation routes_changed promise_unkept");
        CHECK(shown(first_route(v)) == "main | blue r1000000 100 http://" + blue_r1 + ":9090");
    }
}

TEST_CASE("promises: rules, entry points and priority change in place with the same weights") {
    auto w = at(phase::shifting);
    pass(w);
    edit(w, [](app_spec& s) {
        s.traffic->routes[0].rule = "Host(`other.example.com`)";
        s.traffic->routes[0].entry_points = {"websecure"};
    });
    pass(w);
    CHECK(pass(w).rule == "routes_changed");
    CHECK(first_route(w).rule == "Host(`other.example.com`)");
    CHECK(w.rec.traffic.weight(color::green) == 50);
    CHECK(pass(w).rule == "promise_unkept");
    CHECK(look(w).rule == "shifting");
}

TEST_CASE("promises: a new route waits for a ready backend, a dropped one leaves at once") {
    auto w = blue_serves(with_worker());
    edit(w, [](app_spec& s) { add_route(s, "extra", "worker", 7000); });
    set_ready(w, "shop-blue-worker-r1000000-1", readiness::starting);
    run_to_rest(w);
    CHECK(w.rec.traffic.content.routes.size() == 1);
    set_ready(w, "shop-blue-worker-r1000000-1", readiness::ready);
    CHECK(pass(w).rule == "routes_changed");
    CHECK(w.rec.traffic.content.routes.size() == 2);
    run_to_rest(w);
    edit(w, [](app_spec& s) { s.traffic->routes.pop_back(); });
    run_to_rest(w);
    CHECK(w.rec.traffic.content.routes.size() == 1);
}

TEST_CASE("promises: a route that only the newer revision has comes and goes with it") {
    auto w = blue_serves();
    edit(w, color::green, "r1", "r2");
    edit(w, [](app_spec& s) {
        service_spec api;
        api.name = "api";
        api.image = "api:1";
        s.colors[1].services.insert(s.colors[1].services.begin(), api);
        add_route(s, "api", "api", 7000);
    });
    walk_to(w, phase::shifting);
    REQUIRE(w.rec.traffic.content.routes.size() == 2);
    CHECK(w.rec.traffic.weight(color::green) == 50);
    CHECK(w.rec.traffic.content.routes[1].name == "api");
    CHECK(w.rec.traffic.content.routes[1].backends.size() == 1);
    CHECK(w.rec.traffic.content.routes[1].backends[0].weight == 100);
    set_ready(w, "shop-green-api-r2000000-1", readiness::sick);
    CHECK(pass(w).rule == "drift_revert");
    CHECK(w.rec.traffic.content.routes.size() == 1);
    run_to_rest(w);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
}

TEST_CASE("promises: an app that gets its first route, and one that loses its last") {
    shop_options options;
    options.routes = false;
    auto w = blue_serves(options);
    edit(w, [](app_spec& s) { s.traffic = shop(color::blue, "r1", "r2").spec.traffic; });
    CHECK(run_to_rest(w) == "new_generation routes_changed promise_unkept up_to_date");
    CHECK(w.rec.traffic.only(color::blue));
    edit(w, [](app_spec& s) { s.traffic.reset(); });
    CHECK(run_to_rest(w) == "new_generation routes_changed promise_unkept up_to_date");
    CHECK(w.rec.traffic.content.routes.empty());
    CHECK(w.find(blue_r1)->runs());
}

TEST_CASE("promises: what the record does not know is kept byte for byte") {
    auto w = blue_serves();
    w.rec.traffic.content.routes[0].backends[0].revision8 = "deadbeef";
    const auto before = w.rec.traffic;
    CHECK(layout_of(w.rec).unknown);
    for (int i = 0; i < 5; ++i)
        pass(w);
    CHECK(w.rec.traffic == before);
}

TEST_CASE("promises: a rendering that was lost is made up for by what runs and what is listed") {
    auto w = blue_serves();
    const auto before = w.rec.traffic;
    w.rec.renderings.clear();
    edit(w, color::blue, "r9", "r2");
    pass(w);
    CHECK(look(w).rule == "serving_color_outdated");
    CHECK(w.rec.traffic == before);
    edit(w, color::green, "r9", "r2");
    walk_to(w, phase::shifting);
    CHECK(w.rec.traffic.weight(color::blue) == 50);
    set_ready(w, color::green, readiness::sick);
    CHECK(pass(w).rule == "drift_revert");
    CHECK(w.rec.traffic.content.routes[0].backends[0].servers ==
          before.content.routes[0].backends[0].servers);
}

// The serving colour was dead for good; its ready successor waited for its try router, which was
// not written because the document gave weight to somebody dead while somebody else was ready.
TEST_CASE("promises: a dead serving colour does not keep its successor's try router away (L4)") {
    auto w = flipped();
    walk_to(w, phase::verifying);
    set_ready(w, color::blue, readiness::sick);
    w.rec.budgets[0].left = 0;
    run_until(w, [](const world& x) { return x.rec.traffic.only(color::green); });
    CHECK(w.rec.attempt->colored == color::green);
}

TEST_CASE("promises: publish_allowed") {
    auto w = at(phase::shifting);
    CHECK(publish_allowed(w.desired, w.seen, w.rec));
    SUBCASE("not to a newcomer that is not ready") {
        set_ready(w, color::green, readiness::starting);
        CHECK_FALSE(publish_allowed(w.desired, w.seen, w.rec));
        CHECK(look(w).rule != "promise_unkept");
    }
    SUBCASE("whoever serves has the weight already") {
        set_ready(w, color::blue, readiness::starting);
        CHECK(publish_allowed(w.desired, w.seen, w.rec));
    }
    SUBCASE("if nobody is ready, as promised") {
        set_ready(w, color::blue, readiness::starting);
        set_ready(w, color::green, readiness::starting);
        CHECK(publish_allowed(w.desired, w.seen, w.rec));
    }
    SUBCASE("the origin of whoever serves alone has nothing to lose") {
        walk_to(w, phase::watching);
        w.desired.spec.watch.then = on_failure::notify;
        set_ready(w, color::green, readiness::starting);
        CHECK(publish_allowed(w.desired, w.seen, w.rec));
    }
    SUBCASE("deleting") {
        w.desired.deleting = true;
        set_ready(w, color::green, readiness::starting);
        CHECK(publish_allowed(w.desired, w.seen, w.rec));
    }
}
