// The queue, the judgement of samples, subnets, and what is remembered of a container.

#include "controller/engine/address_pool.hpp"
#include "controller/engine/replicas.hpp"
#include "controller/engine/work_queue.hpp"
#include "reconcilers/blue_green/judgement.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

using namespace alcedo;

namespace {

sample answered(outcome what) {
    sample s;
    s.what = what;
    return s;
}

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

struct sitting : clock_source {
    moment now_{milliseconds{1000}, "boot", milliseconds{0}};
    moment now() const override { return now_; }
    task<bool> sleep_for(milliseconds) override { co_return true; }
};

} // namespace

TEST_CASE("judgement: a threshold in a row, and a success between starts the count again") {
    check_spec check;
    check.failure.failures = 3;
    judged state;
    CHECK(judge(state, answered(outcome::pass), check));
    CHECK(state.verdict == check_verdict::passing);
    judge(state, answered(outcome::fail), check);
    judge(state, answered(outcome::fail), check);
    judge(state, answered(outcome::pass), check);
    judge(state, answered(outcome::fail), check);
    judge(state, answered(outcome::fail), check);
    CHECK(state.verdict == check_verdict::passing);
    CHECK(judge(state, answered(outcome::fail), check));
    CHECK(state.verdict == check_verdict::failing);
}

TEST_CASE("judgement: inconclusive and no data count neither way") {
    check_spec check;
    check.failure.failures = 2;
    judged state;
    judge(state, answered(outcome::fail), check);
    judge(state, answered(outcome::inconclusive), check);
    judge(state, answered(outcome::no_data), check);
    CHECK(state.failures == 1);
    CHECK(state.verdict == check_verdict::pending);
    judge(state, answered(outcome::fail), check);
    CHECK(state.verdict == check_verdict::failing);
}

TEST_CASE("judgement: failures out of the last n") {
    check_spec check;
    check.failure = {3, 5};
    judged state;
    for (int i = 0; i < 2; ++i) {
        judge(state, answered(outcome::fail), check);
        judge(state, answered(outcome::pass), check);
    }
    CHECK(state.verdict == check_verdict::passing);
    judge(state, answered(outcome::fail), check);
    CHECK(state.verdict == check_verdict::failing);
}

TEST_CASE("judgement: evidence keeps the first sample and the last three") {
    check_spec check;
    judged state;
    for (int i = 0; i < 6; ++i) {
        auto s = answered(outcome::pass);
        s.summary = std::to_string(i);
        judge(state, s, check);
    }
    const auto kept = evidence_of(state);
    REQUIRE(kept.size() == 4);
    CHECK(kept.front().summary == "0");
    CHECK(kept[1].summary == "3");
    CHECK(kept.back().summary == "5");
}

TEST_CASE("address pool: first free /27, skipping what overlaps in either direction") {
    CHECK(first_free_subnet("10.213.0.0/16", {}) == "10.213.0.0/27");
    CHECK(first_free_subnet("10.213.0.0/16", {"10.213.0.0/26"}) == "10.213.0.64/27");
    CHECK(first_free_subnet("10.213.0.0/16", {"10.213.0.40/29"}) == "10.213.0.0/27");
    CHECK(first_free_subnet("10.213.0.0/26", {"10.0.0.0/8"}) == std::nullopt);
    CHECK(first_free_subnet("10.213.0.0/16", {"0.0.0.0/0", "fd00::/64"}) == "10.213.0.0/27");
    CHECK(first_free_subnet("nonsense", {}) == std::nullopt);
    CHECK(subnet_holds("172.18.0.0/16", "172.18.3.4"));
    CHECK_FALSE(subnet_holds("172.18.0.0/16", "172.19.0.1"));
}

TEST_CASE("work queue: back-off doubles to five minutes, give or take a fifth") {
    CHECK(back_off(1, 0.5) == milliseconds{1000});
    CHECK(back_off(4, 0.5) == milliseconds{8000});
    CHECK(back_off(30, 0.5) == milliseconds{300000});
    CHECK(back_off(1, 0.0) == milliseconds{800});
}

TEST_CASE("work queue: a key waits once, and one added under work comes back when it is done") {
    boost::asio::io_context io(1);
    sitting clock;
    work_queue queue(io.get_executor(), clock, [] { return 0.5; });
    queue.add("shop");
    queue.add("shop");
    CHECK(queue.figures().depth == 1);
    CHECK(queue.figures().added == 1);
    clock.now_.boot += milliseconds{300};
    std::optional<work_queue::taken> taken;
    boost::asio::co_spawn(
        io, queue.take(),
        [&](std::exception_ptr, std::optional<work_queue::taken> k) { taken = std::move(k); });
    io.poll();
    REQUIRE(taken.has_value());
    CHECK(taken->key == "shop");
    CHECK(taken->waited == milliseconds{300});
    queue.add("shop");
    CHECK(queue.figures().depth == 0);
    clock.now_.boot += milliseconds{70};
    CHECK(queue.done("shop") == milliseconds{70});
    CHECK(queue.figures().depth == 1);
    CHECK(queue.failures("shop") == 0);
    queue.add_after("music", milliseconds{5000});
    CHECK(queue.figures().depth == 1); // not due yet
    queue.add_failed("shop");
    CHECK(queue.failures("shop") == 1);
    queue.succeeded("shop");
    CHECK(queue.failures("shop") == 0);
}

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
