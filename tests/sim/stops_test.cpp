// Stops whose answers are lost: each of them may still land, on whoever runs by then.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace std::chrono_literals;

TEST_CASE("sim: the answer to an earlier stop says nothing about a later one") {
    // The stopped standby came back with the engine, its second stop got no answer, and it ended by
    // itself: by the first one's answer the promise was closed, with the second still on its way.
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
    int asked = 0;
    std::string name;
    w->docker.before_mutation = [&](const std::string& what) {
        if (!what.starts_with("stop shop-blue-web")) return true;
        name = what.substr(5);
        return ++asked != 2;
    };
    w->commit("shop.yaml", sim::web("green", "demo:1", "demo:2"));
    for (int i = 0; i < 20000 && asked == 0; ++i)
        w->run(10ms); // a stop takes 50
    for (int i = 0; i < 200 && w->docker.running("shop", "blue") > 0; ++i)
        w->run(1ms);
    REQUIRE(asked == 1);
    REQUIRE(w->docker.running("shop", "blue") == 0);
    REQUIRE_FALSE(w->promised("shop")->retiring.empty());
    w->docker.bring_back_stopped();
    for (int i = 0; i < 20000 && asked < 2; ++i)
        w->run(1ms);
    REQUIRE(asked == 2);
    w->docker.kill_container(name, 0);
    w->run(120s);
    CHECK(asked == 3);
    CHECK(w->promised("shop")->retiring.empty());
    CHECK(w->docker.running("shop", "blue") == 0);
}
