// TLS, middlewares and entry points of every kind, as the real Traefik has them.

#include "traefik_process.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>

using namespace contract;
using counts = std::map<std::string, int>;

namespace {

const std::string secure_url = "https://127.0.0.1:8443";
const std::string plain_url = "http://127.0.0.1:8000";
const std::string api = "http://127.0.0.1:8080";

// "user" with "password".
const std::string operators_file = R"({"http": {"middlewares": {
    "gate": {"basicAuth": {"users": ["user:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="]}},
    "mark": {"headers": {"customResponseHeaders": {"X-Mark": "here"}}},
    "broken": {"chain": {"middlewares": ["nope"]}}}},
  "tls": {"options": {"modern": {"minVersion": "VersionTLS13"}}}})";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

fragment secured(int blue, int green, std::vector<std::string> middlewares = {}) {
    auto f = routed(blue, green);
    f.routes[0].tls = route_tls{};
    f.routes[0].middlewares = std::move(middlewares);
    return f;
}

net::request with_password() {
    net::request what("GET", "/");
    what.headers.emplace_back("Authorization", "Basic dXNlcjpwYXNzd29yZA==");
    return what;
}

/// Asks one URL again and again, each time on a connection of its own.
class load {
public:
    explicit load(std::string url) : url_(std::move(url)), thread_([this] { run(); }) {}
    ~load() { stop(); }
    counts stop() {
        over_ = true;
        if (thread_.joinable()) thread_.join();
        return seen_;
    }

private:
    void run() {
        asio::io_context io{1};
        const auto client = net::make_http_client();
        auto to = net::parse_endpoint(url_).value();
        to.host_header = "lava.example.com";
        while (!over_) {
            std::optional<result<net::response>> out;
            asio::co_spawn(io, keep(client->call(to, net::request("GET", "/")), out),
                           [](std::exception_ptr) {});
            io.restart();
            io.run();
            ++seen_[in_short(out.value())];
        }
    }
    std::string url_;
    std::atomic<bool> over_{false};
    counts seen_;
    std::thread thread_;
};

} // namespace

TEST_CASE("a route with TLS and middlewares is answered through TLS by the right colour") {
    stage s;
    s.provide({{"web", plain_url}, {"websecure", secure_url}}, api);
    s.put("operator.yaml", operators_file);
    REQUIRE(s.shows("middlewares/mark@file"));
    const auto f = secured(100, 0, {"mark@file", "gate@file"});
    REQUIRE(s.publish(1, f).what == ack::seen);
    CHECK(s.compare(f).detail == "");
    CHECK(s.it->notes().empty());
    CHECK(s.get(secure_url) == "HTTP 401");
    const auto answer = s.fetch(secure_url, "lava.example.com", with_password());
    CHECK(in_short(answer) == "blue");
    CHECK(answer->header("x-mark") == "here");
    // A router with TLS answers TLS only, on whatever entry point.
    CHECK(s.get(plain_url) == "HTTP 404");
    CHECK(s.get("https://127.0.0.1:8000") == "HTTP 401");

    const auto next = secured(0, 100);
    REQUIRE(s.publish(2, next).what == ack::seen);
    CHECK(s.compare(next).detail == "");
    // More than we ask for is what an entry point might bring; less, or other TLS, is not.
    CHECK(s.compare(f).is == comparison::outcome::differs);
    CHECK(s.get(secure_url) == "green");
    auto modern = secured(0, 100);
    modern.routes[0].tls->options = "modern@file";
    REQUIRE(s.publish(3, modern).what == ack::seen);
    CHECK(s.compare(modern).detail == "");
    CHECK(s.compare(next).detail == "");
    CHECK(s.get(secure_url) == "green");
}

TEST_CASE("TLS: the try router is asked by the name of its host, and found unreachable or not") {
    stage s;
    s.provide({{"web", plain_url}, {"websecure", secure_url}}, api);
    s.put("operator.yaml", operators_file);
    REQUIRE(s.shows("middlewares/mark@file"));
    auto f = secured(100, 0, {"mark@file"});
    f.routes[0].tls->options = "modern@file"; // 421 without that name
    f.routes[0].try_color = color::green;
    REQUIRE(s.publish(1, f).what == ack::seen);
    CHECK(s.compare(f).detail == "");
    auto tried = s.ask(s.it->ask_try("music", f.routes[0], "lava.example.com", "/"));
    CHECK(tried.usable);
    CHECK(tried.answered);
    CHECK(has(tried.detail, "entry point websecure answers HTTP 200"));
    f.routes[0].backends[1].servers = {"http://127.0.0.13:2333"};
    REQUIRE(s.publish(2, f).what == ack::seen);
    tried = s.ask(s.it->ask_try("music", f.routes[0], "lava.example.com", "/"));
    CHECK(tried.usable);
    CHECK_FALSE(tried.answered);
    CHECK(has(tried.detail, "HTTP 502"));
    CHECK(s.get(secure_url) == "blue");
}

TEST_CASE("one entry point that sends everything to the one with TLS: that one acks, alone too") {
    stage s;
    s.provide({{"upgrading", "http://127.0.0.1:8004"}, {"websecure", secure_url}}, api);
    auto f = secured(100, 0);
    f.routes[0].try_color = color::green;
    REQUIRE(s.publish(1, f).what == ack::seen);
    CHECK(s.compare(f).detail == "");
    CHECK(s.get("http://127.0.0.1:8004") == "HTTP 301");
    CHECK(s.get(secure_url) == "blue");
    REQUIRE(s.it->notes().size() == 1);
    CHECK(has(s.it->notes()[0], "entry point upgrading answers HTTP 30"));
    const auto tried = s.ask(s.it->ask_try("music", f.routes[0], "lava.example.com", "/"));
    CHECK(tried.answered);
    s.provide({{"upgrading", "http://127.0.0.1:8004"}, {"websecure", secure_url}}, "");
    CHECK(s.publish(2, secured(0, 100)).what == ack::seen);
    CHECK(s.get(secure_url) == "green");
}

TEST_CASE("an entry point with an auth in front of everything: the API decides") {
    stage s;
    s.provide({{"guarded", "http://127.0.0.1:8005"}, {"web", plain_url}}, api);
    s.put("operator.yaml", operators_file);
    REQUIRE(s.shows("middlewares/gate@file"));
    // Traefik shows this router in pieces, one for each of the two entry points.
    auto f = routed(100, 0);
    f.routes[0].middlewares = {"mark@file"};
    REQUIRE(s.publish(1, f).what == ack::seen);
    CHECK(s.compare(f).detail == "");
    CHECK(s.compare(routed(50, 50)).is == comparison::outcome::differs);
    CHECK(s.status("/api/http/routers/guarded-music_lava@file", 8080) == 200);
    REQUIRE(s.it->notes().size() == 1);
    CHECK(has(s.it->notes()[0], "entry point guarded answers HTTP 401"));
    CHECK(s.get(8005) == "HTTP 401");
    CHECK(in_short(s.fetch("http://127.0.0.1:8005", "lava.example.com", with_password())) ==
          "blue");
    CHECK(s.get(8000) == "blue");
    // Alone, and without anybody who could tell, nothing is known.
    s.provide({{"guarded", "http://127.0.0.1:8005"}}, "");
    traffic_document d;
    d.generation = 2;
    d.fragments["music"] = f;
    REQUIRE(s.ask(s.it->write(d)).has_value());
    const auto answer = s.await(2, ack::unknown);
    CHECK(answer.what == ack::unknown);
    CHECK(has(answer.detail, "HTTP 401"));
}

TEST_CASE("an entry point that brings TLS itself: a route that says nothing of it is TLS there") {
    stage s;
    s.provide({{"terminating", "https://127.0.0.1:8444"}, {"web", plain_url}}, api);
    const auto f = routed(100, 0, color::green);
    REQUIRE(s.publish(1, f).what == ack::seen);
    CHECK(s.compare(f).detail == "");
    CHECK(s.it->notes().empty());
    CHECK(s.get("https://127.0.0.1:8444") == "blue");
    CHECK(s.get(plain_url) == "blue");
    const auto tried = s.ask(s.it->ask_try("music", f.routes[0], "lava.example.com", "/"));
    CHECK(tried.answered);
    CHECK(has(tried.detail, "entry point terminating answers HTTP 200"));
}

TEST_CASE("an entry point that wants a name with a certificate cannot ack; the API decides") {
    stage s;
    s.provide({{"websecure", secure_url}}, api);
    s.put("operator.yaml", R"({"tls": {"options": {"default": {"sniStrict": true}}}})");
    traffic_document d;
    d.generation = 1;
    d.fragments["music"] = secured(100, 0);
    REQUIRE(s.ask(s.it->write(d)).has_value());
    CHECK(s.await(1).what == ack::seen);
    CHECK(s.compare(secured(100, 0)).detail == "");
    for (int i = 0; i < 100 && s.get(secure_url) != "tls"; ++i)
        std::this_thread::sleep_for(milliseconds{20});
    CHECK(s.ask(s.it->acknowledged(1)).what == ack::seen);
    REQUIRE(s.it->notes().size() == 1);
    CHECK(has(s.it->notes()[0], "TLS handshake"));
    const auto tried =
        s.ask(s.it->ask_try("music", secured(100, 0).routes[0], "lava.example.com", "/"));
    CHECK_FALSE(tried.usable);
}

TEST_CASE("what Traefik does not have is found out: middlewares before, the rest after") {
    stage s;
    s.provide({{"websecure", secure_url}}, api);
    s.put("operator.yaml", operators_file);
    REQUIRE(s.shows("middlewares/mark@file"));
    REQUIRE(s.publish(1, secured(100, 0)).what == ack::seen);
    const auto unusable = [&](std::vector<std::string> names) {
        return s.ask(s.it->unusable_middlewares(std::move(names)));
    };
    CHECK(unusable({"mark@file", "gate@file"}).value().empty());
    const auto missing = unusable({"mark@file", "nope@file"}).value();
    REQUIRE(missing.size() == 1);
    CHECK(missing.at("nope@file") == "does not exist in Traefik");
    CHECK_FALSE(unusable({"nope@docker"}).has_value());
    // Broken inside: nobody knows until a router uses it, which then answers nobody.
    CHECK(unusable({"broken@file"}).value().empty());
    const auto broken = secured(100, 0, {"broken@file"});
    REQUIRE(s.publish(2, broken).what == ack::seen);
    CHECK(s.compare(broken).is == comparison::outcome::differs);
    CHECK(has(s.compare(broken).detail, "nope@file"));
    CHECK(unusable({"broken@file"}).value().size() == 1);
    CHECK(s.get(secure_url) == "HTTP 404");

    auto options = secured(100, 0);
    options.routes[0].tls->options = "nope@file";
    REQUIRE(s.publish(3, options).what == ack::seen);
    CHECK(s.compare(options).is == comparison::outcome::differs);
    CHECK(has(s.compare(options).detail, "unknown TLS options: nope@file"));
    CHECK(s.get(secure_url) == "refused"); // hung up on, whatever the name's certificate

    // Only Traefik's log tells this one; the default certificate is served.
    auto resolver = secured(100, 0);
    resolver.routes[0].tls->cert_resolver = "nope";
    resolver.routes[0].tls->domains = {{"lava.example.com", {"*.lava.example.com"}}};
    REQUIRE(s.publish(4, resolver).what == ack::seen);
    CHECK(s.compare(resolver).detail == "");
    CHECK(s.get(secure_url) == "blue");
    CHECK(has(s.it->notes().back(), "certResolver nope"));
}

TEST_CASE("a host is taken over from another provider's router and nothing is lost") {
    stage s;
    named_server old("old", "127.0.0.13", 2333);
    s.put("operator.yaml", R"_({"http": {
      "routers": {"old": {"rule": "Host(`lava.example.com`)", "service": "old", "priority": 500,
                          "entryPoints": ["web"]}},
      "services": {"old": {"loadBalancer": {"servers": [{"url": "http://127.0.0.13:2333"}]}}}}})_");
    REQUIRE(s.shows("routers/old@file"));
    load busy(plain_url);
    const auto some = [&] {
        // The load goes on meanwhile.
        std::this_thread::sleep_for(milliseconds{300});
        return s.sample(20);
    };
    CHECK(some() == counts{{"old", 20}});
    REQUIRE(s.publish(1, routed(100, 0)).what == ack::seen);
    CHECK(some() == counts{{"blue", 20}});
    std::filesystem::remove(s.dir + "/dynamic/operator.yaml");
    CHECK(some() == counts{{"blue", 20}});
    auto seen = busy.stop();
    CHECK(seen["old"] > 0);
    CHECK(seen["blue"] > 0);
    CHECK(seen.size() == 2);
}
