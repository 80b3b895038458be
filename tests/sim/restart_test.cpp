// A daemon that comes back to something worse than it left: a manifest that no longer reads, a
// document that somebody cut, two apps that want one route.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using sim::condition_of;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<sim::world> at_rest() {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    REQUIRE(w->phase("shop") == "Idle");
    return w;
}

/// Green serves in its window; then the commit is unreadable and the daemon starts anew.
std::unique_ptr<sim::world> restarted_in_window(sim::behaviour green, const std::string& manifest) {
    auto w = at_rest();
    w->docker.images["demo:2"] = green;
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(22s);
    REQUIRE(w->serving("shop") == "green");
    w->commit("shop.yaml", manifest);
    w->run(2s);
    w->crash();
    w->boot();
    w->run(2s);
    return w;
}

std::string with_worker(const std::string& active) {
    auto text = sim::web(active, "demo:1", "demo:2");
    const std::string web = "    web: {image: \"demo:1\"}\n";
    text.replace(text.find(web), web.size(), web + "    worker: {image: \"demo:1\"}\n");
    return text;
}

std::string named(std::string text, const std::string& app) {
    const std::string before = "{name: shop}";
    return text.replace(text.find(before), before.size(), "{name: " + app + "}");
}

} // namespace

TEST_CASE("restart: over a bad manifest the last good one is still desired: drift is reverted") {
    sim::behaviour turns_bad;
    turns_bad.sick_after = 26s;
    const auto w = restarted_in_window(turns_bad, "apiVersion: alcedo.dev/v1alpha1\nkind: Blue\n");
    CHECK(condition_of(w->status("shop"), "SourceSynced") == "False ManifestInvalid");
    CHECK_FALSE(w->events.heard("Violation"));
    w->run(40s);
    CHECK(w->phase("shop") == "Held");
    CHECK(w->status("shop")["hold"]["kind"] == "Reverted");
    CHECK(w->serving("shop") == "blue");
}

TEST_CASE("restart: over a bad manifest a rollout goes on to where it should end") {
    const auto w = restarted_in_window({}, "nonsense: [\n");
    w->run(60s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->serving("shop") == "green");
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(condition_of(w->status("shop"), "SourceSynced").starts_with("False"));
}

TEST_CASE("restart: without its source an app is looked after all the same") {
    auto w = at_rest();
    w->repo.unreadable = true;
    ++w->repo.generation;
    w->crash();
    w->boot();
    w->run(5s);
    CHECK(condition_of(w->status("shop"), "SourceSynced") == "False SourceUnreadable");
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    w->docker.remove_by_hand("shop-blue-web");
    w->run(30s);
    CHECK(w->docker.running("shop", "blue") == 1);
}

TEST_CASE("restart: a new app whose first manifest is bad leaves nothing behind when it goes") {
    auto w = at_rest();
    const int rows = static_cast<int>(w->store.rows.size());
    w->commit("new.yaml", named(sim::web("pink", "demo:1", "demo:1"), "fresh"));
    w->run(10s);
    CHECK(condition_of(w->status("fresh"), "SourceSynced") == "False ManifestInvalid");
    CHECK(condition_of(w->status("fresh"), "Stalled") == "True ManifestInvalid");
    CHECK_FALSE(w->events.heard("Violation"));
    w->repo.files.erase("new.yaml");
    ++w->repo.generation;
    w->run(10s);
    CHECK(w->status("fresh") == json::object());
    CHECK(static_cast<int>(w->store.rows.size()) == rows);
}

TEST_CASE(
    "a worker of the old colour stops at the window's end, and no rule is broken on the way") {
    auto w = std::make_unique<sim::world>();
    w->docker.images = {{"demo:1", {}}, {"demo:2", {}}};
    w->proxy.applies_after = 300ms;
    w->commit("shop.yaml", with_worker("blue"));
    w->boot();
    w->run(60s);
    w->commit("shop.yaml", with_worker("green"));
    w->run(60s);
    CHECK(w->serving("shop") == "green");
    CHECK(w->phase("shop") == "Idle");
    CHECK_FALSE(w->events.heard("Violation"));
    CHECK(w->docker.running("shop", "blue") == 1); // the web of the standby
}

TEST_CASE(
    "one route of two apps: the published one keeps it, the other is stalled and says whose") {
    auto w = at_rest();
    w->commit("late.yaml", named(sim::web("blue", "demo:1", "demo:1"), "late"));
    w->run(60s);
    CHECK(condition_of(w->status("late"), "Stalled") == "True RouteConflict");
    CHECK_FALSE(w->proxy.on_disk.fragments.contains("late"));
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    // The first gives it up: the second goes ahead by itself.
    auto other = sim::web("blue", "demo:1", "demo:1");
    other.replace(other.find("shop.test"), 9, "else.test");
    w->commit("shop.yaml", other);
    w->run(90s);
    CHECK(w->serving("late") == "blue");
    CHECK(condition_of(w->status("late"), "Ready") == "True Serving");
}

TEST_CASE("a pull that takes minutes is waited for, not asked for again and again") {
    auto w = at_rest();
    w->docker.pull_takes = 120s;
    w->docker.to_pull = {"demo:2"};
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    w->run(5s);
    const int passes = w->events.passes;
    w->run(100s);
    CHECK(w->phase("shop") == "Preparing");
    CHECK(w->events.passes - passes < 300);
}

TEST_CASE(
    "at rest a replica that was started again passes our checks anew, beside the engine's own") {
    auto w = std::make_unique<sim::world>();
    w->docker.images = {{"demo:1", {}}};
    auto text = sim::web("blue", "demo:1", "demo:1");
    const std::string health = "health: {timeout: 30s, interval: 1s}";
    text.replace(text.find(health), health.size(),
                 "health: {timeout: 30s, interval: 1s, checks: [{name: up, http: {service: web, "
                 "port: 8080, path: /}}]}");
    w->commit("shop.yaml", text);
    w->boot();
    w->run(60s);
    REQUIRE(condition_of(w->status("shop"), "Ready") == "True Serving");
    for (const auto& [id, box] : w->docker.boxes())
        if (box.seen.state == life::running) {
            const auto name = box.seen.name;
            w->docker.kill_container(name, 137);
            break;
        }
    w->run(60s);
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(condition_of(w->status("shop"), "Available") == "True Serving");
}
