#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

std::string routes(const std::vector<std::string>& list) {
    std::string text = "  traffic:\n    routes:\n";
    for (const auto& one : list)
        text += "      - {service: web, port: 80, " + one + "}\n";
    return app(text);
}

} // namespace

TEST_CASE("routes: fields") {
    const auto r = spec_of(routes({"name: r, rule: Host(`a`), entryPoints: [web, websecure], "
                                   "priority: 7"}))
                       .traffic->routes[0];
    CHECK(r.name == "r");
    CHECK(r.service == "web");
    CHECK(r.port == 80);
    CHECK(r.entry_points == std::vector<std::string>{"web", "websecure"});
    CHECK(r.priority == 7);
    CHECK(says(routes({"rule: Host(`a`)"}), "spec.traffic.routes[0]: \"name\" is missing"));
    CHECK(says(routes({"name: r"}), "\"rule\" is missing"));
    CHECK(says(routes({"name: R, rule: Host(`a`)"}), "\"R\" is not allowed here"));
    CHECK(says(routes({"name: r, rule: Host(`a`), priority: 0"}), "0 is out of bounds"));
    CHECK(says(routes({"name: r, rule: Host(`a`), priority: 9007199254740992"}), "out of bounds"));
    CHECK(says(routes({"name: r, rule: Host(`a`), entryPoints: web"}), "is not a list of text"));
    CHECK(says(routes({"name: r, rule: Host(`a`), entryPoints: [a, a]"}),
               "spec.traffic.routes[0].entryPoints[1]: \"a\" is written twice"));
    CHECK(says(routes({"name: r, rule: Host(`a`), rules: x"}), "did you mean \"rule\"?"));
}

TEST_CASE("routes: names and rules are unique in the app") {
    CHECK(errors(routes({"name: r, rule: Host(`a`)", "name: r, rule: Host(`b`)"})) ==
          "app.yaml:13:40: spec.traffic.routes[1].name: two routes are called \"r\": rename one\n");
    CHECK(errors(routes({"name: r, rule: Host(`a`)", "name: s, rule: Host( `a` )"})) ==
          "app.yaml:13:49: spec.traffic.routes[1].rule: the same rule on the same entry point as "
          "route \"r\": remove one of the routes, or give them different entryPoints\n");
    CHECK(says(routes({"name: r, rule: Host(`a`), entryPoints: [x]",
                       "name: s, rule: Host(`a`), entryPoints: [y, x]"}),
               "the same rule"));
    CHECK(says(routes({"name: r, rule: Host(`a`)", "name: s, rule: Host(`a`), entryPoints: [y]"}),
               "the same rule"));
    CHECK(parsed_of(routes({"name: r, rule: Host(`a`), entryPoints: [x]",
                            "name: s, rule: Host(`a`), entryPoints: [y]"}))
              .spec);
}

TEST_CASE("routes: hosts are compared without case") {
    CHECK(
        says(routes({"name: r, rule: Host(`a.example`)", "name: s, rule: Host(`A.Example`)"}),
             "spec.traffic.routes[1].rule: the same rule on the same entry point as route \"r\""));
    CHECK(spec_of(routes({"name: r, rule: Host(`A.Example`)"})).traffic->routes[0].rule ==
          "Host(`a.example`)");
}

TEST_CASE("routes: two given priorities on one entry point differ") {
    CHECK(errors(routes({"name: r, rule: Host(`a`), priority: 5",
                         "name: s, rule: Host(`b`), priority: 5"})) ==
          "app.yaml:13:70: spec.traffic.routes[1].priority: the same priority on the same entry "
          "point as route \"r\": write another number, or leave it out\n");
    CHECK(parsed_of(routes({"name: r, rule: Host(`a`), priority: 5, entryPoints: [x]",
                            "name: s, rule: Host(`b`), priority: 5, entryPoints: [y]"}))
              .spec);
    CHECK(parsed_of(routes({"name: r, rule: Host(`a`), priority: 5",
                            "name: s, rule: Host(`b`), priority: 6"}))
              .spec);
    // The default of equally long rules is no wish of anybody.
    CHECK(parsed_of(routes({"name: r, rule: Host(`a`)", "name: s, rule: Host(`b`)"})).spec);
}

TEST_CASE("routes: the service must exist, in both colours") {
    auto text = app(routed("rule: Host(`a`)"));
    text.replace(text.find("service: web"), 12, "service: wbe");
    CHECK(errors(text) == "app.yaml:12:28: spec.traffic.routes[0].service: there is no service "
                          "\"wbe\": name one of spec.services\n");
}
