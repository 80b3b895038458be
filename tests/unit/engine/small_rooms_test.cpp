// The queue, the judgement of samples, subnets.

#include "controller/engine/address_pool.hpp"
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
