// The http provider against the real Traefik, which polls every second.

#include "controller/net/http_server.hpp"
#include "controller/traffic/traefik_http.hpp"
#include "traefik_process.hpp"

#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <filesystem>

using namespace contract;
using namespace std::chrono_literals;

namespace {

constexpr const char* listening = "127.0.0.1:9645";
constexpr const char* url = "http://127.0.0.1:9645/ack0123456789/alcedo.json";

struct real_clock : clock_source {
    moment now() const override {
        const auto since = std::chrono::steady_clock::now().time_since_epoch();
        moment m;
        m.boot = std::chrono::duration_cast<milliseconds>(since);
        return m;
    }
    task<bool> sleep_for(milliseconds) override { co_return true; }
};

/// One Traefik, and one Alcedo that can be ended and started again over the same folder. What is
/// asked must leave the listener running, so here the loop turns until an answer is there.
struct polled_stage {
    polled_stage() : dir(make_folder()), traefik(dir, true, url) {
        start();
        traefik.start();
    }
    ~polled_stage() {
        end();
        pool.join();
        traefik.stop();
        std::error_code ignored;
        std::filesystem::remove_all(dir, ignored);
    }

    void start() {
        traefik_settings s;
        s.dir = dir + "/state";
        s.api_url = "http://127.0.0.1:8080";
        s.entry_points = entry_points;
        s.instance = "contract";
        s.ack_token = "ack0123456789";
        s.try_token = "try0123456789";
        auto made = make_traefik_http(*client, pool, events, clock, s).value();
        it = std::move(made.provider);
        served = std::move(made.document);
        server =
            net::make_http_server(io.get_executor(), listening, make_poll_handler(served)).value();
        asio::co_spawn(io, server->run(), asio::detached);
    }
    void end() {
        if (server) server->stop();
        turn(200ms, [] { return false; });
        server.reset();
    }

    bool turn(milliseconds limit, const std::function<bool()>& done) {
        const auto over = std::chrono::steady_clock::now() + limit;
        io.restart();
        while (!done()) {
            if (std::chrono::steady_clock::now() >= over) return false;
            if (io.run_one_for(10ms) == 0) io.restart();
        }
        return true;
    }
    template <class T>
    T ask(task<T> work) {
        std::optional<T> out;
        asio::co_spawn(io, keep(std::move(work), out), asio::detached);
        REQUIRE(turn(10s, [&] { return out.has_value(); }));
        return std::move(out.value());
    }
    ack_answer await(std::uint64_t generation, milliseconds limit) {
        ack_answer last;
        const auto over = std::chrono::steady_clock::now() + limit;
        while (last.what != ack::seen && std::chrono::steady_clock::now() < over) {
            last = ask(it->acknowledged(generation));
            turn(20ms, [] { return false; });
        }
        return last;
    }
    ack_answer publish(std::uint64_t generation, const fragment& music, milliseconds limit = 4s) {
        traffic_document d;
        d.generation = generation;
        d.fragments["music"] = music;
        d.promises["music"] = generation;
        ask(it->write(d)).value();
        return await(generation, limit);
    }
    net::response call(int port, const std::string& target, const std::string& host = {}) {
        auto to = net::parse_endpoint("http://127.0.0.1:" + std::to_string(port)).value();
        if (!host.empty()) to.host_header = host;
        const auto answer = ask(client->call(to, net::request("GET", target)));
        return answer ? *answer : net::response();
    }
    std::map<std::string, int> sample(int requests) {
        std::map<std::string, int> counts;
        for (int i = 0; i < requests; ++i) {
            const auto got = call(8000, "/", "lava.example.com");
            ++counts[got.status == 200 ? got.body : "HTTP " + std::to_string(got.status)];
        }
        return counts;
    }

    std::string dir;
    std::map<std::string, std::string> entry_points{{"web", "http://127.0.0.1:8000"},
                                                    {"inner", "http://127.0.0.1:8001"}};
    asio::io_context io{1};
    asio::thread_pool pool{1};
    no_events events;
    real_clock clock;
    std::unique_ptr<net::http_client> client = net::make_http_client();
    std::unique_ptr<traffic_provider> it;
    std::shared_ptr<polled_document> served;
    std::unique_ptr<net::http_server> server;
    traefik_process traefik;
    named_server blue{"blue", "127.0.0.11", 2333};
    named_server green{"green", "127.0.0.12", 2333};
};

using counts = std::map<std::string, int>;

} // namespace

TEST_CASE("polled: fetched, acknowledged, compared under @http, and the requests go there") {
    polled_stage s;
    CHECK(s.ask(s.it->acknowledged(1)).what == ack::not_seen);
    REQUIRE(s.publish(1, routed(100, 0)).what == ack::seen);
    CHECK(s.served->polls().ago.has_value());
    CHECK(s.ask(s.it->compare("music", routed(100, 0))).detail == "");
    CHECK(s.ask(s.it->compare("music", routed(100, 0))).is == comparison::outcome::equal);
    CHECK(s.sample(20) == counts{{"blue", 20}});
    CHECK(s.call(8080, "/api/http/routers/music_lava@http").status == 200);
    CHECK(s.call(8080, "/api/http/middlewares/alcedo-gen-1@http").status == 200);
    CHECK(s.call(8080, "/api/http/routers/music_lava@file").status == 404);

    REQUIRE(s.publish(2, routed(50, 50)).what == ack::seen);
    CHECK(s.ask(s.it->compare("music", routed(50, 50))).is == comparison::outcome::equal);
    CHECK(s.ask(s.it->compare("music", routed(49, 51))).is == comparison::outcome::differs);
    CHECK(s.sample(100) == counts{{"blue", 50}, {"green", 50}});

    REQUIRE(s.publish(3, routed(0, 100, color::blue)).what == ack::seen);
    CHECK(s.sample(20) == counts{{"green", 20}});
    const auto tried = s.ask(
        s.it->ask_try("music", routed(0, 100, color::blue).routes[0], "lava.example.com", "/"));
    CHECK(tried.answered);
    const auto every = s.served->polls().every;
    REQUIRE(every.has_value());
    CHECK(*every > 500ms);
    CHECK(*every < 1500ms);
}

TEST_CASE("polled: while Alcedo is away, and while it has no document yet, the routes stay") {
    polled_stage s;
    REQUIRE(s.publish(1, routed(100, 0)).what == ack::seen);
    s.end();
    s.turn(3s, [] { return false; });
    CHECK(s.sample(20) == counts{{"blue", 20}});

    s.start(); // it answers 503 until the document was read
    s.turn(3s, [] { return false; });
    CHECK(s.call(9645, "/ack0123456789/alcedo.json").status == 503);
    CHECK_FALSE(s.served->polls().ago.has_value());
    CHECK(s.sample(20) == counts{{"blue", 20}});

    const auto found = s.ask(s.it->read()).value();
    CHECK(found.document.generation == 1);
    CHECK(s.ask(s.it->holds(found.document)).value());
    // Traefik backs off after failures, so this takes longer than a poll.
    CHECK(s.turn(20s, [&] { return s.served->polls().ago.has_value(); }));
    CHECK(s.await(1, 4s).what == ack::seen);
    REQUIRE(s.publish(2, routed(0, 100)).what == ack::seen);
    CHECK(s.sample(20) == counts{{"green", 20}});
}

TEST_CASE("polled: a restarted Traefik has the routes again with its first poll") {
    polled_stage s;
    REQUIRE(s.publish(1, routed(50, 50)).what == ack::seen);
    s.traefik.stop();
    CHECK(s.ask(s.it->acknowledged(1)).what == ack::unknown);
    s.traefik.start();
    CHECK(s.await(1, 10s).what == ack::seen);
    CHECK(s.ask(s.it->compare("music", routed(50, 50))).is == comparison::outcome::equal);
}

TEST_CASE("polled: where no entry point can ack, the API decides by the provider's own name") {
    polled_stage s;
    s.end();
    s.entry_points = {{"redirecting", "http://127.0.0.1:8002"}};
    s.start();
    REQUIRE(s.publish(1, routed(100, 0), 20s).what == ack::seen);
    CHECK(s.ask(s.it->acknowledged(2)).what == ack::not_seen);
    CHECK(s.it->notes().size() == 1);
}
