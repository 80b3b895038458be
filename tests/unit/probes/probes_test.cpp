#include "controller/probes/probes.hpp"

#include "controller/net/http_server.hpp"
#include "controller/probes/attempts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <optional>

#include <sys/resource.h>
#include <unistd.h>

using namespace alcedo;
namespace asio = boost::asio;

namespace {

/// What the replica answers; `after` times it answers 503 first.
struct replica {
    net::response answer;
    int refusals = 0;
    milliseconds delay{0};
    int asked = 0;
    net::server_request last;
};

task<net::response> serve(replica& one, net::server_request asked) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, one.delay);
    net::response busy;
    busy.status = 503;
    one.last = std::move(asked);
    ++one.asked;
    if (one.delay > milliseconds(0)) co_await timer.async_wait(asio::use_awaitable);
    co_return one.asked <= one.refusals ? busy : one.answer;
}

/// A client that notes what it was asked and answers what it was told: for what is sent.
class notebook final : public net::http_client {
public:
    net::endpoint to;
    net::request what;
    result<net::response> answer = net::response();

    task<result<net::response>> call(net::endpoint e, net::request r) override {
        to = std::move(e);
        what = std::move(r);
        co_return answer;
    }
    task<result<net::response>> stream(net::endpoint, net::request, milliseconds,
                                       std::function<bool(std::string)>,
                                       std::function<void()>) override {
        co_return answer;
    }
};

struct fixture {
    asio::io_context io{1};
    replica one;
    std::unique_ptr<net::http_server> server;
    std::unique_ptr<net::http_client> client = net::make_http_client();
    notebook notes;
    check_spec check;
    probe_target target;

    fixture() {
        one.answer.status = 200;
        notes.answer->status = 200;
        auto work = [this](net::server_request asked) { return serve(one, std::move(asked)); };
        server = net::make_http_server(io.get_executor(), "127.0.0.1:0", work).value();
        asio::co_spawn(io, server->run(), asio::detached);
        target.address = "127.0.0.1";
        check.settings = {{"service", "web"}, {"port", server->port()}};
    }
    sample take(const std::unique_ptr<probe>& how) {
        std::optional<sample> out;
        asio::co_spawn(io, how->take(check, target), [&](std::exception_ptr problem, sample got) {
            if (!problem) out.emplace(std::move(got));
            io.stop();
        });
        io.restart();
        io.run();
        REQUIRE(out.has_value());
        return *out;
    }
    sample http() { return take(make_http_probe(*client)); }
    sample http_noted() { return take(make_http_probe(notes)); }
    sample tcp() { return take(make_tcp_probe(*client)); }
    sample route() { return take(make_route_probe(*client)); }
    sample route_noted() { return take(make_route_probe(notes)); }
    std::string base() const { return "http://127.0.0.1:" + std::to_string(server->port()); }
    int closed_port() {
        asio::ip::tcp::acceptor soon_gone(
            io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        return soon_gone.local_endpoint().port();
    }
};

std::string header_in(const net::request& what, const std::string& name) {
    for (const auto& [key, value] : what.headers)
        if (key == name) return value;
    return "";
}

} // namespace

TEST_CASE_FIXTURE(fixture, "http passes on 2xx and keeps what was answered") {
    one.answer.body = "all is well";
    check.settings["path"] = "/version";
    const auto taken = http();
    CHECK(taken.what == outcome::pass);
    CHECK(taken.summary == "HTTP 200");
    CHECK(taken.evidence["url"] == base() + "/version");
    CHECK(taken.evidence["status"] == 200);
    CHECK(taken.evidence["body"] == "all is well");
    CHECK(taken.evidence["ms"].is_number_integer());
    CHECK_FALSE(taken.evidence.contains("error"));
    CHECK(one.last.method == "GET");
    CHECK(one.last.path == "/version");
}

TEST_CASE_FIXTURE(fixture, "http fails on any other status, follows no redirect") {
    one.answer.status = 500;
    one.answer.body = "java.lang.OutOfMemoryError";
    auto taken = http();
    CHECK(taken.what == outcome::fail);
    CHECK(taken.summary == "HTTP 500");
    CHECK(taken.evidence["body"] == "java.lang.OutOfMemoryError");
    one.answer.status = 302;
    one.answer.headers.emplace_back("location", "/login");
    taken = http();
    CHECK(taken.what == outcome::fail);
    CHECK(taken.summary == "HTTP 302");
    CHECK(taken.evidence["location"] == "/login");
    CHECK(one.asked == 2);
}

TEST_CASE_FIXTURE(fixture, "which status is expected: 2xx, a number, a list") {
    const auto outcome_of = [&](int status, const json& expected) {
        one.answer.status = status;
        check.settings.erase("status");
        if (!expected.is_null()) check.settings["status"] = expected;
        return http().what;
    };
    CHECK(outcome_of(204, json()) == outcome::pass);
    CHECK(outcome_of(299, json()) == outcome::pass);
    CHECK(outcome_of(300, json()) == outcome::fail);
    CHECK(outcome_of(401, 401) == outcome::pass);
    CHECK(outcome_of(200, 401) == outcome::fail);
    CHECK(outcome_of(401, json::array({200, 401})) == outcome::pass);
    CHECK(outcome_of(204, json::array({200, 401})) == outcome::fail);
}

TEST_CASE_FIXTURE(fixture, "the body is contained literally, or matched") {
    const auto outcome_of = [&](const std::string& body, const std::string& wanted) {
        one.answer.body = body;
        check.settings["body"] = wanted;
        return http().what;
    };
    CHECK(outcome_of("status: ok", "ok") == outcome::pass);
    CHECK(outcome_of("status: down", "ok") == outcome::fail);
    CHECK(outcome_of("version 4.0.8", "version 4\\.\\d+") == outcome::pass);
    CHECK(outcome_of("a+b (c", "a+b (c") == outcome::pass); // no pattern, but there it is
    CHECK(outcome_of("1+1", "1+1") == outcome::pass);       // a pattern that says something else
    CHECK(outcome_of(std::string(200000, 'x') + "end", "end$") == outcome::pass);
    one.answer.status = 500;
    CHECK(outcome_of("ok", "ok") == outcome::fail);
    one.answer.status = 200;
    one.answer.body = "down";
    check.settings["body"] = "ok";
    CHECK(http().summary == "HTTP 200, but the body does not match");
}

TEST_CASE_FIXTURE(fixture, "evidence is bounded and can always be written as JSON") {
    one.answer.body = std::string(100000, 'x');
    CHECK(http().evidence["body"].get<std::string>().size() == 4096);
    one.answer.body = "caf\xC3\xA9 \xFF\xFE \xC3";
    const auto taken = http();
    CHECK(taken.evidence["body"] == "café \uFFFD\uFFFD \uFFFD");
    CHECK_NOTHROW(taken.evidence.dump());
}

TEST_CASE("text is cut between characters and mended") {
    using probing::presentable;
    CHECK(presentable("aé", 2) == "a");
    CHECK(presentable("aé", 3) == "aé");
    CHECK(presentable("\xF0\x9F\x90\xA6", 4) == "\xF0\x9F\x90\xA6");
    CHECK(presentable("\xF0\x9F\x90\xA6", 3).empty());
    CHECK(presentable("\xC0\x80", 100) == "\uFFFD\uFFFD");           // overlong
    CHECK(presentable("\xED\xA0\x80", 100) == "\uFFFD\uFFFD\uFFFD"); // a surrogate
    CHECK(presentable("\xF4\x90\x80\x80", 100).starts_with("\uFFFD"));
    CHECK(presentable("\xE2\x82", 100) == "\uFFFD\uFFFD");
    CHECK(presentable("\xE2\x28\xA1", 100) == "\uFFFD(\uFFFD");
}

TEST_CASE_FIXTURE(fixture, "no answer is a failure, our own trouble is not") {
    check.settings["port"] = closed_port();
    auto taken = http();
    CHECK(taken.what == outcome::fail);
    CHECK(taken.summary == "connection refused");
    CHECK(taken.evidence["error"].get<std::string>().find("refused") != std::string::npos);
    CHECK_FALSE(taken.evidence.contains("status"));
    taken = tcp();
    CHECK(taken.what == outcome::fail);
    CHECK(taken.summary == "connection refused");

    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const int next = ::dup(0);
    ::close(next);
    rlimit tight = before;
    tight.rlim_cur = static_cast<rlim_t>(next);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    const auto no_descriptors = http();
    const auto none_for_tcp = tcp();
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(no_descriptors.what == outcome::inconclusive);
    CHECK(no_descriptors.summary == "too many open files");
    CHECK(none_for_tcp.what == outcome::inconclusive);
}

TEST_CASE_FIXTURE(fixture, "silence ends with the check's timeout") {
    one.delay = seconds(30);
    check.timeout = milliseconds(120);
    const auto start = std::chrono::steady_clock::now();
    const auto taken = http();
    CHECK(std::chrono::steady_clock::now() - start < milliseconds(400));
    CHECK(taken.what == outcome::fail);
    CHECK(taken.summary == "no answer within 120ms");
    CHECK(taken.took >= milliseconds(119));
}

TEST_CASE_FIXTURE(fixture, "each try has the timeout for itself: a silent first one left none over "
                           "for its retries") {
    one.delay = seconds(30);
    check.timeout = milliseconds(120);
    check.attempts = 3;
    const auto start = std::chrono::steady_clock::now();
    const auto taken = http();
    CHECK(std::chrono::steady_clock::now() - start < milliseconds(1200));
    CHECK(one.asked == 3);
    CHECK(taken.evidence["attempts"] == 3);
    CHECK(taken.what == outcome::fail);
    CHECK(taken.summary == "no answer within 120ms");
    CHECK(taken.took >= milliseconds(3 * 119 + 200));
}

TEST_CASE_FIXTURE(fixture, "nothing to ask is no data") {
    target.address.clear();
    CHECK(http().what == outcome::no_data);
    CHECK(tcp().what == outcome::no_data);
    CHECK(route().what == outcome::no_data);
    target.address = "127.0.0.1";
    check.settings = json::object();
    CHECK(http().what == outcome::no_data);
    CHECK(tcp().what == outcome::no_data);
    check.settings = json();
    CHECK(http().what == outcome::no_data);
    target.base_url = "ftp://127.0.0.1";
    CHECK(route().what == outcome::no_data);
}

TEST_CASE_FIXTURE(fixture, "odd settings are neither thrown nor sent") {
    check.settings["path"] = 5;
    check.settings["headers"] = "x";
    check.settings["method"] = nullptr;
    CHECK(http().what == outcome::pass);
    CHECK(one.last.path == "/");
    check.settings["headers"] = {{"X-A", "b\r\nX-Evil: 1"}};
    const auto taken = http();
    CHECK(taken.what == outcome::inconclusive);
    CHECK(one.asked == 1);
}

TEST_CASE_FIXTURE(fixture, "tries within one sample: the first good answer counts") {
    one.refusals = 2;
    SUBCASE("enough tries") {
        check.attempts = 3;
        const auto taken = http();
        CHECK(taken.what == outcome::pass);
        CHECK(taken.evidence["attempts"] == 3);
        CHECK(one.asked == 3);
    }
    SUBCASE("too few") {
        check.attempts = 2;
        const auto taken = http();
        CHECK(taken.what == outcome::fail);
        CHECK(taken.summary == "HTTP 503");
        CHECK(one.asked == 2);
    }
}

TEST_CASE_FIXTURE(fixture, "http asks as its settings say") {
    CHECK(http_noted().what == outcome::pass);
    CHECK(notes.to.host_header == "127.0.0.1:" + std::to_string(server->port()));
    CHECK(notes.what.method == "GET");
    CHECK(notes.what.target == "/");
    CHECK(notes.what.headers.empty());
    CHECK(notes.what.deadline <= check.timeout);
    check.settings["method"] = "HEAD";
    check.settings["path"] = "/v4?x=1";
    check.settings["headers"] = {{"Host", "lava.example.com"},
                                 {"Authorization", "youshallnotpass"}};
    const auto taken = http_noted();
    CHECK(notes.what.method == "HEAD");
    CHECK(notes.what.target == "/v4?x=1");
    CHECK(header_in(notes.what, "Host") == "lava.example.com");
    CHECK(header_in(notes.what, "Authorization") == "youshallnotpass");
    CHECK(taken.evidence.dump().find("youshallnotpass") == std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "tcp passes when somebody answers the connect") {
    const auto taken = tcp();
    CHECK(taken.what == outcome::pass);
    CHECK(taken.summary == "connected");
    CHECK(taken.evidence["url"] == "tcp://127.0.0.1:" + std::to_string(server->port()));
    CHECK(one.asked == 0);
}

TEST_CASE_FIXTURE(fixture, "route asks the entry point as a client would, or as a try") {
    target.address.clear();
    target.base_url = base();
    target.host = "lava.example.com";
    target.path = "/own";
    check.settings = {{"name", "lava"}};
    const auto taken = route();
    CHECK(taken.what == outcome::pass);
    CHECK(taken.summary == "HTTP 200");
    CHECK(taken.evidence["url"] == "http://lava.example.com/own at " + base());
    CHECK(one.last.path == "/own");

    CHECK(route_noted().what == outcome::pass);
    CHECK(notes.to.host_header == "lava.example.com");
    CHECK(header_in(notes.what, "X-Alcedo-Try").empty());
    target.try_token = "t0ken";
    check.settings["path"] = "/version";
    check.settings["status"] = json::array({200});
    const auto tried = route_noted();
    CHECK(header_in(notes.what, "X-Alcedo-Try") == "t0ken");
    CHECK(notes.what.target == "/version");
    CHECK(tried.evidence.dump().find("t0ken") == std::string::npos);
    for (const int status : {404, 502, 503, 504, 204}) {
        one.answer.status = status;
        CHECK(route().what == outcome::fail);
    }
}

TEST_CASE_FIXTURE(fixture, "route asks an https entry point by the name of its host") {
    target.base_url = "https://10.0.0.1:8443";
    target.host = "lava.example.com";
    check.settings = {{"name", "lava"}};
    const auto taken = route_noted();
    CHECK(taken.what == outcome::pass);
    CHECK(taken.evidence["url"] == "https://lava.example.com/ at https://10.0.0.1:8443");
    CHECK(notes.to.scheme == "tls");
    CHECK(notes.to.host == "10.0.0.1");
    CHECK(notes.to.host_header == "lava.example.com");
    CHECK(notes.to.any_certificate);
    // Its certificate is nobody's business here, but no TLS at all is no answer.
    notes.answer = error(next_step::retry, "tls", "TLS handshake: unrecognized name");
    CHECK(route_noted().what != outcome::pass);
}
