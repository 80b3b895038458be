// Random worlds: every pass is held against the invariants, every stop against what the proxy has
// applied, and when the trouble ends, every app comes to a rest that has a name.

#include "chaos.hpp"

#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/blue_green/rehearsal.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

constexpr unsigned seeds = 50; // ALCEDO_SEEDS=4000 for a long walk
constexpr int steps = 60;

unsigned number_from_environment(const char* name, unsigned otherwise) {
    const char* text = std::getenv(name);
    return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
}

void check_rest(const chaos& c) {
    const auto& w = c.w;
    CAPTURE(c.log);
    const bool is_asked = w.rec.now_in == phase::awaiting_approval;
    CHECK((w.rec.now_in == phase::idle || w.rec.now_in == phase::held || is_asked));
    CHECK(w.rec.retiring.empty());
    REQUIRE(w.rec.serving.has_value() ==
            (w.rec.serving && w.rec.traffic.only(w.rec.serving->colored)));
    if (w.rec.now_in == phase::held) CHECK(w.rec.held.has_value());
    int bots = 0, others = 0;
    for (const auto& r : w.seen.replicas)
        if (r.service == "bot" && !(is_asked && is_wanted_rehearsal(w.desired, w.rec, r)))
            (belongs(r, w.rec.serving) && r.runs() ? bots : others) += 1;
    CHECK(others == 0);
    const bool has_bot = w.desired.spec.of(color::blue).services.back().exclusive;
    CHECK(bots == (has_bot && w.rec.serving ? 1 : 0));
    const auto ready = condition_of(w, "Ready");
    if (w.rec.now_in == phase::idle)
        CHECK((ready == "True Serving" || ready == "False ServingColorOutdated"));
}

} // namespace

TEST_CASE("chaos: random walks break nothing and end at rest") {
    const auto first = number_from_environment("ALCEDO_SEED", 1);
    const auto count = number_from_environment("ALCEDO_SEEDS", seeds);
    for (unsigned seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        chaos c(seed);
        for (int i = 0; i < steps; ++i)
            c.step();
        c.calm_down();
        check_rest(c);
    }
}

TEST_CASE("chaos: after a crash at any action of any pass the rollout ends the same (S15)") {
    const auto finished = [](const world& x) {
        return x.rec.now_in == phase::idle && x.rec.stable == x.rec.serving &&
               x.rec.serving->colored == color::green;
    };
    shop_options two;
    two.replicas = 2;
    crash_after_any_action(flipped(two), finished,
                           [](const world& crashed) { CHECK(crashed.seen.replicas.size() == 4); });
}

TEST_CASE("chaos: doing a plan twice is doing it once (S15)") {
    auto w = flipped();
    const auto finished = [](const world& x) { return x.rec.now_in == phase::watching; };
    for (int i = 0; i < 100 && !finished(w); ++i) {
        const auto p = look(w);
        w.apply(p);
        const auto once = w.seen;
        for (const auto& a : p.actions)
            w.perform(a);
        CHECK(w.seen == once);
        if (p.wake) w.pass_time(*p.wake);
    }
    CHECK(finished(w));
}
