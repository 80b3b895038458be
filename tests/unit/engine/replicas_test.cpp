// What is remembered of a container, and what health says of it.

#include "controller/engine/replicas.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

moment at(int ms) {
    moment m;
    m.boot = milliseconds{ms};
    m.boot_id = "boot";
    return m;
}

container running(std::string started) {
    container c;
    c.id = "id";
    c.name = "shop-green-web-12345678-1";
    c.state = life::running;
    c.started_at = std::move(started);
    c.labels = {{label::color, "green"},
                {label::service, "web"},
                {label::revision, "v1:aa"},
                {label::ordinal, "1"}};
    return c;
}

} // namespace

TEST_CASE("replicas: without any check, running for minReady is ready") {
    health_spec health;
    judging how;
    how.health = &health;
    life_entry life;
    const auto c = running("t0");
    std::optional<milliseconds> wake;
    remember(life, c, at(0));
    auto r = *place(c);
    judge_replica(r, c, life, how, at(4000), wake);
    CHECK(r.ready == readiness::starting);
    CHECK(wake == milliseconds{6000});
    judge_replica(r, c, life, how, at(10000), wake);
    CHECK(r.ready == readiness::ready);
}

TEST_CASE(
    "replicas: what the promise lists is trusted until something speaks, not after a restart") {
    health_spec health;
    judging how;
    how.health = &health;
    how.post_switch = true;
    how.listed = true;
    life_entry life;
    std::optional<milliseconds> wake;
    auto c = running("t0");
    remember(life, c, at(0));
    auto r = *place(c);
    judge_replica(r, c, life, how, at(1), wake);
    CHECK(r.ready == readiness::ready);
    c.started_at = "t1";
    remember(life, c, at(100));
    judge_replica(r, c, life, how, at(100), wake);
    CHECK(r.ready == readiness::starting);
}

TEST_CASE("replicas: a check that rests says nothing against a replica that was ready") {
    health_spec health;
    check_spec check;
    check.name = "answers";
    check.kind = "http";
    check.service = "web";
    health.checks = {check};
    judging how;
    how.health = &health;
    judged passing;
    passing.verdict = check_verdict::passing;
    const judged* known = &passing;
    how.verdict = [&](const check_spec&) { return known; };
    life_entry life;
    std::optional<milliseconds> wake;
    auto c = running("t0");
    c.health = docker_health::healthy;
    remember(life, c, at(0));
    auto r = *place(c);
    judge_replica(r, c, life, how, at(10), wake);
    REQUIRE(r.ready == readiness::ready);
    known = nullptr;
    judge_replica(r, c, life, how, at(20), wake);
    CHECK(r.ready == readiness::ready);
}

TEST_CASE("replicas: docker unhealthy is sick only after it was ready or had its time") {
    health_spec health;
    judging how;
    how.health = &health;
    life_entry life;
    std::optional<milliseconds> wake;
    auto c = running("t0");
    c.health = docker_health::unhealthy;
    remember(life, c, at(0));
    auto r = *place(c);
    judge_replica(r, c, life, how, at(10), wake);
    CHECK(r.ready == readiness::starting);
    CHECK(r.docker_unhealthy);
    c.health = docker_health::healthy;
    judge_replica(r, c, life, how, at(20), wake);
    CHECK(r.ready == readiness::ready);
    c.health = docker_health::unhealthy;
    judge_replica(r, c, life, how, at(30), wake);
    CHECK(r.ready == readiness::sick);
}

TEST_CASE("replicas: exits and restarts are counted, an engine restart is not") {
    life_entry life;
    auto c = running("t0");
    remember(life, c, at(0));
    c.restart_count = 1;
    c.started_at = "t1";
    remember(life, c, at(1));
    CHECK(life.exits == 1);
    c.state = life::exited;
    c.exit_code = 1;
    remember(life, c, at(2));
    remember(life, c, at(3));
    CHECK(life.exits == 2);
    life.rebase = true;
    c.state = life::running;
    c.started_at = "t2";
    c.restart_count = 5;
    remember(life, c, at(4));
    CHECK(life.exits == 2);
}

TEST_CASE("replicas: what ended while the engine was away ended with it, until it runs again") {
    health_spec health;
    judging how;
    how.health = &health;
    life_entry life;
    std::optional<milliseconds> wake;
    auto c = running("t0");
    remember(life, c, at(0));
    life.rebase = true;
    c.state = life::exited;
    c.exit_code = 137;
    remember(life, c, at(1));
    CHECK(life.exits == 0);
    remember(life, c, at(2));
    auto r = *place(c);
    judge_replica(r, c, life, how, at(2), wake);
    CHECK(r.never_started);
    c.state = life::running;
    c.started_at = "t1";
    remember(life, c, at(3));
    c.state = life::exited;
    remember(life, c, at(4));
    judge_replica(r, c, life, how, at(4), wake);
    CHECK_FALSE(r.never_started);
    CHECK(r.exits == 1);
}

namespace {

/// A container whose health the engine asks every second, or should.
struct asked_by_the_engine {
    health_spec health;
    life_entry life;
    std::optional<milliseconds> wake;
    container c = running("t0");

    asked_by_the_engine() {
        c.health = docker_health::starting;
        c.health_interval = milliseconds{1000};
    }
    bool unwatched_at(int ms) {
        judging how;
        how.health = &health;
        remember(life, c, at(ms));
        auto r = *place(c);
        wake.reset();
        judge_replica(r, c, life, how, at(ms), wake);
        return r.unwatched;
    }
};

} // namespace

TEST_CASE("replicas: started right before the engine went away, and never asked since: found out") {
    asked_by_the_engine x;
    auto made = running("");
    made.state = life::created;
    remember(x.life, made, at(0));
    x.life.rebase = true; // the stream of events broke
    CHECK_FALSE(x.unwatched_at(3000));
    CHECK_FALSE(x.unwatched_at(9000));
    CHECK(x.unwatched_at(10000));
    x.c.health_checked_at = "e1";
    CHECK_FALSE(x.unwatched_at(11000));
}

TEST_CASE("replicas: an engine that came back and asks no health check any more is found out") {
    asked_by_the_engine x;
    x.c.health_checked_at = "e1";
    CHECK_FALSE(x.unwatched_at(0));
    CHECK_FALSE(x.unwatched_at(100000)); // never away: slow, not silent
    x.life.rebase = true;
    x.c.health_checked_at = "e2"; // asked before it went away
    CHECK_FALSE(x.unwatched_at(200000));
    CHECK(x.wake == milliseconds{7000});
    CHECK(x.unwatched_at(207000));
    x.c.health_checked_at = "e3";
    CHECK_FALSE(x.unwatched_at(208000));
    CHECK_FALSE(x.unwatched_at(308000));
}

TEST_CASE("replicas: exits of long ago are not recent") {
    health_spec health;
    judging how;
    how.health = &health;
    life_entry life;
    std::optional<milliseconds> wake;
    auto c = running("t0");
    remember(life, c, at(0));
    c.restart_count = 2;
    c.started_at = "t1";
    remember(life, c, at(1000));
    auto r = *place(c);
    judge_replica(r, c, life, how, at(2000), wake);
    CHECK(r.exits == 2);
    CHECK(r.recent_exits == 2);
    judge_replica(r, c, life, how, at(200000), wake);
    CHECK(r.exits == 2);
    CHECK(r.recent_exits == 0);
}

TEST_CASE("replicas: what the engine's check says while the other colour fails it too is no news") {
    health_spec health;
    judging how;
    how.health = &health;
    life_entry life;
    std::optional<milliseconds> wake;
    auto c = running("t0");
    c.health = docker_health::healthy;
    c.health_interval = milliseconds{2000};
    remember(life, c, at(0));
    auto r = *place(c);
    judge_replica(r, c, life, how, at(10), wake);
    c.health = docker_health::unhealthy;
    how.twin_is_sick = true;
    judge_replica(r, c, life, how, at(1000), wake);
    CHECK(r.ready == readiness::starting);
    CHECK_FALSE(r.docker_unhealthy);
    // The other colour was asked first when it was over; this one has an interval to be asked too.
    how.twin_is_sick = false;
    judge_replica(r, c, life, how, at(2000), wake);
    CHECK(r.ready == readiness::starting);
    REQUIRE(wake.has_value());
    judge_replica(r, c, life, how, at(9000), wake);
    CHECK(r.ready == readiness::sick);
}

TEST_CASE("replicas: on trial, a start that its own end made necessary is not excused") {
    health_spec health;
    judging how;
    how.health = &health;
    how.post_switch = true;
    for (const bool on_trial : {false, true}) {
        how.on_trial = on_trial;
        life_entry life;
        std::optional<milliseconds> wake;
        auto c = running("t0");
        c.health = docker_health::healthy;
        remember(life, c, at(0));
        auto r = *place(c);
        judge_replica(r, c, life, how, at(10), wake);
        c.restart_count = 1;
        c.started_at = "t1";
        c.health = docker_health::unhealthy;
        remember(life, c, at(20));
        judge_replica(r, c, life, how, at(20), wake);
        CHECK((r.ready == readiness::sick) == on_trial);
    }
}

TEST_CASE("replicas: started again with the whole host, it gets health.timeout to come up") {
    health_spec health;
    check_spec check;
    check.name = "answers";
    check.kind = "http";
    check.service = "web";
    health.checks = {check};
    judging how;
    how.health = &health;
    how.post_switch = how.listed = true;
    judged failing;
    failing.verdict = check_verdict::failing;
    const judged* known = nullptr;
    how.verdict = [&](const check_spec&) { return known; };
    auto c = running("t0");
    c.created_wall = milliseconds{1000000};
    auto now = at(1000);
    now.wall = milliseconds{9000000};
    for (const bool rebooted : {true, false}) {
        c.started_wall = rebooted ? now.wall - milliseconds{5000} : c.created_wall;
        known = nullptr;
        life_entry life;
        std::optional<milliseconds> wake;
        remember(life, c, now);
        auto r = *place(c);
        judge_replica(r, c, life, how, now, wake);
        CHECK(r.ready == readiness::ready); // the promise lists it, and nobody has asked yet
        known = &failing;
        judge_replica(r, c, life, how, now, wake);
        CHECK((r.ready == readiness::sick) == !rebooted);
    }
}

TEST_CASE("replicas: a rehearsal is told apart by its label") {
    auto c = running("t0");
    CHECK(place(c)->rehearsal.empty());
    c.labels[label::rehearsal] = "0123456789abcdef";
    c.labels[label::ordinal] = "0";
    REQUIRE(place(c).has_value());
    CHECK(place(c)->rehearsal == "0123456789abcdef");
    CHECK(place(c)->ordinal == 0);
}
