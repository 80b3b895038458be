// Whole rollouts: what a user would see of each story, from commit to rest.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using sim::condition_of;
using namespace std::chrono_literals;

namespace {

sim::behaviour good() {
    return {};
}

sim::behaviour never_healthy() {
    sim::behaviour b;
    b.sick_after = 0ms;
    return b;
}

sim::behaviour turns_bad(milliseconds after) {
    sim::behaviour b;
    b.sick_after = after;
    return b;
}

/// A world in which blue demo:1 serves and is stable.
std::unique_ptr<sim::world> at_rest() {
    auto w = std::make_unique<sim::world>();
    w->docker.images = {{"demo:1", good()}, {"demo:2", good()}, {"demo:3", good()}};
    w->commit("shop.yaml", sim::web("blue", "demo:1", "demo:1"));
    w->boot();
    w->run(60s);
    REQUIRE(w->phase("shop") == "Idle");
    REQUIRE(w->serving("shop") == "blue");
    return w;
}

bool wrote(const sim::world& w, const std::string& line) {
    const auto& h = w.proxy.history;
    return std::find(h.begin(), h.end(), line) != h.end();
}

} // namespace

TEST_CASE("sim: a first release goes to 100 % in one write and is stable after its window") {
    const auto w = at_rest();
    CHECK(w->docker.running("shop", "blue") == 1);
    CHECK_FALSE(wrote(*w, "shop blue:50 green:50"));
    CHECK(w->proxy.history.back() == "shop blue:100 green:0");
    CHECK(w->promised("shop")->stable.has_value());
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(condition_of(w->status("shop"), "Available").starts_with("True"));
}

TEST_CASE("sim: the flipped line goes through 50/50 to 100, and the old colour stays warm") {
    auto w = at_rest();
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(8s);
    CHECK(w->phase("shop") == "Shifting");
    CHECK(wrote(*w, "shop blue:50 green:50"));
    // A route with a try router was once promised twice, the second time without its name.
    CHECK(w->proxy.on_disk.fragments.at("shop").routes.size() == 1);
    w->run(60s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->serving("shop") == "green");
    CHECK(w->docker.running("shop", "blue") == 1);
    CHECK(w->docker.running("shop", "green") == 1);
    w->run(60s);
    CHECK(w->docker.running("shop", "blue") == 0);
    const auto& receipts = w->store.all_receipts["shop"];
    REQUIRE(receipts.size() >= 2);
    CHECK(receipts.back().content.value("outcome", "") == "Succeeded");
    // Our own probes never keep a colour from draining.
    CHECK(w->docker.counted.excluded == std::vector<std::string>{"10.9.0.1", "172.20.0.1"});
}

TEST_CASE("sim: a route that cannot be tried before the switch is named") {
    auto text = sim::web("blue", "demo:1", "demo:2");
    std::string why;
    SUBCASE("a rule that gives no request") {
        text.replace(text.find("Host(`shop.test`)"), 17, "HostRegexp(`^shop[.].+$`)");
        why = "route shop/web: no request can be built from its rule";
    }
    SUBCASE("an entry point that nobody gave a URL for") {
        text.insert(text.find("rule: "), "entryPoints: [internal], ");
        why = "route shop/web: none of its entry points has a URL in --traefik-entrypoint";
    }
    const auto w = sim::deployed(text);
    const auto notes = w->status("shop").value("notes", json::array());
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].get<std::string>().starts_with(why));
    CHECK_FALSE(
        sim::deployed(sim::web("blue", "demo:1", "demo:2"))->status("shop").contains("notes"));
}

TEST_CASE("sim: a service with two routed ports has drained when both have") {
    const auto manifest = [](const std::string& active) {
        auto text = sim::web(active, "demo:1", "demo:2");
        const std::string steps = "    steps:";
        return text.insert(text.find(steps),
                           "      - {name: admin, service: web, port: 9090, rule: "
                           "\"Host(`admin.test`)\"}\n");
    };
    auto w = sim::deployed(manifest("blue"));
    w->commit("shop.yaml", manifest("green"));
    w->run(120s);
    CHECK(w->serving("shop") == "green");
    CHECK(w->docker.counted.ports == std::vector<int>{8080, 9090});
}

TEST_CASE("sim: a revision that never gets healthy is rejected, and not tried again") {
    auto w = at_rest();
    w->docker.images["demo:2"] = never_healthy();
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(45s);
    CHECK(w->phase("shop") == "Held");
    const auto status = w->status("shop");
    CHECK(status["hold"]["kind"] == "Rejected");
    CHECK(status["hold"]["evidence"]["logs"].size() == 1);
    CHECK(w->serving("shop") == "blue");
    CHECK(w->docker.running("shop", "green") == 0);
    CHECK_FALSE(wrote(*w, "shop blue:50 green:50"));
    const int creates = w->docker.creates;
    w->commit("shop.yaml", sim::web("blue", "demo:1", "demo:2"));
    w->run(20s);
    CHECK(w->phase("shop") == "Idle");
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(60s);
    CHECK(w->phase("shop") == "Held");
    CHECK(w->docker.creates == creates);
}

TEST_CASE("sim: a revision that turns bad in its window is reverted by itself") {
    auto w = at_rest();
    w->docker.images["demo:2"] = turns_bad(25s);
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(60s);
    CHECK(w->phase("shop") == "Held");
    CHECK(w->status("shop")["hold"]["kind"] == "Reverted");
    CHECK(w->serving("shop") == "blue");
    CHECK(w->proxy.history.back() == "shop blue:100 green:0");
    w->run(20s);
    CHECK(w->docker.running("shop", "green") == 0);
    CHECK(w->docker.running("shop", "blue") == 1);
    w->commit("shop.yaml", sim::web("blue", "demo:1", "demo:2"));
    const int mutations = w->docker.mutations;
    w->run(20s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->docker.mutations == mutations);
}

TEST_CASE("sim: at rest a hundred resyncs change nothing and write nothing") {
    auto w = at_rest();
    w->run(120s);
    const int mutations = w->docker.mutations, files = w->proxy.writes, rows = w->store.writes;
    w->run(100 * 30s);
    CHECK(w->docker.mutations == mutations);
    CHECK(w->proxy.writes == files);
    CHECK(w->store.writes == rows);
    CHECK(w->phase("shop") == "Idle");
}

TEST_CASE("sim: a restart of the daemon at rest changes nothing and writes nothing") {
    auto w = at_rest();
    w->run(120s);
    const int mutations = w->docker.mutations, files = w->proxy.writes, rows = w->store.writes;
    w->crash();
    w->run(5s);
    w->boot();
    w->run(120s);
    CHECK(w->docker.mutations == mutations);
    CHECK(w->proxy.writes == files);
    CHECK(w->store.writes == rows);
    CHECK(w->phase("shop") == "Idle");
}

TEST_CASE("sim: an unreadable, empty or broken source changes nothing that runs") {
    auto w = at_rest();
    w->run(120s);
    const int mutations = w->docker.mutations;
    w->repo.unreadable = true;
    ++w->repo.generation;
    w->run(120s);
    CHECK(condition_of(w->status("shop"), "SourceSynced").starts_with("False SourceUnreadable"));
    w->repo.unreadable = false;
    w->commit("shop.yaml", "");
    w->run(60s);
    CHECK(condition_of(w->status("shop"), "SourceSynced").starts_with("False"));
    w->repo.files.clear();
    w->commit("other.yaml", "apiVersion: v1\nkind: Else\n");
    w->run(300s);
    CHECK(w->docker.mutations == mutations);
    CHECK(w->serving("shop") == "blue");
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
}

TEST_CASE("sim: a proxy that is away is infrastructure: nothing held, nothing stopped, then on") {
    auto w = at_rest();
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(7s);
    REQUIRE(w->phase("shop") == "Shifting");
    w->proxy.away = true;
    w->run(120s);
    CHECK(w->phase("shop") == "Shifting");
    CHECK(w->docker.running("shop", "blue") == 1);
    w->proxy.away = false;
    w->proxy.start_date = "two";
    w->run(90s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->serving("shop") == "green");
}

TEST_CASE(
    "sim: a proxy that ignores the file gets the same promise again, and nothing is stopped") {
    auto w = at_rest();
    w->proxy.ignores = true;
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(90s);
    CHECK(w->serving("shop") == "blue");
    CHECK(w->docker.running("shop", "blue") == 1);
    const int writes = w->proxy.writes;
    w->run(120s);
    CHECK(w->proxy.writes > writes);
    CHECK(w->proxy.writes < writes + 10);
    w->proxy.ignores = false;
    w->run(120s);
    CHECK(w->serving("shop") == "green");
}

TEST_CASE("sim: images that cannot be had now keep it Preparing; ones that do not exist hold it") {
    auto w = at_rest();
    w->docker.pull_fails.insert("demo:2");
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(60s);
    CHECK(w->phase("shop") == "Preparing");
    CHECK(condition_of(w->status("shop"), "Reconciling") == "True ImagePullFailing");
    const auto is_alarm = [](const json& e) {
        return e["type"] == "Warning" && e["reason"] == "ImagePullFailing" &&
               e["message"].dump().find("registry answered 503") != std::string::npos;
    };
    // Nobody was told; once, for it is tried again all the time.
    const auto all = w->status("shop")["events"];
    CHECK(std::count_if(all.begin(), all.end(), is_alarm) == 1);
    CHECK(w->events.heard("ImagePullFailing"));
    const auto writes = w->store.writes;
    w->run(60s);
    CHECK(w->store.writes == writes);
    w->docker.pull_fails.clear();
    w->run(400s);
    CHECK(w->serving("shop") == "green");
    w->commit("shop.yaml", sim::web("blue", "demo:404", "demo:2"));
    w->run(20s);
    CHECK(w->phase("shop") == "Held");
    CHECK(w->status("shop")["hold"]["reason"] == "ImageNotFound");
}

TEST_CASE(
    "sim: superseding inside the window, (a) back, (b) fix forward, (c) onto stable's colour") {
    SUBCASE("a") {
        auto w = at_rest();
        w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
        w->run(25s);
        REQUIRE(w->phase("shop") == "Watching");
        w->commit("shop.yaml", sim::web("blue", "demo:1", "demo:2"));
        w->run(20s);
        CHECK(w->serving("shop") == "blue");
        CHECK(w->phase("shop") == "Idle");
        CHECK_FALSE(w->status("shop").contains("hold"));
    }
    SUBCASE("b") {
        auto w = at_rest();
        w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
        w->run(25s);
        REQUIRE(w->phase("shop") == "Watching");
        w->commit("shop.yaml", sim::web("green", "demo:1", "demo:3"));
        w->run(120s);
        CHECK(w->serving("shop") == "green");
        CHECK(w->phase("shop") == "Idle");
        CHECK(w->docker.boxes().rbegin()->second.image.starts_with("demo:"));
    }
    SUBCASE("c") {
        auto w = at_rest();
        w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
        w->run(25s);
        REQUIRE(w->phase("shop") == "Watching");
        w->commit("shop.yaml", sim::web("blue", "demo:3", "demo:2"));
        w->run(3s);
        CHECK(w->phase("shop") == "Watching");
        w->run(120s);
        CHECK(w->serving("shop") == "blue");
    }
}

TEST_CASE("sim: killed every half second of a rollout, it still ends where it should") {
    for (int at = 0; at < 120; at += 1) {
        auto w = at_rest();
        w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
        w->run(milliseconds{500} * at / 2);
        w->crash();
        w->run(1s);
        w->boot();
        w->run(150s);
        CAPTURE(at);
        CHECK(w->serving("shop") == "green");
        CHECK(w->phase("shop") == "Idle");
        CHECK(w->docker.creates == 2);
        CHECK_FALSE(w->events.heard("Violation"));
    }
}
