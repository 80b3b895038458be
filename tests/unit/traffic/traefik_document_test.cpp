#include "traffic_world.hpp"

#include <doctest/doctest.h>

using namespace traffic_world;
using namespace alcedo::traefik;
using nlohmann::json;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

json rendered(const fragment& f) {
    return json::parse(render(document(42, f), configured()).value());
}

std::string refusal(const fragment& f) {
    return trouble(render(document(42, f), configured()));
}

} // namespace

TEST_CASE("a document holds routers, weighted services, servers, transport, acks and markers") {
    const auto http = rendered(routed(50, 50))["http"];
    CHECK(http["routers"]["music_lava"] == json{{"entryPoints", {"web"}},
                                                {"priority", 1000},
                                                {"rule", "Host(`lava.example.com`)"},
                                                {"service", "music_lava"}});
    CHECK(http["services"]["music_lava"] == json::parse(R"({"weighted": {"services": [
        {"name": "music_lava_blue_1a2b3c4d", "weight": 50},
        {"name": "music_lava_green_5e6f7a8b", "weight": 50}]}})"));
    CHECK(http["services"]["music_lava_blue_1a2b3c4d"] == json::parse(R"({"loadBalancer": {
        "servers": [{"url": "http://music-blue-lavalink-1a2b3c4d-1:2333"}],
        "serversTransport": "alcedo"}})"));
    CHECK(http["serversTransports"]["alcedo"] == json::parse(R"({
        "forwardingTimeouts": {"dialTimeout": "2s", "idleConnTimeout": "5s"},
        "maxIdleConnsPerHost": 200})"));
    const auto& ack = http["routers"]["alcedo-ack-web"];
    CHECK(ack["rule"] == "Path(`/.alcedo/generation`) && Header(`X-Alcedo-Ack`, `ackacksecret`)");
    CHECK(ack["service"] == "noop@internal");
    CHECK(ack["middlewares"] == json{"alcedo-gen-42"});
    CHECK(ack["priority"] > 1000000);
    CHECK_FALSE(ack.contains("tls"));
    CHECK(http["middlewares"]["alcedo-gen-42"]["headers"]["customResponseHeaders"] ==
          json{{"X-Alcedo-Gen", "42"}});
    CHECK(http["middlewares"]["alcedo-promises"]["headers"]["customResponseHeaders"] ==
          json{{"X-Alcedo-Instance", "alcedo"}, {"X-Alcedo-Promise-music", "17"}});
}

TEST_CASE("weight 0 is an omitted child whose service stays defined") {
    const auto http = rendered(routed(0, 100))["http"];
    CHECK(http["services"]["music_lava"]["weighted"]["services"] ==
          json::parse(R"([{"name": "music_lava_green_5e6f7a8b", "weight": 100}])"));
    CHECK(http["services"].contains("music_lava_blue_1a2b3c4d"));
}

TEST_CASE("a route without weight has no router and no weighted service, a try router at most") {
    auto f = routed(0, 0);
    auto http = rendered(f)["http"];
    CHECK_FALSE(http["routers"].contains("music_lava"));
    CHECK_FALSE(http["services"].contains("music_lava"));
    CHECK(http["services"].size() == 2);

    f.routes[0].try_color = color::green;
    http = rendered(f)["http"];
    CHECK_FALSE(http["routers"].contains("music_lava"));
    CHECK(http["routers"]["music_lava_try"] ==
          json{{"entryPoints", {"web"}},
               {"priority", 1001},
               {"rule", "(Host(`lava.example.com`)) && Header(`X-Alcedo-Try`, `trytrysecret`)"},
               {"service", "music_lava_green_5e6f7a8b"}});
}

TEST_CASE("no empty map ever: it would cost the whole document") {
    auto s = configured();
    s.entry_points.clear();
    traffic_document nothing;
    const auto text = render(nothing, s).value();
    CHECK_FALSE(has(text, "{}"));
    CHECK_FALSE(has(text, "routers"));
    CHECK_FALSE(has(text, "services"));
    // Without any entry point given, Traefik's own defaults decide.
    CHECK_FALSE(has(render(document(1, routed(100, 0)), s).value(), "entryPoints"));
}

TEST_CASE("entry points: a route's own, else all; an ack router on TLS gets tls") {
    auto s = configured();
    s.entry_points["websecure"] = "https://10.0.0.1:443";
    s.entry_points["inner"] = "";
    auto f = routed(100, 0);
    auto http = json::parse(render(document(1, f), s).value())["http"];
    CHECK(http["routers"]["music_lava"]["entryPoints"] == json{"inner", "web", "websecure"});
    CHECK(http["routers"]["alcedo-ack-websecure"]["tls"] == json::object());
    CHECK(http["routers"].contains("alcedo-ack-inner"));
    f.routes[0].entry_points = {"web"};
    http = json::parse(render(document(1, f), s).value())["http"];
    CHECK(http["routers"]["music_lava"]["entryPoints"] == json{"web"});
}

TEST_CASE("TLS and middlewares stand at the router and at its try router") {
    auto f = routed(100, 0);
    f.routes[0].try_color = color::green;
    CHECK_FALSE(rendered(f)["http"]["routers"]["music_lava"].contains("tls"));
    CHECK_FALSE(rendered(f)["http"]["routers"]["music_lava"].contains("middlewares"));
    f.routes[0].tls = route_tls{};
    CHECK(rendered(f)["http"]["routers"]["music_lava"]["tls"] == json::object());
    f.routes[0].tls = route_tls{"le", "modern@file", {{"a.example", {"*.a.example"}}}};
    f.routes[0].middlewares = {"auth@file", "strip@docker"};
    const auto routers = rendered(f)["http"]["routers"];
    for (const auto* name : {"music_lava", "music_lava_try"}) {
        CHECK(routers[name]["tls"] ==
              json::parse(R"({"certResolver": "le", "options": "modern@file",
                              "domains": [{"main": "a.example", "sans": ["*.a.example"]}]})"));
        CHECK(routers[name]["middlewares"] == json{"auth@file", "strip@docker"});
    }
    // The acks are asked the way that --traefik-entrypoint says, whatever routes say.
    CHECK_FALSE(routers["alcedo-ack-web"].contains("tls"));
    f.routes[0].middlewares = {"auth"};
    CHECK(has(refusal(f), "middleware 'auth' has no provider"));
    f.routes[0].middlewares = {"{{env}}@file"};
    CHECK(has(refusal(f), "braces"));
}

TEST_CASE("notes: what cannot be looked for or asked from here") {
    auto s = configured();
    auto f = routed(100, 0);
    CHECK(notes_about(document(1, f), s).empty());
    f.routes[0].tls = route_tls{};
    REQUIRE(notes_about(document(1, f), s).size() == 1);
    CHECK(has(notes_about(document(1, f), s)[0], "route music/lava: it answers TLS only"));
    s.entry_points["websecure"] = "https://10.0.0.1:443";
    CHECK(notes_about(document(1, f), s).empty());
    f.routes[0].tls->options = "default";
    CHECK(notes_about(document(1, f), s).empty());
    f.routes[0].tls = route_tls{"le", "modern@file", {}};
    CHECK(notes_about(document(1, f), s).size() == 2);
}

TEST_CASE("the same document is the same bytes, and never holds a template's braces") {
    const auto one = render(document(42, routed(50, 50)), configured()).value();
    CHECK(one == render(document(42, routed(50, 50)), configured()).value());
    CHECK_FALSE(has(one, "{{"));
    CHECK_FALSE(has(one, "}}"));
    CHECK(one.ends_with("}\n"));
}

TEST_CASE("what Traefik would answer with 5xx, 404 or execute is refused before it is written") {
    auto f = routed(50, 50);
    auto& r = f.routes[0];
    auto& server = r.backends[0].servers;
    SUBCASE("no servers") {
        server.clear();
        CHECK(has(refusal(f), "music_lava_blue_1a2b3c4d has no server"));
    }
    SUBCASE("no servers, not even weighted") {
        r.backends[0].weight = 0;
        server.clear();
        CHECK(has(refusal(f), "has no server"));
    }
    SUBCASE("scheme") {
        for (const auto* url : {"ftp://a:1", "a:80", "http://", "http://a b", "//a", "http:///x"}) {
            server = {url};
            CHECK(has(refusal(f), "not an http, https or h2c address"));
        }
        for (const auto* url : {"http://a:1", "https://a:1", "h2c://a:1"}) {
            server = {url};
            CHECK(refusal(f).empty());
        }
    }
    SUBCASE("negative weight") {
        r.backends[0].weight = -1;
        CHECK(has(refusal(f), "negative weight"));
    }
    SUBCASE("template in a rule") {
        r.rule = "Path(`/{{ env \"SECRET\" }}`)";
        CHECK(has(refusal(f), "would interpret"));
    }
    SUBCASE("template in a server") {
        server = {"http://{{x}}:80"};
        CHECK(has(refusal(f), "would interpret"));
    }
    SUBCASE("closing braces") {
        r.rule = "Path(`/a}}`)";
        CHECK(has(refusal(f), "would interpret"));
    }
    SUBCASE("control characters") {
        r.rule = "Host(`a`)\n";
        CHECK(has(refusal(f), "would interpret"));
    }
    SUBCASE("template in an entry point") {
        r.entry_points = {"{{x"};
        CHECK(has(refusal(f), "would interpret"));
    }
    SUBCASE("not UTF-8") {
        r.rule = "Path(`/\xff`)";
        CHECK(has(refusal(f), "UTF-8"));
    }
    SUBCASE("no rule") {
        r.rule.clear();
        CHECK(has(refusal(f), "no rule"));
    }
    SUBCASE("a route twice") {
        f.routes.push_back(r);
        CHECK(has(refusal(f), "two routes 'lava'"));
    }
    SUBCASE("a backend twice") {
        r.backends[1] = r.backends[0];
        CHECK(has(refusal(f), "stands there twice"));
    }
    SUBCASE("names that could meet another app's") {
        r.name = "lava_try";
        CHECK(has(refusal(f), "not a DNS label"));
        r.name = "lava";
        r.backends[0].revision8 = "x_y";
        CHECK(has(refusal(f), "not a revision"));
    }
    SUBCASE("a try router to nobody") {
        r.try_color = color::green;
        r.backends.pop_back();
        CHECK(has(refusal(f), "try router"));
    }
    SUBCASE("a token that ends its back-quotes") {
        auto s = configured();
        s.ack_token = "a`) || Host(`b";
        CHECK(has(trouble(render(document(1, f), s)), "token"));
    }
}

TEST_CASE("every reference is checked in what was composed, whoever composed it") {
    const auto good = compose(document(1, routed(50, 50)), configured());
    const auto refused = [&](const std::function<void(json&)>& spoil) {
        auto bad = good["http"];
        spoil(bad);
        return trouble(check_references(json{{"http", bad}}));
    };
    CHECK(trouble(check_references(good)).empty());
    CHECK(has(refused([](json& h) { h["routers"]["music_lava"]["service"] = "nope"; }),
              "service nope does not exist"));
    CHECK(has(refused([](json& h) { h["services"].erase("music_lava_blue_1a2b3c4d"); }),
              "child music_lava_blue_1a2b3c4d does not exist"));
    CHECK(has(refused([](json& h) {
                  h["services"]["music_lava"]["weighted"]["services"][0]["weight"] = 0;
              }),
              "weight below 1"));
    CHECK(has(refused([](json& h) {
                  h["services"]["music_lava"]["weighted"]["services"] = json::array();
              }),
              "has no child"));
    CHECK(has(refused([](json& h) { h["middlewares"].erase("alcedo-gen-1"); }),
              "middleware \"alcedo-gen-1\" does not exist"));
    CHECK(has(refused([](json& h) { h.erase("serversTransports"); }),
              "transport alcedo does not exist"));
}

TEST_CASE("our own document is read back as it was") {
    auto f = routed(50, 50);
    f.routes[0].entry_points = {"web"};
    f.routes[0].try_color = color::green;
    auto second = route(100, 0);
    second.name = "stats";
    second.rule = "Host(`lava.example.com`) && Path(`/stats`)";
    second.priority = 2000;
    second.entry_points = {"web"};
    second.tls = route_tls{"le", "modern@file", {{"a.example", {"*.a.example"}}}};
    second.middlewares = {"auth@file", "strip@docker"};
    f.routes.push_back(second);
    f.routes[0].tls = route_tls{};
    auto d = document(42, f);
    d.fragments["empty"];
    d.promises["empty"] = 3;
    const auto text = render(d, configured()).value();
    const auto found = parse_document(text);
    CHECK(found.exists);
    CHECK(found.instance == "alcedo");
    CHECK(found.document == d);
    CHECK(render(found.document, configured()).value() == text);
}

TEST_CASE("what the document does not show comes back empty, and renders to the same bytes") {
    auto f = routed(0, 0);
    SUBCASE("nothing but backends") {}
    SUBCASE("a try router only") {
        f.routes[0].try_color = color::blue;
    }
    SUBCASE("default entry points") {
        f = routed(1, 99);
    }
    const auto text = render(document(7, f), configured()).value();
    const auto found = parse_document(text);
    CHECK(found.document.generation == 7);
    CHECK(found.document.promises.at("music") == 17);
    CHECK(found.document.fragments.at("music").routes.at(0).backends == f.routes[0].backends);
    CHECK(found.document.fragments.at("music").routes.at(0).try_color == f.routes[0].try_color);
    CHECK(render(found.document, configured()).value() == text);
}

TEST_CASE("routes that lead into both weighted colours come first") {
    auto f = routed(50, 50);
    auto narrow = route(100, 0);
    narrow.name = "aaa";
    narrow.priority = 5;
    f.routes.push_back(narrow);
    const auto text = render(document(7, f), configured()).value();
    CHECK(parse_document(text).document.fragments.at("music").routes[0].name == "lava");
}

TEST_CASE("blank is no document; foreign and damaged ones are told apart") {
    CHECK_FALSE(parse_document("").exists);
    CHECK_FALSE(parse_document(" \n").exists);
    for (const auto* text : {"http:\n  routers: {}\n", "{\"http\": {}}", "{", "[]", "17"}) {
        const auto found = parse_document(text);
        CHECK(found.exists);
        CHECK(found.damaged);
        CHECK(found.instance.empty());
    }
    auto damaged = compose(document(1, routed(50, 50)), configured());
    damaged["http"]["services"]["music_lava_blue_1a2b3c4d"]["loadBalancer"]["servers"] = 5;
    const auto found = parse_document(damaged.dump());
    CHECK(found.damaged);
    CHECK(found.document.fragments.empty());
}
