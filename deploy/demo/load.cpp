// The load client: open loop, so a slow answer never slows the next request down. Requests start on
// a fixed schedule, are numbered, mix GET and POST on kept and on new connections in equal parts,
// and are never tried again. Every failure is named by time, kind and the version that answered.
//
//   demo_load --target 172.31.240.2:80 --host shop.example.com --rate 100 [--path /]
//             [--duration 60s] [--timeout 10s] [--slow 25 --slow 45] [--websocket 60|0]
//             [--out FILE.jsonl] [--summary FILE.json] [--progress]
//
// --slow and --websocket are opened at the start and each must live to its own end; a WebSocket of
// 0 seconds ends when the run does. SIGTERM and SIGINT end the schedule; what is in flight is
// finished. Exit 0 if nothing failed, 1 if something did, 64 for wrong arguments.
#include "deploy/demo/load_options.hpp"
#include "deploy/demo/load_records.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>
#include <memory>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using demo::clock;
using demo::record;
using request = http::request<http::string_body>;
using stream_ptr = std::unique_ptr<beast::tcp_stream>;

struct kept {
    stream_ptr stream;
    clock::time_point since;
};

struct run {
    demo::options is;
    demo::records records;
    asio::io_context context{1};
    clock::time_point started = clock::now();
    double started_at = demo::time_of_day();
    std::uint64_t next_number = 1;
    std::deque<kept> pool; // newest last
    bool stopping = false;

    [[nodiscard]] double time_at(clock::time_point when) const {
        return started_at + std::chrono::duration<double>(when - started).count();
    }
};

record begin(run& self, const char* kind, clock::time_point scheduled) {
    record r;
    r.number = self.next_number++;
    r.kind = kind;
    r.scheduled = self.time_at(scheduled);
    self.records.sent();
    return r;
}

void end(run& self, record& r) {
    const auto now = clock::now();
    r.finished = self.time_at(now);
    r.latency_ms = (r.finished - r.scheduled) * 1000;
    self.records.ended(r);
}

void fail(record& r, const char* kind, std::string detail) {
    if (r.failure.empty()) {
        r.failure = kind;
        r.detail = std::move(detail);
    }
}

void fail(record& r, const boost::system::error_code& error) {
    const bool late = error == beast::error::timeout;
    const bool cut = error == http::error::partial_message;
    fail(r, late ? "timeout" : cut ? "short-body" : "reset", error.message());
}

request make_request(const run& self, const record& r, const std::string& target) {
    const bool post = r.kind.starts_with("post");
    request asked{post ? http::verb::post : http::verb::get, target, 11};
    asked.set(http::field::host, self.is.host);
    asked.set(http::field::user_agent, "demo_load");
    asked.set("X-Request-Number", std::to_string(r.number));
    asked.keep_alive(r.kind.ends_with("kept"));
    if (post) {
        asked.body() = "order " + std::to_string(r.number) + std::string(r.number % 2000, '.');
        asked.prepare_payload();
    }
    return asked;
}

// Does the answer belong to this request, and did the body of the request arrive whole?
void judge(record& r, const request& asked, unsigned status, const std::string& body) {
    r.status = status;
    r.version = demo::member(body, "version");
    r.colour = demo::member(body, "colour");
    if (status != 200) {
        fail(r, "status", body.substr(0, 120));
    } else if (demo::member(body, "request") != std::to_string(r.number) ||
               demo::member(body, "hash") != demo::hash_text(asked.body())) {
        fail(r, "wrong-echo", body.substr(0, 120));
    }
}

// A kept connection that lay idle for a minute is let go by us, before the proxy may do it:
// choosing it would be a race and not a finding.
stream_ptr take_kept(run& self) {
    while (!self.pool.empty() && clock::now() - self.pool.front().since > std::chrono::minutes(1)) {
        self.pool.pop_front();
    }
    if (self.pool.empty()) {
        return nullptr;
    }
    auto stream = std::move(self.pool.back().stream);
    self.pool.pop_back();
    return stream;
}

asio::awaitable<stream_ptr> connect(run& self, record& r) {
    auto stream = std::make_unique<beast::tcp_stream>(self.context);
    stream->expires_after(self.is.timeout);
    boost::system::error_code error;
    co_await stream->async_connect(self.is.target,
                                   asio::redirect_error(asio::use_awaitable, error));
    if (error) {
        fail(r, error == beast::error::timeout ? "timeout" : "connect", error.message());
        co_return nullptr;
    }
    stream->socket().set_option(tcp::no_delay(true));
    co_return stream;
}

// Whether the connection may be used again. A response that was cut still tells who began it.
asio::awaitable<bool> exchange(record& r, beast::tcp_stream& stream, const request& asked) {
    boost::system::error_code error;
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{64} << 20);
    co_await http::async_write(stream, asked, asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
        beast::flat_buffer buffer;
        co_await http::async_read(stream, buffer, parser,
                                  asio::redirect_error(asio::use_awaitable, error));
    }
    const auto& got = parser.get();
    if (error) {
        r.status = parser.is_header_done() ? got.result_int() : 0;
        r.version = got["X-Demo-Version"];
        fail(r, error);
        co_return false;
    }
    judge(r, asked, got.result_int(), got.body());
    co_return r.failure.empty() && asked.keep_alive() && got.keep_alive();
}

asio::awaitable<void> short_request(run& self, record r) {
    const auto asked = make_request(self, r, self.is.path);
    stream_ptr stream;
    if (asked.keep_alive()) {
        stream = take_kept(self);
    }
    if (!stream) {
        stream = co_await connect(self, r);
    }
    if (stream) {
        stream->expires_after(self.is.timeout);
        const bool again = co_await exchange(r, *stream, asked);
        if (again) {
            stream->expires_never();
            self.pool.push_back({std::move(stream), clock::now()});
        }
    }
    end(self, r);
}

// One long answer: the time limit is its own length and a little, and its last line must be there.
asio::awaitable<void> slow_request(run& self, double seconds) {
    auto r = begin(self, "slow", clock::now());
    const auto asked = make_request(self, r, "/slow?seconds=" + std::to_string(seconds));
    auto stream = co_await connect(self, r);
    if (stream) {
        const std::chrono::duration<double> limit(seconds + 15);
        stream->expires_after(std::chrono::duration_cast<clock::duration>(limit));
        co_await exchange(r, *stream, asked);
    }
    end(self, r);
}

bool is_over(const run& self, clock::time_point opened, double seconds) {
    return seconds > 0 ? std::chrono::duration<double>(clock::now() - opened).count() >= seconds
                       : self.stopping;
}

// Four numbered messages a second, each echoed behind the version that holds the connection.
asio::awaitable<void> chat(run& self, record& r, beast::tcp_stream stream, double seconds) {
    beast::websocket::stream<beast::tcp_stream> socket(std::move(stream));
    socket.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::client));
    const std::string number = std::to_string(r.number);
    socket.set_option(
        beast::websocket::stream_base::decorator([number](beast::websocket::request_type& asked) {
            asked.set("X-Request-Number", number);
        }));
    beast::get_lowest_layer(socket).expires_never();
    co_await socket.async_handshake(self.is.host, "/ws", asio::use_awaitable);
    r.status = 101;
    asio::steady_timer timer(self.context);
    const auto opened = clock::now();
    for (int i = 0; !is_over(self, opened, seconds); ++i) {
        const std::string text = "message " + std::to_string(i);
        co_await socket.async_write(asio::buffer(text), asio::use_awaitable);
        beast::flat_buffer buffer;
        co_await socket.async_read(buffer, asio::use_awaitable);
        const std::string reply = beast::buffers_to_string(buffer.data());
        r.version = reply.substr(0, reply.find(' '));
        if (!reply.ends_with(" " + text)) {
            fail(r, "wrong-echo", reply.substr(0, 120));
            break;
        }
        timer.expires_after(std::chrono::milliseconds(250));
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_await socket.async_close(beast::websocket::close_code::normal, asio::use_awaitable);
}

asio::awaitable<void> websocket(run& self, double seconds) {
    auto r = begin(self, "websocket", clock::now());
    auto stream = co_await connect(self, r);
    if (stream) {
        try {
            co_await chat(self, r, std::move(*stream), seconds);
        } catch (const boost::system::system_error& error) {
            fail(r, error.code() == beast::error::timeout ? "timeout" : "reset",
                 error.code().message());
        }
    }
    end(self, r);
}

asio::awaitable<void> schedule(run& self) {
    static constexpr const char* kinds[] = {"get-kept", "post-new", "get-new", "post-kept"};
    static constexpr const char* kept[] = {"get-kept", "post-kept", "get-kept", "get-kept"};
    static constexpr const char* fresh[] = {"get-new", "post-new", "get-new", "get-new"};
    const auto& mix = self.is.connections == "kept"  ? kept
                      : self.is.connections == "new" ? fresh
                                                     : kinds;
    asio::steady_timer timer(self.context);
    for (std::uint64_t i = 0; !self.stopping; ++i) {
        const std::chrono::duration<double> after(static_cast<double>(i) / self.is.rate);
        const auto due = self.started + std::chrono::duration_cast<clock::duration>(after);
        if (self.is.duration && due - self.started >= *self.is.duration) {
            break;
        }
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
        if (self.stopping) {
            break;
        }
        auto r = begin(self, mix[i % 4], due);
        asio::co_spawn(self.context, short_request(self, std::move(r)), asio::detached);
    }
    self.stopping = true;
}

// Ends the run once the schedule is over and nothing is open. A second signal does not wait.
asio::awaitable<void> supervise(run& self) {
    asio::steady_timer timer(self.context);
    auto told = clock::now();
    while (!self.stopping || self.records.open_count() > 0) {
        timer.expires_after(std::chrono::milliseconds(50));
        co_await timer.async_wait(asio::use_awaitable);
        if (self.is.progress && clock::now() - told >= std::chrono::seconds(1)) {
            told = clock::now();
            const std::chrono::duration<double> elapsed = told - self.started;
            std::fprintf(stderr, "%s\n", self.records.progress(elapsed.count()).c_str());
        }
    }
    self.context.stop();
}

asio::awaitable<void> on_signals(run& self) {
    asio::signal_set signals(self.context, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    self.stopping = true;
    co_await signals.async_wait(asio::use_awaitable);
    self.context.stop();
}

int go(run& self) {
    asio::co_spawn(self.context, schedule(self), asio::detached);
    asio::co_spawn(self.context, on_signals(self), asio::detached);
    asio::co_spawn(self.context, supervise(self), asio::detached);
    for (const double seconds : self.is.slow) {
        asio::co_spawn(self.context, slow_request(self, seconds), asio::detached);
    }
    for (const double seconds : self.is.websockets) {
        asio::co_spawn(self.context, websocket(self, seconds), asio::detached);
    }
    self.context.run();
    self.records.write_summary();
    const std::chrono::duration<double> elapsed = clock::now() - self.started;
    std::fprintf(stderr, "%s\n", self.records.progress(elapsed.count()).c_str());
    return self.records.failed_count() == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    try {
        auto is = demo::read_options(count, arguments);
        run self{.is = is, .records = {is.out, is.summary}, .pool = {}};
        return go(self);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "demo_load: %s\n", error.what());
        return 1;
    }
}
