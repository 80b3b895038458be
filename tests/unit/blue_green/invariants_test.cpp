// Each invariant finds the plan that breaks it. The plans here are wrong on purpose.

#include "rows_cases.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

/// Names of the invariants that `p` breaks, joined by blanks.
std::string broken(const world& w, const plan& p) {
    std::string text;
    for (const auto& v : check_plan(&w.desired, w.seen, w.rec, p, w.now))
        if (text.find(v.invariant) == std::string::npos)
            text += (text.empty() ? "" : " ") + v.invariant;
    return text;
}

plan doing(const world& w, action a) {
    plan p;
    p.rule = "wrong";
    p.next = w.rec;
    p.actions = {std::move(a)};
    return p;
}

plan changing(const world& w, const std::function<void(record&)>& change) {
    plan p;
    p.rule = "wrong";
    p.next = w.rec;
    change(p.next);
    return p;
}

stop_container stop_of(world& w, const std::string& name) {
    const auto* r = w.find(name);
    REQUIRE(r != nullptr);
    return {r->id, r->name, r->revision};
}

void set_weights(record& r, int blue, int green) {
    ++r.traffic.number;
    for (auto& b : r.traffic.content.routes[0].backends)
        b.weight = b.colored == color::blue ? blue : green;
}

} // namespace

TEST_CASE("invariants: S1 no weight to a colour without a ready replica, forward or back") {
    auto w = at(phase::shifting);
    set_ready(w, color::green, readiness::starting);
    CHECK(broken(w, doing(w, publish_promise{w.rec.traffic.number})) == "S1");
    set_ready(w, color::green, readiness::ready);
    CHECK(broken(w, doing(w, publish_promise{w.rec.traffic.number})).empty());
    auto v = reverting();
    v.rec.serving = v.rec.attempt;
    set_ready(v, color::green, readiness::ready);
    set_ready(v, color::blue, readiness::starting);
    CHECK(broken(v, doing(v, publish_promise{v.rec.traffic.number})) == "S1");
}

TEST_CASE("invariants: S2 S3 no stop without a promise, none while listed, none unconfirmed") {
    auto w = blue_serves();
    CHECK(broken(w, doing(w, stop_of(w, blue_r1))) == "S2");
    const auto id = w.find(blue_r1)->id;
    CHECK(broken(w, changing(w, [&](record& r) { r.retiring.insert(id); })) == "S2");
    auto v = held_rejected();
    v.seen.traffic = traffic_state::pending;
    const auto green = v.find(green_r2)->id;
    CHECK(broken(v, changing(v, [&](record& r) { r.retiring.insert(green); })) == "S3");
    auto d = deleting();
    pass(d);
    CHECK(broken(d, doing(d, stop_of(d, blue_r1))) == "S3");
    CHECK(broken(w, doing(w, remove_container{id, blue_r1})) == "S2");
}

TEST_CASE("invariants: S4 no more weight before every replica is ready") {
    auto w = at(phase::shifting);
    pass(w);
    set_ready(w, color::green, readiness::starting);
    CHECK(broken(w, changing(w, [](record& r) { set_weights(r, 0, 100); })) == "S4");
}

TEST_CASE("invariants: S5 a rejected revision is not made again") {
    auto w = held_rejected();
    run_to_rest(w);
    const auto* r = w.find(green_r2);
    CHECK(broken(w, doing(w, start_container{r->id, r->name, r->revision})) == "S5");
    w.seen.replicas.pop_back();
    const release green{color::green, digest_of("r2"), digest_of("r2")};
    CHECK(broken(w, doing(w, create_container{green, "web", 1})).find("S5") != std::string::npos);
}

TEST_CASE("invariants: S6 a revert goes to what was stable") {
    auto w = at(phase::watching);
    CHECK(broken(w, changing(w, [](record& r) {
                     r.now_in = phase::reverting;
                     r.origin = release{color::blue, "other", "other"};
                 })) == "S6");
}

TEST_CASE("invariants: S7 the origin keeps its replicas until the window has closed") {
    auto w = at(phase::watching);
    const auto id = w.find(blue_r1)->id;
    CHECK(broken(w, changing(w, [&](record& r) { r.retiring.insert(id); })) == "S7");
}

TEST_CASE("invariants: S8 L7a weights and containers never in one plan") {
    auto w = at(phase::watching);
    set_ready(w, color::green, readiness::sick);
    auto p = look(w);
    const auto* r = w.find(green_r2);
    p.actions.push_back(start_container{r->id, r->name, r->revision});
    CHECK(broken(w, p).find("S8") != std::string::npos);
    CHECK(broken(w, p).find("L7a") != std::string::npos);
    auto v = reverting();
    v.find(blue_r1)->state = life::exited;
    v.find(blue_r1)->ready = readiness::starting;
    auto late = v;
    set_ready(late, color::green, readiness::starting);
    const auto* b = late.find(blue_r1);
    CHECK(broken(late, doing(late, start_container{b->id, b->name, b->revision})) == "L7a");
}

TEST_CASE("invariants: S9 never more than wanted, never twice") {
    auto w = blue_serves();
    const auto blue = *w.rec.serving;
    CHECK(broken(w, doing(w, create_container{blue, "web", 1})) == "S9");
    CHECK(broken(w, doing(w, create_container{blue, "web", 2})) == "S9");
    const auto* r = w.find(blue_r1);
    CHECK(broken(w, doing(w, start_container{r->id, r->name, r->revision})) == "S9");
}

TEST_CASE("invariants: S11 nothing on a view that is not there") {
    auto w = blue_serves();
    w.seen.docker_known = false;
    w.seen.replicas.clear();
    CHECK(broken(w, doing(w, prepare_release{*w.rec.serving})) == "S11");
    CHECK(broken(w, changing(w, [](record& r) { ++r.traffic.number; })) == "S11");
}

TEST_CASE("invariants: S16 only the record's promise is published") {
    auto w = at(phase::shifting);
    CHECK(broken(w, doing(w, publish_promise{w.rec.traffic.number + 1})) == "S16");
}

TEST_CASE("invariants: S18 without a spec nothing") {
    auto w = blue_serves();
    auto p = changing(w, [](record& r) { r.step = 3; });
    CHECK(check_plan(nullptr, w.seen, w.rec, p, w.now).size() == 1);
}

TEST_CASE("invariants: S26 no router is lost") {
    auto w = blue_serves();
    const auto drop = [](record& r) {
        ++r.traffic.number;
        r.traffic.content.routes.clear();
    };
    CHECK(broken(w, changing(w, drop)) == "S1b S26");
    SUBCASE("but by a spec that no longer names it") {
        w.desired.spec.traffic->routes.clear();
        CHECK(broken(w, changing(w, drop)).empty());
    }
    SUBCASE("or by deletion") {
        CHECK(broken(w, changing(w,
                                 [&](record& r) {
                                     drop(r);
                                     r.now_in = phase::deleting;
                                 }))
                  .empty());
    }
}

TEST_CASE("invariants: S27 never two revisions of one colour") {
    auto w = before_rule("create");
    w.seen.replicas.push_back(stranger(color::green, "r0", life::running));
    CHECK(broken(w, doing(w, create_container{*w.rec.attempt, "web", 1})) == "S27");
}

TEST_CASE("invariants: S25 an exclusive service is its holder's alone") {
    auto w = blue_serves(with_bot());
    const release green{color::green, digest_of("r2"), digest_of("r2")};
    CHECK(broken(w, doing(w, create_container{green, "bot", 1})).find("S25") != std::string::npos);
    auto v = at(phase::handover, with_bot());
    SUBCASE("not while the old one runs") {}
    SUBCASE("not while it exists") {
        v.find(blue_bot)->state = life::exited;
    }
    CHECK(broken(v, doing(v, create_container{*v.rec.holder, "bot", 1})) == "S25");
    auto u = handing_over();
    CHECK(broken(u, doing(u, create_container{*u.rec.holder, "bot", 1})).empty());
    pass(u);
    auto* r = u.find(green_bot);
    REQUIRE(r != nullptr);
    const start_container start{r->id, r->name, r->revision};
    CHECK(broken(u, doing(u, start)).empty());
    u.rec.holder = u.rec.origin;
    CHECK(broken(u, doing(u, start)).find("S25") != std::string::npos);
}
