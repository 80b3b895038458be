// What pre-flight says of the ways to the proxy, and which command mends each.

#include "traffic_world.hpp"

#include <doctest/doctest.h>

using namespace traffic_world;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Traefik's API on 10.0.0.9:8080, the entry point web on 10.0.0.9:80, unless a case says else.
struct doors_world : world {
    result<net::response> api = http(200, R"({"Version":"3.7.15"})");
    result<net::response> defined = http(200, R"({"address":":80","name":"web"})");
    result<net::response> door = shows(0);

    doors_world() {
        settings.api_url = "http://10.0.0.9:8080";
        settings.entry_points = {{"web", "http://10.0.0.9:80"}};
        client.answer = [this](const net::endpoint& to, const net::request& what) {
            if (to.port != 8080) return door;
            return what.target.starts_with("/api/entrypoints/") ? defined : api;
        };
    }
    std::vector<door_report> reports() {
        REQUIRE(trouble(make()).empty());
        return ask(it->doors());
    }
};

} // namespace

TEST_CASE("doors: all there") {
    doors_world w;
    const auto found = w.reports();
    REQUIRE(found.size() == 2);
    CHECK(found[0] == door_report{"traefik", true, "API of version 3.7.15", ""});
    CHECK(found[1] == door_report{"entry point web", true, "http://10.0.0.9:80 answers", ""});
}

TEST_CASE("doors: an API that is not there, and one that is something else") {
    doors_world w;
    w.api = refused();
    auto found = w.reports()[0];
    CHECK_FALSE(found.ok);
    CHECK(has(found.fix, "docker start TRAEFIK, or --traefik-api http://$(docker inspect"));
    for (const auto& other :
         {http(404, "404 page not found\n"), http(200, "[1]"), http(200, "1")}) {
        w.api = other;
        found = w.reports()[0];
        CHECK_FALSE(found.ok);
        CHECK_FALSE(found.message.empty());
        CHECK(has(found.fix, "traefik --api=true --api.insecure=true"));
    }
}

TEST_CASE("doors: an entry point at the wrong place is told with the port that Traefik has it on") {
    doors_world w;
    w.settings.entry_points = {{"web", "http://10.0.0.9:81"}};
    w.door = refused();
    auto found = w.reports()[1];
    CHECK_FALSE(found.ok);
    CHECK(found.fix == "--traefik-entrypoint web=http://10.0.0.9:80");

    w.settings.entry_points = {{"web", "http://10.0.0.9"}}; // the right one: port 80 is meant
    CHECK(has(w.reports()[1].fix, "docker restart TRAEFIK"));
    w.settings.entry_points = {{"web", "http://10.0.0.9:80"}};
    CHECK(has(w.reports()[1].fix, "docker restart TRAEFIK"));

    w.defined = refused();
    found = w.reports()[1];
    CHECK(has(found.fix, "--traefik-entrypoint web=http://$(docker inspect"));
    CHECK(has(found.fix, "--entrypoints.web.address"));
    w.settings.api_url.clear();
    CHECK(has(w.reports()[0].fix, "--traefik-entrypoint web=http://$(docker inspect"));
}

TEST_CASE("doors: an entry point that Traefik does not have") {
    doors_world w;
    w.settings.entry_points = {{"wep", "http://10.0.0.9:80"}};
    w.defined = http(404, R"({"message":"entry point not found: wep"})");
    w.door = http(404, "404 page not found\n");
    const auto found = w.reports()[1];
    CHECK_FALSE(found.ok);
    CHECK(found.message == "Traefik has no entry point wep");
    CHECK(has(found.fix, "traefik --entrypoints.wep.address=:PORT"));
}

TEST_CASE("doors: one that answers something else counts only once the API told what is applied") {
    doors_world w;
    w.door = http(301);
    auto found = w.reports()[1];
    CHECK_FALSE(found.ok);
    CHECK(has(found.message, "HTTP 301 instead of an ack"));
    CHECK(has(found.message, "no document of ours yet"));
    CHECK(found.fix.empty()); // whoever knows how Traefik gets its documents says it

    w.api = http(200, R"({"status":"enabled"})");
    CHECK(w.ask(w.it->acknowledged(0)).what == ack::seen);
    found = w.ask(w.it->doors())[1];
    CHECK(found.ok);
    CHECK(has(found.message, "Traefik's API tells what is applied"));
    CHECK_FALSE(has(found.message, "on port"));

    w.defined = http(200, R"({"address":"0.0.0.0:8443/tcp"})");
    CHECK(has(w.ask(w.it->doors())[1].message, "Traefik has web on port 8443"));
    for (const auto* odd : {R"({"address":1})", R"({})", R"([1])"}) {
        w.defined = http(200, odd);
        CHECK(w.ask(w.it->doors())[1].ok);
    }

    w.settings.api_url.clear();
    found = w.reports()[0];
    CHECK_FALSE(found.ok);
    CHECK(has(found.fix, "--traefik-api"));
}
