// The publisher on the real Traefik, with real time.

#include "tests/unit/engine/publisher_world.hpp"
#include "traefik_process.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace alcedo;
namespace asio = boost::asio;

namespace {

class real_clock : public clock_source {
public:
    moment now() const override {
        const auto since = std::chrono::steady_clock::now().time_since_epoch();
        moment m;
        m.boot = std::chrono::duration_cast<milliseconds>(since);
        return m;
    }
    task<bool> sleep_for(milliseconds span) override {
        auto executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor, span);
        const auto ended = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        co_return !std::get<0>(ended);
    }
};

struct house {
    contract::stage stage;
    real_clock clock;
    publisher_world::fake_store store;
    std::unique_ptr<publisher> it;

    house() {
        publisher::options chosen;
        chosen.resync = seconds{1};
        it = std::make_unique<publisher>(stage.io.get_executor(), *stage.it, store, clock,
                                         stage.events, chosen, [](std::string) {});
        spawn(stage.io.get_executor(), it->run(), "publisher");
    }
    ~house() {
        it->stop();
        run_until([] { return false; }, milliseconds{100});
    }
    bool run_until(const std::function<bool()>& done, milliseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        stage.io.restart();
        while (!done()) {
            if (std::chrono::steady_clock::now() >= end) return false;
            stage.io.run_one_for(milliseconds{10});
        }
        return true;
    }
    template <class T>
    T ask(task<T> work) {
        std::optional<T> out;
        spawn(stage.io.get_executor(), contract::keep(std::move(work), out), "test");
        REQUIRE(run_until([&] { return out.has_value(); }, seconds{10}));
        return std::move(out.value());
    }
    bool becomes(std::uint64_t number, traffic_state wanted) {
        return run_until([&] { return it->state("music", number) == wanted; }, seconds{15});
    }
};

promise promised(std::uint64_t number, int blue, int green) {
    promise p;
    p.number = number;
    p.content = contract::routed(blue, green);
    return p;
}

} // namespace

TEST_CASE("a promise is confirmed by the real proxy, and again after each of its mishaps") {
    house h;
    REQUIRE(h.ask(h.it->start({})).has_value());
    REQUIRE(h.ask(h.it->publish("music", promised(1, 100, 0))).has_value());
    REQUIRE(h.becomes(1, traffic_state::confirmed));
    REQUIRE(h.ask(h.it->publish("music", promised(2, 50, 50))).has_value());
    CHECK(h.it->state("music", 1) == traffic_state::unwritten);
    REQUIRE(h.becomes(2, traffic_state::confirmed));

    SUBCASE("at rest it writes nothing") {
        const auto generation = h.it->document_generation();
        h.run_until([] { return false; }, seconds{3});
        CHECK(h.it->document_generation() == generation);
        CHECK(h.it->state("music", 2) == traffic_state::confirmed);
    }
    SUBCASE("a restart is noticed, and everything is confirmed anew") {
        h.stage.traefik.stop();
        CHECK(h.becomes(2, traffic_state::unknown));
        h.stage.traefik.start();
        CHECK(h.becomes(2, traffic_state::confirmed));
        CHECK(h.it->proxy_restarts() == 1);
        CHECK(h.store.writes == 3);
    }
    SUBCASE("a removed document is written again") {
        std::filesystem::remove(h.stage.dir + "/dynamic/alcedo.yaml");
        CHECK(h.run_until([&] { return h.it->document_generation() == 4; }, seconds{5}));
        CHECK(h.becomes(2, traffic_state::confirmed));
        CHECK(h.run_until([&] { return h.it->proxy_in_sight(); }, seconds{5}));
    }
    SUBCASE("another app in the same document") {
        auto shop = promised(7, 0, 100);
        shop.content.routes[0].rule = "Host(`shop.example.com`)";
        shop.content.routes[0].priority = 1010;
        REQUIRE(h.ask(h.it->publish("shop", shop)).has_value());
        CHECK(h.it->state("music", 2) == traffic_state::confirmed);
        CHECK(h.run_until([&] { return h.it->state("shop", 7) == traffic_state::confirmed; },
                          seconds{10}));
        CHECK(h.it->state("music", 2) == traffic_state::confirmed);
    }
}
