// State and document are both gone, and the proxy asks for its document instead of reading a file:
// it is told to keep what it has until every route is in the new one.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<sim::world> polled(const std::string& manifest) {
    auto w = sim::deployed(manifest);
    REQUIRE(w->phase("shop") == "Idle");
    w->proxy.polls = true;
    return w;
}

void lose_everything(sim::world& w) {
    w.lose_state();
    w.proxy.exists = false;
    w.proxy.on_disk = {};
}

bool is_routed(sim::world& w) {
    const auto& all = w.proxy.applied().fragments;
    const auto at = all.find("shop");
    return at != all.end() && !at->second.routes.empty();
}

/// Whether the route was there at every look.
bool stays_routed(sim::world& w, milliseconds span) {
    for (milliseconds at{0}; at < span; at += 100ms) {
        w.run(100ms);
        if (!is_routed(w)) return false;
    }
    return true;
}

} // namespace

TEST_CASE("lost document: the proxy keeps its routes until they are in the new one") {
    auto w = polled(sim::web("blue", "demo:1", "demo:2"));
    lose_everything(*w);
    w->boot();
    CHECK(stays_routed(*w, 90s));
    CHECK(w->proxy.on_disk.fragments.contains("shop"));
    CHECK(w->proxy.applied() == w->proxy.on_disk);
    CHECK(w->serving("shop") == "blue");
    CHECK(sim::condition_of(w->status("shop"), "TrafficApplied").starts_with("True"));
}

TEST_CASE(
    "lost document: what runs is unknown while the engine is away, so nothing is handed out") {
    auto w = polled(sim::web("blue", "demo:1", "demo:2"));
    lose_everything(*w);
    w->docker.down = true;
    w->boot();
    CHECK(stays_routed(*w, 60s));
    w->docker.down = false;
    CHECK(stays_routed(*w, 90s));
    CHECK(w->proxy.on_disk.fragments.contains("shop"));
}

TEST_CASE(
    "lost document: an app whose manifest is bad keeps its route, and the others wait for it") {
    const auto manifest = sim::web("blue", "demo:1", "demo:2");
    auto w = polled(manifest);
    lose_everything(*w);
    w->commit("shop.yaml",
              "apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\nmetadata: {name: shop}\n");
    w->boot();
    CHECK(stays_routed(*w, 90s));
    w->commit("shop.yaml", manifest);
    CHECK(stays_routed(*w, 90s));
    CHECK(w->proxy.applied() == w->proxy.on_disk);
}

TEST_CASE("lost document: where nothing runs there is nothing to wait for") {
    sim::world w;
    w.proxy.polls = true;
    w.boot();
    w.run(2s);
    CHECK(w.proxy.applied() == w.proxy.on_disk);
    CHECK(w.proxy.applied().generation == 1);
}
