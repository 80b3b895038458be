// Connections that are used again: how many, when not, and that nothing is said twice that must not
// be.
#include "support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <doctest/doctest.h>

#include "controller/net/idle_connections.hpp"

using namespace alcedo;
using namespace alcedo::net;
using namespace alcedo::net::testing;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

request keeping(std::string method = "GET") {
    request out(std::move(method), "/x");
    out.keeps_connection = true;
    return out;
}

std::vector<step> answering(int times) {
    std::vector<step> out;
    for (int i = 0; i < times; ++i) {
        if (i > 0) out.push_back(hear());
        out.push_back(say(ok));
    }
    out.push_back(hear());
    return out;
}

struct fixture {
    asio::io_context io{1};
    std::unique_ptr<http_client> client = make_http_client();

    result<response> call(const bad_peer& peer, request what = keeping()) {
        return run(io, client->call(peer.where(), std::move(what)));
    }
    /// Lets the peer act without us.
    void pass_time() {
        io.restart();
        io.run_for(milliseconds(30));
    }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "requests that allow it share one connection; others do not") {
    bad_peer peer(io, answering(9));
    for (int i = 0; i < 3; ++i)
        REQUIRE(call(peer).value().body == "ok");
    CHECK(peer.connections() == 1);
    CHECK(peer.heard().find("Connection:") == std::string::npos);
    for (int i = 0; i < 3; ++i)
        REQUIRE(call(peer, request("GET", "/x")).value().body == "ok");
    CHECK(peer.connections() == 4);
    CHECK(peer.heard().find("Connection: close\r\n") != std::string::npos);
    CHECK(peer.requests() == 6);
}

TEST_CASE_FIXTURE(fixture, "what changes something goes out on a fresh connection and leaves it") {
    bad_peer peer(io, answering(9));
    REQUIRE(call(peer, keeping("POST")).has_value());
    REQUIRE(call(peer, keeping("POST")).has_value());
    REQUIRE(call(peer, keeping("DELETE")).has_value());
    CHECK(peer.connections() == 3);
    REQUIRE(call(peer).has_value());
    CHECK(peer.connections() == 3);
}

TEST_CASE_FIXTURE(fixture, "a peer that closes: the next one is asked on a fresh connection") {
    std::vector<step> script{say(ok)};
    SUBCASE("at once after its answer") {}
    SUBCASE("while it is idle") {
        script.push_back(wait_for(milliseconds(10)));
    }
    SUBCASE("with a reset while it is idle") {
        script.push_back(wait_for(milliseconds(10)));
        script.push_back(reset());
    }
    SUBCASE("only its own half") {
        script.push_back(half_close());
        script.push_back(hold());
    }
    SUBCASE("after telling what nobody asked") {
        script.push_back(wait_for(milliseconds(10)));
        script.push_back(say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"));
        script.push_back(hold());
    }
    SUBCASE("after saying more than its answer") {
        script[0] = say(ok + "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        script.push_back(hear());
    }
    SUBCASE("having said so") {
        script[0] = say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        script.push_back(hear());
    }
    SUBCASE("speaking HTTP/1.0") {
        script[0] = say("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
        script.push_back(hear());
    }
    bad_peer peer(io, script);
    REQUIRE(call(peer).value().status == 200);
    pass_time();
    const auto second = call(peer);
    REQUIRE(second.has_value());
    CHECK(second->status == 200);
    CHECK(peer.connections() == 2);
    CHECK(peer.requests() == 2);
}

TEST_CASE_FIXTURE(fixture, "closed in the very moment: asked once more, and no more than once") {
    std::vector<step> script{say(ok), hear()};
    SUBCASE("closed") {}
    SUBCASE("reset") {
        script.push_back(reset());
    }
    bad_peer peer(io, script);
    for (int i = 0; i < 2; ++i)
        REQUIRE(call(peer).has_value());
    CHECK(peer.connections() == 2);
    CHECK(peer.requests() == 3);
    bad_peer mute(io, {});
    check_error(call(mute), next_step::unknown, "reset");
    CHECK(mute.requests() == 1);
}

TEST_CASE_FIXTURE(fixture, "a call that changes something is never sent twice") {
    bad_peer mute(io, {});
    check_error(call(mute, keeping("POST")), next_step::unknown, "reset");
    CHECK(mute.requests() == 1);
    // Neither is it the one that finds out that a connection of before is dead.
    bad_peer peer(io, {say(ok), hear()});
    REQUIRE(call(peer).has_value());
    REQUIRE(call(peer, keeping("POST")).has_value());
    CHECK(peer.connections() == 2);
    CHECK(peer.requests() == 2);
}

TEST_CASE_FIXTURE(fixture, "half an answer, or none in time, is no reason to ask again") {
    std::vector<step> script{say(ok), hear()};
    SUBCASE("cut") {
        script.push_back(say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
        bad_peer peer(io, script);
        REQUIRE(call(peer).has_value());
        check_error(call(peer), next_step::unknown, "reset");
        CHECK(peer.requests() == 2);
        CHECK(peer.connections() == 1);
    }
    SUBCASE("an interim answer, then nothing") {
        script.push_back(say("HTTP/1.1 100 Continue\r\n\r\n"));
        bad_peer peer(io, script);
        REQUIRE(call(peer).has_value());
        check_error(call(peer), next_step::unknown, "reset");
        CHECK(peer.requests() == 2);
    }
    SUBCASE("silence") {
        script.push_back(hold());
        bad_peer peer(io, script);
        REQUIRE(call(peer).has_value());
        auto what = keeping();
        what.deadline = milliseconds(150);
        check_error(call(peer, what), next_step::unknown, "timeout");
        CHECK(peer.requests() == 2);
        CHECK(peer.connections() == 1);
        // And that connection is not used any more.
        REQUIRE(call(peer).has_value());
        CHECK(peer.connections() == 2);
    }
}

TEST_CASE_FIXTURE(fixture, "after a restart nobody listens: refused, as on a fresh connection") {
    auto peer = std::make_unique<bad_peer>(io, std::vector<step>{say(ok), hear()});
    const auto where = peer->where();
    REQUIRE(call(*peer).has_value());
    peer.reset();
    check_error(run(io, client->call(where, keeping())), next_step::retry, "refused");
}

TEST_CASE_FIXTURE(fixture, "a cancelled call does not leave its connection to the next one") {
    bad_peer peer(io, {say(ok), hear(), wait_for(milliseconds(40)), say(ok), hear()});
    REQUIRE(call(peer).has_value());
    asio::cancellation_signal cancel;
    std::optional<result<response>> answer;
    auto work = client->call(peer.where(), keeping());
    auto ended = [&](std::exception_ptr, result<response> got) { answer.emplace(std::move(got)); };
    asio::co_spawn(io, std::move(work), asio::bind_cancellation_slot(cancel.slot(), ended));
    io.restart();
    io.run_for(milliseconds(15));
    REQUIRE_FALSE(answer.has_value());
    cancel.emit(asio::cancellation_type::terminal);
    pass_time();
    REQUIRE(answer.has_value());
    check_error(*answer, next_step::unknown, "reset");
    CHECK(peer.requests() == 2);
    REQUIRE(call(peer).has_value());
    CHECK(peer.connections() == 2);
}

TEST_CASE_FIXTURE(fixture, "few are kept, and none once the client is gone") {
    bad_peer peer(io, answering(2));
    std::size_t answered = 0;
    const std::size_t many = 3 * idle_connections::most;
    for (std::size_t i = 0; i < many; ++i) {
        auto work = client->call(peer.where(), keeping());
        auto ended = [&](std::exception_ptr, const result<response>& got) { answered += !!got; };
        asio::co_spawn(io, std::move(work), ended);
    }
    pass_time();
    while (answered < many)
        pass_time();
    const auto kept = connections_to(peer.where()).size();
    CHECK(kept <= idle_connections::most);
    CHECK(kept > 0);
    client.reset();
    CHECK(connections_to(peer.where()).empty());
}

TEST_CASE("a client that goes while a call is under way keeps nothing of it") {
    asio::io_context io(1);
    auto client = make_http_client();
    bad_peer peer(io, {wait_for(milliseconds(10)), say(ok), hear()});
    bool is_over = false;
    auto work = client->call(peer.where(), keeping());
    auto ended = [&](std::exception_ptr, const result<response>&) { is_over = true; };
    asio::co_spawn(io, std::move(work), ended);
    io.run_for(milliseconds(5));
    client.reset();
    while (!is_over) {
        io.restart();
        io.run_for(milliseconds(10));
    }
    CHECK(connections_to(peer.where()).empty());
}
