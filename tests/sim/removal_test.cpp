// Apps that no source names any more: said by `delete`, carried to their end over kills and lost
// answers, and not one step further.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

std::string film() {
    return sim::renamed(sim::web("blue", "demo:1", "demo:1"), "film");
}

} // namespace

TEST_CASE(
    "removal: delete of an app that no source names; a named one and an unknown one are refused") {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    w->commit("film.yaml", film());
    w->run(60s);
    REQUIRE(w->phase("film") == "Idle");
    const auto named = w->say("shop", "delete");
    CHECK(named["granted"] == false);
    CHECK(named["message"].get<std::string>().starts_with("shop.yaml of sim names it"));
    CHECK(w->say("nobody", "delete").contains("error"));
    w->repo.files.erase("shop.yaml");
    ++w->repo.generation;
    w->run(5s);
    CHECK(w->say("shop", "delete")["reason"] == "ManifestMissing"); // not confirmed yet
    w->run(150s);
    CHECK(w->docker.running("shop", "blue") == 1); // an orphan goes on serving
    const auto receipts = w->store.all_receipts.at("shop").size();

    SUBCASE("at once") {}
    SUBCASE("the daemon dies in the middle, twice") {
        CHECK(w->say("shop", "delete")["granted"] == true);
        w->crash();
        w->boot();
        w->run(300ms);
        const auto left = w->status("shop");
        if (!left.empty()) CHECK(w->say("shop", "pause")["reason"] == "Deleting");
        w->crash();
        w->boot();
        w->run(2s);
    }
    if (w->phase("shop") == "Idle") CHECK(w->say("shop", "delete")["granted"] == true);
    w->run(60s);
    CHECK(w->status("shop").empty());
    CHECK(w->docker.running("shop", "blue") == 0);
    for (const auto& [id, box] : w->docker.boxes())
        CHECK(box.seen.name.find("shop") == std::string::npos);
    CHECK_FALSE(w->proxy.on_disk.fragments.contains("shop"));
    CHECK(w->promised("shop") == nullptr);
    CHECK(w->store.all_receipts.at("shop").size() == receipts);
    CHECK(w->docker.running("film", "blue") == 1);
    CHECK(w->say("shop", "delete").contains("error"));
    CHECK_FALSE(w->events.heard("Violation"));

    w->commit("shop.yaml", sim::web("blue", "demo:1", "demo:1"));
    w->run(60s);
    CHECK(w->serving("shop") == "blue");
}

TEST_CASE("removal: delete lapses when a source names the app again before it has begun") {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    w->commit("film.yaml", film());
    w->repo.files.erase("shop.yaml");
    w->run(200s);
    w->docker.down = true;
    w->run(40s);
    CHECK(w->say("shop", "delete")["granted"] == true);
    w->run(5s);
    w->commit("shop.yaml", sim::web("blue", "demo:1", "demo:1"));
    w->run(5s);
    w->docker.down = false;
    w->run(60s);
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->docker.running("shop", "blue") == 1);
    CHECK(w->docker.creates == 2);
}

TEST_CASE(
    "removal: a create that was lost and lands after its app was deleted is removed as well") {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:1"));
    const auto late = w->docker.boxes().begin()->second;
    w->commit("film.yaml", film());
    w->repo.files.erase("shop.yaml");
    w->run(200s);
    CHECK(w->say("shop", "delete")["granted"] == true);
    w->run(60s);
    REQUIRE(w->status("shop").empty());
    w->docker.appear(late);
    w->run(120s);
    CHECK(w->docker.running("shop", "blue") == 0);
    for (const auto& [id, box] : w->docker.boxes())
        CHECK_FALSE((box.exists && box.seen.name.starts_with("shop")));
    CHECK(w->status("shop").empty());
    CHECK(w->docker.running("film", "blue") == 1);
    CHECK_FALSE(w->events.heard("Violation"));
}

TEST_CASE("removal: one that has not come to its networks is gone on with, and not begun anew "
          "as a release") {
    const std::string web = "    web: {image: \"demo:1\"}\n";
    auto text = sim::web("blue", "demo:1", "demo:1");
    text.insert(text.find(web), "    worker: {image: \"demo:1\"}\n");
    auto w = sim::deployed(text);
    w->commit("film.yaml", film());
    w->repo.files.erase("shop.yaml");
    w->run(200s);
    bool died = false;
    w->docker.before_mutation = [&died](const std::string& what) {
        died = died || what.starts_with("remove network");
        return !died;
    };
    CHECK(w->say("shop", "delete")["granted"] == true);
    for (int i = 0; i < 600 && !died; ++i)
        w->run(100ms);
    REQUIRE(died);
    SUBCASE("the engine does not do it at once") {
        w->run(20s);
    }
    SUBCASE("the daemon dies") {
        w->crash();
        w->boot();
    }
    w->docker.before_mutation = nullptr;
    w->run(120s);
    CHECK(w->docker.creates == 3);
    const auto& log = w->docker.log;
    CHECK(std::find(log.begin(), log.end(), "remove network shop-blue") != log.end());
    CHECK(w->status("shop").empty());
    CHECK(w->promised("shop") == nullptr);
    CHECK(w->docker.running("film", "blue") == 1);
}
