// Samples of two colours side by side: what both fail tells nothing about either.

#include "controller/engine/health_monitor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

using namespace alcedo;

namespace {

struct hurried_clock : clock_source {
    int speed; ///< times as fast as the wall
    explicit hurried_clock(int times) : speed(times) {}
    moment now() const override {
        const auto real = std::chrono::steady_clock::now().time_since_epoch();
        moment m;
        m.boot = std::chrono::duration_cast<milliseconds>(real * speed);
        return m;
    }
    task<bool> sleep_for(milliseconds span) override {
        auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::steady_timer timer(executor, std::chrono::microseconds(span) / speed);
        co_await timer.async_wait(boost::asio::use_awaitable);
        co_return true;
    }
};

struct scripted : probe {
    std::map<std::string, outcome>& answers;
    explicit scripted(std::map<std::string, outcome>& a) : answers(a) {}
    task<sample> take(check_spec, probe_target target) override {
        sample s;
        s.what = answers[target.container_id];
        co_return s;
    }
};

struct room {
    boost::asio::io_context io{1};
    hurried_clock clock;
    std::map<std::string, outcome> answers;
    std::unique_ptr<health_monitor> it;

    explicit room(int speed = 1000) : clock(speed) {
        health_monitor::probes kinds;
        kinds["http"] = std::make_unique<scripted>(answers);
        it = std::make_unique<health_monitor>(
            io.get_executor(), clock, std::move(kinds), [](std::string) {},
            []() -> task<bool> { co_return true; });
        it->watch("shop", {of(color::blue, speed), of(color::green, speed)});
    }
    ~room() {
        it.reset();
        run(5);
    }
    static watched of(color c, int speed) {
        watched w;
        w.check.name = "ready";
        w.check.kind = "http";
        w.check.failure.failures = 3;
        w.colored = c;
        w.container = to_string(c);
        w.target.container_id = to_string(c);
        w.interval = milliseconds{20} * speed; // 20 ms on the wall
        return w;
    }
    void run(int ms) {
        io.restart();
        io.run_for(std::chrono::milliseconds(ms));
    }
    check_verdict verdict(color c) const {
        return it->verdict("shop", "ready/" + to_string(c))->verdict;
    }
    /// Soon on any machine; a slow one is given its time.
    bool becomes(color c, check_verdict wanted) {
        for (int i = 0; i < 500 && verdict(c) != wanted; ++i)
            run(20);
        return verdict(c) == wanted;
    }
};

} // namespace

TEST_CASE("health: what one colour fails alone is a failure") {
    room r;
    CHECK(r.becomes(color::blue, check_verdict::passing));
    CHECK(r.becomes(color::green, check_verdict::passing));
    r.answers["green"] = outcome::fail;
    CHECK(r.becomes(color::green, check_verdict::failing));
    CHECK(r.verdict(color::blue) == check_verdict::passing);
}

TEST_CASE("health: what both fail is inconclusive, also when one of them recovers first") {
    room r;
    r.run(10);
    r.answers["blue"] = r.answers["green"] = outcome::fail;
    r.run(200);
    CHECK(r.verdict(color::green) == check_verdict::passing);
    CHECK(r.verdict(color::blue) == check_verdict::passing);
    r.answers["blue"] = outcome::pass;
    r.run(25);
    r.answers["green"] = outcome::pass;
    r.run(200);
    CHECK(r.verdict(color::green) == check_verdict::passing);
    const auto said = r.it->statuses("shop");
    CHECK(said.front().failures == 0);
}

TEST_CASE("health: what fails right after the weights have changed is not judged, later it is") {
    room r(1);
    CHECK(r.becomes(color::green, check_verdict::passing));
    r.it->weights_changed("shop");
    r.answers["green"] = outcome::fail;
    r.run(60);
    CHECK(r.verdict(color::green) == check_verdict::passing);
    CHECK(r.becomes(color::green, check_verdict::failing));
}
