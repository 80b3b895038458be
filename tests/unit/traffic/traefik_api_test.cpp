#include "api_world.hpp"

#include <doctest/doctest.h>

using namespace traffic_world;
using nlohmann::json;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("compare: equal only if routers, weights and servers are what was written") {
    api_world w;
    REQUIRE(trouble(w.make()).empty());
    auto f = routed(50, 50);
    w.show_all(f);
    CHECK(w.compare(f).is == comparison::outcome::equal);

    auto other = f;
    auto& r = other.routes[0];
    SUBCASE("weights") {
        r.backends[0].weight = 49;
    }
    SUBCASE("a child more") {
        r.backends[1].weight = 0;
    }
    SUBCASE("servers of a child") {
        r.backends[1].servers = {"http://elsewhere:1"};
    }
    SUBCASE("one server of two") {
        r.backends[1].servers.emplace_back("http://zwei:1");
    }
    SUBCASE("rule") {
        r.rule = "Host(`b`)";
    }
    SUBCASE("priority") {
        r.priority = 1001;
    }
    SUBCASE("entry points") {
        r.entry_points = {"web", "inner"};
    }
    SUBCASE("no router wanted") {
        r.backends[0].weight = r.backends[1].weight = 0;
    }
    SUBCASE("a try router is missing") {
        r.try_color = color::green;
    }
    SUBCASE("a try router is left") {
        f.routes[0].try_color = color::green;
        w.show_all(f);
    }
    const auto found = w.compare(other);
    CHECK(found.is == comparison::outcome::differs);
    CHECK(has(found.detail, "music_lava"));
}

TEST_CASE("compare: disabled and half-enabled objects differ, and say why") {
    api_world w;
    REQUIRE(trouble(w.make()).empty());
    const auto f = routed(50, 50);
    w.show_all(f);
    const auto composed = traefik::compose(document(42, f), configured());
    auto r = composed["http"]["routers"]["music_lava"];
    r["error"] = {"entryPoint \"nope\" doesn't exist"};
    w.show("routers", "music_lava", r, "warning");
    const auto found = w.compare(f);
    CHECK(found.is == comparison::outcome::differs);
    CHECK(found.detail == "router music_lava is warning: entryPoint \"nope\" doesn't exist");
}

TEST_CASE("compare: only a 404 with a JSON message is absence") {
    api_world w;
    REQUIRE(trouble(w.make()).empty());
    const auto f = routed(50, 50);
    CHECK(w.compare(f).is == comparison::outcome::differs);
    w.answers["/base/api/http/routers/music_lava@file"] = http(404, "404 page not found\n");
    CHECK(w.compare(f).is == comparison::outcome::unknown);
    w.answers["/base/api/http/routers/music_lava@file"] = http(502, "bad");
    CHECK(w.compare(f).is == comparison::outcome::unknown);
    w.answers["/base/api/http/routers/music_lava@file"] = http(200, "[1]");
    CHECK(w.compare(f).is == comparison::outcome::unknown);
    w.answers["/base/api/http/routers/music_lava@file"] =
        http(200, R"({"status":"enabled","rule":5,"entryPoints":"x","service":null})");
    CHECK(w.compare(f).is != comparison::outcome::equal);
    w.client.answer = [](const net::endpoint&, const net::request&) { return refused(); };
    CHECK(w.compare(f).is == comparison::outcome::unknown);
    CHECK(calls(w, "router", "refused") == 1);
}

TEST_CASE("compare: TLS and middlewares, beside what an entry point brings") {
    api_world w;
    REQUIRE(trouble(w.make()).empty());
    auto f = routed(50, 50);
    auto& r = f.routes[0];
    r.tls = route_tls{"le", "modern@file", {{"a.example", {}}}};
    r.middlewares = {"auth@file", "strip@docker"};
    w.show_all(f);
    CHECK(w.compare(f).is == comparison::outcome::equal);
    const auto written =
        traefik::compose(document(42, f), configured())["http"]["routers"]["music_lava"];
    auto shown = written;
    const auto judged = [&](const fragment& wanted) {
        w.show("routers", "music_lava", shown);
        return w.compare(wanted);
    };
    using is = comparison::outcome;
    SUBCASE("the entry point's stand in front, and its default options are shown") {
        shown["middlewares"] = {"front@file", "auth@file", "strip@docker"};
        CHECK(judged(f).is == is::equal);
        r.tls = route_tls{};
        shown["tls"] = {{"options", "default"}};
        CHECK(judged(f).is == is::equal);
        r.tls.reset();
        r.middlewares.clear();
        CHECK(judged(f).is == is::equal);
    }
    SUBCASE("another order, one missing") {
        shown["middlewares"] = {"strip@docker", "auth@file"};
        CHECK(judged(f).is == is::differs);
        shown["middlewares"] = {"strip@docker"};
        CHECK(judged(f).is == is::differs);
        shown.erase("middlewares");
        CHECK(judged(f).is == is::differs);
    }
    SUBCASE("no TLS, or another") {
        shown.erase("tls");
        CHECK(judged(f).is == is::differs);
        for (const auto* key : {"certResolver", "options", "domains"}) {
            shown = written;
            shown["tls"][key] = "other";
            CHECK(judged(f).is == is::differs);
            CHECK(has(judged(f).detail, "other TLS or middlewares"));
        }
    }
    SUBCASE("missing options disable it") {
        w.show("routers", "music_lava", {{"error", {"unknown TLS options: modern@file"}}},
               "disabled");
        CHECK(w.compare(f).detail ==
              "router music_lava is disabled: unknown TLS options: modern@file");
    }
}

TEST_CASE("compare: a router that Traefik shows in pieces, one per entry point of its own kind") {
    api_world w;
    w.settings.entry_points = {{"a", "http://10.0.0.1:80"}, {"b", ""}, {"c", ""}};
    REQUIRE(trouble(w.make()).empty());
    const auto f = routed(50, 50);
    auto settings = configured();
    settings.entry_points = w.settings.entry_points;
    const auto composed = traefik::compose(document(42, f), settings);
    for (const auto& [name, s] : composed["http"]["services"].items())
        w.show("services", name, s);
    const auto whole = composed["http"]["routers"]["music_lava"];
    const auto piece = [&](const std::string& name, std::vector<std::string> on) {
        auto part = whole;
        part["entryPoints"] = std::move(on);
        part["middlewares"] = {"front@file"};
        part["tls"] = {{"options", "default"}};
        w.show("routers", name, part);
    };
    using is = comparison::outcome;
    SUBCASE("some") {
        piece("music_lava", {"a", "c"});
        CHECK(w.compare(f).is == is::differs);
        piece("b-music_lava", {"b"});
        CHECK(w.compare(f).detail == "");
        CHECK(w.compare(f).is == is::equal);
        w.show("routers", "b-music_lava", whole, "disabled");
        CHECK(w.compare(f).is == is::differs);
        w.answers["/base/api/http/routers/b-music_lava@file"] = http(502);
        CHECK(w.compare(f).is == is::unknown);
    }
    SUBCASE("all") {
        for (const auto* name : {"a", "b"})
            piece(name + std::string("-music_lava"), {name});
        const auto missing = w.compare(f);
        CHECK(missing.is == is::differs);
        CHECK(has(missing.detail, "does not have router music_lava"));
        piece("c-music_lava", {"c"});
        CHECK(w.compare(f).is == is::equal);
    }
    SUBCASE("a piece that is not ours") {
        piece("music_lava", {"a", "c"});
        auto other = whole;
        other["entryPoints"] = {"b"};
        other["rule"] = "Host(`x`)";
        w.show("routers", "b-music_lava", other);
        CHECK(w.compare(f).is == is::differs);
    }
}

TEST_CASE("middlewares: only what Traefik knows of is missing") {
    api_world w;
    REQUIRE(trouble(w.make()).empty());
    const auto ask = [&](std::vector<std::string> names) {
        return w.ask(w.it->unusable_middlewares(std::move(names)));
    };
    const auto any = [&](const std::string& provider, const std::string& body) {
        for (const auto* kind : {"middlewares", "routers", "services"})
            w.answers[std::string("/base/api/http/") + kind + "?search=%40" + provider +
                      "&per_page=1"] = http(200, body);
    };
    any("file", "[{}]");
    any("docker", "[]");
    w.show("middlewares", "auth", json::object());
    CHECK(ask({"auth@file"}).value().empty());
    const auto missing = ask({"auth@file", "nope@file"}).value();
    REQUIRE(missing.size() == 1);
    CHECK(missing.at("nope@file") == "does not exist in Traefik");
    w.show("middlewares", "chain", {{"error", {"middleware \"x@file\" does not exist"}}},
           "disabled");
    CHECK(ask({"chain@file"}).value().at("chain@file") ==
          "is disabled in Traefik: middleware \"x@file\" does not exist");
    // Just started, or a provider that is off: nobody knows.
    const auto nothing = ask({"auth@docker"});
    REQUIRE_FALSE(nothing.has_value());
    CHECK(has(nothing.error().message, "nothing at all of its provider docker"));
    w.answers["/base/api/http/middlewares/auth@file"] = http(404, "404 page not found\n");
    CHECK_FALSE(ask({"auth@file"}).has_value());
    w.client.answer = [](const net::endpoint&, const net::request&) { return refused(); };
    CHECK_FALSE(ask({"auth@file"}).has_value());
    CHECK(ask({}).value().empty());
}
