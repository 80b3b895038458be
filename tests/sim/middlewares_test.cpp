// Middlewares of the operator's, over the whole engine: looked for before the first weight and
// before an edit, never at rest.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using sim::condition_of;
using namespace std::chrono_literals;

namespace {

std::string with(std::string manifest, const std::string& parts) {
    const std::string rule = "rule: \"Host(`shop.test`)\"";
    const auto at = manifest.find(rule);
    REQUIRE(at != std::string::npos);
    return manifest.insert(at + rule.size(), ", " + parts);
}

const std::string blue = sim::web("blue", "demo:1", "demo:1");
const std::string green = sim::web("green", "demo:1", "demo:2");

std::unique_ptr<sim::world> started(const std::string& manifest) {
    auto w = std::make_unique<sim::world>();
    w->docker.images = {{"demo:1", {}}, {"demo:2", {}}};
    w->proxy.unusable = {{"nope@file", "does not exist in Traefik"}};
    w->commit("shop.yaml", manifest);
    w->boot();
    w->run(60s);
    return w;
}

const fragment_route& published(sim::world& w) {
    return w.proxy.on_disk.fragments.at("shop").routes.at(0);
}

} // namespace

TEST_CASE("sim: a release whose middleware is missing is rejected, until the next generation") {
    auto w = started(blue);
    w->commit("shop.yaml", with(green, "middlewares: [nope@file]"));
    w->run(5s);
    CHECK(w->phase("shop") == "Held");
    const auto status = w->status("shop");
    CHECK(status["hold"]["kind"] == "Rejected");
    CHECK(status["hold"]["reason"] == "MiddlewareMissing");
    CHECK(status["hold"]["message"].get<std::string>().find(
              "route web: middleware nope@file does not exist in Traefik") != std::string::npos);
    CHECK(w->serving("shop") == "blue");
    CHECK(w->docker.running("shop", "green") == 0);
    CHECK(published(*w).middlewares.empty());
    w->proxy.unusable.clear();
    w->commit("shop.yaml", with(green, "middlewares: [nope@file], tls: {}"));
    w->run(60s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->serving("shop") == "green");
    CHECK(published(*w).middlewares == std::vector<std::string>{"nope@file"});
    CHECK(published(*w).tls == route_tls{});
}

TEST_CASE("sim: a first release, too") {
    auto w = started(with(blue, "middlewares: [nope@file]"));
    CHECK(w->phase("shop") == "Held");
    CHECK(w->status("shop")["hold"]["reason"] == "MiddlewareMissing");
    CHECK(w->docker.creates == 0);
}

TEST_CASE("sim: an API that does not answer is no verdict: Preparing waits for it") {
    auto w = started(blue);
    w->proxy.api_away = true;
    w->commit("shop.yaml", with(green, "middlewares: [auth@file]"));
    w->run(120s);
    CHECK(w->phase("shop") == "Preparing");
    CHECK(condition_of(w->status("shop"), "Reconciling") == "True TrafficUnknown");
    CHECK(condition_of(w->status("shop"), "Stalled") == "absent");
    w->proxy.api_away = false;
    w->run(60s);
    CHECK(w->serving("shop") == "green");
    CHECK(published(*w).middlewares == std::vector<std::string>{"auth@file"});
}

TEST_CASE("sim: an edit that names a missing middleware changes nothing until it is there") {
    auto w = started(blue);
    const int writes = w->proxy.writes;
    w->commit("shop.yaml", with(blue, "middlewares: [nope@file]"));
    w->run(20s);
    CHECK(w->proxy.writes == writes);
    CHECK(w->phase("shop") == "Idle");
    CHECK(condition_of(w->status("shop"), "Stalled") == "True MiddlewareMissing");
    CHECK(condition_of(w->status("shop"), "Available").starts_with("True"));
    SUBCASE("by itself") {}
    SUBCASE("a restart of ours does not publish it either") {
        w->crash();
        w->boot();
        w->run(20s);
        CHECK(published(*w).middlewares.empty());
    }
    w->proxy.unusable.clear();
    w->run(10s);
    CHECK(published(*w).middlewares == std::vector<std::string>{"nope@file"});
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(w->promised("shop")->observed_generation == 2);
}

TEST_CASE("sim: at rest nobody asks for middlewares, also when one is gone again") {
    auto w = started(with(blue, "middlewares: [auth@file]"));
    CHECK(w->serving("shop") == "blue");
    const int asked = w->proxy.asked_for_middlewares;
    CHECK(asked > 0);
    w->proxy.unusable = {{"auth@file", "does not exist in Traefik"}};
    w->run(120s);
    CHECK(w->proxy.asked_for_middlewares == asked);
    CHECK(w->phase("shop") == "Idle");
    CHECK(published(*w).middlewares.size() == 1);
}
