// A proxy that takes its time between reading a document and applying it: what is planned in
// between is held against the invariants like everything else.

#include "rows_cases.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

world slow(world w) {
    w.ack_takes = 5;
    return w;
}

bool idle_again(const world& w) {
    return w.rec.now_in == phase::idle && w.rec.stable && !w.rec.attempt;
}

bool stops(const world& w, const std::string& container) {
    const auto p = look(w);
    const auto* r = const_cast<world&>(w).find(container);
    return r && p.next.retiring.contains(r->id);
}

} // namespace

TEST_CASE("slow proxy: a whole rollout with a worker, there and back, breaks nothing") {
    auto w = slow(flipped(with_worker()));
    run_until(
        w, [](const world& x) { return idle_again(x) && x.rec.stable->colored == color::green; });
    const auto rules = run_to_rest(w);
    CHECK(rules.find("worker_retires") != std::string::npos);
    edit(w, color::blue, "r1", "r2");
    run_until(w,
              [](const world& x) { return idle_again(x) && x.rec.stable->colored == color::blue; });
    run_to_rest(w);
}

TEST_CASE("slow proxy: a worker of the standby stops after the ack, not before") {
    auto w = slow(flipped(with_worker()));
    run_until(
        w, [](const world& x) { return idle_again(x) && x.rec.stable->colored == color::green; });
    const std::string worker = "shop-blue-worker-r1000000-1";
    for (int i = 0; i < 20 && !stops(w, worker); ++i)
        pass(w);
    REQUIRE(stops(w, worker));
    CHECK(w.seen.traffic == traffic_state::confirmed);
}

TEST_CASE("slow proxy: on a revert the failed colour keeps running until the weights are applied") {
    for (const auto sick : {readiness::sick, readiness::starting}) {
        auto w = slow(at(phase::watching));
        set_ready(w, color::green, readiness::sick);
        walk_to(w, phase::reverting);
        pass(w); // published
        set_ready(w, color::green, sick);
        REQUIRE(w.seen.traffic == traffic_state::pending);
        while (w.seen.traffic == traffic_state::pending) {
            pass(w);
            CHECK(w.rec.retiring.empty());
            CHECK(w.find(green_r2)->runs());
        }
        walk_to(w, phase::held);
        run_to_rest(w);
        CHECK_FALSE(w.find(green_r2)->runs());
    }
}

TEST_CASE("slow proxy: a sick replica among ready ones leaves the document before it is stopped") {
    auto w = slow(blue_serves(replicas(2)));
    const std::string second = "shop-blue-web-r1000000-2";
    set_ready(w, second, readiness::sick);
    w.find(second)->open = open_connections::some;
    int passes = 0;
    while (!stops(w, second)) {
        REQUIRE(++passes < 200);
        const auto p = pass(w);
        w.pass_time(std::max(p.wake.value_or(milliseconds{1000}), milliseconds{1}));
    }
    CHECK(w.seen.traffic == traffic_state::confirmed);
    CHECK_FALSE(is_listed(w.rec.traffic.content, second));
    // Somebody was still connected: drain.timeout was waited for.
    CHECK(w.rec.timers.retire.elapsed(w.now) >= traffic_spec{}.drain_timeout);
}

TEST_CASE("slow proxy: the only replica of a service is mended where it stands") {
    auto w = slow(blue_serves());
    set_ready(w, blue_r1, readiness::sick);
    CHECK(look(w).rule == "repair_sick");
    CHECK(stops(w, blue_r1));
}
