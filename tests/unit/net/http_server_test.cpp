#include "support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <fstream>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace alcedo;
using namespace alcedo::net;
using namespace alcedo::net::testing;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

/// Answers what it was asked, or does what the path says.
struct desk {
    server_request last;
    int handled = 0;
    bool was_cancelled = false;
};

task<response> answer(desk& with, server_request asked) {
    const auto executor = co_await asio::this_coro::executor;
    response out;
    with.last = asked;
    ++with.handled;
    if (asked.path == "/throw") throw std::runtime_error("it broke");
    if (asked.path == "/odd") throw 42;
    if (asked.path == "/slow") {
        asio::steady_timer timer(executor, milliseconds(150));
        co_await timer.async_wait(as_values);
    }
    if (asked.path == "/never") {
        asio::steady_timer timer(executor, std::chrono::hours(1));
        auto [ended] = co_await timer.async_wait(as_values);
        with.was_cancelled = ended == asio::error::operation_aborted;
    }
    out.status = asked.path == "/empty" ? 204 : 200;
    if (asked.path == "/zero") out.status = 0;
    out.headers.emplace_back("content-type", "text/plain");
    out.headers.emplace_back("Content-Length", "1");
    out.headers.emplace_back("x-split", "a\r\nx-evil: 1");
    out.body = asked.method + " " + asked.path;
    co_return out;
}

task<int> talk(endpoint to, std::string said, std::string& heard, bool shuts_down) {
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket(executor);
    const asio::ip::tcp::endpoint where(asio::ip::make_address(to.host),
                                        static_cast<std::uint16_t>(to.port));
    co_await socket.async_connect(where, as_values);
    co_await asio::async_write(socket, asio::buffer(said), as_values);
    boost::system::error_code ignored;
    if (shuts_down) socket.shutdown(asio::socket_base::shutdown_send, ignored);
    auto [ended, size] = co_await asio::async_read(socket, asio::dynamic_buffer(heard), as_values);
    co_return ended == asio::error::eof ? 0 : 1;
}

struct fixture {
    asio::io_context io{1};
    desk at;
    server_limits limits;
    std::unique_ptr<http_server> server;
    std::unique_ptr<http_client> client = make_http_client();
    bool has_ended = false;
    std::string url;

    void open(const std::string& address) {
        auto work = [this](server_request asked) { return answer(at, std::move(asked)); };
        auto made = make_http_server(io.get_executor(), address, work, limits);
        REQUIRE(made.has_value());
        server = std::move(*made);
        url = address.starts_with("unix") ? address : "";
        if (url.empty())
            url = "http://" + address.substr(0, address.rfind(':')) + ":" +
                  std::to_string(server->port());
        asio::co_spawn(io, server->run(), [this](std::exception_ptr) { has_ended = true; });
    }
    result<response> call(request what) {
        return run(io, client->call(parse_endpoint(url).value(), std::move(what)));
    }
    result<response> get(const std::string& target) { return call(request("GET", target)); }
    std::string raw(const std::string& said, bool shuts_down = false) {
        std::string heard;
        run(io, talk(parse_endpoint(url).value(), said, heard, shuts_down));
        return heard;
    }
};

int status_of(const std::string& answer_text) {
    return answer_text.starts_with("HTTP/1.1 ") ? std::stoi(answer_text.substr(9, 3)) : 0;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "a handler gets the decoded path, the query and the body") {
    open("127.0.0.1:0");
    CHECK(server->port() > 0);
    request what("POST", "/a%20b/%C3%A4?x=1+2&y=%26&flag&=z&x=3");
    what.body = "hello";
    const auto got = call(what);
    REQUIRE(got.has_value());
    CHECK(got->status == 200);
    CHECK(got->body == "POST /a b/ä");
    CHECK(got->header("content-type") == "text/plain");
    CHECK(at.last.parameter("x") == "1 2");
    CHECK(at.last.parameter("y") == "&");
    CHECK(at.last.parameter("flag").empty());
    CHECK(at.last.parameter("none").empty());
    CHECK(at.last.query.size() == 5);
    CHECK(at.last.body == "hello");
    CHECK(at.last.from.uid == -1);
    REQUIRE(get("http://elsewhere/b?q=1").has_value());
    CHECK(at.last.path == "/b");
    REQUIRE(get("/c#d").has_value());
    CHECK(at.last.path == "/c");
}

TEST_CASE_FIXTURE(fixture, "what a handler gets wrong stays inside its answer") {
    open("127.0.0.1:0");
    const auto thrown = get("/throw");
    REQUIRE(thrown.has_value());
    CHECK(thrown->status == 500);
    CHECK(thrown->body == "{\"message\":\"it broke\"}\n");
    CHECK(get("/odd")->status == 500);
    CHECK(get("/zero")->status == 500);
    const auto empty = get("/empty");
    REQUIRE(empty.has_value());
    CHECK(empty->status == 204);
    CHECK(empty->body.empty());
    const auto plain = get("/");
    CHECK(plain->body == "GET /");
    CHECK(plain->header("x-evil").empty());
    CHECK(plain->header("x-split").empty());
}

TEST_CASE_FIXTURE(fixture, "one connection carries several requests; HEAD has no body") {
    open("127.0.0.1:0");
    const auto heard = raw("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                           "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(at.handled == 3);
    CHECK(heard.find("GET /1HTTP/1.1 200") != std::string::npos);
    CHECK(heard.find("Content-Length: 7") != std::string::npos);
    CHECK(heard.find("HEAD /2") == std::string::npos);
    CHECK(heard.ends_with("GET /3"));
}

TEST_CASE_FIXTURE(fixture, "bad requests are told why") {
    open("127.0.0.1:0");
    CHECK(status_of(raw("BLA\r\n\r\n")) == 400);
    CHECK(status_of(raw("GET / HTTP/1.1\r\nno colon\r\n\r\n")) == 400);
    CHECK(status_of(raw("GET nowhere HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400);
    CHECK(status_of(raw("GET /%zz HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400);
    CHECK(status_of(raw("GET /%4 HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400);
    CHECK(status_of(raw("GET /a%00b HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400);
    CHECK(status_of(raw("GET /?a=%2 HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400);
    CHECK(raw("GET / HTTP/1.1\r\nHo", true).empty());
    CHECK(raw("", true).empty());
    CHECK(at.handled == 0);
}

TEST_CASE_FIXTURE(fixture, "requests are bounded") {
    open("127.0.0.1:0");
    const std::string post = "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: ";
    SUBCASE("a body of exactly 1 MiB") {
        CHECK(status_of(raw(post + "1048576\r\n\r\n" + std::string(1u << 20, 'x'))) == 200);
        CHECK(at.last.body.size() == 1u << 20);
    }
    SUBCASE("a byte more, announced or not") {
        CHECK(status_of(raw(post + "1048577\r\n\r\n" + std::string((1u << 20) + 1, 'x'))) == 413);
        const auto chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n";
        CHECK(status_of(raw(chunked + std::string(0x200000, 'x') + "\r\n0\r\n\r\n")) == 413);
        CHECK(at.handled == 0);
    }
    SUBCASE("headers") {
        CHECK(status_of(raw("GET / HTTP/1.1\r\nX-A: " + std::string(9000, 'x') + "\r\n\r\n")) ==
              431);
        CHECK(status_of(raw("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n")) == 431);
        CHECK(status_of(raw("GET / HTTP/1.1\r\nConnection: close\r\nX-A: " +
                            std::string(8000, 'x') + "\r\n\r\n")) == 200);
    }
    SUBCASE("a client that waits for a go-ahead gets one") {
        const auto heard = raw(post + "2\r\nExpect: 100-continue\r\n\r\nok");
        CHECK(heard.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
    }
}

TEST_CASE_FIXTURE(fixture, "a slow client is dropped, a slow handler is not") {
    limits.idle = milliseconds(60);
    open("127.0.0.1:0");
    const auto start = std::chrono::steady_clock::now();
    CHECK(raw("GET / HTTP/1.1\r\nHo").empty());
    CHECK(since(start) >= milliseconds(55));
    CHECK(since(start) < milliseconds(500));
    CHECK(get("/slow")->body == "GET /slow");
}

TEST_CASE_FIXTURE(fixture, "stop closes the listener and the connections, cancels the handlers") {
    temporary_folder folder;
    SUBCASE("TCP") {
        open("127.0.0.1:0");
    }
    SUBCASE("a unix socket") {
        open("unix://" + (folder / "a.sock"));
    }
    std::optional<result<response>> late;
    auto work = client->call(parse_endpoint(url).value(), request("GET", "/never"));
    asio::co_spawn(io, std::move(work),
                   [&](std::exception_ptr, result<response> got) { late.emplace(std::move(got)); });
    io.restart();
    io.run_for(milliseconds(30));
    REQUIRE(at.handled == 1);
    CHECK_FALSE(late.has_value());
    CHECK_FALSE(has_ended);
    server->stop();
    server->stop();
    io.restart();
    io.run_for(milliseconds(30));
    CHECK(has_ended);
    CHECK(at.was_cancelled);
    REQUIRE(late.has_value());
    CHECK(late->error().reason == "reset");
    CHECK_FALSE(get("/").has_value());
}

TEST_CASE_FIXTURE(fixture, "stop: who asked for a change hears what came of it") {
    open("127.0.0.1:0");
    std::string path;
    SUBCASE("soon enough") {
        path = "/slow";
    }
    SUBCASE("or not, if it takes too long") {
        path = "/never";
    }
    std::optional<result<response>> late;
    auto work = client->call(parse_endpoint(url).value(), request("POST", path));
    asio::co_spawn(io, std::move(work),
                   [&](std::exception_ptr, result<response> got) { late.emplace(std::move(got)); });
    io.restart();
    io.run_for(milliseconds(30));
    REQUIRE(at.handled == 1);
    CHECK(server->is_changing());
    server->stop();
    CHECK_FALSE(get("/").has_value());
    io.restart();
    io.run_for(milliseconds(200));
    const bool is_slow = path == "/slow";
    CHECK(server->is_changing() != is_slow);
    REQUIRE(late.has_value() == is_slow);
    CHECK(has_ended == is_slow);
    if (is_slow) {
        CHECK((*late)->body == "POST /slow");
        return;
    }
    server->stop();
    io.restart();
    io.run_for(milliseconds(30));
    CHECK(has_ended);
    CHECK(at.was_cancelled);
    CHECK(late->error().reason == "reset");
}

TEST_CASE_FIXTURE(fixture, "a server may be destroyed while it runs") {
    open("127.0.0.1:0");
    REQUIRE(get("/").has_value());
    server.reset();
    io.restart();
    io.run_for(milliseconds(20));
    CHECK(has_ended);
}

TEST_CASE_FIXTURE(fixture, "a unix socket: who asks, who may, and what is left") {
    temporary_folder folder;
    const auto path = folder / "alcedo.sock";
    open("unix://" + path);
    CHECK(server->port() == 0);
    REQUIRE(get("/").has_value());
    CHECK(at.last.from.uid == static_cast<int>(::getuid()));
    CHECK(at.last.from.pid == ::getpid());
    struct stat made{};
    REQUIRE(::lstat(path.c_str(), &made) == 0);
    CHECK((made.st_mode & 07777) == 0660);

    SUBCASE("a second one is refused while the first answers") {
        const auto second = make_http_server(io.get_executor(), "unix://" + path, {});
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().next == next_step::conflict);
        CHECK(get("/").has_value());
    }
    SUBCASE("its path is removed") {
        server->stop();
        CHECK(::access(path.c_str(), F_OK) != 0);
    }
    SUBCASE("but not somebody else's") {
        std::filesystem::remove(path);
        std::ofstream(path) << "mine";
        server->stop();
        CHECK(::access(path.c_str(), F_OK) == 0);
    }
}

TEST_CASE_FIXTURE(fixture, "out of descriptors it pauses instead of spinning, and recovers") {
    open("127.0.0.1:0");
    REQUIRE(get("/").has_value());
    std::string heard;
    bool has_answer = false;
    auto said = std::string("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    auto work = talk(parse_endpoint(url).value(), said, heard, false);
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr, int) { has_answer = true; });
    const int next = ::dup(0);
    ::close(next);
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit tight = before;
    tight.rlim_cur = static_cast<rlim_t>(next) + 1; // the client's, and no more
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    io.restart();
    const auto steps = io.run_for(milliseconds(50));
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK_FALSE(has_answer);
    CHECK(steps < 50);
    io.restart();
    io.run_for(milliseconds(150));
    CHECK(has_answer);
    CHECK(status_of(heard) == 200);
}
