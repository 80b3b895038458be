// Negotiation, refusals for the version, broken answers, deadlines: against a fake engine.

#include "tests/unit/runtimes/rig.hpp"
#include "tests/unit/runtimes/shown.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

const std::string too_old = "client version 1.41 is too old. Minimum supported API version is "
                            "1.44, please upgrade your client to a newer version";

/// An engine that speaks from `floor` to `newest` and has no containers.
answered speak(const asked& call, int floor, int newest) {
    if (call.target == "/_ping") return pong("1." + std::to_string(newest), "Docker/1 (linux)");
    const int spoken = std::stoi(call.target.substr(4));
    if (spoken < floor)
        return reply(400, json{{"message", "client version 1." + std::to_string(spoken) +
                                               " is too old. Minimum supported API version is 1." +
                                               std::to_string(floor) + ", please upgrade"}});
    if (spoken > newest)
        return reply(400, json{{"message", "client version 1." + std::to_string(spoken) +
                                               " is too new. Maximum supported API version is 1." +
                                               std::to_string(newest)}});
    return reply(200, json::array());
}

peer_server::handler engine(int floor, int newest) {
    return [=](const asked& call) { return speak(call, floor, newest); };
}

std::vector<std::string> targets(const rig& r) {
    std::vector<std::string> out;
    for (const auto& call : r.engine.calls())
        out.push_back(call.target.substr(0, call.target.find_first_of("?c")));
    return out;
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("the newest dialect that engine and tests share is spoken, and pinged for once") {
    const struct {
        int newest;
        std::string spoken;
    } engines[] = {{41, "1.41"}, {43, "1.41"}, {44, "1.44"}, {52, "1.44"}, {56, "1.44"}};
    for (const auto& one : engines) {
        CAPTURE(one.newest);
        rig r(engine(24, one.newest));
        REQUIRE(r.run(r.docker->list("")));
        REQUIRE(r.run(r.docker->list("")));
        const auto path = "/v" + one.spoken + "/";
        CHECK(targets(r) == strings{"/_ping", path, path});
        CHECK(r.run(r.docker->info())->api_version == one.spoken);
    }
}

TEST_CASE("info tells the engine's version, asking for it where a proxy hides it") {
    rig docker([](const asked&) { return pong("1.41", "Docker/20.10.24+dfsg1 (linux)"); });
    CHECK(docker.run(docker.docker->info()).value() == engine_info{"20.10.24+dfsg1", "1.41"});
    rig hidden([](const asked& call) {
        if (call.target == "/_ping") return pong("1.44", "nginx");
        return reply(200, json{{"Version", "26.1.5"}});
    });
    CHECK(hidden.run(hidden.docker->info()).value() == engine_info{"26.1.5", "1.44"});
}

TEST_CASE("below 1.41 is a clear refusal, but never evidence against what was to be done") {
    rig r(engine(12, 40));
    const auto info = r.run(r.docker->info());
    REQUIRE_FALSE(info);
    CHECK(info.error().next == next_step::invalid);
    CHECK(info.error().message.find("1.40") != std::string::npos);
    CHECK(info.error().message.find("1.41") != std::string::npos);
    const auto made = r.run(r.docker->create({}));
    REQUIRE_FALSE(made);
    CHECK(made.error().next == next_step::retry);
}

TEST_CASE("a raised floor is learned from the refusal, once") {
    rig r(engine(42, 43));
    REQUIRE(r.run(r.docker->list("")));
    REQUIRE(r.run(r.docker->list("")));
    CHECK(targets(r) == strings{"/_ping", "/v1.41/", "/_ping", "/v1.42/", "/v1.42/"});
    // And a refusal that is plain text, as for paths below 1.24.
    bool refused = false;
    rig plain([&](const asked& call) {
        if (call.target == "/_ping") return pong("1.52", "Docker/1 (linux)");
        if (std::exchange(refused, true)) return reply(200, json::array());
        return reply(400, "client version 1.44 is too old. Minimum supported API version is 1.48");
    });
    REQUIRE(plain.run(plain.docker->list("")));
    CHECK(targets(plain) == strings{"/_ping", "/v1.44/", "/_ping", "/v1.48/"});
}

TEST_CASE("an engine exchanged for an older or a newer one under a running controller") {
    rig r(engine(24, 44));
    REQUIRE(r.run(r.docker->list("")));
    r.engine.answer_with(engine(12, 41));
    REQUIRE(r.run(r.docker->list("")));
    CHECK(r.run(r.docker->info())->api_version == "1.41");
    r.engine.answer_with(engine(44, 52));
    REQUIRE(r.run(r.docker->list("")));
    CHECK(r.run(r.docker->info())->api_version == "1.44");
}

TEST_CASE("an engine that refuses every version is asked twice, not for ever") {
    rig r([](const asked& call) {
        if (call.target == "/_ping") return pong("1.41", "Docker/1 (linux)");
        return reply(400, json{{"message", "client version 1.41 is too new. Maximum supported"}});
    });
    const auto listed = r.run(r.docker->list(""));
    REQUIRE_FALSE(listed);
    CHECK(listed.error().next == next_step::retry);
    CHECK(r.engine.heard().size() == 2);
}

TEST_CASE("after a broken call the version is negotiated anew") {
    rig r(engine(24, 44));
    REQUIRE(r.run(r.docker->list("")));
    r.engine.stop_listening();
    const auto down = r.run(r.docker->list(""));
    REQUIRE_FALSE(down);
    CHECK(down.error().next == next_step::retry);
    CHECK(down.error().reason == "refused");
    r.engine.answer_with(engine(12, 41));
    r.engine.listen_again();
    REQUIRE(r.run(r.docker->list("")));
    CHECK(targets(r) == strings{"/_ping", "/v1.44/", "/_ping", "/v1.41/"});
}

TEST_CASE("pings that fail ask nothing yet: retry, whatever went wrong") {
    const std::pair<std::string, answered> pongs[] = {
        {"hang", hang()},
        {"no version", reply(200, "OK")},
        {"odd version", reply(200, "OK", {{"Api-Version", "two"}})},
        {"starting", reply(503, json{{"message", "starting"}})},
        {"not permitted", reply(403, "Forbidden")},
        {"no HTTP", raw("SSH-2.0-OpenSSH\r\n\r\n")},
        {"closed", raw("")},
    };
    for (const auto& [name, answer] : pongs) {
        CAPTURE(name);
        const auto given = answer;
        rig r([given](const asked&) { return given; });
        const auto got = r.run(r.docker->start("c1"));
        REQUIRE_FALSE(got);
        CHECK(got.error().next == next_step::retry);
        CHECK(r.engine.heard().empty());
    }
}

namespace {

/// Everything of an engine that has the container c1, but one call answers as told.
peer_server::handler broken(std::string where, answered answer) {
    return [where, answer](const asked& call) {
        if (call.target == "/_ping") return pong("1.44", "Docker/26.1.5 (linux)");
        if (call.what() == where) return answer;
        if (call.what() == "GET /containers/c1/json")
            return reply(200, container_body("c1", "one"));
        return reply(204, "");
    };
}

} // namespace

TEST_CASE("reads: what is cut, malformed, too large or late fails the whole read") {
    const std::string list = "GET /containers/json";
    const std::pair<std::string, answered> answers[] = {
        {"malformed", reply(200, "[{\"Id\":")},
        {"not a list", reply(200, json{{"Id", "a"}})},
        {"cut", raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")},
        {"closed", raw("")},
        {"hang", hang()},
        {"half a hang", answered{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[", true}},
        {"giant", raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n[")},
        {"deep", reply(200, std::string(100000, '['))},
    };
    for (const auto& [name, answer] : answers) {
        CAPTURE(name);
        rig r(broken(list, answer));
        const auto got = r.run(r.docker->list(""));
        REQUIRE_FALSE(got);
        CHECK(got.error().next != next_step::gone);
        CHECK(got.error().next != next_step::invalid);
    }
}

TEST_CASE("changes: without a whole answer nobody knows") {
    const std::pair<std::string, answered> answers[] = {
        {"hang", hang()},
        {"closed", raw("")},
        {"cut", raw("HTTP/1.1 204 No")},
    };
    for (const auto& [name, answer] : answers) {
        CAPTURE(name);
        {
            rig r(broken("POST /containers/c1/start", answer));
            CHECK(r.run(r.docker->start("c1")).error().next == next_step::unknown);
        }
        {
            rig r(broken("POST /containers/c1/stop", answer));
            CHECK(r.run(r.docker->stop("c1", seconds(1))).error().next == next_step::unknown);
        }
        {
            rig r(broken("POST /containers/create", answer));
            CHECK(r.run(r.docker->create({})).error().next == next_step::unknown);
        }
    }
    rig odd(broken("POST /containers/create", reply(201, "{\"Id\":")));
    CHECK(odd.run(odd.docker->create({})).error().next == next_step::unknown);
    rig nameless(broken("POST /containers/create", reply(201, "{}")));
    CHECK(nameless.run(nameless.docker->create({})).error().next == next_step::unknown);
}

TEST_CASE("every call has its own deadline") {
    rig r(broken("POST /containers/create", reply(201, json{{"Id", "c9"}})));
    REQUIRE(r.run(r.docker->create({})));
    REQUIRE(r.run(r.docker->start("c1")));
    REQUIRE(r.run(r.docker->stop("c1", milliseconds(12100))));
    REQUIRE(r.run(r.docker->remove("c1")));
    CHECK(r.http.deadline_of("/_ping") == seconds(2));
    CHECK(r.http.deadline_of("GET /v1.44/containers/c1/json") == seconds(10));
    CHECK(r.http.deadline_of("/containers/create") == seconds(30));
    CHECK(r.http.deadline_of("/start") == seconds(60));
    CHECK(r.http.deadline_of("/stop?t=13") == seconds(33));
    CHECK(r.http.deadline_of("DELETE /v1.44/containers/c1?v=1") == seconds(45));
}

TEST_CASE("each call is told once, with its status or why there is none") {
    rig r(broken("POST /containers/c1/start", hang()));
    REQUIRE_FALSE(r.run(r.docker->start("c1")));
    r.engine.stop_listening();
    REQUIRE_FALSE(r.run(r.docker->start("c1")));
    CHECK(r.events.told() == strings{"ping 200", "inspect 200", "start timeout", "ping refused"});
    CHECK(r.events.calls.front().door == "docker");
    CHECK(r.events.calls[2].took >= seconds(50)); // hurried clock
}

namespace {

task<result<void>> start_it(runtime& docker) {
    auto done = co_await docker.start("c1");
    co_return done;
}

task<result<void>> give_up_on(boost::asio::steady_timer& word) {
    auto [cancelled] = co_await word.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    static_cast<void>(cancelled);
    co_return error(next_step::unknown, "given up");
}

task<result<void>> start_or_give_up(runtime& docker, boost::asio::steady_timer& word) {
    using namespace boost::asio::experimental::awaitable_operators;
    auto starting = start_it(docker);
    auto waiting = give_up_on(word);
    auto first = co_await (std::move(starting) || std::move(waiting));
    static_cast<void>(first);
    co_return result<void>();
}

} // namespace

TEST_CASE("a change goes on to its end though its caller was cancelled") {
    // A client that goes away within milliseconds cancels a start on Engine 26 and newer.
    rig r(broken("POST /containers/c1/start", hang()));
    boost::asio::steady_timer word(r.io, std::chrono::hours(1));
    std::optional<result<void>> done;
    auto keep = [&](const std::exception_ptr&, result<void> value) { done = std::move(value); };
    auto racing = start_or_give_up(*r.docker, word);
    boost::asio::co_spawn(r.io, std::move(racing), keep);
    r.turn_until(
        [&] { return !r.engine.heard().empty() && r.engine.heard().back().ends_with("/start"); });
    word.cancel();
    boost::asio::steady_timer timer(r.io, std::chrono::milliseconds(30));
    bool late = false;
    timer.async_wait([&](const boost::system::error_code&) { late = true; });
    r.turn_until([&] { return late; });
    const bool gone_early = r.engine.open_connections() == 0;
    r.engine.push("HTTP/1.1 204 No Content\r\n\r\n");
    r.turn_until([&] { return done.has_value(); });
    CHECK_FALSE(gone_early);
    CHECK(r.events.told().back() == "start 204");
}

TEST_CASE("looks share a connection to the engine, changes do not, and a restart is not noticed") {
    rig r([](const asked& call) {
        if (call.method == "POST") return reply(201, json{{"Id", "aa"}});
        return speak(call, 24, 44);
    });
    r.engine.keep_connections();
    for (int i = 0; i < 5; ++i)
        REQUIRE(r.run(r.docker->list("")));
    CHECK(r.engine.connections() == 1);
    static_cast<void>(r.run(r.docker->create({})));
    CHECK(r.engine.connections() == 2);
    r.engine.drop_kept();
    REQUIRE(r.run(r.docker->list("")));
    CHECK(r.engine.connections() == 3);
    // No ping in between: nothing was broken.
    CHECK(r.events.told().back() == "list 200");
    const auto told = r.events.told();
    CHECK(std::count(told.begin(), told.end(), "ping 200") == 1);
}
