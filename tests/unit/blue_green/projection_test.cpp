// `alcedo plan`: the rest of the story, if everything goes well.

#include "rows_cases.hpp"

#include "reconcilers/blue_green/projection.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

json story(const world& w) {
    return project(&w.desired, w.seen, w.rec, w.now);
}

std::string rules(const json& steps) {
    std::string text;
    for (const auto& s : steps)
        text += (text.empty() ? "" : " ") + s["rule"].get<std::string>();
    return text;
}

} // namespace

TEST_CASE("projection: a flip, told to its end") {
    const auto w = flipped();
    const auto steps = story(w);
    CHECK(rules(steps) ==
          "new_generation begin prepare prepared create start started try_promise promise_unkept "
          "try_ask shift_begins promise_unkept next_step promise_unkept serves drained stable tidy "
          "promise_unkept standby_expired retire_leftover finish_retiring retired note_stopped "
          "remove_leftover note_stopped");
    CHECK(steps[4]["actions"] == json::array({"create green r2000000 web 1"}));
    CHECK(steps[10]["weights"] == json{{"blue", 50}, {"green", 50}});
    CHECK(steps[12]["after"] == "30s");
    CHECK(steps[12]["weights"] == json{{"blue", 0}, {"green", 100}});
    CHECK_FALSE(steps[0]["why"].get<std::string>().empty());
}

TEST_CASE("projection: nothing to do is an empty list, and nothing is touched") {
    const auto w = blue_serves();
    auto v = w;
    run_to_rest(v);
    CHECK(story(v).empty());
    const auto before = v.rec;
    story(v);
    CHECK(v.rec == before);
}

TEST_CASE("projection: what waits for health is assumed to get it; what is sick is not") {
    auto w = at(phase::verifying);
    set_ready(w, color::green, readiness::starting);
    CHECK(rules(story(w)).starts_with("try_promise"));
    auto v = at(phase::watching);
    set_ready(v, color::green, readiness::sick);
    CHECK(rules(story(v)).starts_with("drift_revert promise_unkept revert_confirmed reverted"));
}

TEST_CASE("projection: ends in every world, within its passes") {
    for (const auto& [name, w] : case_worlds()) {
        CAPTURE(name);
        CHECK(story(w).size() < 200);
    }
    auto w = flipped();
    w.seen.docker_known = false;
    CHECK(story(w).empty());
    CHECK(project(nullptr, w.seen, w.rec, w.now).empty());
}

TEST_CASE("projection: ends where a person is asked") {
    CHECK(story(awaiting()).empty());
    auto w = flipped();
    edit(w, [](app_spec& s) {
        s.traffic->manual_approval = true;
        s.traffic->approval_timeout = seconds{60};
    });
    CHECK(rules(story(w)).ends_with("verified_ask"));
}
