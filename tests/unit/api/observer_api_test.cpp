// What a scraper and a load balancer see.
#include "controller/api/observer_api.hpp"

#include "tests/unit/api/fake_control.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

TEST_CASE("observer: metrics, health, readiness") {
    fake_control door;
    const auto handler = api::make_observer_handler(door, [] { return std::string("a 1\n"); });
    const auto metrics = ask(handler, "GET", "/metrics");
    CHECK(metrics.status == 200);
    CHECK(metrics.body == "a 1\n");
    CHECK(metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(ask(handler, "GET", "/healthz").status == 200);
    CHECK(ask(handler, "GET", "/readyz").status == 200);

    door.readiness = json::parse(R"({"ready": false, "points": [
        {"name": "engine", "ok": true, "message": "20.10"},
        {"name": "traefik", "ok": false, "message": "refused", "fix": "start it"},
        {"name": "sources", "ok": false, "message": "empty"}]})");
    const auto waiting = ask(handler, "GET", "/readyz");
    CHECK(waiting.status == 503);
    CHECK(waiting.body == "not ready: traefik: refused: start it\n");
    CHECK(ask(handler, "GET", "/healthz").status == 200);

    door.readiness = json::object();
    CHECK(ask(handler, "GET", "/readyz").status == 503);
}

TEST_CASE("observer: nothing else is there") {
    fake_control door;
    const auto handler = api::make_observer_handler(door, [] { return std::string(); });
    CHECK(ask(handler, "GET", "/v1/apps").status == 404);
    CHECK(ask(handler, "GET", "/").status == 404);
    CHECK(ask(handler, "POST", "/metrics").status == 405);
}
