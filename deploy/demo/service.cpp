// The demo service: one binary for every story, behaving as its environment says. It answers who it
// is, proves that a body arrived, keeps long responses and WebSockets open, and can be late, ill,
// slow, deaf to SIGTERM or in a hurry. It writes nothing but its log.
//
//   demo_service                  serves on [::]:8080 (PORT)
//   demo_service probe URL        0 if URL answers 2xx within 2 s: a health check without a shell
//
//   VERSION, ALCEDO_COLOR, ALCEDO_REVISION   what it says it is
//   HEALTHY_AFTER=5s   503 on every path until then      NEVER_HEALTHY=1   503 for ever
//   SICK_AFTER=20s     500 on every short path from then, counted from the start or, with
//                      SICK_FROM=traffic, from the first numbered request (a probe has no number)
//   WORK=2s            how long /work takes              EXIT_AFTER=30s    exits with 1
//   TERM_EXIT=now      SIGTERM: gone at once, whatever is in flight
//   TERM_DRAIN=20s     SIGTERM: the port closes, what is in flight goes on, exit after that time
//   (neither)          SIGTERM: the port closes, exit when nothing is in flight, 10 s at most
#include "deploy/demo/service_state.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket.hpp>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using demo::clock;
using demo::log;
using demo::state;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

std::string describe(const state& self, const request& asked, http::status status) {
    std::string number(asked["X-Request-Number"]);
    if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) {
        number = "null";
    }
    std::string out = "{\"version\":" + demo::quoted(self.is.version) +
                      ",\"colour\":" + demo::quoted(self.is.colour) +
                      ",\"revision\":" + demo::quoted(self.is.revision) + ",\"request\":" + number +
                      ",\"method\":" + demo::quoted(asked.method_string()) +
                      ",\"length\":" + std::to_string(asked.body().size()) +
                      ",\"hash\":" + demo::quoted(demo::hash_text(asked.body()));
    if (status == http::status::service_unavailable) {
        out += ",\"error\":\"not ready: schema 40 found, 41 needed\"";
    } else if (status != http::status::ok) {
        out += ",\"error\":\"connection pool exhausted\"";
    }
    return out + "}\n";
}

response answer(state& self, const request& asked) {
    const auto status = health(self);
    response out{status, asked.version()};
    out.set(http::field::content_type, "application/json");
    out.keep_alive(asked.keep_alive() && !self.draining);
    out.body() = describe(self, asked, status);
    out.prepare_payload();
    if (asked.target() == "/healthz" && status != http::status::ok) {
        log("GET /healthz " + std::to_string(static_cast<unsigned>(status)));
    }
    return out;
}

asio::awaitable<void> pause(clock::duration time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

// /slow?seconds=25: four chunks a second, and a last line that says it was all of it.
asio::awaitable<void> answer_slowly(beast::tcp_stream& stream, const state& self,
                                    const request& asked) {
    const std::string target(asked.target());
    const auto at = target.find("seconds=");
    const double seconds = at == std::string::npos ? 1 : std::atof(target.c_str() + at + 8);
    http::response<http::empty_body> head{http::status::ok, asked.version()};
    head.set(http::field::content_type, "text/plain");
    head.set("X-Demo-Version", self.is.version);
    head.chunked(true);
    head.keep_alive(false);
    http::response_serializer<http::empty_body> writer{head};
    co_await http::async_write_header(stream, writer, asio::use_awaitable);
    const int chunks = static_cast<int>(seconds * 4);
    for (int i = 0; i < chunks; ++i) {
        const std::string line =
            "version " + self.is.version + " chunk " + std::to_string(i) + "\n";
        const auto chunk = http::make_chunk(asio::buffer(line));
        co_await asio::async_write(stream, chunk, asio::use_awaitable);
        co_await pause(std::chrono::milliseconds(250));
    }
    const std::string line = describe(self, asked, http::status::ok);
    const auto chunk = http::make_chunk(asio::buffer(line));
    co_await asio::async_write(stream, chunk, asio::use_awaitable);
    const auto last = http::make_chunk_last();
    co_await asio::async_write(stream, last, asio::use_awaitable);
}

// Echoes every message behind its own version, until the client closes.
asio::awaitable<void> echo_websocket(beast::tcp_stream stream, const state& self, request asked) {
    beast::websocket::stream<beast::tcp_stream> socket(std::move(stream));
    co_await socket.async_accept(asked, asio::use_awaitable);
    for (;;) {
        beast::flat_buffer buffer;
        co_await socket.async_read(buffer, asio::use_awaitable);
        socket.text(socket.got_text());
        const std::string reply =
            self.is.version + " " + self.is.colour + " " + beast::buffers_to_string(buffer.data());
        co_await socket.async_write(asio::buffer(reply), asio::use_awaitable);
    }
}

asio::awaitable<request> next_request(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                      state& self) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(1 << 20);
    auto* const socket = &stream.socket();
    self.idle.insert(socket);
    boost::system::error_code error;
    co_await http::async_read_header(stream, buffer, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
    self.idle.erase(socket);
    if (!error) {
        co_await http::async_read(stream, buffer, parser,
                                  asio::redirect_error(asio::use_awaitable, error));
    }
    if (error) {
        throw boost::system::system_error(error);
    }
    co_return parser.release();
}

asio::awaitable<void> serve(beast::tcp_stream stream, state& self) {
    beast::flat_buffer buffer;
    for (bool again = true; again;) {
        auto asked = co_await next_request(stream, buffer, self);
        const demo::in_flight counted(self);
        if (!self.first_traffic && asked.count("X-Request-Number") != 0) {
            self.first_traffic = clock::now();
            log("first request");
        }
        if (beast::websocket::is_upgrade(asked)) {
            co_await echo_websocket(std::move(stream), self, std::move(asked));
            co_return;
        }
        if (asked.target().starts_with("/slow")) {
            co_await answer_slowly(stream, self, asked);
            break;
        }
        if (asked.target().starts_with("/work")) {
            co_await pause(self.is.work);
        }
        const auto out = answer(self, asked);
        again = out.keep_alive();
        co_await http::async_write(stream, out, asio::use_awaitable);
    }
    boost::system::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> session(tcp::socket socket, state& self) {
    try {
        beast::tcp_stream stream(std::move(socket));
        co_await serve(std::move(stream), self);
    } catch (const boost::system::system_error&) {
        // The peer went away: nobody is left to be told.
    }
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, state& self) {
    for (;;) {
        boost::system::error_code error;
        auto socket =
            co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (self.draining) {
            co_return;
        }
        if (!error) {
            socket.set_option(tcp::no_delay(true));
            asio::co_spawn(acceptor.get_executor(), session(std::move(socket), self),
                           asio::detached);
        }
    }
}

asio::awaitable<void> on_signal(tcp::acceptor& acceptor, state& self) {
    asio::signal_set signals(acceptor.get_executor(), SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    log("SIGTERM: " + std::to_string(self.in_flight) + " in flight");
    if (self.is.exit_at_once) {
        std::_Exit(0);
    }
    self.draining = true;
    acceptor.close();
    for (auto* const socket : self.idle) {
        socket->cancel();
    }
    const auto asked = clock::now();
    if (self.is.drain) {
        co_await pause(*self.is.drain);
    } else {
        while (self.in_flight > 0 && clock::now() - asked < std::chrono::seconds(10)) {
            co_await pause(std::chrono::milliseconds(20));
        }
    }
    log("exit: " + std::to_string(self.in_flight) + " in flight");
    std::_Exit(0);
}

asio::awaitable<void> exit_later(clock::duration time) {
    co_await pause(time);
    log("ERROR out of memory, giving up");
    std::_Exit(1);
}

int serve_until_told(state& self) {
    asio::io_context context(1);
    tcp::acceptor acceptor(context);
    const tcp::endpoint everywhere(tcp::v6(), self.is.port);
    boost::system::error_code error;
    acceptor.open(everywhere.protocol(), error);
    const bool dual = !error;
    if (dual) {
        acceptor.set_option(asio::ip::v6_only(false));
    } else {
        acceptor.open(tcp::v4());
    }
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(dual ? everywhere : tcp::endpoint(tcp::v4(), self.is.port));
    acceptor.listen();
    log("version " + self.is.version + " colour " + self.is.colour + " on port " +
        std::to_string(self.is.port));
    asio::co_spawn(context, listen(acceptor, self), asio::detached);
    asio::co_spawn(context, on_signal(acceptor, self), asio::detached);
    if (self.is.exit_after) {
        asio::co_spawn(context, exit_later(*self.is.exit_after), asio::detached);
    }
    context.run();
    return 0;
}

// "http://127.0.0.1:8080/healthz", numeric addresses only: a static program has no resolver.
int probe(const std::string& url) {
    char host[64] = {};
    char path[256] = "/";
    unsigned port = 80;
    if (std::sscanf(url.c_str(), "http://%63[0-9.]:%u%255s", host, &port, path) < 2) {
        std::fprintf(stderr, "%s: write http://127.0.0.1:8080/healthz\n", url.c_str());
        return 64;
    }
    beast::tcp_stream::endpoint_type const peer(asio::ip::make_address(host),
                                                static_cast<std::uint16_t>(port));
    asio::io_context context(1);
    int code = 1;
    const std::string target = path;
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            beast::tcp_stream stream(context);
            co_await stream.async_connect(peer, asio::use_awaitable);
            http::request<http::empty_body> asked{http::verb::get, target, 11};
            asked.set(http::field::host, host);
            asked.keep_alive(false);
            co_await http::async_write(stream, asked, asio::use_awaitable);
            beast::flat_buffer buffer;
            response got;
            co_await http::async_read(stream, buffer, got, asio::use_awaitable);
            std::printf("%u %s", got.result_int(), got.body().c_str());
            code = got.result_int() / 100 == 2 ? 0 : 1;
        },
        asio::detached);
    context.run_for(std::chrono::seconds(2));
    return code;
}

} // namespace

int main(int count, char** arguments) {
    try {
        if (count == 3 && std::string_view(arguments[1]) == "probe") {
            return probe(arguments[2]);
        }
        if (count != 1) {
            std::fprintf(
                stderr, "usage: demo_service | demo_service probe http://127.0.0.1:8080/healthz\n");
            return 64;
        }
        state self{.is = demo::read_settings(), .first_traffic = std::nullopt, .idle = {}};
        return serve_until_told(self);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
