// The client over TLS: what is asked for, what is refused, and that a failure says how far it came.

#include "tls_peer.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::net;
using namespace alcedo::net::testing;
using manner = tls_peer::manner;

namespace {

struct fixture {
    asio::io_context io{1};
    std::unique_ptr<http_client> client = make_http_client();

    result<response> call(const endpoint& to, milliseconds deadline = milliseconds(3000)) {
        request what("GET", "/x");
        what.deadline = deadline;
        return run(io, client->call(to, std::move(what)));
    }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "https: an answer, by HTTP/1.1, from the name that was asked for") {
    tls_peer peer(io);
    auto to = peer.where();
    auto answer = call(to);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->body == "hello");
    CHECK(peer.protocol() == "http/1.1");
    CHECK(peer.name().empty()); // an address is no server name
    CHECK(peer.heard().find("Host: " + to.host_header) != std::string::npos);

    to.host_header = "lava.example.com";
    REQUIRE(call(to).has_value());
    CHECK(peer.name() == "lava.example.com");
    CHECK(peer.heard().find("Host: lava.example.com\r\n") != std::string::npos);
    to.host_header = "lava.example.com:8443";
    REQUIRE(call(to).has_value());
    CHECK(peer.name() == "lava.example.com");
    to.host_header = "[::1]:8443";
    REQUIRE(call(to).has_value());
    CHECK(peer.name().empty());
}

TEST_CASE_FIXTURE(fixture, "https: a certificate of nobody is refused unless any will do") {
    tls_peer peer(io);
    auto to = peer.where();
    to.any_certificate = false;
    check_error(call(to), next_step::retry, "tls");
    CHECK(peer.heard().empty()); // nothing was sent
}

TEST_CASE_FIXTURE(fixture, "https: a peer that knows no such name, or no TLS at all") {
    tls_peer strict(io, manner::wants_other_name);
    check_error(call(strict.where()), next_step::retry, "tls");
    auto known = strict.where();
    known.host_header = "known.example";
    CHECK(call(known).has_value());

    bad_peer plain(io, {say("HTTP/1.1 400 Bad Request\r\n\r\n")}, false);
    auto to = plain.where();
    to.scheme = "tls";
    check_error(call(to), next_step::retry, "tls");
    bad_peer gone(io, {reset()}, false);
    to = gone.where();
    to.scheme = "tls";
    check_error(call(to), next_step::retry, "refused");
}

TEST_CASE_FIXTURE(fixture, "https: a handshake that never ends is over with the deadline") {
    tls_peer peer(io, manner::hangs);
    const auto start = std::chrono::steady_clock::now();
    check_error(call(peer.where(), milliseconds(150)), next_step::retry, "timeout");
    CHECK(since(start) < milliseconds(1000));
}

TEST_CASE_FIXTURE(fixture, "https: half an answer is no answer, however it ends") {
    for (const auto how : {manner::cuts, manner::ends_by_closing}) {
        tls_peer peer(io, how);
        check_error(call(peer.where()), next_step::unknown, "reset");
    }
}

TEST_CASE_FIXTURE(fixture, "https: nobody there") {
    endpoint to;
    {
        tls_peer peer(io);
        to = peer.where();
    }
    check_error(call(to), next_step::retry, "refused");
}
