// What is written is what the real Traefik does.

#include "controller/traffic/proc_connections.hpp"
#include "traefik_process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <unistd.h>

using namespace contract;
using counts = std::map<std::string, int>;

TEST_CASE("written, acknowledged, compared, and the requests go where the weights say") {
    stage s;
    REQUIRE(s.publish(1, routed(100, 0)).what == ack::seen);
    CHECK(s.compare(routed(100, 0)).detail == "");
    CHECK(s.compare(routed(100, 0)).is == comparison::outcome::equal);
    CHECK(s.sample(20) == counts{{"blue", 20}});
    CHECK(s.sample(20, 8001) == counts{{"blue", 20}});

    REQUIRE(s.publish(2, routed(50, 50)).what == ack::seen);
    CHECK(s.compare(routed(50, 50)).is == comparison::outcome::equal);
    CHECK(s.sample(100) == counts{{"blue", 50}, {"green", 50}});
    CHECK(s.compare(routed(100, 0)).is == comparison::outcome::differs);
    CHECK(s.compare(routed(49, 51)).is == comparison::outcome::differs);

    REQUIRE(s.publish(3, routed(0, 100)).what == ack::seen);
    CHECK(s.compare(routed(0, 100)).is == comparison::outcome::equal);
    CHECK(s.sample(20) == counts{{"green", 20}});
    // Omitted, but still defined: its counters survive.
    CHECK(s.status("/api/http/services/music_lava_blue_1a2b3c4d@file", 8080) == 200);
    CHECK(s.it->notes().empty());
}

TEST_CASE("a route without weight answers nobody, its try router only those with the token") {
    stage s;
    REQUIRE(s.publish(1, routed(0, 0, color::green)).what == ack::seen);
    CHECK(s.compare(routed(0, 0, color::green)).detail == "");
    CHECK(s.get(8000) == "HTTP 404");
    auto tried = s.ask(
        s.it->ask_try("music", routed(0, 0, color::green).routes[0], "lava.example.com", "/"));
    CHECK(tried.usable);
    CHECK(tried.answered);

    REQUIRE(s.publish(2, routed(100, 0, color::green)).what == ack::seen);
    CHECK(s.compare(routed(100, 0, color::green)).detail == "");
    CHECK(s.compare(routed(100, 0)).is == comparison::outcome::differs);
    CHECK(s.sample(10) == counts{{"blue", 10}});

    auto nowhere = routed(100, 0, color::green);
    nowhere.routes[0].backends[1].servers = {"http://127.0.0.13:2333"};
    REQUIRE(s.publish(3, nowhere).what == ack::seen);
    tried = s.ask(s.it->ask_try("music", nowhere.routes[0], "lava.example.com", "/"));
    CHECK(tried.usable);
    CHECK_FALSE(tried.answered);
    CHECK(tried.detail.find("HTTP 502") != std::string::npos);
    CHECK(s.sample(10) == counts{{"blue", 10}});
}

TEST_CASE("a router that Traefik serves on some of its entry points only differs") {
    stage s;
    auto f = routed(100, 0);
    f.routes[0].entry_points = {"web", "nope"};
    REQUIRE(s.publish(1, f).what == ack::seen);
    const auto found = s.compare(f);
    CHECK(found.is == comparison::outcome::differs);
    CHECK(found.detail.find("nope") != std::string::npos);
}

TEST_CASE("a bad document is refused before Traefik can see it") {
    stage s;
    REQUIRE(s.publish(1, routed(100, 0)).what == ack::seen);
    traffic_document d;
    d.generation = 2;
    d.fragments["music"] = routed(50, 50);
    d.fragments["music"].routes[0].backends[1].servers.clear();
    CHECK(s.ask(s.it->write(d)).error().next == next_step::invalid);
    CHECK(s.sample(10) == counts{{"blue", 10}});
    CHECK(s.await(1).what == ack::seen);
}

TEST_CASE("two apps in one document do not meet") {
    stage s;
    traffic_document d;
    d.generation = 1;
    d.fragments["music"] = routed(100, 0);
    d.fragments["shop"] = routed(0, 100);
    d.fragments["shop"].routes[0].rule = "Host(`shop.example.com`)";
    d.fragments["shop"].routes[0].priority = 1010;
    REQUIRE(s.ask(s.it->write(d)).has_value());
    REQUIRE(s.await(1).what == ack::seen);
    CHECK(s.get(8000, "lava.example.com") == "blue");
    CHECK(s.get(8000, "shop.example.com") == "green");
    CHECK(s.ask(s.it->compare("shop", d.fragments["shop"])).is == comparison::outcome::equal);
}

TEST_CASE("idle connections of the proxy are gone after 5 s, so that zero means drained") {
    stage s;
    named_server everywhere("here", "0.0.0.0", 2400);
    auto f = routed(100, 0);
    f.routes[0].backends[0].servers = {"http://127.0.0.1:2400"};
    REQUIRE(s.publish(1, f).what == ack::seen);
    CHECK(s.get(8000) == "here");
    connection_counter::where w;
    w.pid = ::getpid();
    w.address = "127.0.0.1";
    w.ports = {2400};
    w.subnet = "127.0.0.0/8";
    const auto counter = make_proc_connections(s.pool, "/proc");
    CHECK(s.ask(counter->count(w)) == 1);
    std::optional<int> left;
    for (int i = 0; i < 100 && left != 0; ++i) {
        std::this_thread::sleep_for(milliseconds{100});
        left = s.ask(counter->count(w));
    }
    CHECK(left == 0);
    w.ports = {2401};
    CHECK_FALSE(s.ask(counter->count(w)).has_value());
}
