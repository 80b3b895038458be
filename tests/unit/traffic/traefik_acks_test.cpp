#include "controller/traffic/traefik_acks.hpp"
#include "traffic_world.hpp"

#include <doctest/doctest.h>

using namespace traffic_world;
using namespace alcedo::traefik;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Two entry points and an API whose answers are set one by one.
struct ack_world : world {
    std::map<std::string, result<net::response>> doors{{"10.0.0.1", http(404)},
                                                       {"10.0.0.2", http(404)}};
    std::map<std::string, net::response> api;
    result<net::response> api_default = http(404, R"({"message":"middleware not found: x@file"})");
    std::string start_date = "2026-01-01T00:00:00Z";
    fragment music = routed(100, 0);

    explicit ack_world(bool with_api = true) {
        settings.entry_points["inner"] = "http://10.0.0.2:81";
        if (with_api) settings.api_url = "http://10.0.0.9:8080";
        client.answer = [this](const net::endpoint& to, const net::request& what) {
            return answer(to, what);
        };
        REQUIRE(trouble(make()).empty());
        write(42);
    }
    void write(std::uint64_t generation) {
        REQUIRE(trouble(ask(it->write(document(generation, music)))).empty());
    }
    result<net::response> answer(const net::endpoint& to, const net::request& what) {
        if (to.host != "10.0.0.9") {
            if (what.target == "/.alcedo/generation")
                CHECK(what.headers.at(0).second == "ackacksecret");
            return doors.at(to.host);
        }
        if (what.target == "/api/version" && api_default)
            return http(200, "{\"startDate\":\"" + start_date + "\"}");
        const auto it_is = api.find(what.target);
        return it_is == api.end() ? api_default : it_is->second;
    }
    void api_has(const std::string& name) {
        api["/api/http/middlewares/" + name + "@file"] = http(200, R"({"status":"enabled"})");
    }
    void doors_say(const result<net::response>& both) {
        doors.at("10.0.0.1") = both;
        doors.at("10.0.0.2") = both;
    }
    ack_answer acked(std::uint64_t generation) { return ask(it->acknowledged(generation)); }
    int asked(const std::string& part) const {
        int n = 0;
        for (const auto& one : client.asked)
            n += has(one, part) ? 1 : 0;
        return n;
    }
};

} // namespace

TEST_CASE("seen when every entry point shows the number or a newer one of ours") {
    ack_world w;
    w.doors_say(shows(42));
    CHECK(w.acked(42).what == ack::seen);
    CHECK(w.acked(41).what == ack::seen);
    w.doors.at("10.0.0.2") = shows(41);
    const auto older = w.acked(42);
    CHECK(older.what == ack::not_seen);
    CHECK(older.detail == "entry point inner shows generation 41, not yet 42");
    CHECK(w.asked("middlewares") == 0);
}

TEST_CASE("a number newer than anything written is another document's") {
    ack_world w;
    w.doors_say(shows(57));
    const auto foreign = w.acked(42);
    CHECK(foreign.what == ack::not_seen);
    CHECK(has(foreign.detail, "newer than anything written here"));
}

TEST_CASE("no answer is unknown, never not seen") {
    ack_world w;
    w.doors_say(shows(42));
    w.doors.at("10.0.0.1") = refused();
    CHECK(w.acked(42).what == ack::unknown);
    w.doors.at("10.0.0.1") = error(next_step::unknown, "timeout", "no answer within 2s");
    CHECK(w.acked(42).what == ack::unknown);
}

TEST_CASE("only entry points that routes use are asked") {
    ack_world w;
    w.music.routes[0].entry_points = {"inner"};
    w.write(43);
    w.doors.at("10.0.0.2") = shows(43);
    CHECK(w.acked(43).what == ack::seen);
    CHECK(w.asked("10.0.0.1") == 0);
    // While no route uses any, all of them are.
    w.music = routed(0, 0);
    w.write(44);
    w.doors_say(shows(44));
    CHECK(w.acked(44).what == ack::seen);
    CHECK(w.asked("10.0.0.1") == 1);
}

TEST_CASE("an entry point that answers something else cannot ack: the API decides, said once") {
    ack_world w;
    w.doors.at("10.0.0.1") = http(301);
    w.doors.at("10.0.0.2") = shows(42);
    w.api_has("alcedo-promises");
    auto answer = w.acked(42);
    CHECK(answer.what == ack::not_seen);
    CHECK(has(answer.detail, "alcedo-gen-42"));
    CHECK(w.it->notes().empty()); // not yet: it may only not have been applied
    w.api_has("alcedo-gen-42");
    CHECK(w.acked(42).what == ack::seen);
    CHECK(w.acked(42).what == ack::seen);
    REQUIRE(w.it->notes().size() == 1);
    CHECK(w.it->notes()[0] == "entry point web answers HTTP 301 instead of an ack: Traefik's API "
                              "tells what is applied");
    const auto tried = w.ask(w.it->ask_try("music", w.music.routes[0], "a", "/"));
    CHECK(has(tried.detail, "entry point web answers HTTP 301"));

    w.doors.at("10.0.0.1") = shows(42); // the operator has mended it
    CHECK(w.acked(42).what == ack::seen);
    CHECK(w.it->notes().empty());
}

TEST_CASE("a 418 without a number is not an ack") {
    ack_world w;
    w.doors_say(http(418));
    w.api_has("alcedo-gen-42");
    CHECK(w.acked(42).what == ack::seen);
    CHECK(w.it->notes().size() == 2);
}

TEST_CASE("the three kinds of 404") {
    ack_world w; // every entry point answers 404, as a Traefik does that starts or has nothing
    SUBCASE("JSON: nothing of ours yet, and we have never been seen: absent") {
        CHECK(w.acked(42).what == ack::not_seen);
        CHECK(w.asked("search") == 0);
    }
    SUBCASE("plain: starting, off, or somewhere else") {
        w.api_default = http(404, "404 page not found\n");
        const auto answer = w.acked(42);
        CHECK(answer.what == ack::unknown);
        CHECK(has(answer.detail, "starting"));
    }
    SUBCASE("no object of any file after we were seen: unknown") {
        w.doors_say(shows(42));
        CHECK(w.acked(42).what == ack::seen);
        w.doors_say(http(404));
        for (const auto* kind : {"middlewares", "routers", "services"})
            w.api[std::string("/api/http/") + kind + "?search=%40file&per_page=1"] =
                http(200, "[]");
        CHECK(w.acked(42).what == ack::unknown);
        // Somebody else's file is there and ours is not: that is knowledge.
        w.api["/api/http/services?search=%40file&per_page=1"] = http(200, "[{}]");
        CHECK(w.acked(42).what == ack::not_seen);
    }
    SUBCASE("the API is gone") {
        w.api_default = refused();
        CHECK(w.acked(42).what == ack::unknown);
    }
}

TEST_CASE("without an API those who can ack speak for the others") {
    ack_world w(false);
    w.doors.at("10.0.0.1") = http(301);
    w.doors.at("10.0.0.2") = shows(41);
    CHECK(w.acked(42).what == ack::not_seen);
    w.doors.at("10.0.0.2") = shows(42);
    CHECK(w.acked(42).what == ack::seen);
    CHECK(has(w.it->notes()[0], "the other entry points tell"));
    w.doors.at("10.0.0.2") = http(404);
    const auto answer = w.acked(42);
    CHECK(answer.what == ack::unknown);
    CHECK(has(answer.detail, "no --traefik-api to ask"));
}

TEST_CASE("with neither a reachable entry point nor an API nothing can tell") {
    world w;
    w.settings.entry_points = {{"web", ""}};
    REQUIRE(trouble(w.make()).empty());
    REQUIRE(trouble(w.ask(w.it->write(document(1, routed(100, 0))))).empty());
    const auto answer = w.ask(w.it->acknowledged(1));
    CHECK(answer.what == ack::unknown);
    CHECK(has(answer.detail, "give --traefik-entrypoint"));
}

TEST_CASE("an entry point on TLS acks like any other, by its address and any certificate") {
    world w;
    w.settings.entry_points = {{"websecure", "https://10.0.0.1:443"}};
    REQUIRE(trouble(w.make()).empty());
    REQUIRE(trouble(w.ask(w.it->write(document(42, routed(100, 0))))).empty());
    net::endpoint asked;
    w.client.answer = [&](const net::endpoint& to, const net::request&) {
        asked = to;
        return shows(42);
    };
    CHECK(w.ask(w.it->acknowledged(42)).what == ack::seen);
    CHECK(asked.scheme == "tls");
    CHECK(asked.any_certificate);
    CHECK(asked.host_header == "10.0.0.1:443");
}

TEST_CASE("one that wants a name it has a certificate for cannot ack; away is still unknown") {
    ack_world w;
    w.doors_say(error(next_step::retry, "tls", "TLS handshake: unrecognized name"));
    w.api_has("alcedo-gen-42");
    w.api_has("alcedo-promises");
    CHECK(w.acked(42).what == ack::seen);
    CHECK(w.acked(43).what == ack::not_seen);
    CHECK(has(w.it->notes()[0], "unrecognized name: Traefik's API tells what is applied"));
    w.doors_say(refused());
    CHECK(w.acked(42).what == ack::unknown);
}

TEST_CASE("the start date comes with every ack seen, and not with every poll") {
    ack_world w;
    w.doors_say(shows(41));
    CHECK(w.acked(42).start_date == "2026-01-01T00:00:00Z");
    for (int i = 0; i < 10; ++i)
        CHECK(w.acked(42).start_date.empty());
    CHECK(w.asked("/api/version") == 1);
    w.doors_say(shows(42));
    CHECK(w.acked(42).start_date == "2026-01-01T00:00:00Z");
}

TEST_CASE("after a restart of ours the document on disk says which entry points count") {
    ack_world w;
    w.music.routes[0].entry_points = {"inner"};
    w.write(43);
    REQUIRE(trouble(w.make()).empty());
    REQUIRE(w.ask(w.it->read()).has_value());
    w.doors.at("10.0.0.2") = shows(43);
    CHECK(w.acked(43).what == ack::seen);
    CHECK(w.asked("10.0.0.1") == 0);
}
