#include "publisher_world.hpp"

#include <doctest/doctest.h>

using namespace publisher_world;

namespace {

const auto settle = milliseconds{100};

std::size_t pokes(world& w) {
    const auto n = w.poked.size();
    w.poked.clear();
    return n;
}

} // namespace

TEST_CASE("without a document one is written at once, without an app") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(w.proxy.written.size() == 1);
    CHECK(w.proxy.written[0].generation == 1);
    CHECK(w.proxy.written[0].fragments.empty());
    CHECK(w.store.numbers["document_generation"] == 1);
}

TEST_CASE("a promise is unwritten, then pending, then confirmed, and its planner is woken") {
    world w;
    REQUIRE(ok(w.start()));
    CHECK(w.state("music", 1) == traffic_state::unwritten);
    w.proxy.applies = false;
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    CHECK(w.state("music", 1) == traffic_state::pending);
    CHECK(w.it->detail("music") == "web shows generation 1");
    CHECK(w.state("music", 2) == traffic_state::unwritten);
    CHECK_FALSE(w.it->confirmed("music").has_value());
    pokes(w);
    w.proxy.applied = w.proxy.disk.document;
    w.wait(settle);
    CHECK(w.state("music", 1) == traffic_state::confirmed);
    CHECK(w.it->detail("music").empty());
    CHECK(w.it->confirmed("music")->number == 1);
    CHECK(pokes(w) == 1);
}

TEST_CASE(
    "the document is numbered from the larger of store and disk, and stored before the write") {
    world w;
    w.store.numbers["document_generation"] = 7;
    w.proxy.disk.exists = true;
    w.proxy.disk.document.generation = 41;
    REQUIRE(ok(w.start()));
    CHECK(w.proxy.written.empty());
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    CHECK(w.it->document_generation() == 42);
    CHECK(w.store.numbers["document_generation"] == 42);

    w.store.is_broken = true;
    const auto refused = w.publish("music", promised(2, 50, 50));
    REQUIRE_FALSE(ok(refused));
    CHECK(refused.error().next == next_step::retry);
    CHECK(w.proxy.written.size() == 1);
    CHECK(w.state("music", 2) == traffic_state::unwritten);
}

TEST_CASE("publishes of one moment are one write; the same promise again is none") {
    world w;
    REQUIRE(ok(w.start()));
    std::optional<result<void>> music, shop;
    spawn(w.io.get_executor(), keep(w.it->publish("music", promised(1, 100, 0)), music), "a");
    spawn(w.io.get_executor(), keep(w.it->publish("shop", promised(3, 100, 0)), shop), "b");
    w.wait(settle);
    REQUIRE(music.has_value());
    REQUIRE(shop.has_value());
    CHECK(music->has_value());
    CHECK(shop->has_value());
    REQUIRE(w.proxy.written.size() == 2);
    CHECK(w.proxy.written[1].promises ==
          std::map<std::string, std::uint64_t>{{"music", 1}, {"shop", 3}});
    CHECK(w.state("shop", 3) == traffic_state::confirmed);

    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    CHECK(w.proxy.written.size() == 2);
}

TEST_CASE("equal content under a new promise is a new generation and confirms nothing by itself") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    w.proxy.applies = false;
    REQUIRE(ok(w.publish("music", promised(2, 50, 50))));
    REQUIRE(ok(w.publish("music", promised(3, 100, 0))));
    w.wait(settle);
    CHECK(w.state("music", 3) == traffic_state::pending);
    w.proxy.applied = w.proxy.written[2]; // it had already read the 50 %
    w.wait(settle);
    CHECK(w.state("music", 3) == traffic_state::pending);
    w.proxy.applied = w.proxy.written[3];
    w.wait(settle);
    CHECK(w.state("music", 3) == traffic_state::confirmed);
}

TEST_CASE("a newer document confirms an older promise that is still in it") {
    world w;
    REQUIRE(ok(w.start()));
    w.proxy.applies = false;
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    REQUIRE(ok(w.publish("shop", promised(1, 100, 0))));
    w.proxy.applied = w.proxy.disk.document; // generation 3; 2 was never seen
    w.wait(settle);
    CHECK(w.state("music", 1) == traffic_state::confirmed);
    CHECK(w.state("shop", 1) == traffic_state::confirmed);

    // And the other way round: the newest is not applied, the one before it is.
    REQUIRE(ok(w.publish("music", promised(2, 50, 50))));
    w.proxy.applied = w.proxy.disk.document;
    REQUIRE(ok(w.publish("shop", promised(2, 50, 50))));
    w.wait(settle);
    CHECK(w.state("music", 2) == traffic_state::confirmed);
    CHECK(w.state("shop", 2) == traffic_state::pending);
}

TEST_CASE("after a restart a matching document is confirmed without a write") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(5, 100, 0))));
    w.wait(settle);
    const auto writes = w.proxy.written.size();
    const auto numbered = w.store.writes;
    w.restart();
    CHECK(w.state("music", 5) == traffic_state::unknown);
    REQUIRE(ok(w.start({{"music", promised(5, 100, 0)}})));
    w.wait(settle);
    CHECK(w.state("music", 5) == traffic_state::confirmed);
    CHECK(w.proxy.written.size() == writes);
    CHECK(w.store.writes == numbered);
}

TEST_CASE("at rest nothing is written, in file or store, however many resyncs pass") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(5, 100, 0))));
    w.wait(settle);
    const auto writes = w.proxy.written.size();
    const auto numbered = w.store.writes;
    pokes(w);
    const auto asked = w.proxy.asked;
    w.wait(seconds{3000});
    CHECK(w.proxy.written.size() == writes);
    CHECK(w.store.writes == numbered);
    CHECK(pokes(w) == 0);
    CHECK(w.proxy.asked - asked == 100);
}

TEST_CASE("a newer promise in the store is not written by the start: the planner decides first") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(5, 100, 0))));
    w.restart();
    const auto writes = w.proxy.written.size();
    REQUIRE(ok(w.start({{"music", promised(6, 50, 50)}})));
    w.wait(settle);
    CHECK(w.proxy.written.size() == writes);
    CHECK(w.state("music", 6) == traffic_state::unwritten);
    CHECK(w.it->published("music")->content == promised(5, 100, 0).content);
    // Another app's write leaves its part as it is.
    REQUIRE(ok(w.publish("shop", promised(1, 100, 0))));
    CHECK(w.proxy.disk.document.fragments["music"] == promised(5, 100, 0).content);
    CHECK(w.proxy.disk.document.promises["music"] == 5);
}

TEST_CASE("an app that only the disk knows is kept; an empty leftover is not") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(5, 100, 0))));
    promise nothing;
    nothing.number = 9;
    REQUIRE(ok(w.publish("gone", nothing)));
    w.restart();
    REQUIRE(ok(w.start()));
    CHECK(w.it->apps() == std::vector<std::string>{"music"});
    CHECK(w.proxy.disk.document.fragments["music"] == promised(5, 100, 0).content);
    CHECK_FALSE(w.proxy.disk.document.fragments.contains("gone"));
    w.wait(settle);
    CHECK(w.state("music", 5) == traffic_state::confirmed);
}

TEST_CASE(
    "a lost or damaged document is written anew from the store, routes and all, in one write") {
    for (const bool damaged : {true, false}) {
        world w;
        REQUIRE(ok(w.start()));
        REQUIRE(ok(w.publish("music", promised(5, 100, 0))));
        const auto generation = w.it->document_generation();
        w.restart();
        w.proxy.disk = {};
        w.proxy.disk.exists = w.proxy.disk.damaged = damaged;
        const auto writes = w.proxy.written.size();
        REQUIRE(ok(w.start({{"music", promised(5, 100, 0)}})));
        CHECK(w.proxy.written.size() == writes + 1);
        CHECK(w.proxy.disk.document.fragments["music"] == promised(5, 100, 0).content);
        CHECK(w.it->document_generation() > generation);
        w.wait(settle);
        CHECK(w.state("music", 5) == traffic_state::confirmed);
    }
}

TEST_CASE("a document damaged under a running daemon is written again at the next resync") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(5, 100, 0))));
    w.wait(settle);
    w.proxy.disk.damaged = true;
    w.wait(seconds{31});
    CHECK_FALSE(w.proxy.disk.damaged);
    CHECK(w.proxy.disk.document.fragments["music"] == promised(5, 100, 0).content);
}

TEST_CASE("a file that is no document, where none of ours was ever written, stops the start") {
    world w;
    w.proxy.disk.exists = w.proxy.disk.damaged = true;
    const auto refused = w.start();
    REQUIRE_FALSE(ok(refused));
    CHECK(refused.error().next == next_step::conflict);
    CHECK(w.proxy.written.empty());
}

TEST_CASE("a document of somebody else stops the start and is not touched") {
    world w;
    w.proxy.read_fails = "the document belongs to instance other";
    const auto refused = w.start();
    REQUIRE_FALSE(ok(refused));
    CHECK(refused.error().next == next_step::conflict);
    CHECK(w.proxy.written.empty());
    CHECK_FALSE(ok(w.publish("music", promised(1, 100, 0))));
    CHECK(w.proxy.written.empty());
}

TEST_CASE("S26: no render loses a route's router unless it is allowed to") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    promise nothing;
    nothing.number = 2;
    const auto writes = w.proxy.written.size();
    auto refused = w.publish("music", nothing);
    REQUIRE_FALSE(ok(refused));
    CHECK(refused.error().reason == "Violation");
    refused = w.publish("music", promised(2, 0, 0));
    REQUIRE_FALSE(ok(refused));
    CHECK(w.proxy.written.size() == writes);
    CHECK(w.it->published("music")->number == 1);

    const auto allowed = w.ask(w.it->publish("music", nothing, publisher::removal::allowed));
    CHECK(ok(allowed));
    w.wait(settle);
    CHECK(w.state("music", 2) == traffic_state::confirmed);
    CHECK(ok(w.ask(w.it->withdraw("music"))));
    CHECK(w.proxy.disk.document.promises.empty());
    CHECK(w.state("music", 0) == traffic_state::confirmed);
}

TEST_CASE("a start never loses a router either: the file then counts as unwritten") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(5, 100, 0))));
    w.restart();
    REQUIRE(ok(w.start({{"music", promised(5, 0, 0)}})));
    CHECK(w.proxy.disk.document.fragments["music"] == promised(5, 100, 0).content);
    CHECK(w.state("music", 5) == traffic_state::unwritten);
}

TEST_CASE("one bad fragment does not keep the others from being written") {
    world w;
    REQUIRE(ok(w.start()));
    w.proxy.bad_app = "shop";
    std::optional<result<void>> music, shop;
    spawn(w.io.get_executor(), keep(w.it->publish("shop", promised(1, 100, 0)), shop), "a");
    spawn(w.io.get_executor(), keep(w.it->publish("music", promised(1, 100, 0)), music), "b");
    w.wait(settle);
    REQUIRE(music.has_value());
    REQUIRE(shop.has_value());
    CHECK(music->has_value());
    REQUIRE_FALSE(shop->has_value());
    CHECK(shop->error().next == next_step::invalid);
    CHECK(w.state("music", 1) == traffic_state::confirmed);
}

TEST_CASE("no generation is given out twice, not even one whose write failed") {
    world w;
    REQUIRE(ok(w.start()));
    w.proxy.bad_app = "shop";
    REQUIRE_FALSE(ok(w.publish("shop", promised(1, 100, 0))));
    CHECK(w.store.numbers["document_generation"] == 2);
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    CHECK(w.it->document_generation() == 3);
}

TEST_CASE("what is published during a write is in the next one, on top of it") {
    world w;
    REQUIRE(ok(w.start()));
    w.proxy.write_takes = milliseconds{40};
    std::optional<result<void>> music, shop;
    spawn(w.io.get_executor(), keep(w.it->publish("music", promised(1, 100, 0)), music), "a");
    w.wait(milliseconds{20});
    spawn(w.io.get_executor(), keep(w.it->publish("shop", promised(1, 100, 0)), shop), "b");
    w.wait(milliseconds{200});
    REQUIRE(music.has_value());
    REQUIRE(shop.has_value());
    REQUIRE(w.proxy.written.size() == 3);
    CHECK(w.proxy.written[1].fragments.size() == 1);
    CHECK(w.proxy.written[2].fragments.size() == 2);
    CHECK(w.proxy.written[2].generation == 3);
}

TEST_CASE("the number names the content: what the disk cannot show comes from the store") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(5, 100, 0))));
    const auto stored = w.proxy.disk.document.fragments["music"];
    w.proxy.disk.document.fragments["music"].routes[0].entry_points = {"web"};
    w.restart();
    REQUIRE(ok(w.start({{"music", promised(5, 100, 0)}})));
    CHECK(w.it->published("music")->content == stored);
    CHECK(w.proxy.disk.document.fragments["music"] == stored);
    CHECK(w.state("music", 5) != traffic_state::unwritten);
}
