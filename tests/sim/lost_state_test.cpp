// A daemon that comes back and its state directory is gone, or is an older copy: what runs goes on
// running, what is routed stays routed, and its record is made again.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using sim::condition_of;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<sim::world> made(const std::string& manifest) {
    auto w = sim::deployed(manifest);
    REQUIRE(w->phase("shop") == "Idle");
    return w;
}

std::string shop(const std::string& active, const std::string& green = "demo:2") {
    return sim::web(active, "demo:1", green);
}

std::string with_env_file(const std::string& active) {
    auto text = shop(active);
    const std::string web = "    web: {image: \"demo:1\"}\n";
    return text.replace(text.find(web), web.size(),
                        "    web: {image: \"demo:1\", env_file: [\".env.${ALCEDO_COLOR}\"]}\n");
}

std::string without_routes(std::string text) {
    const auto from = text.find("  traffic:\n");
    return text.erase(from, text.find("  health:") - from);
}

int weight(sim::world& w, color c) {
    promise shown;
    const auto& all = w.proxy.applied().fragments;
    if (const auto at = all.find("shop"); at != all.end()) shown.content = at->second;
    return shown.weight(c);
}

/// Weights written from here on, that sent anything to a colour.
bool ever_weighted(const sim::world& w, std::size_t from, const std::string& what) {
    return std::any_of(w.proxy.history.begin() + static_cast<std::ptrdiff_t>(from),
                       w.proxy.history.end(),
                       [&](const std::string& line) { return line.find(what) != line.npos; });
}

} // namespace

TEST_CASE("lost state: the record is made again, nothing is created, moved or lost") {
    auto w = made(shop("blue"));
    const int creates = w->docker.creates;
    w->lose_state();
    w->boot();
    w->run(5s);
    CHECK(w->events.heard("RecordRebuilt"));
    CHECK(w->serving("shop") == "blue");
    CHECK(weight(*w, color::blue) == 100);
    CHECK(condition_of(w->status("shop"), "Ready") == "Unknown RecordRebuilt");
    const int mutations = w->docker.mutations;
    w->run(120s);
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(w->phase("shop") == "Idle");
    CHECK(weight(*w, color::blue) == 100);
    CHECK(w->docker.creates == creates);
    CHECK(w->docker.mutations == mutations);
    CHECK_FALSE(w->promised("shop")->rebuilding);
    CHECK_FALSE(w->events.heard("Violation"));
    // It is a record like any other: it repairs, and it switches.
    w->docker.remove_by_hand("shop-blue-web");
    w->run(30s);
    CHECK(w->docker.running("shop", "blue") == 1);
    w->commit("shop.yaml", shop("green"));
    w->run(60s);
    CHECK(w->serving("shop") == "green");
}

TEST_CASE("lost state: keyed hashes of a new key make no other revision") {
    auto w = std::make_unique<sim::world>();
    w->docker.images = {{"demo:1", {}}, {"demo:2", {}}};
    w->repo.files[".env.blue"] = "A=1\n";
    w->repo.files[".env.green"] = "A=2\n";
    w->commit("shop.yaml", with_env_file("blue"));
    w->boot();
    w->run(60s);
    REQUIRE(w->serving("shop") == "blue");
    const int creates = w->docker.creates;
    w->lose_state();
    w->boot();
    w->run(120s);
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(w->docker.creates == creates);
    w->commit("shop.yaml", with_env_file("green"));
    w->run(60s);
    CHECK(w->serving("shop") == "green");
    CHECK_FALSE(w->events.heard("Violation"));
}

TEST_CASE(
    "lost state in the middle of a switch: the older colour serves, the newer is tried anew") {
    auto w = made(shop("blue"));
    w->commit("shop.yaml", shop("green"));
    w->run(8s);
    REQUIRE(w->phase("shop") == "Shifting");
    REQUIRE(weight(*w, color::green) == 50);
    const int creates = w->docker.creates;
    w->lose_state();
    w->boot();
    w->run(20s);
    CHECK(w->serving("shop") == "blue");
    CHECK(weight(*w, color::green) == 50); // not before a second look agrees
    w->run(120s);
    CHECK(w->serving("shop") == "green");
    CHECK(weight(*w, color::green) == 100);
    CHECK(w->docker.creates == creates);
    CHECK_FALSE(w->events.heard("Violation"));
}

TEST_CASE("lost state: a warm standby is let go, but only when a second look agrees") {
    auto w = made(shop("blue"));
    w->commit("shop.yaml", shop("green"));
    w->run(40s);
    REQUIRE(w->serving("shop") == "green");
    REQUIRE(w->docker.running("shop", "blue") == 1);
    w->lose_state();
    w->boot();
    w->run(20s);
    CHECK(w->docker.running("shop", "blue") == 1);
    w->run(60s);
    CHECK(w->docker.running("shop", "blue") == 0);
    CHECK(w->docker.running("shop", "green") == 1);
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
}

TEST_CASE("lost state, and the serving colour was edited meanwhile: nothing is touched") {
    auto w = made(shop("blue"));
    const int creates = w->docker.creates;
    w->lose_state();
    w->commit("shop.yaml", sim::web("blue", "demo:3", "demo:2"));
    w->boot();
    w->run(120s);
    CHECK(w->serving("shop") == "blue");
    CHECK(condition_of(w->status("shop"), "Stalled") == "True ServingColorOutdated");
    CHECK(w->docker.creates == creates);
    CHECK(w->docker.running("shop", "blue") == 1);
    CHECK(weight(*w, color::blue) == 100);
    CHECK_FALSE(w->events.heard("Violation"));
}

TEST_CASE("lost state while the engine is away: nobody takes the app for a new one") {
    auto w = made(shop("blue"));
    const int creates = w->docker.creates;
    w->lose_state();
    w->docker.down = true;
    w->boot();
    w->run(40s);
    CHECK(w->promised("shop") == nullptr);
    CHECK(condition_of(w->status("shop"), "Ready") == "Unknown EngineUnknown");
    CHECK(weight(*w, color::blue) == 100);
    w->docker.down = false;
    w->run(120s);
    CHECK(w->events.heard("RecordRebuilt"));
    CHECK(w->serving("shop") == "blue");
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(w->docker.creates == creates);
}

TEST_CASE("lost state, and no source names the app: it is shown, served and left alone") {
    auto w = made(shop("blue"));
    w->lose_state();
    w->repo.files.erase("shop.yaml");
    w->commit("else.yaml", sim::renamed(shop("blue"), "else"));
    w->boot();
    w->run(120s);
    CHECK(w->serving("shop") == "blue");
    CHECK(condition_of(w->status("shop"), "SourceSynced") == "False ManifestMissing");
    CHECK(weight(*w, color::blue) == 100);
    CHECK(w->docker.running("shop", "blue") == 1);
    CHECK(w->serving("else") == "blue");
    // Its manifest comes back: from then on it is looked after as before.
    w->commit("shop.yaml", shop("blue"));
    w->run(120s);
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(condition_of(w->status("shop"), "SourceSynced").starts_with("True"));
}

TEST_CASE("lost state of an app without routes: the colour that runs serves") {
    auto w = made(without_routes(shop("green")));
    const int creates = w->docker.creates;
    w->lose_state();
    w->boot();
    w->run(120s);
    CHECK(w->serving("shop") == "green");
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK(w->docker.creates == creates);
}

TEST_CASE("an older copy of the store: the document knows better, the ledger is kept") {
    auto w = made(shop("blue"));
    w->docker.images["demo:3"].start_fails = true;
    w->commit("shop.yaml", shop("green", "demo:3"));
    w->run(40s);
    REQUIRE(w->phase("shop") == "Held");
    const auto copy = w->store.rows;
    w->docker.images["demo:2"] = {};
    w->commit("shop.yaml", shop("green"));
    w->run(180s);
    REQUIRE(w->serving("shop") == "green");
    REQUIRE(w->docker.running("shop", "blue") == 0);
    const int creates = w->docker.creates;
    w->crash();
    w->store.rows = copy;
    const auto before = w->proxy.history.size();
    w->boot();
    w->run(120s);
    CHECK(w->events.heard("RecordRebuilt"));
    CHECK(w->serving("shop") == "green");
    CHECK(condition_of(w->status("shop"), "Ready") == "True Serving");
    CHECK_FALSE(ever_weighted(*w, before, "blue:1"));
    CHECK(w->docker.creates == creates);
    CHECK(w->promised("shop")->rejected.size() == 1);
    CHECK_FALSE(w->events.heard("Violation"));
}

TEST_CASE("a source that is followed no more: its app goes on, and what needs its files says so") {
    auto w = std::make_unique<sim::world>();
    w->docker.images = {{"demo:1", {}}, {"demo:2", {}}};
    w->commit(".env.blue", "A=1\n");
    w->commit(".env.green", "A=2\n");
    w->commit("shop.yaml", with_env_file("blue"));
    w->boot();
    w->run(60s);
    REQUIRE(w->serving("shop") == "blue");
    w->crash();
    w->repo.url = "elsewhere";
    w->repo.files.clear();
    w->commit("film.yaml", sim::renamed(shop("blue"), "film"));
    w->boot();
    w->run(60s);
    CHECK(w->serving("film") == "blue");
    CHECK(w->serving("shop") == "blue");
    w->docker.remove_by_hand("shop-blue-web");
    w->run(30s);
    CHECK(w->alive());
    CHECK_FALSE(w->events.heard("Bug"));
    CHECK(w->events.heard("RevisionNotReproducible"));
    w->repo.url = "sim";
    w->commit(".env.blue", "A=1\n");
    w->commit("shop.yaml", with_env_file("blue"));
    w->crash();
    w->boot();
    w->run(60s);
    CHECK(w->docker.running("shop", "blue") == 1);
}
