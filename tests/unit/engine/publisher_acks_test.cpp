#include "publisher_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace publisher_world;

namespace {

const auto settle = milliseconds{100};

/// Started, promise 1 written and never applied.
void publish_into_the_void(world& w) {
    REQUIRE(ok(w.start()));
    w.wait(settle);
    w.proxy.applies = false;
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
}

} // namespace

TEST_CASE("late is pending past the deadline, and a late ack still counts") {
    world w;
    publish_into_the_void(w);
    w.wait(milliseconds{4900});
    CHECK(w.state("music", 1) == traffic_state::pending);
    w.poked.clear();
    w.wait(milliseconds{400});
    CHECK(w.state("music", 1) == traffic_state::late);
    CHECK(w.poked == std::vector<std::string>{"music"});
    w.proxy.applied = w.proxy.disk.document;
    w.wait(seconds{2});
    CHECK(w.state("music", 1) == traffic_state::confirmed);
}

TEST_CASE("the same promise is made again after 1, 2, 4 ... 30 s, not sooner") {
    world w;
    publish_into_the_void(w);
    const std::vector<int> delays{1, 2, 4, 8, 16, 30, 30};
    std::uint64_t number = 1;
    for (const int delay : delays) {
        w.wait(milliseconds{5000});
        CHECK(w.state("music", number) == traffic_state::late);
        CHECK_FALSE(w.it->may_republish("music"));
        w.wait(seconds{delay} - milliseconds{100});
        CHECK_FALSE(w.it->may_republish("music"));
        w.poked.clear();
        w.wait(milliseconds{1100});
        CHECK(w.it->may_republish("music"));
        CHECK(w.poked.size() == 1);
        number += 1;
        REQUIRE(ok(w.publish("music", promised(number, 100, 0))));
        CHECK_FALSE(w.it->until_republish("music").has_value());
    }
    SUBCASE("other content begins anew") {
        REQUIRE(ok(w.publish("music", promised(number + 1, 50, 50))));
        w.wait(milliseconds{6100});
        CHECK(w.it->may_republish("music"));
    }
    SUBCASE("a restart of the proxy ends the waiting") {
        w.wait(milliseconds{7000});
        CHECK_FALSE(w.it->may_republish("music"));
        w.proxy.start_date = "tuesday";
        w.wait(milliseconds{6100});
        CHECK(w.it->proxy_restarts() == 1);
        CHECK(w.it->may_republish("music"));
    }
    SUBCASE("so does coming back into sight") {
        w.proxy.answers = false;
        w.wait(seconds{20});
        CHECK(w.state("music", number) == traffic_state::unknown);
        CHECK_FALSE(w.it->may_republish("music"));
        w.proxy.answers = true;
        w.wait(milliseconds{6100});
        CHECK(w.it->may_republish("music"));
    }
}

// Traefik ignored the file: at every republish /readyz said ready for as long as the ack deadline.
TEST_CASE("a document that is published again is no reason to be called up to date") {
    world w;
    publish_into_the_void(w);
    CHECK(w.it->keeps_up());
    w.wait(milliseconds{5100});
    CHECK_FALSE(w.it->keeps_up());
    REQUIRE(ok(w.publish("music", promised(2, 100, 0))));
    CHECK_FALSE(w.it->keeps_up());
    w.proxy.applied = w.proxy.disk.document;
    w.wait(seconds{2});
    CHECK(w.it->keeps_up());
}

TEST_CASE("a proxy that cannot be seen is unknown, never late; unwritten wins over it") {
    world w;
    REQUIRE(ok(w.start()));
    w.proxy.answers = false;
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(seconds{60});
    CHECK(w.state("music", 1) == traffic_state::unknown);
    CHECK(w.it->detail("music") == "web: refused");
    CHECK(w.state("music", 2) == traffic_state::unwritten);
    w.proxy.answers = true;
    w.wait(seconds{2});
    CHECK(w.state("music", 1) == traffic_state::confirmed);
}

TEST_CASE("a confirmed promise becomes unknown when the proxy is gone at a resync") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    w.poked.clear();
    w.proxy.answers = false;
    w.wait(seconds{31});
    CHECK(w.state("music", 1) == traffic_state::unknown);
    CHECK(w.poked == std::vector<std::string>{"music"});
    CHECK(w.it->confirmed("music")->number == 1);
    w.proxy.answers = true;
    w.wait(seconds{2});
    CHECK(w.state("music", 1) == traffic_state::confirmed);
    CHECK(w.proxy.written.size() == 2);
}

TEST_CASE("a restarted proxy that has lost the document is not believed, and is written to again") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    w.proxy.start_date = "tuesday";
    w.proxy.applied = traffic_document();
    w.wait(seconds{31});
    CHECK(w.it->proxy_restarts() == 1);
    CHECK(w.state("music", 1) == traffic_state::pending);
    CHECK_FALSE(w.it->confirmed("music").has_value());
    w.wait(seconds{6});
    CHECK(w.it->may_republish("music"));
}

TEST_CASE("a proxy that shows an older generation than it had applied is doubted") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    REQUIRE(ok(w.publish("shop", promised(1, 100, 0))));
    w.wait(settle);
    w.proxy.applied.generation = 1; // the same content, by chance
    w.wait(seconds{31});
    CHECK(w.state("music", 1) == traffic_state::pending);
    CHECK(w.state("shop", 1) == traffic_state::pending);
    CHECK(w.it->proxy_restarts() == 0);
}

TEST_CASE("applied but shown differently is not confirmed, and says what differs") {
    world w;
    REQUIRE(ok(w.start()));
    w.proxy.shows_otherwise = "music";
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    REQUIRE(ok(w.publish("shop", promised(1, 100, 0))));
    w.wait(settle);
    CHECK(w.state("music", 1) == traffic_state::pending);
    CHECK(w.it->differs("music"));
    CHECK(w.it->detail("music") == "router music_lava is disabled");
    CHECK(w.state("shop", 1) == traffic_state::confirmed);
    CHECK_FALSE(w.it->differs("shop"));
    w.wait(seconds{5});
    CHECK(w.state("music", 1) == traffic_state::late);
    w.wait(seconds{60});
    CHECK_FALSE(w.it->may_republish("music")); // a write of ours would not move the other file
    w.wait(seconds{300});
    CHECK(w.it->may_republish("music")); // but a proxy may have lost track
    w.proxy.shows_otherwise.clear();
    w.wait(seconds{1});
    CHECK(w.state("music", 1) == traffic_state::confirmed);
    CHECK_FALSE(w.it->differs("music"));
}

TEST_CASE("what was confirmed is compared again at every resync") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    w.proxy.shows_otherwise = "music";
    w.wait(seconds{31});
    CHECK(w.it->differs("music"));
    CHECK(w.state("music", 1) == traffic_state::pending);
}

TEST_CASE("acknowledged but not comparable is unknown; once confirmed it stays so") {
    world w;
    REQUIRE(ok(w.start()));
    w.proxy.compares = false;
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(seconds{20});
    CHECK(w.state("music", 1) == traffic_state::unknown);
    CHECK_FALSE(w.it->may_republish("music"));
    w.proxy.compares = true;
    w.wait(seconds{2});
    CHECK(w.state("music", 1) == traffic_state::confirmed);
    w.proxy.compares = false;
    w.wait(seconds{40});
    CHECK(w.state("music", 1) == traffic_state::confirmed);
}

TEST_CASE("a document that somebody removed or edited is written again as it was") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    const auto before = w.proxy.disk.document;
    SUBCASE("removed") {
        w.proxy.disk = document_on_disk();
    }
    SUBCASE("edited") {
        w.proxy.disk.document.fragments["music"].routes[0].backends[0].weight = 1;
    }
    w.wait(seconds{31});
    CHECK(w.proxy.disk.document.fragments == before.fragments);
    CHECK(w.proxy.disk.document.generation == before.generation + 1);
    CHECK(w.state("music", 1) == traffic_state::confirmed);
}

TEST_CASE("a foreign document that appears later is left alone") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    w.proxy.read_fails = "the document belongs to instance other";
    const auto writes = w.proxy.written.size();
    w.wait(seconds{100});
    CHECK(w.proxy.written.size() == writes);
}

TEST_CASE("an ack that was asked before a newer document was written says nothing") {
    world w;
    REQUIRE(ok(w.start()));
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    w.proxy.knows_exactly_one = true;
    w.proxy.answers_after = milliseconds{50};
    // The resync asks for generation 2, and generation 3 is applied before it is answered.
    const auto asked = w.proxy.asked;
    while (w.proxy.asked == asked)
        w.wait(milliseconds{1});
    w.poked.clear();
    REQUIRE(ok(w.publish("shop", promised(1, 100, 0))));
    w.wait(milliseconds{200});
    CHECK(std::count(w.poked.begin(), w.poked.end(), "music") == 0);
    CHECK(w.state("music", 1) == traffic_state::confirmed);
    CHECK(w.state("shop", 1) == traffic_state::confirmed);
}

TEST_CASE("one glance at an API that is a moment behind is not a difference") {
    world w;
    REQUIRE(ok(w.start()));
    w.wait(settle);
    w.poked.clear();
    w.proxy.glances_behind = 1;
    REQUIRE(ok(w.publish("music", promised(1, 100, 0))));
    w.wait(settle);
    CHECK(w.state("music", 1) == traffic_state::confirmed);
    CHECK(w.poked == std::vector<std::string>{"music"});
}
