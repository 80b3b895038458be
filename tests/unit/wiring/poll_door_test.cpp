// Where Traefik fetches its document: what pre-flight says of it, and when it listens.

#include "controller/wiring/poll_door.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

using namespace alcedo;
namespace asio = boost::asio;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

settings polled(const std::string& listen) {
    settings s;
    s.traefik_provider = "http";
    s.traefik_http_listen = listen;
    s.traefik_deadline = polled_deadline;
    return s;
}

network_info shared() {
    network_info n;
    n.gateways = {"172.20.0.1"};
    return n;
}

poll_state seen(milliseconds ago, std::optional<milliseconds> every = std::nullopt) {
    poll_state s;
    s.seen.ago = ago;
    s.seen.every = every;
    return s;
}

struct quiet : event_sink {
    void emit(const event&) override {}
};

struct no_clock : clock_source {
    moment now() const override { return {}; }
    task<bool> sleep_for(milliseconds) override {
        const auto executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        co_return true;
    }
};

struct rig {
    asio::io_context io{1};
    no_clock clock;
    quiet events;
    std::shared_ptr<polled_document> document =
        std::make_shared<polled_document>("token", clock, events);
    poll_door at(const std::string& address) {
        return poll_door(io.get_executor(), clock, address, document);
    }
};

} // namespace

TEST_CASE("polled: fetched a moment ago, or the line that mends it") {
    const auto chosen = polled("172.20.0.1:9645");
    auto point = polled_point(chosen, seen(milliseconds{400}, seconds{1}), shared());
    CHECK(point.ok);
    CHECK(has(point.message, "fetched its document 400ms ago, 1s after the time before"));
    CHECK(point.fix.empty());

    point = polled_point(chosen, {}, shared());
    CHECK_FALSE(point.ok);
    CHECK(has(point.message, "not once since this start"));
    CHECK(point.fix == "traefik --providers.http.endpoint=http://172.20.0.1:9645/$(cat "
                       "/var/lib/alcedo/ack-token)/alcedo.json --providers.http.pollInterval=1s");

    CHECK(polled_point(chosen, seen(seconds{30}), shared()).ok);
    CHECK_FALSE(polled_point(chosen, seen(seconds{31}), shared()).ok);
    CHECK(polled_point(chosen, seen(seconds{31}, seconds{20}), shared()).ok);
    CHECK(has(polled_point(chosen, seen(seconds{31}), {}).message, "the last time was 31s ago"));
}

TEST_CASE("polled: the address is written as Traefik's container sees it") {
    for (const auto* any : {"0.0.0.0:9645", "[::]:9645"}) {
        const auto point = polled_point(polled(any), {}, shared());
        CHECK(has(point.fix, "http://172.20.0.1:9645/$(cat"));
    }
    CHECK(
        has(polled_point(polled("0.0.0.0:9645"), {}, {}).fix,
            "http://$(docker inspect -f '{{(index .NetworkSettings.Networks \"alcedo\").Gateway}}' "
            "TRAEFIK):9645/"));
    const auto point = polled_point(polled("127.0.0.1:9645"), {}, shared());
    CHECK_FALSE(point.ok);
    CHECK(has(point.message, "not from Traefik's container"));
    CHECK(point.fix == "--traefik-http-listen 172.20.0.1:9645");
    // Somebody does fetch it: Alcedo may share Traefik's network namespace.
    CHECK(polled_point(polled("127.0.0.1:9645"), seen(seconds{1}), shared()).ok);
}

TEST_CASE("polled: a poll interval that the deadline does not cover is said") {
    auto chosen = polled("172.20.0.1:9645");
    CHECK_FALSE(has(polled_point(chosen, seen(seconds{1}, seconds{5}), {}).message, "deadline"));
    const auto point = polled_point(chosen, seen(seconds{1}, milliseconds{9500}), {});
    CHECK(point.ok);
    CHECK(has(point.message, "write --traefik-deadline 13s"));
}

TEST_CASE("the door: a port that another has is refused at once, and says so in the point") {
    rig r;
    auto first = r.at("127.0.0.1:0");
    REQUIRE(first.open().has_value());
    CHECK(first.state().trouble.empty());
    const auto other =
        net::make_http_server(r.io.get_executor(), "127.0.0.1:0", make_poll_handler(r.document));
    REQUIRE(other.has_value());
    const auto address = "127.0.0.1:" + std::to_string((*other)->port());
    auto second = r.at(address);
    const auto refused = second.open();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().next == next_step::conflict);
    const auto point = polled_point(polled(address), second.state(), shared());
    CHECK_FALSE(point.ok);
    CHECK(has(point.message, "another process already listens there"));
    CHECK(point.fix.starts_with("--traefik-http-listen 172.20.0.1:"));
    CHECK_FALSE(has(refused.error().message, "token"));
}

TEST_CASE("the door: an address that is not there yet is waited for") {
    rig r;
    auto door =
        std::make_unique<poll_door>(r.io.get_executor(), r.clock, "192.0.2.1:9645", r.document);
    CHECK(door->open().error().next == next_step::retry);
    asio::co_spawn(r.io, door->run(), asio::detached);
    for (int i = 0; i < 20; ++i)
        r.io.poll_one();
    CHECK(has(door->state().trouble, "192.0.2.1:9645"));
    door->stop();
    r.io.run();

    auto there = r.at("127.0.0.1:0");
    asio::co_spawn(r.io, there.run(), asio::detached);
    r.io.restart();
    for (int i = 0; i < 20; ++i)
        r.io.poll_one();
    CHECK(there.state().trouble.empty());
    there.stop();
    r.io.run();
}
