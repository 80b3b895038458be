#include "controller/net/server_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/socket.h>

namespace alcedo::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds linger_limit{500};

using parser = http::request_parser<http::string_body>;

response message_answer(int status, const std::string& message) {
    const nlohmann::json body{{"message", message}};
    response out;
    out.status = status;
    out.headers.emplace_back("content-type", "application/json");
    out.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    return out;
}

/// What a request that could not be read is told; nothing if nobody is there to be told.
std::optional<response> refusal(beast::error_code problem) {
    if (problem == http::error::body_limit) return message_answer(413, "the body is too large");
    if (problem == http::error::header_limit) return message_answer(431, "the header is too large");
    const bool is_gone =
        problem == http::error::end_of_stream || problem == http::error::partial_message;
    if (is_gone || problem.category() != beast::error_code(http::error::bad_version).category())
        return std::nullopt;
    return message_answer(400, "malformed request: " + problem.message());
}

bool is_framing(std::string_view name) {
    return beast::iequals(name, "content-length") || beast::iequals(name, "transfer-encoding") ||
           beast::iequals(name, "connection");
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; });
}

http::response<http::string_body> message_from(response what, bool keep_alive) {
    http::response<http::string_body> out;
    const bool is_possible = what.status >= 200 && what.status <= 599;
    const auto status = is_possible ? static_cast<unsigned>(what.status) : 500u;
    out.version(11);
    out.result(status);
    for (const auto& [name, value] : what.headers)
        if (!is_framing(name) && !has_control(name) && !has_control(value)) out.insert(name, value);
    out.keep_alive(keep_alive);
    if (status != 204 && status != 304) out.body() = std::move(what.body);
    out.prepare_payload();
    return out;
}

task<bool> write(server_session& session, response what, bool keep_alive, bool head_only,
                 milliseconds limit) {
    auto message = message_from(std::move(what), keep_alive);
    http::response_serializer<http::string_body> serializer(message);
    session.stream.expires_after(limit);
    if (head_only) {
        auto [problem, size] =
            co_await http::async_write_header(session.stream, serializer, as_values);
        co_return !problem;
    }
    auto [problem, size] = co_await http::async_write(session.stream, serializer, as_values);
    co_return !problem;
}

/// Closing on unread bytes resets the connection, and the reset can overtake the answer.
task<void> hang_up(server_session& session) {
    std::array<char, 4096> rest{};
    beast::error_code problem;
    session.stream.socket().shutdown(asio::socket_base::shutdown_send, problem);
    session.stream.expires_after(linger_limit);
    while (!problem) {
        auto [ended, size] = co_await session.stream.async_read_some(asio::buffer(rest), as_values);
        problem = ended;
    }
}

task<beast::error_code> read_request(server_session& session, parser& incoming) {
    auto [bad_header, header_size] =
        co_await http::async_read_header(session.stream, session.buffer, incoming, as_values);
    if (bad_header) co_return bad_header;
    if (beast::iequals(incoming.get()[http::field::expect], "100-continue")) {
        http::response<http::empty_body> go_on(http::status::continue_, 11);
        auto [unsent, size] = co_await http::async_write(session.stream, go_on, as_values);
        if (unsent) co_return unsent;
    }
    auto [bad_body, body_size] =
        co_await http::async_read(session.stream, session.buffer, incoming, as_values);
    co_return bad_body;
}

task<response> answer_to(const session_registry& registry, server_request asked) {
    std::string why = "the handler failed";
    try {
        co_return co_await registry.answer(std::move(asked));
    } catch (const std::exception& problem) {
        why = problem.what();
    } catch (...) {
    }
    co_return message_answer(500, why);
}

/// True while the connection may carry another request.
task<bool> serve_one(const session_registry& registry, server_session& session) {
    const auto limits = registry.limits;
    parser incoming;
    incoming.body_limit(limits.body);
    incoming.header_limit(static_cast<std::uint32_t>(limits.header));
    session.stream.expires_after(limits.idle);
    const auto problem = co_await read_request(session, incoming);
    if (problem) {
        auto answer = refusal(problem);
        if (answer) co_await write(session, std::move(*answer), false, false, limits.idle);
        co_return false;
    }
    auto& message = incoming.get();
    const bool keep_alive = message.keep_alive();
    auto asked = parse_target(std::string(message.target()));
    response out;
    if (asked) {
        asked->method = std::string(message.method_string());
        asked->body = std::move(message.body());
        asked->from = session.from;
        session.changes = asked->method != "GET" && asked->method != "HEAD";
        out = co_await answer_to(registry, std::move(*asked));
    } else {
        out = message_answer(400, asked.error().message);
    }
    const bool head_only = message.method() == http::verb::head;
    const bool goes_on = keep_alive && !registry.is_closing();
    const bool written = co_await write(session, std::move(out), goes_on, head_only, limits.idle);
    session.changes = false;
    co_return written&& goes_on && !registry.is_closing();
}

} // namespace

server_session::server_session(asio::generic::stream_protocol::socket socket, bool is_unix)
    : stream(std::move(socket)) {
    ucred who{};
    socklen_t size = sizeof who;
    const int descriptor = stream.socket().native_handle();
    if (!is_unix || ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return;
    from.uid = static_cast<int>(who.uid);
    from.gid = static_cast<int>(who.gid);
    from.pid = static_cast<int>(who.pid);
}

session_registry::session_registry(asio::any_io_executor executor, handler a, server_limits l)
    : answer(std::move(a)), limits(l), empty_(std::move(executor)) {}

void session_registry::add(std::shared_ptr<server_session> session) {
    open_.insert(std::move(session));
}

void session_registry::remove(const std::shared_ptr<server_session>& session) {
    open_.erase(session);
    if (open_.empty()) empty_.cancel();
}

void session_registry::end_all() {
    const auto ending = open_;
    const bool changes_end = std::exchange(closing_, true);
    for (const auto& session : ending) {
        if (session->changes && !changes_end) continue;
        session->stream.close();
        session->cancel.emit(asio::cancellation_type::terminal);
        // co_spawn passes the signal on in a step of its own, and does not keep it alive for that.
        asio::post(session->stream.get_executor(), [session] {});
    }
}

bool session_registry::is_changing() const {
    return std::any_of(open_.begin(), open_.end(), [](const auto& x) { return x->changes; });
}

task<void> session_registry::all_ended() {
    constexpr auto forever = asio::steady_timer::time_point::max();
    while (!open_.empty()) {
        empty_.expires_at(forever);
        co_await empty_.async_wait(as_values);
    }
}

task<void> serve(std::shared_ptr<session_registry> registry,
                 std::shared_ptr<server_session> session) {
    bool goes_on = true;
    while (goes_on)
        goes_on = co_await serve_one(*registry, *session);
    co_await hang_up(*session);
}

} // namespace alcedo::net
