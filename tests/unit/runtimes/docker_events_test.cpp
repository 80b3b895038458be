#include "controller/runtimes/docker_events.hpp"
#include "tests/unit/runtimes/rig.hpp"
#include "tests/unit/runtimes/shown.hpp"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

peer_server::handler engine() {
    return [](const asked& call) {
        if (call.target == "/_ping") return pong("1.41", "Docker/20.10.24 (linux)");
        if (call.what() == "GET /events") return stream_head();
        return reply(404, "{}");
    };
}

std::string happened_to(const std::string& app, const std::string& id, const std::string& action) {
    const json body = {{"Type", "container"},
                       {"Action", action},
                       {"Actor", {{"ID", id}, {"Attributes", {{"alcedo.dev/name", app}}}}}};
    return body.dump() + "\n";
}

/// Nothing but what goes on by itself.
void rest(rig& r) {
    boost::asio::steady_timer timer(r.io, std::chrono::milliseconds(100));
    bool over = false;
    timer.async_wait([&](const boost::system::error_code&) { over = true; });
    r.turn_until([&] { return over; });
}

/// What was pushed lies in the socket: no clock decides when it was all read.
void read_all_there_is(rig& r) {
    for (int idle = 0; idle < 3;) {
        r.io.restart();
        idle = r.io.poll() == 0 ? idle + 1 : 0;
    }
}

std::size_t streams(const rig& r) {
    std::size_t count = 0;
    for (const auto& call : r.engine.calls())
        count += call.what() == "GET /events" ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("the queue keeps one hint per container, and none beside 'everything'") {
    docker::change_queue queue;
    queue.push({"music", "start", "a"});
    queue.push({"shop", "start", "b"});
    queue.push({"music", "die", "a"});
    CHECK(queue.pop() == engine_change{"music", "die", "a"});
    queue.push({"", "connected", ""});
    queue.push({"music", "start", "c"});
    CHECK(queue.pop() == engine_change{"", "connected", ""});
    CHECK_FALSE(queue.pop());
    queue.push({"music", "start", "c"});
    CHECK(queue.pop().value().app == "music");
}

TEST_CASE("events first, then the list: a stream that stands says so") {
    rig r(engine());
    const auto first = r.run(r.docker->next_change());
    REQUIRE(first);
    CHECK(first->app.empty());
    // Not the last one: on a slow machine a ping may have come since.
    const auto calls = r.engine.calls();
    const auto call = std::find_if(calls.begin(), calls.end(),
                                   [](const auto& one) { return one.what() == "GET /events"; });
    REQUIRE(call != calls.end());
    CHECK(json::parse(call->query("filters"))["label"] == json{"alcedo.dev/instance=alcedo"});
}

TEST_CASE("changes arrive, split and joined as the network likes it") {
    rig r(engine());
    REQUIRE(r.run(r.docker->next_change()));
    const auto one = happened_to("music", "a", "start");
    r.engine.push(chunk(one.substr(0, 10)));
    r.engine.push(chunk(one.substr(10) + happened_to("shop", "b", "die") + "{\"Type\":\"netw"));
    CHECK(r.run(r.docker->next_change()).value() == engine_change{"music", "start", "a"});
    CHECK(r.run(r.docker->next_change()).value() == engine_change{"shop", "die", "b"});
    r.engine.push(chunk("ork\"}\n" + happened_to("music", "a", "exec_start: x") +
                        happened_to("music", "a", "health_status: healthy")));
    CHECK(r.run(r.docker->next_change()).value() ==
          engine_change{"music", "health_status: healthy", "a"});
}

TEST_CASE("a burst is read at once and coalesced, though nobody asks for it") {
    rig r(engine());
    REQUIRE(r.run(r.docker->next_change()));
    std::string burst;
    for (int i = 0; i < 500; ++i)
        burst += happened_to("music", i % 2 ? "a" : "b", "rename");
    r.engine.push(chunk(burst + happened_to("last", "z", "start")));
    read_all_there_is(r);
    std::vector<engine_change> got;
    do
        got.push_back(r.run(r.docker->next_change()).value());
    while (got.back().app != "last");
    CHECK(got.size() == 3);
}

TEST_CASE("a line that makes no sense means: look at everything") {
    rig r(engine());
    REQUIRE(r.run(r.docker->next_change()));
    r.engine.push(chunk("{\"Type\":\n"));
    CHECK(r.run(r.docker->next_change()).value().app.empty());
}

TEST_CASE("a broken stream is reconnected with growing pauses, and then everything is looked at") {
    rig r(engine());
    REQUIRE(r.run(r.docker->next_change()));
    r.engine.stop_listening();
    r.engine.hang_up(); // a dying dockerd closes without the last chunk
    r.clock.slept.clear();
    std::vector<milliseconds> pauses;
    r.turn_until([&] {
        pauses.clear();
        for (const auto pause : r.clock.slept)
            if (pause != seconds(5)) pauses.push_back(pause); // not those between pings
        return pauses.size() >= 6;
    });
    CHECK(pauses[0] == milliseconds(100));
    CHECK(pauses[1] == milliseconds(200));
    CHECK(pauses[5] == milliseconds(3200));
    CHECK(streams(r) == 1);
    r.engine.answer_with([](const asked& call) {
        return call.target == "/_ping" ? pong("1.44", "Docker/26.1.5 (linux)") : stream_head();
    });
    r.engine.listen_again();
    const auto again = r.run(r.docker->next_change());
    REQUIRE(again);
    CHECK(again->app.empty());
    CHECK(r.engine.calls().back().target.starts_with("/v1.44/"));
    r.engine.push(chunk(happened_to("music", "a", "start")));
    CHECK(r.run(r.docker->next_change()).value().app == "music");
}

TEST_CASE("a refused stream is asked for again") {
    int refusals = 2;
    rig r([&](const asked& call) {
        if (call.target == "/_ping") return pong("1.41", "Docker/20.10.24 (linux)");
        return refusals-- > 0 ? reply(503, "{}") : stream_head();
    });
    CHECK(r.run(r.docker->next_change()).value().app.empty());
    CHECK(streams(r) == 3);
}

TEST_CASE("silence is no failure while pings are answered; three misses are") {
    bool dead = false;
    rig r([&](const asked& call) {
        if (call.target == "/_ping") return dead ? hang() : pong("1.41", "Docker/20 (linux)");
        return stream_head();
    });
    REQUIRE(r.run(r.docker->next_change()));
    const auto pings = [&] {
        return std::ranges::count_if(r.engine.calls(),
                                     [](const asked& call) { return call.target == "/_ping"; });
    };
    const auto so_far = pings();
    r.turn_until([&] { return pings() >= so_far + 5; });
    CHECK(streams(r) == 1);
    dead = true;
    // The stream is dropped, and asked for again once there is an answer.
    const auto before = pings();
    r.turn_until([&] { return pings() >= before + 4; });
    dead = false;
    CHECK(r.run(r.docker->next_change()).value().app.empty());
    CHECK(streams(r) == 2);
}

TEST_CASE("the reader ends with its runtime") {
    rig r(engine());
    REQUIRE(r.run(r.docker->next_change()));
    CHECK(r.engine.open_connections() == 1);
    r.docker.reset();
    r.turn_until([&] { return r.engine.open_connections() == 0; });
    const auto calls = r.engine.calls().size();
    rest(r);
    CHECK(r.engine.calls().size() == calls);
}

TEST_CASE("a runtime that ends while somebody waits says so") {
    rig r(engine());
    REQUIRE(r.run(r.docker->next_change()));
    std::optional<result<engine_change>> got;
    auto keep = [&](const std::exception_ptr&, result<engine_change> value) {
        got = std::move(value);
    };
    boost::asio::co_spawn(r.io, r.docker->next_change(), keep);
    r.io.restart();
    r.io.poll();
    r.docker.reset();
    r.turn_until([&] { return got.has_value(); });
    CHECK_FALSE(*got);
}
