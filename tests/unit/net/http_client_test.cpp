#include "support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace alcedo;
using namespace alcedo::net;
using namespace alcedo::net::testing;

namespace {

constexpr milliseconds short_deadline{150};

struct fixture {
    asio::io_context io{1};
    std::unique_ptr<http_client> client = make_http_client();

    result<response> call(const endpoint& to, request what = request("GET", "/x")) {
        return run(io, client->call(to, std::move(what)));
    }
    result<response> ask(std::vector<step> script) {
        bad_peer peer(io, std::move(script));
        return call(peer.where());
    }
    result<response> ask_with(std::vector<step> script, request what) {
        bad_peer peer(io, std::move(script));
        return call(peer.where(), std::move(what));
    }
};

request impatient() {
    request out("GET", "/x");
    out.deadline = short_deadline;
    return out;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "an answer is read by length, by chunks, and to the end") {
    auto by_length = ask({say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kind: One\r\n\r\nhello")});
    REQUIRE(by_length.has_value());
    CHECK(by_length->status == 200);
    CHECK(by_length->body == "hello");
    CHECK(by_length->header("x-kind") == "One");

    auto chunked = ask({say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhel"),
                        wait_for(milliseconds(5)), say("lo\r\n1\r\n!\r\n0\r\n\r\n")});
    REQUIRE(chunked.has_value());
    CHECK(chunked->body == "hello!");

    auto to_the_end =
        ask({say("HTTP/1.0 404 Not Found\r\n\r\nhel"), wait_for(milliseconds(5)), say("lo")});
    REQUIRE(to_the_end.has_value());
    CHECK(to_the_end->status == 404);
    CHECK(to_the_end->body == "hello");
}

TEST_CASE_FIXTURE(fixture, "the request says what it was told to say") {
    bad_peer peer(io, {say("HTTP/1.1 204 No Content\r\n\r\n")});
    request what("POST", "/v1.41/containers/create?name=a");
    what.headers.emplace_back("Content-Type", "application/json");
    what.body = "{}";
    auto answer = call(peer.where(), what);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 204);
    CHECK(peer.heard().starts_with("POST /v1.41/containers/create?name=a HTTP/1.1\r\n"));
    CHECK(peer.heard().find("Host: " + peer.where().host_header + "\r\n") != std::string::npos);
    CHECK(peer.heard().find("Content-Length: 2\r\n") != std::string::npos);
    CHECK(peer.heard().find("Content-Type: application/json\r\n") != std::string::npos);

    request other("GET", "/");
    other.headers.emplace_back("Host", "lava.example.com");
    REQUIRE(call(peer.where(), other).has_value());
    CHECK(peer.heard().find("Host: lava.example.com\r\n") != std::string::npos);
    CHECK(peer.heard().find("127.0.0.1") == std::string::npos);
    CHECK(peer.heard().find("Content-Length") == std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "no text of a caller becomes protocol") {
    bad_peer peer(io, {say("HTTP/1.1 204 No Content\r\n\r\n")});
    request header("GET", "/");
    header.headers.emplace_back("X-A", "b\r\nX-Evil: 1");
    check_error(call(peer.where(), header), next_step::invalid, "malformed");
    request name("GET", "/");
    name.headers.emplace_back("X A", "b");
    check_error(call(peer.where(), name), next_step::invalid, "malformed");
    check_error(call(peer.where(), request("GET", "/a b")), next_step::invalid, "malformed");
    check_error(call(peer.where(), request("GET", "")), next_step::invalid, "malformed");
    check_error(call(peer.where(), request("G T", "/")), next_step::invalid, "malformed");
    CHECK(peer.heard().empty());
}

TEST_CASE_FIXTURE(fixture, "nothing was sent: retry") {
    temporary_folder folder;
    SUBCASE("no such socket") {
        auto answer = call(parse_endpoint("unix://" + (folder / "none.sock")).value());
        check_error(answer, next_step::retry, "refused");
        CHECK(answer.error().message.find("none.sock") != std::string::npos);
    }
    SUBCASE("nobody listens") {
        int port = 0;
        {
            bad_peer peer(io, {});
            port = peer.where().port;
        }
        const auto url = "http://127.0.0.1:" + std::to_string(port);
        check_error(call(parse_endpoint(url).value()), next_step::retry, "refused");
    }
    SUBCASE("a unix socket whose queue is full") {
        const auto path = folder / "full.sock";
        sockaddr_un where{};
        where.sun_family = AF_UNIX;
        path.copy(where.sun_path, sizeof where.sun_path - 1);
        const auto* address = reinterpret_cast<const sockaddr*>(&where);
        const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::bind(listening, address, sizeof where) == 0);
        REQUIRE(::listen(listening, 0) == 0);
        const int first = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::connect(first, address, sizeof where) == 0);
        check_error(call(parse_endpoint("unix://" + path).value()), next_step::retry, "refused");
        ::close(first);
        ::close(listening);
    }
    SUBCASE("a TCP socket whose queue is full: the connect deadline") {
        asio::ip::tcp::acceptor full(io);
        full.open(asio::ip::tcp::v4());
        full.bind(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        full.listen(0);
        std::vector<asio::ip::tcp::socket> waiting;
        const auto where = full.local_endpoint();
        for (int i = 0; i < 3; ++i) {
            auto& socket = waiting.emplace_back(io, asio::ip::tcp::v4());
            socket.native_non_blocking(true);
            ::connect(socket.native_handle(), where.data(), where.size());
        }
        const auto url = "http://127.0.0.1:" + std::to_string(full.local_endpoint().port());
        check_error(call(parse_endpoint(url).value(), impatient()), next_step::retry, "timeout");
    }
    SUBCASE("a name that does not exist") {
        auto answer = call(parse_endpoint("http://no-such-host.invalid:80").value(), impatient());
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().next == next_step::retry);
    }
}

TEST_CASE_FIXTURE(fixture, "a name is resolved, and the second address tried") {
    bad_peer peer(io, {say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")});
    const auto url = "http://localhost:" + std::to_string(peer.where().port);
    auto answer = call(parse_endpoint(url).value());
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
}

TEST_CASE_FIXTURE(fixture, "sent, but no whole answer: unknown") {
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    const std::string half_chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha";
    SUBCASE("closed without a word") {
        check_error(ask({}), next_step::unknown, "reset");
    }
    SUBCASE("closed in the headers") {
        check_error(ask({say("HTTP/1.1 200 OK\r\nCont")}), next_step::unknown, "reset");
    }
    SUBCASE("closed in the body") {
        check_error(ask({say(half)}), next_step::unknown, "reset");
        check_error(ask({say(half_chunk)}), next_step::unknown, "reset");
    }
    SUBCASE("reset before and after the headers") {
        check_error(ask({reset()}), next_step::unknown, "reset");
        check_error(ask({say(half), wait_for(milliseconds(5)), reset()}), next_step::unknown,
                    "reset");
    }
    SUBCASE("a peer that never answers") {
        const auto start = std::chrono::steady_clock::now();
        auto answer = ask_with({hold()}, impatient());
        check_error(answer, next_step::unknown, "timeout");
        CHECK(answer.error().message.find("no answer within 150ms") != std::string::npos);
        CHECK(since(start) >= short_deadline - milliseconds(2));
        CHECK(since(start) < short_deadline * 3);
    }
    SUBCASE("a peer that drips for ever meets the same deadline") {
        std::vector<step> drip{say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")};
        for (int i = 0; i < 100; ++i) {
            drip.push_back(say("x"));
            drip.push_back(wait_for(milliseconds(10)));
        }
        const auto start = std::chrono::steady_clock::now();
        check_error(ask_with(drip, impatient()), next_step::unknown, "timeout");
        CHECK(since(start) < short_deadline * 3);
    }
}

TEST_CASE_FIXTURE(fixture, "what is not HTTP is malformed") {
    check_error(ask({say("SSH-2.0-OpenSSH_9.2\r\n\r\n")}), next_step::unknown, "malformed");
    check_error(ask({say("HTTP/1.1 abc OK\r\n\r\n")}), next_step::unknown, "malformed");
    check_error(ask({say("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")}), next_step::unknown,
                "malformed");
    check_error(ask({say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}),
                next_step::unknown, "malformed");
}

TEST_CASE_FIXTURE(fixture, "bodies and headers are bounded") {
    request what("GET", "/");
    what.body_limit = 1000;
    SUBCASE("announced") {
        check_error(
            ask_with({say("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"), hold()}, what),
            next_step::unknown, "too-large");
    }
    SUBCASE("not announced") {
        check_error(ask_with({say("HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'x'))}, what),
                    next_step::unknown, "too-large");
    }
    SUBCASE("exactly the limit") {
        const auto body = std::string(1000, 'x');
        auto exact =
            ask_with({say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + body)}, what);
        REQUIRE(exact.has_value());
        CHECK(exact->body == body);
        REQUIRE(ask_with({say("HTTP/1.1 200 OK\r\n\r\n" + body)}, what).has_value());
    }
    SUBCASE("cut on request, without waiting for the rest") {
        what.body_may_be_cut = true;
        const auto head = std::string("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n");
        auto answer = ask_with({say(head + std::string(1500, 'y')), hold()}, what);
        REQUIRE(answer.has_value());
        CHECK(answer->body == std::string(1000, 'y'));
    }
    SUBCASE("headers without end") {
        const auto flood = "HTTP/1.1 200 OK\r\nX-A: " + std::string(100000, 'x');
        check_error(ask_with({say(flood), hold()}, what), next_step::unknown, "too-large");
    }
    SUBCASE("a large list is read whole") {
        const std::string large(9u << 20, 'z');
        const auto head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large.size());
        auto answer = ask({say(head + "\r\n\r\n" + large)});
        REQUIRE(answer.has_value());
        CHECK(answer->body.size() == large.size());
    }
}

TEST_CASE_FIXTURE(fixture, "interim answers are skipped, HEAD has no body") {
    auto answer =
        ask({say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"),
             say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")});
    REQUIRE(answer.has_value());
    CHECK(answer->body == "ok");
    auto head = ask_with({say("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), hold()},
                         request("HEAD", "/"));
    REQUIRE(head.has_value());
    CHECK(head->status == 200);
    CHECK(head->body.empty());
}

TEST_CASE_FIXTURE(fixture, "a peer that refuses a body before it was sent is still heard") {
    bad_peer peer(io, {say("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")});
    request what("POST", "/");
    what.body = std::string(8u << 20, 'x');
    auto answer = call(peer.where(), what);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 413);
}

TEST_CASE_FIXTURE(fixture, "an abandoned call closes its socket; children do not inherit it") {
    bad_peer silent(io, {hold()});
    asio::cancellation_signal cancel;
    std::optional<result<response>> answer;
    auto work = client->call(silent.where(), request("GET", "/"));
    auto ended = [&](std::exception_ptr, result<response> got) { answer.emplace(std::move(got)); };
    asio::co_spawn(io, std::move(work), asio::bind_cancellation_slot(cancel.slot(), ended));
    io.run_for(milliseconds(20));
    const auto open = connections_to(silent.where());
    REQUIRE(open.size() == 1);
    CHECK((::fcntl(open[0], F_GETFD) & FD_CLOEXEC) != 0);
    cancel.emit(asio::cancellation_type::terminal);
    io.restart();
    io.run_for(milliseconds(20));
    REQUIRE(answer.has_value());
    check_error(*answer, next_step::unknown, "reset");
    CHECK(connections_to(silent.where()).empty());
}

TEST_CASE("a call that is destroyed closes its socket") {
    endpoint where;
    {
        asio::io_context io(1);
        const auto client = make_http_client();
        bad_peer silent(io, {hold()});
        where = silent.where();
        auto work = client->call(where, request("GET", "/"));
        asio::co_spawn(io, std::move(work), [](std::exception_ptr, const result<response>&) {});
        io.run_for(milliseconds(20));
        REQUIRE(connections_to(where).size() == 1);
    }
    CHECK(connections_to(where).empty());
}
