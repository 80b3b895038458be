// Whole walks: scaling, standby, deletion, apps without routes, auto.

#include "support.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

TEST_CASE("walk: replicas scale the serving colour in place, up and down") {
    auto w = blue_serves();
    edit(w, [](app_spec& s) { s.colors[0].services[0].replicas = 3; });
    run_to_rest(w);
    CHECK(w.seen.replicas.size() == 3);
    CHECK(w.rec.traffic.content.routes[0].backends[0].servers.size() == 3);
    CHECK(w.rec.budgets[0].left == 5);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");

    edit(w, [](app_spec& s) { s.colors[0].services[0].replicas = 1; });
    const auto down = run_to_rest(w);
    CHECK(down == "new_generation servers_changed promise_unkept retire_wait scale_down "
                  "finish_retiring retired scale_remove up_to_date");
    CHECK(w.seen.replicas.size() == 1);
    CHECK(w.find(blue_r1)->runs());
}

TEST_CASE("walk: replicas raised in the middle of a rollout are made and waited for") {
    auto w = flipped();
    walk_to(w, phase::shifting);
    pass(w);
    edit(w, [](app_spec& s) { s.colors[1].services[0].replicas = 2; });
    run_until(w, [](const world& x) { return x.rec.now_in == phase::watching; });
    CHECK(w.find("shop-green-web-r2000000-2")->runs());
    CHECK(w.rec.traffic.content.routes[0].backends[1].servers.size() == 2);
}

TEST_CASE("walk: a standby that is wanted again before it is stopped is reused") {
    auto w = flipped();
    walk_to(w, phase::watching);
    run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    const auto id = w.find(blue_r1)->id;
    edit(w, color::blue, "r1", "r2");
    walk_to(w, phase::watching);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
    CHECK(w.find(blue_r1)->id == id);
}

TEST_CASE("walk: a stopped standby is started, not made anew") {
    auto w = flipped();
    run_to_rest(w);
    const auto id = w.find(blue_r1)->id;
    CHECK_FALSE(w.find(blue_r1)->runs());
    edit(w, color::blue, "r1", "r2");
    walk_to(w, phase::watching);
    CHECK(w.find(blue_r1)->id == id);
}

TEST_CASE("walk: then Remove and 24 hours remove what is left, and its networks") {
    auto w = flipped();
    walk_to(w, phase::watching);
    SUBCASE("Remove: as soon as it is stopped") {
        edit(w, [](app_spec& s) { s.standby.then = standby_then::remove; });
        std::string done;
        for (int i = 0; i < 60; ++i) {
            const auto p = pass(w);
            if (!p.actions.empty()) done = actions_of(p);
            w.pass_time(p.wake.value_or(milliseconds{0}));
        }
        CHECK(w.find(blue_r1) == nullptr);
        CHECK(done == "remove " + blue_r1 + ", remove networks of blue");
    }
    SUBCASE("Stop: a day later") {
        run_to_rest(w);
        REQUIRE(w.find(blue_r1) != nullptr);
        w.pass_time(std::chrono::hours{25});
        run_to_rest(w);
        CHECK(w.find(blue_r1) == nullptr);
        CHECK(w.rec.stopped_at.empty());
    }
    SUBCASE("Keep: it stays warm") {
        edit(w, [](app_spec& s) { s.standby.then = standby_then::keep; });
        run_to_rest(w);
        w.pass_time(std::chrono::hours{25});
        run_to_rest(w);
        CHECK(w.find(blue_r1)->runs());
    }
}

TEST_CASE("walk: deletion goes router, ack, drain, stop, remove, networks") {
    auto w = blue_serves();
    w.desired.deleting = true;
    std::string done;
    for (int i = 0; i < 30 && !w.rec.deleted; ++i) {
        const auto p = pass(w);
        for (const auto& a : p.actions)
            done += kind_of(a) + " ";
        w.pass_time(p.wake.value_or(milliseconds{0}));
    }
    CHECK(done == "publish stop remove remove-networks remove-networks ");
    CHECK(w.rec.deleted);
    CHECK(w.rec.traffic.content.routes.empty());
    CHECK_FALSE(changes(w, look(w)));
    SUBCASE("a stray that lands late is deleted too") {
        replica stray;
        stray.id = "late";
        stray.name = blue_r1;
        stray.revision = digest_of("r1");
        stray.state = life::running;
        w.seen.replicas.push_back(stray);
        CHECK(look(w).rule == "deleted_stray");
        run_to_rest(w);
        CHECK(w.seen.replicas.empty());
        CHECK(w.rec.deleted);
    }
    SUBCASE("a manifest that comes back is deployed again") {
        w.desired.deleting = false;
        walk_to(w, phase::watching);
        CHECK_FALSE(w.rec.deleted);
        CHECK(w.rec.traffic.only(color::blue));
    }
}

TEST_CASE(
    "walk: a stop that is under way when the app is deleted stays promised until all is gone") {
    auto w = blue_serves();
    set_ready(w, blue_r1, readiness::sick);
    walk_to_rule(w, "finish_retiring");
    const auto promised = w.rec.retiring;
    REQUIRE(promised.size() == 1);
    w.desired.deleting = true;
    CHECK(pass(w).rule == "delete_begins");
    CHECK(w.rec.retiring == promised);
    for (int i = 0; i < 30 && !w.rec.deleted; ++i)
        w.pass_time(pass(w).wake.value_or(milliseconds{0}));
    CHECK(w.rec.deleted);
    CHECK(w.rec.retiring.empty());
}

TEST_CASE("walk: an app without routes switches when Verifying has passed") {
    shop_options options;
    options.routes = false;
    auto w = blue_serves(options);
    CHECK(w.rec.traffic.number == 0);
    edit(w, color::green, "r1", "r2");
    const auto rules = run_until(w, [](const world& x) { return x.rec.now_in == phase::watching; });
    CHECK(rules ==
          "new_generation begin prepare prepared create start started shift_all serves drained");
    CHECK(to_string(*w.rec.serving) == "green r2000000");
    CHECK(w.rec.traffic.number == 0);
    SUBCASE("and reverts without a proxy") {
        set_ready(w, color::green, readiness::sick);
        run_until(w, [](const world& x) { return x.rec.now_in == phase::held; });
        CHECK(to_string(*w.rec.serving) == "blue r1000000");
    }
    SUBCASE("its old containers are workers: they stop at the window's end") {
        run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
        pass(w);
        pass(w);
        CHECK_FALSE(w.find(blue_r1)->runs());
    }
}

TEST_CASE("walk: workers of the old colour stop at the window's end, its web stays warm") {
    shop_options options;
    options.worker = true;
    auto w = flipped(options);
    walk_to(w, phase::watching);
    CHECK(w.find("shop-blue-worker-r1000000-1")->runs());
    run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    run_until(w, [](const world& x) {
        return make_plan(&x.desired, x.seen, x.rec, x.now).rule == "up_to_date";
    });
    CHECK_FALSE(w.find("shop-blue-worker-r1000000-1")->runs());
    CHECK(w.find(blue_r1)->runs());
}

TEST_CASE("walk: auto ships by editing the spec, and rests when the serving colour is the spec") {
    auto w = empty_world(shop(color::blue, "r1", "r1"));
    w.desired.spec.active.reset();
    run_to_rest(w);
    CHECK(to_string(*w.rec.serving) == "blue r1000000");
    edit(w, color::blue, "r2", "r2");
    w.desired.spec.active.reset();
    walk_to(w, phase::watching);
    CHECK(to_string(*w.rec.serving) == "green r2000000");
    SUBCASE("going back in the window is one write") {
        edit(w, color::blue, "r1", "r1");
        w.desired.spec.active.reset();
        run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
        CHECK(to_string(*w.rec.serving) == "blue r1000000");
        CHECK_FALSE(w.rec.held.has_value());
    }
    SUBCASE("a rejected revision is held, and rests there") {
        set_ready(w, color::green, readiness::sick);
        run_to_rest(w);
        CHECK(w.rec.now_in == phase::held);
        CHECK(to_string(*w.rec.serving) == "blue r1000000");
    }
}
