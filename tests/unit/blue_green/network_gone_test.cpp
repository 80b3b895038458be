// A container that cannot be started because somebody took its network away: made anew, whoever's
// it is, and nothing else is.

#include "rows_cases.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

world lost(world w, const std::string& name) {
    fall(w, name);
    w.find(name)->network_gone = true;
    return w;
}

} // namespace

TEST_CASE("network gone: removed and made anew, of the serving colour and of the origin") {
    for (auto w : {lost(blue_serves(), blue_r1), lost(at(phase::watching), blue_r1)}) {
        const auto name = w.find(blue_r1)->name;
        const auto removed = pass(w);
        CHECK(removed.rule == "network_gone");
        CHECK(actions_of(removed) == "remove " + name);
        REQUIRE(removed.events.size() == 1);
        CHECK(removed.events[0].reason == reason::Repairing);
        CHECK(w.rec.rejected.empty());
        const auto made = pass(w);
        CHECK(made.rule == "repair_create");
        CHECK(actions_of(made) == "create blue r1000000 web 1");
    }
}

TEST_CASE("network gone: an attempt's is made anew without a word against it, but not in a pause") {
    auto w = at(phase::starting);
    walk_to_rule(w, "start");
    w.find(green_r2)->network_gone = true;
    auto still = w;
    still.rec.wished.paused = true;
    CHECK(look(still).rule == "paused");
    CHECK(actions_of(pass(w)) == "remove " + green_r2);
    run_to_rest(w);
    CHECK(w.rec.now_in == phase::idle);
    CHECK(w.rec.serving->colored == color::green);
    CHECK(w.rec.rejected.empty());
}

TEST_CASE("network gone: what runs, and what a promised stop is for, is left alone") {
    auto w = lost(blue_serves(), blue_r1);
    w.find(blue_r1)->state = life::running;
    CHECK(look(w).rule != "network_gone");
    w = lost(blue_serves(), blue_r1);
    w.rec.retiring.insert(w.find(blue_r1)->id);
    CHECK(look(w).rule == "finish_retiring");
}
