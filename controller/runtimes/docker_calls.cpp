#include "controller/runtimes/docker_calls.hpp"

#include "controller/runtimes/docker_json.hpp"
#include "reconcilers/model/reason.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace alcedo::docker {

namespace asio = boost::asio;

namespace {

// The two dialects that are tested; every engine from 20.10 on speaks one of them.
constexpr int older_dialect = 41;
constexpr int newer_dialect = 44;
constexpr milliseconds ping_deadline{2000};

std::string version_text(int minor) {
    return "1." + std::to_string(minor);
}

/// 44 of "1.44…"; nothing if it is not of that form.
std::optional<int> minor_from(std::string_view text) {
    int minor = 0;
    if (!text.starts_with("1.")) return std::nullopt;
    text.remove_prefix(2);
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), minor);
    if (problem != std::errc{} || minor <= 0) return std::nullopt;
    return minor;
}

std::optional<int> floor_in(const std::string& refusal) {
    constexpr std::string_view mark = "Minimum supported API version is ";
    const auto at = refusal.find(mark);
    if (at == std::string::npos) return std::nullopt;
    return minor_from(std::string_view(refusal).substr(at + mark.size()));
}

/// "Docker/20.10.24 (linux)" → "20.10.24"; empty if something else answers as the server.
std::string engine_version(const std::string& server) {
    for (const std::string_view name : {"Docker/", "Libpod/"})
        if (server.starts_with(name)) {
            const auto rest = std::string_view(server).substr(name.size());
            return std::string(rest.substr(0, rest.find(' ')));
        }
    return {};
}

} // namespace

engine_calls::engine_calls(net::http_client& http, clock_source& clock, std::string host,
                           event_sink& events)
    : http_(http), clock_(clock), events_(events), host_(net::parse_endpoint(host)) {}

void engine_calls::forget() {
    minor_ = 0;
    floor_ = 0;
}

void engine_calls::tell(operation what, const result<net::response>& answer, const moment& begun) {
    call_finished done;
    done.door = "docker";
    done.op = to_string(what);
    done.code = answer ? std::to_string(answer->status) : answer.error().reason;
    done.took = std::max(milliseconds::zero(), clock_.now().boot - begun.boot);
    events_.emit(done);
}

task<result<net::response>> engine_calls::send(operation what, net::request request,
                                               bool to_its_end) {
    const auto begun = clock_.now();
    auto calling = http_.call(*host_, std::move(request));
    result<net::response> answer = net::response();
    if (to_its_end) {
        // On its own, with no way for a cancellation to come through.
        auto executor = co_await asio::this_coro::executor;
        auto sealed = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
        answer = co_await asio::co_spawn(executor, std::move(calling), std::move(sealed));
    } else {
        answer = co_await std::move(calling);
    }
    tell(what, answer, begun);
    if (!answer) forget();
    co_return answer;
}

task<result<engine_info>> engine_calls::negotiate() {
    net::request ping("GET", "/_ping");
    if (!host_) co_return host_.error();
    ping.deadline = ping_deadline;
    ping.body_limit = 64u << 10;
    ping.keeps_connection = true;
    auto pong = co_await send(operation::ping, std::move(ping), false);
    if (!pong) co_return error(next_step::retry, pong.error().reason, pong.error().message);
    auto info = agree(*pong);
    if (!info || !info->version.empty()) co_return info;
    // A proxy hides the server's name; asked only here, never polled (10 ms on 20.10).
    engine_call question{operation::version, "GET", "/version"};
    auto answer = co_await send(operation::version, request_for(question, minor_), false);
    if (!answer) co_return error(next_step::retry, answer.error().reason, answer.error().message);
    const auto body = json_in(answer->body);
    info->version = body ? text_at(*body, "Version") : std::string();
    co_return info;
}

result<engine_info> engine_calls::agree(const net::response& pong) {
    minor_ = 0;
    if (pong.status != 200)
        return error(next_step::retry, std::string(reason::EngineUnknown),
                     "docker ping: " + std::to_string(pong.status) + ": " + message_in(pong.body));
    const auto offered = minor_from(pong.header("api-version"));
    if (!offered)
        return error(next_step::retry, std::string(reason::EngineUnknown),
                     "docker ping: it does not say which API version it speaks");
    const auto wanted = *offered >= newer_dialect ? newer_dialect : older_dialect;
    const auto spoken = std::max(wanted, floor_);
    if (spoken > *offered)
        return error(next_step::invalid, std::string(reason::EngineUnknown),
                     "the engine speaks API " + version_text(*offered) + "; " +
                         version_text(spoken) + " (Docker 20.10) or newer is needed");
    minor_ = spoken;
    podman_ = !pong.header("libpod-api-version").empty();
    return engine_info{engine_version(pong.header("server")), version_text(spoken)};
}

task<result<int>> engine_calls::api_minor() {
    if (minor_ != 0) co_return minor_;
    auto info = co_await negotiate();
    // Nothing was asked yet, so nothing that was to be asked is `invalid`.
    if (!info) co_return error(next_step::retry, info.error().reason, info.error().message);
    co_return minor_;
}

/// 400 "too old" teaches the floor; "too new" means that the engine was exchanged for an older one.
bool engine_calls::refused_for_version(const result<net::response>& answer) {
    if (!answer || answer->status != 400) return false;
    const auto text = message_in(answer->body);
    if (text.find("client version") == std::string::npos) return false;
    const bool too_old = text.find("is too old") != std::string::npos;
    const bool too_new = text.find("is too new") != std::string::npos;
    if (!too_old && !too_new) return false;
    forget();
    if (too_old) floor_ = floor_in(text).value_or(0);
    return true;
}

net::request engine_calls::request_for(const engine_call& what, int minor) const {
    net::request out(what.method, "/v" + version_text(minor) + what.target);
    out.headers = what.headers;
    out.deadline = what.deadline;
    out.body_limit = what.body_limit;
    out.keeps_connection = true;
    if (!what.body.is_null()) {
        out.headers.emplace_back("Content-Type", "application/json");
        out.body = printed(what.body);
    }
    return out;
}

task<result<net::response>> engine_calls::call(engine_call what) {
    const bool to_its_end = what.method != "GET";
    for (bool again = false;; again = true) {
        auto minor = co_await api_minor();
        if (!minor) co_return minor.error();
        auto answer = co_await send(what.what, request_for(what, *minor), to_its_end);
        if (again || !refused_for_version(answer)) co_return answer;
    }
}

task<result<net::response>> engine_calls::ask(engine_call what) {
    const auto kind = what.what;
    auto answer = co_await call(std::move(what));
    if (!answer) co_return answer;
    const auto refused = refusal(kind, answer->status, answer->body);
    if (refused) co_return *refused;
    co_return answer;
}

task<result<json>> engine_calls::read(engine_call what) {
    const auto kind = what.what;
    auto answer = co_await ask(std::move(what));
    if (!answer) co_return answer.error();
    co_return answer_in(to_string(kind), answer->body);
}

task<result<net::response>> engine_calls::stream(engine_call what, milliseconds idle,
                                                 std::function<bool(std::string)> on_line,
                                                 std::function<void()> on_headers) {
    for (bool again = false;; again = true) {
        auto minor = co_await api_minor();
        if (!minor) co_return minor.error();
        const auto begun = clock_.now();
        auto answer =
            co_await http_.stream(*host_, request_for(what, *minor), idle, on_line, on_headers);
        tell(what.what, answer, begun);
        if (!answer) forget();
        if (again || !refused_for_version(answer)) co_return answer;
    }
}

} // namespace alcedo::docker
