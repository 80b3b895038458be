// The http provider: what is served when, and what of it outlives the process. What it shares with
// the file provider is tested there.

#include "controller/traffic/traefik_http.hpp"
#include "traffic_world.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace traffic_world;

namespace {

struct polled_world : world {
    fixed_clock clock;
    std::shared_ptr<polled_document> served;

    polled_world() { settings.dir = dir / "traefik"; }
    /// Also what the next process does.
    result<void> start() {
        auto made = make_traefik_http(client, pool, events, clock, settings);
        if (!made) return made.error();
        it = std::move(made->provider);
        served = std::move(made->document);
        return {};
    }
    net::response poll(const std::string& path = "/ackacksecret/alcedo.json",
                       const std::string& method = "GET") {
        net::server_request asked;
        asked.method = method;
        asked.path = path;
        const auto handler = make_poll_handler(served);
        return ask(handler(asked));
    }
    std::string stored() const { return dir / "traefik/alcedo.json"; }
};

} // namespace

TEST_CASE("polled: 503 until the first document, then the bytes that the file provider writes") {
    polled_world w;
    REQUIRE(trouble(w.start()).empty());
    CHECK(w.poll().status == 503);
    CHECK_FALSE(w.ask(w.it->read()).value().exists);
    CHECK(w.poll().status == 503);

    const auto d = document(42, routed(50, 50));
    REQUIRE(trouble(w.ask(w.it->write(d))).empty());
    const auto got = w.poll();
    CHECK(got.status == 200);
    CHECK(got.header("content-type") == "application/json");
    CHECK(got.body == traefik::render(d, configured()).value());

    world by_file;
    REQUIRE(trouble(by_file.make()).empty());
    REQUIRE(trouble(by_file.ask(by_file.it->write(d))).empty());
    CHECK(got.body == text_of(by_file.file()));
}

TEST_CASE("polled: a refused document and one that cannot be kept are not served") {
    polled_world w;
    REQUIRE(trouble(w.start()).empty());
    auto bad = routed(50, 50);
    bad.routes[0].backends[0].servers.clear();
    CHECK_FALSE(w.ask(w.it->write(document(1, bad))).has_value());
    CHECK(w.poll().status == 503);
    REQUIRE(trouble(w.ask(w.it->write(document(2, routed(100, 0))))).empty());
    const auto before = w.poll().body;
    // A folder in its way: nothing can be staged, also not by root.
    std::filesystem::create_directory(w.stored() + ".new");
    CHECK_FALSE(w.ask(w.it->write(document(3, routed(50, 50)))).has_value());
    CHECK(w.poll().body == before);
}

TEST_CASE("polled: the next process serves what it finds, once it was read whole and is its own") {
    polled_world w;
    REQUIRE(trouble(w.start()).empty());
    const auto d = document(42, routed(50, 50));
    REQUIRE(trouble(w.ask(w.it->write(d))).empty());
    const auto text = w.poll().body;
    CHECK(text_of(w.stored()) == text);
    struct stat s{};
    REQUIRE(::stat(w.stored().c_str(), &s) == 0);
    CHECK((s.st_mode & 0777) == 0600); // the token is in it
    REQUIRE(::stat((w.dir / "traefik").c_str(), &s) == 0);
    CHECK((s.st_mode & 0777) == 0700);

    SUBCASE("its own") {
        REQUIRE(trouble(w.start()).empty());
        CHECK(w.poll().status == 503);
        const auto found = w.ask(w.it->read()).value();
        CHECK(found.document.promises == d.promises);
        CHECK(found.document.generation == 42);
        CHECK(w.poll().body == text);
        CHECK(w.ask(w.it->holds(d)).value());
    }
    SUBCASE("cut") {
        put(w.stored(), text.substr(0, text.size() / 2));
        REQUIRE(trouble(w.start()).empty());
        CHECK(w.ask(w.it->read()).value().damaged);
        CHECK(w.poll().status == 503);
        REQUIRE(trouble(w.ask(w.it->write(d))).empty());
        CHECK(w.poll().body == text);
    }
    SUBCASE("empty") {
        put(w.stored(), "");
        REQUIRE(trouble(w.start()).empty());
        CHECK_FALSE(w.ask(w.it->read()).value().exists);
        CHECK(w.poll().status == 503);
    }
    SUBCASE("another instance's") {
        w.settings.instance = "other";
        REQUIRE(trouble(w.start()).empty());
        const auto found = w.ask(w.it->read());
        REQUIRE_FALSE(found.has_value());
        CHECK(found.error().next == next_step::conflict);
        CHECK(found.error().message.find("--state-dir") != std::string::npos);
        CHECK(w.poll().status == 503);
    }
}

TEST_CASE("polled: a document that is not whole yet is written, and handed out when it is") {
    polled_world w;
    REQUIRE(trouble(w.start()).empty());
    w.it->hold_back(true);
    REQUIRE(trouble(w.ask(w.it->write(document(1, fragment{})))).empty());
    CHECK(w.poll().status == 503);
    REQUIRE(trouble(w.ask(w.it->write(document(2, routed(100, 0))))).empty());
    CHECK(w.poll().status == 503);
    w.it->hold_back(false);
    CHECK(w.poll().body == text_of(w.stored()));
}

TEST_CASE("polled: only the path with the token, only GET and HEAD") {
    polled_world w;
    REQUIRE(trouble(w.start()).empty());
    REQUIRE(trouble(w.ask(w.it->write(document(1, routed(100, 0))))).empty());
    for (const auto* path : {"/ackacksecret", "/ackacksecret/", "/ackacksecret/anything/at/all"})
        CHECK(w.poll(path).status == 200);
    for (const auto* path : {"/", "", "/ackacksecre", "/ackacksecret2", "/ackacksecreT/alcedo.json",
                             "/alcedo.json", "//ackacksecret", "/x/ackacksecret", "ackacksecret"})
        CHECK(w.poll(path).status == 404);
    CHECK(w.poll("/ackacksecret/x", "HEAD").status == 200);
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
        const auto refused = w.poll("/ackacksecret/x", method);
        CHECK(refused.status == 405);
        CHECK(refused.header("allow") == "GET, HEAD");
        CHECK(w.poll("/x", method).status == 404);
    }
}

TEST_CASE("polled: who asks is seen, and the token is told to nobody") {
    polled_world w;
    REQUIRE(trouble(w.start()).empty());
    w.poll();
    CHECK(w.served->polls() == poll_record{}); // a 503 is no poll that Traefik could use
    REQUIRE(trouble(w.ask(w.it->write(document(1, routed(100, 0))))).empty());
    w.poll("/guess");
    w.poll("/ackacksecret/x", "HEAD");
    CHECK(w.served->polls() == poll_record{});
    w.poll();
    w.clock.at += milliseconds{700};
    CHECK(w.served->polls().ago == milliseconds{700});
    CHECK_FALSE(w.served->polls().every.has_value());
    w.clock.at += milliseconds{300};
    w.poll();
    CHECK(w.served->polls().ago == milliseconds{0});
    CHECK(w.served->polls().every == milliseconds{1000});

    int polls = 0;
    for (const auto& e : w.events.seen) {
        const auto& told = std::get<call_finished>(e);
        polls += told.op == "poll" ? 1 : 0;
        CHECK((told.door + told.op + told.code).find("ackack") == std::string::npos);
    }
    CHECK(polls == 5);
    for (const auto& note : w.it->notes())
        CHECK(note.find("ackack") == std::string::npos);
    CHECK(w.poll("/guess").body.find("ackack") == std::string::npos);
}

TEST_CASE("polled: Traefik's names end in @http") {
    polled_world w;
    w.settings.api_url = "http://10.0.0.9:8080";
    w.client.answer = [](const net::endpoint& to, const net::request&) {
        return to.host == "10.0.0.9" ? http(404, R"({"message":"thing not found"})") : http(200);
    };
    REQUIRE(trouble(w.start()).empty());
    CHECK(w.ask(w.it->acknowledged(7)).what == ack::not_seen);
    CHECK(w.ask(w.it->compare("music", routed(100, 0))).is == comparison::outcome::differs);
    int named = 0;
    for (const auto& asked : w.client.asked) {
        CHECK(asked.find("@file") == std::string::npos);
        named += asked.ends_with("@http") ? 1 : 0;
    }
    CHECK(named >= 3); // the marker, the router (or its pieces), the service
}
