// What the host cannot do now is no verdict about a revision: the phase stays, its deadline stands
// still, and the release goes on where it stood.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

bool is_about(const std::string& what, const std::string& word) {
    return what.find(word) != what.npos;
}

} // namespace

TEST_CASE("host trouble: a second container that cannot be made is waited for, not held against "
          "the revision") {
    // Once one container ran, its health.timeout went on while the engine refused the other.
    auto w = sim::deployed(sim::with_worker("blue"));
    REQUIRE(w->phase("shop") == "Idle");
    bool is_full = true;
    w->docker.before_mutation = [&](const std::string& what) {
        return !(is_full && is_about(what, "create shop-green-worker"));
    };
    w->commit("shop.yaml", sim::with_worker("green"));
    w->run(180s);
    CHECK(w->phase("shop") == "Starting");
    CHECK(is_about(w->status("shop").value("waitingFor", ""), "shop-green-worker"));
    CHECK(w->serving("shop") == "blue");
    is_full = false;
    w->run(400s); // its back-off may be minutes by now
    CHECK(w->phase("shop") == "Idle");
    CHECK(w->serving("shop") == "green");
    CHECK_FALSE(w->status("shop").contains("hold"));
}

TEST_CASE("host trouble: a network that cannot be made is waited for") {
    auto w = sim::deployed(sim::with_worker("blue"));
    bool is_full = true;
    w->docker.before_mutation = [&](const std::string& what) {
        return !(is_full && is_about(what, "create network shop-green"));
    };
    w->commit("shop.yaml", sim::with_worker("green"));
    w->run(180s);
    CHECK(w->phase("shop") == "Starting");
    is_full = false;
    w->run(400s);
    CHECK(w->serving("shop") == "green");
}
