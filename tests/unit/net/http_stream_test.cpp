#include "support.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::net;
using namespace alcedo::net::testing;

namespace {

const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(const std::string& text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string size;
    for (auto rest = text.size(); rest > 0; rest /= 16)
        size.insert(size.begin(), digits[rest % 16]);
    return size + "\r\n" + text + "\r\n";
}

struct fixture {
    asio::io_context io{1};
    std::unique_ptr<http_client> client = make_http_client();
    std::vector<std::string> lines;
    int headers_seen = 0;
    std::size_t lines_wanted = 1000;
    milliseconds idle{0};
    request what{"GET", "/events"};

    result<response> follow(std::vector<step> script) {
        bad_peer peer(io, std::move(script));
        auto on_line = [this](std::string line) {
            lines.push_back(std::move(line));
            return lines.size() < lines_wanted;
        };
        auto on_headers = [this] { ++headers_seen; };
        return run(io, client->stream(peer.where(), what, idle, on_line, on_headers));
    }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a stream hands out line by line, wherever the pieces were cut") {
    const auto answer =
        follow({say(chunked + chunk("{\"a\":1}\n{\"b\"")), wait_for(milliseconds(5)),
                say(chunk(":2}\r\n\r\n\n") + chunk("{\"c\":3}") + "0\r\n\r\n")});
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(headers_seen == 1);
    CHECK(lines == std::vector<std::string>{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"});
}

TEST_CASE_FIXTURE(fixture, "the headers are told before the first event") {
    idle = milliseconds(100);
    const auto answer = follow({say(chunked), hold()});
    CHECK(headers_seen == 1);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().next == next_step::unknown);
    CHECK(answer.error().reason == "timeout");
}

TEST_CASE_FIXTURE(fixture, "silence is bounded between lines; the deadline is not for the stream") {
    idle = milliseconds(120);
    what.deadline = milliseconds(100);
    std::vector<step> script{say(chunked)};
    for (int i = 0; i < 8; ++i) {
        script.push_back(say(chunk("tick\n")));
        script.push_back(wait_for(milliseconds(30)));
    }
    SUBCASE("lines in time") {
        script.push_back(say("0\r\n\r\n"));
        CHECK(follow(script).has_value());
        CHECK(lines.size() == 8);
    }
    SUBCASE("bytes without a line do not count") {
        for (int i = 0; i < 20; ++i) {
            script.push_back(say(chunk("x")));
            script.push_back(wait_for(milliseconds(30)));
        }
        const auto start = std::chrono::steady_clock::now();
        const auto answer = follow(script);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().reason == "timeout");
        CHECK(since(start) < milliseconds(600));
    }
    SUBCASE("but headers must come before the deadline") {
        const auto answer = follow({hold()});
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().reason == "timeout");
        CHECK(headers_seen == 0);
    }
}

TEST_CASE_FIXTURE(fixture, "how a stream ends") {
    SUBCASE("closed without the last chunk: a normal end, half a line is dropped") {
        CHECK(follow({say(chunked + chunk("one\n") + chunk("hal"))}).has_value());
        CHECK(lines == std::vector<std::string>{"one"});
    }
    SUBCASE("reset: an error, what came before it was handed out") {
        const auto answer =
            follow({say(chunked + chunk("one\n")), wait_for(milliseconds(10)), reset()});
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().reason == "reset");
        CHECK(lines == std::vector<std::string>{"one"});
    }
    SUBCASE("enough") {
        lines_wanted = 2;
        CHECK(follow({say(chunked + chunk("one\ntwo\nthree\n")), hold()}).has_value());
        CHECK(lines == std::vector<std::string>{"one", "two"});
    }
    SUBCASE("read to the end of the connection: the last line needs no line break") {
        CHECK(follow({say("HTTP/1.1 200 OK\r\n\r\none\ntwo")}).has_value());
        CHECK(lines == std::vector<std::string>{"one", "two"});
    }
    SUBCASE("without a body") {
        CHECK(follow({say("HTTP/1.1 204 No Content\r\n\r\n")}).has_value());
        CHECK(headers_seen == 1);
        CHECK(lines.empty());
    }
}

TEST_CASE_FIXTURE(fixture, "a refusal comes back whole, and is no stream") {
    const auto answer = follow(
        {say("HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n"), say("{\"message\":\"x\"}")});
    REQUIRE(answer.has_value());
    CHECK(answer->status == 404);
    CHECK(answer->body == "{\"message\":\"x\"}");
    CHECK(headers_seen == 0);
    CHECK(lines.empty());
}

TEST_CASE_FIXTURE(fixture, "long lines pass, endless ones do not") {
    const std::string large(1u << 20, 'x');
    SUBCASE("a megabyte") {
        CHECK(follow({say(chunked + chunk(large + "\n") + "0\r\n\r\n")}).has_value());
        REQUIRE(lines.size() == 1);
        CHECK(lines[0] == large);
    }
    SUBCASE("beyond the limit") {
        what.body_limit = 100000;
        const auto answer = follow({say(chunked + chunk(large)), hold()});
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().reason == "too-large");
    }
    SUBCASE("ten thousand short ones") {
        lines_wanted = 100000;
        std::string all;
        for (int i = 0; i < 10000; ++i)
            all += "{\"status\":\"start\",\"n\":" + std::to_string(i) + "}\n";
        CHECK(follow({say(chunked + chunk(all) + "0\r\n\r\n")}).has_value());
        REQUIRE(lines.size() == 10000);
        CHECK(lines[9999] == "{\"status\":\"start\",\"n\":9999}");
    }
}

TEST_CASE_FIXTURE(fixture, "a handler that throws ends the stream, not the program") {
    bad_peer peer(io, {say(chunked + chunk("one\n")), hold()});
    auto on_line = [](std::string) -> bool { throw std::runtime_error("bad line"); };
    const auto answer = run(io, client->stream(peer.where(), what, idle, on_line, {}));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().message.find("bad line") != std::string::npos);
}
