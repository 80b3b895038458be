#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

std::string checks(const std::string& items, const std::string& rest = "") {
    return app("  health:\n    checks:\n" + items + rest);
}
std::string check(const std::string& kind, const std::string& rest = "") {
    return checks("      - {name: c, " + kind + "}\n", rest);
}
json settings(const std::string& text) {
    return spec_of(text).health.checks.at(0).settings;
}

} // namespace

TEST_CASE("checks: http") {
    CHECK(settings(check("http: {service: web, port: 80}")) == json{{"service", "web"},
                                                                    {"port", 80},
                                                                    {"path", "/"},
                                                                    {"method", "GET"},
                                                                    {"headers", json::object()}});
    CHECK(settings(check("http: {service: web, port: 80, path: \"/v?x=1\", method: HEAD, headers: "
                         "{X-A: b}, status: 204, body: ok}")) == json{{"service", "web"},
                                                                      {"port", 80},
                                                                      {"path", "/v?x=1"},
                                                                      {"method", "HEAD"},
                                                                      {"headers", {{"X-A", "b"}}},
                                                                      {"status", {204}},
                                                                      {"body", "ok"}});
    CHECK(settings(check("http: {service: web, port: 80, status: [200, 301]}"))["status"] ==
          json{200, 301});
    const auto http = [](const std::string& keys) {
        return check("http: {service: web, port: 80, " + keys + "}");
    };
    CHECK(says(http("path: version"), "write a path that starts with /, without spaces"));
    CHECK(says(http("path: \"/a b\""), "is not allowed here"));
    CHECK(says(http("path: \"/a\\nX: y\""), "is not allowed here"));
    CHECK(says(http("method: DELETE"), "is not possible here"));
    CHECK(says(http("status: 99"), "99 is out of bounds: write 100 to 599"));
    CHECK(says(http("status: []"), "an empty list passes nothing"));
    CHECK(says(http("status: 2xx"), "\"2xx\" is not a whole number"));
    CHECK(says(http("headers: {\"X A\": b}"), "\"X A\" is not a header's name"));
    CHECK(says(http("headers: {X: \"a\\r\\nY: b\"}"), "a control character in a header"));
    CHECK(says(http("headers: {X: 1}"), "1 is not text: put it in quotes"));
    CHECK(says(http("follow: true"), "unknown key"));
    CHECK(says(check("http: {port: 80}"), "\"service\" is missing"));
    CHECK(says(check("http: {service: web}"), "\"port\" is missing"));
    CHECK(says(check("http: {service: web, port: 65536}"), "write 1 to 65535"));
    CHECK(says(check("http: {service: nobody, port: 80}"),
               "spec.health.checks[0].http.service: there is no service \"nobody\": name one of "
               "spec.services"));
}

TEST_CASE("checks: docker") {
    const auto c = spec_of(check("docker: {service: web}")).health.checks.at(0);
    CHECK(c.kind == "docker");
    CHECK(c.service == "web");
}

TEST_CASE("checks: route") {
    const auto route = routed("rule: \"Host(`a`) && PathPrefix(`/api`)\"");
    const auto c = spec_of(check("route: {name: r}", route)).health.checks.at(0);
    CHECK(c.kind == "route");
    CHECK(c.service == "");
    CHECK(c.settings == json{{"name", "r"}, {"path", "/api"}});
    CHECK(settings(check("route: {name: r, path: /x, status: 200}", route)) ==
          json{{"name", "r"}, {"path", "/x"}, {"status", {200}}});
    CHECK(says(check("route: {name: q}", route),
               "spec.health.checks[0].route.name: there is no route \"q\""));
    CHECK(says(check("route: {name: r}"), "there is no route \"r\""));
    CHECK(says(check("route: {name: r}", routed("rule: \"Method(`POST`)\"")),
               "no plain request matches the rule of route \"r\": check the service by http"));
}

TEST_CASE("checks: one kind each") {
    CHECK(says(check("attempts: 1"), "spec.health.checks[0]: a check of no kind: write one of "
                                     "http, tcp, route or docker"));
    CHECK(says(check("tcp: {service: web, port: 1}, docker: {service: web}"),
               "a check of two kinds"));
    CHECK(says(check("tpc: {service: web, port: 1}"), "did you mean \"tcp\"?"));
}

TEST_CASE("checks: a service that only one colour has cannot be checked") {
    CHECK(says(check("tcp: {service: side, port: 80}",
                     "  colors: {green: {services: {side: {image: x, healthcheck: {test: y}}}}}\n"),
               "service \"side\" exists in green only: write it under spec.services"));
}
