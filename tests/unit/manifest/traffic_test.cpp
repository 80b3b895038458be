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

TEST_CASE("routes: a given priority differs from the default of another on the entry point") {
    // Host(`a`) is printed in 9 characters.
    const auto wrong = "spec.traffic.routes[0].priority: the priority that route \"s\" has on the "
                       "same entry point by default (1000 + 10 for each character of its rule): "
                       "write another number";
    CHECK(says(routes({"name: r, rule: Host(`b`), priority: 1090", "name: s, rule: Host( `a` )"}),
               wrong));
    CHECK(says(routes({"name: s, rule: Host(`a`)", "name: r, rule: Host(`b`), priority: 1090"}),
               "routes[1].priority: the priority that route \"s\""));
    for (const auto* other : {"priority: 1091", "priority: 1090, entryPoints: [y]"})
        CHECK(parsed_of(routes({std::string("name: r, rule: Host(`b`), ") + other,
                                "name: s, rule: Host(`a`), entryPoints: [x]"}))
                  .spec);
}

TEST_CASE("routes: the service must exist, in both colours") {
    auto text = app(routed("rule: Host(`a`)"));
    text.replace(text.find("service: web"), 12, "service: wbe");
    CHECK(errors(text) == "app.yaml:12:28: spec.traffic.routes[0].service: there is no service "
                          "\"wbe\": name one of spec.services\n");
}

TEST_CASE("tls: none, the entry point's own, and everything it can say") {
    const auto tls_of = [](const std::string& keys) {
        return spec_of(routes({"name: r, rule: Host(`a`)" + keys})).traffic->routes[0].tls;
    };
    CHECK_FALSE(tls_of(""));
    CHECK(tls_of(", tls: {}") == route_tls{});
    route_tls all;
    all.cert_resolver = "le";
    all.options = "modern@file";
    all.domains = {{"example.com", {"*.example.com", "www.example.com"}}, {"*.b.example", {}}};
    CHECK(tls_of(", tls: {certResolver: le, options: modern@file, domains: [{main: example.com, "
                 "sans: [\"*.example.com\", www.example.com]}, {main: \"*.b.example\"}]}") == all);
    // Traefik looks for a bare name in the provider of the router; "default" has none.
    CHECK(tls_of(", tls: {options: modern}")->options == "modern@file");
    CHECK(tls_of(", tls: {options: default}")->options == "default");
    CHECK(warnings(routes({"name: r, rule: Host(`a`), tls: {domains: [{main: a.example}]}"})) ==
          "app.yaml:12:75: spec.traffic.routes[0].tls.domains: without a certResolver nobody asks "
          "for a certificate: write certResolver with it, or remove domains\n");
}

TEST_CASE("tls: what it does not take, with its place") {
    const auto said = [](const std::string& tls) {
        return errors(routes({"name: r, rule: Host(`a`), tls: " + tls}));
    };
    CHECK(said("true") == "app.yaml:12:65: spec.traffic.routes[0].tls: true is not a map: write a "
                          "map\n");
    CHECK(said("{certresolver: le}").find("did you mean \"certResolver\"?") != std::string::npos);
    CHECK(said("{certResolver: \"a{{b\"}") ==
          "app.yaml:12:80: spec.traffic.routes[0].tls.certResolver: \"a{{b\" is not allowed here: "
          "write letters, digits, dots, dashes and underscores, a letter or digit first, at most "
          "63\n");
    for (const auto* bad : {"\"a b\"", "\"a`b\"", "\"\"", "\"-a\"", "a@file", "ä", "\"a\\tb\""})
        CHECK(said(std::string("{certResolver: ") + bad + "}") != "");
    for (const auto* bad : {"\"a@\"", "\"@file\"", "\"a@File\"", "\"a@b@c\"", "\"a/b@file\"",
                            "default@file", "\"}}\"", "5"})
        CHECK(said(std::string("{options: ") + bad + "}") != "");
    for (const auto* bad : {"\"*\"", "\"a.*.b\"", "\"**.b\"", "a_b.example", "\"a b\"",
                            "\"https://a\"", "\"a.\"", "\"-a.b\"", "bücher.example", "\"a`.b\""}) {
        INFO(bad);
        CHECK(said(std::string("{domains: [{main: ") + bad + "}]}") != "");
        CHECK(said(std::string("{domains: [{main: x.example, sans: [") + bad + "]}]}") != "");
    }
    CHECK(said("{domains: [{sans: [a.example]}]}").find("\"main\" is missing") !=
          std::string::npos);
    CHECK(
        said("{domains: [{main: a.example, sans: [b.example, A.example]}]}") ==
        "app.yaml:12:112: spec.traffic.routes[0].tls.domains[0].sans[1]: \"A.example\" is written "
        "twice: remove it\n");
}

TEST_CASE("middlewares: in their order, each with its provider") {
    const auto names = [](const std::string& list) {
        return spec_of(routes({"name: r, rule: Host(`a`), middlewares: " + list}))
            .traffic->routes[0]
            .middlewares;
    };
    using list = std::vector<std::string>;
    CHECK(names("[]") == list{});
    CHECK(names("[b@docker, auth@file, Rate_limit.1]") ==
          list{"b@docker", "auth@file", "Rate_limit.1@file"});
    const auto said = [](const std::string& text) {
        return errors(routes({"name: r, rule: Host(`a`), middlewares: " + text}));
    };
    CHECK(said("[a@file, a@file]") ==
          "app.yaml:12:82: spec.traffic.routes[0].middlewares[1]: \"a@file\" is written twice: "
          "remove it\n");
    CHECK(
        said("[a@file, a]") ==
        "app.yaml:12:82: spec.traffic.routes[0].middlewares[1]: \"a\" is written twice: without a "
        "provider it is a@file: remove it\n");
    CHECK(names("[a@file, a@docker]").size() == 2);
    CHECK(
        said("[\"a`b\"]") ==
        "app.yaml:12:74: spec.traffic.routes[0].middlewares[0]: \"a`b\" is not allowed here: write "
        "a name of letters, digits, dots, dashes and underscores, with its provider behind an @, "
        "such as auth@file\n");
    for (const auto* bad : {"a@file", "[a b]", "[\"\"]", "[\"{{env}}\"]", "[\"a\\nb\"]", "[a@]",
                            "[a@file@b]", "[5]", "[alcedo-gen-5]", "[alcedo-promises@file]"})
        CHECK(said(bad) != "");
    CHECK(said("[alcedo-gen-5]").find("belongs to alcedo") != std::string::npos);
}
