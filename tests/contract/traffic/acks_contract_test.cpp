// What the real Traefik answers, and what we make of it.

#include "traefik_process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace contract;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("an entry point that redirects everything cannot ack: the API decides") {
    stage s;
    s.provide({{"redirecting", "http://127.0.0.1:8002"}}, "http://127.0.0.1:8080");
    CHECK(s.publish(1, routed(100, 0)).what == ack::seen);
    CHECK(s.ask(s.it->acknowledged(2)).what == ack::not_seen);
    REQUIRE(s.it->notes().size() == 1);
    CHECK(has(s.it->notes()[0], "entry point redirecting answers HTTP 30"));
    const auto tried = s.ask(s.it->ask_try("music", routed(100, 0).routes[0], "a", "/"));
    CHECK_FALSE(tried.usable);
}

TEST_CASE("before the first document everything is absent, not unknown") {
    stage s;
    CHECK(s.ask(s.it->acknowledged(1)).what == ack::not_seen);
}

TEST_CASE("without an API the entry points alone acknowledge") {
    stage s(false);
    CHECK(s.publish(1, routed(100, 0)).what == ack::seen);
    CHECK(s.ask(s.it->acknowledged(1)).start_date.empty());
    CHECK(s.compare(routed(100, 0)).is == comparison::outcome::equal);
    CHECK(s.it->notes().size() == 1);
}

TEST_CASE("an API that is off answers a plain 404: unknown") {
    stage s(false);
    s.provide({{"redirecting", "http://127.0.0.1:8002"}}, "http://127.0.0.1:8080");
    traffic_document d;
    d.generation = 1;
    REQUIRE(s.ask(s.it->write(d)).has_value());
    const auto answer = s.ask(s.it->acknowledged(1));
    CHECK(answer.what == ack::unknown);
    CHECK(has(answer.detail, "HTTP 404"));
    CHECK(s.compare(routed(100, 0)).is == comparison::outcome::unknown);
}

TEST_CASE("a restart: unknown while it is away, another start date, and applied again by itself") {
    stage s;
    const auto before = s.publish(1, routed(50, 50));
    REQUIRE(before.what == ack::seen);
    CHECK_FALSE(before.start_date.empty());
    s.traefik.stop();
    CHECK(s.ask(s.it->acknowledged(1)).what == ack::unknown);
    CHECK(s.compare(routed(50, 50)).is == comparison::outcome::unknown);
    s.traefik.start();
    const auto after = s.await(1);
    CHECK(after.what == ack::seen);
    CHECK_FALSE(after.start_date.empty());
    CHECK(after.start_date != before.start_date);
    CHECK(s.compare(routed(50, 50)).is == comparison::outcome::equal);
}

TEST_CASE(
    "a file provider that shows nothing any more is unknown; another file's objects are not") {
    stage s;
    REQUIRE(s.publish(1, routed(100, 0)).what == ack::seen);
    std::filesystem::remove(s.dir + "/dynamic/alcedo.yaml");
    CHECK(s.await(1, ack::unknown).what == ack::unknown);
    {
        std::ofstream other(s.dir + "/staging/other.yaml");
        other
            << R"({"http":{"services":{"x":{"loadBalancer":{"servers":[{"url":"http://x:1"}]}}}}})";
    }
    std::filesystem::rename(s.dir + "/staging/other.yaml", s.dir + "/dynamic/other.yaml");
    CHECK(s.await(1, ack::not_seen).what == ack::not_seen);
    CHECK(s.publish(2, routed(100, 0)).what == ack::seen);
}

TEST_CASE("the document on disk is read back with its weights, promises and generation") {
    stage s;
    REQUIRE(s.publish(41, routed(0, 100)).what == ack::seen);
    const auto found = s.ask(s.it->read()).value();
    CHECK(found.instance == "contract");
    CHECK(found.document.generation == 41);
    CHECK(found.document.promises.at("music") == 41);
    CHECK(s.ask(s.it->holds(found.document)).value());
    CHECK(s.publish(42, found.document.fragments.at("music")).what == ack::seen);
}
