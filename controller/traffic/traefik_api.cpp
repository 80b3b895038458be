#include "controller/traffic/traefik_api.hpp"

#include <array>
#include <chrono>

namespace alcedo::traefik {

namespace {

using nlohmann::json;

constexpr milliseconds api_deadline{2000};

std::string escaped(const std::string& name) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-_.~@";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain.find(c) != plain.npos) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

bool says_not_found(const json& body) {
    if (!body.is_object()) return false;
    const auto message = body.find("message");
    return message != body.end() && message->is_string() &&
           message->get_ref<const std::string&>().find("not found") != std::string::npos;
}

} // namespace

result<net::endpoint> endpoint_of(const std::string& url) {
    auto to = net::parse_endpoint(url);
    if (to) to->any_certificate = true;
    return to;
}

std::string short_answer(const result<net::response>& answer) {
    if (answer) return "HTTP " + std::to_string(answer->status);
    return answer.error().reason.empty() ? "failed" : answer.error().reason;
}

task<result<net::response>> timed_call(net::http_client& client, event_sink& events, std::string op,
                                       net::endpoint to, net::request what) {
    const auto began = std::chrono::steady_clock::now();
    auto answer = co_await client.call(std::move(to), std::move(what));
    const auto took = std::chrono::steady_clock::now() - began;
    call_finished told;
    told.door = "traefik";
    told.op = std::move(op);
    told.code = answer ? std::to_string(answer->status) : short_answer(answer);
    told.took = std::chrono::duration_cast<milliseconds>(took);
    events.emit(told);
    co_return answer;
}

result<api_client> api_client::make(net::http_client& client, event_sink& events,
                                    const std::string& url, std::string provider) {
    const auto authority = url.find("://");
    const auto slash = url.find('/', authority == url.npos ? 0 : authority + 3);
    auto base = slash == url.npos ? std::string() : url.substr(slash);
    while (base.ends_with('/'))
        base.pop_back();
    auto to = endpoint_of(url.substr(0, slash));
    if (!to) return with_context(to.error(), "Traefik's API");
    return api_client(client, events, *to, std::move(base), std::move(provider));
}

task<api_answer> api_client::get(std::string op, std::string path) {
    net::request what("GET", base_ + path);
    what.deadline = api_deadline;
    what.keeps_connection = true;
    const auto answer = co_await timed_call(*client_, *events_, op, to_, std::move(what));
    api_answer out;
    if (!answer) {
        out.detail = "Traefik's API: " + answer.error().message;
        co_return out;
    }
    out.body = json::parse(answer->body, nullptr, false);
    if (answer->status == 200 && !out.body.is_discarded())
        out.is = api_answer::kind::found;
    else if (answer->status == 404 && says_not_found(out.body))
        out.is = api_answer::kind::absent;
    else
        out.detail = "Traefik's API answers " + short_answer(answer) + " to " + base_ + path +
                     (answer->status == 404 ? ": it is starting, off, or somewhere else" : "");
    co_return out;
}

task<api_answer> api_client::middleware(std::string name) {
    const auto path = "/api/http/middlewares/" + escaped(name + "@" + provider_);
    co_return co_await get("middleware", path);
}

task<api_answer> api_client::router(std::string name) {
    const auto path = "/api/http/routers/" + escaped(name + "@" + provider_);
    co_return co_await get("router", path);
}

task<api_answer> api_client::service(std::string name) {
    const auto path = "/api/http/services/" + escaped(name + "@" + provider_);
    co_return co_await get("service", path);
}

task<api_answer> api_client::foreign_middleware(std::string name) {
    const auto path = "/api/http/middlewares/" + escaped(name);
    co_return co_await get("middleware", path);
}

task<api_answer> api_client::any_object_of(std::string provider) {
    constexpr std::array<const char*, 3> kinds{"middlewares", "routers", "services"};
    api_answer answer;
    for (const auto* kind : kinds) {
        const auto path =
            "/api/http/" + std::string(kind) + "?search=%40" + provider + "&per_page=1";
        answer = co_await get("search", path);
        if (answer.is != api_answer::kind::found) co_return answer;
        if (!answer.body.empty()) co_return answer;
    }
    answer.is = api_answer::kind::absent;
    co_return answer;
}

task<api_answer> api_client::entry_point(std::string name) {
    const auto path = "/api/entrypoints/" + escaped(name);
    co_return co_await get("entrypoint", path);
}

task<api_answer> api_client::version() {
    co_return co_await get("version", "/api/version");
}

task<std::string> api_client::start_date() {
    const auto answer = co_await version();
    if (answer.is != api_answer::kind::found || !answer.body.is_object()) co_return std::string();
    const auto date = answer.body.find("startDate");
    const bool is_there = date != answer.body.end() && date->is_string();
    if (!is_there) co_return std::string();
    co_return date->get<std::string>();
}

namespace {

/// Empty: it can be used. Traefik finds out that one is broken only when a router uses it.
result<std::string> why_unusable(const api_answer& answer) {
    if (answer.is == api_answer::kind::unknown) return error(next_step::unknown, answer.detail);
    if (answer.is == api_answer::kind::absent) return std::string("does not exist in Traefik");
    if (!answer.body.is_object() || answer.body.value("status", "") != "disabled")
        return std::string();
    std::string why = "is disabled in Traefik";
    const auto said = answer.body.value("error", json::array());
    for (const auto& one : said)
        if (one.is_string()) why += ": " + one.get<std::string>();
    return why;
}

} // namespace

task<result<std::map<std::string, std::string>>> unusable_in(api_client& api,
                                                             std::vector<std::string> names) {
    std::map<std::string, std::string> unusable;
    for (const auto& name : names) {
        const auto answer = co_await api.foreign_middleware(name);
        auto why = why_unusable(answer);
        if (!why) co_return why.error();
        if (why->empty()) continue;
        unusable[name] = *why;
        if (answer.is == api_answer::kind::found) continue;
        // A Traefik that has just started has not heard of every provider yet.
        const auto provider = name.substr(name.find('@') + 1);
        const auto any = co_await api.any_object_of(provider);
        if (any.is == api_answer::kind::found) continue;
        co_return error(next_step::unknown, any.is == api_answer::kind::unknown
                                                ? any.detail
                                                : "Traefik shows nothing at all of its provider " +
                                                      provider +
                                                      ": it is starting, or that provider is off");
    }
    co_return unusable;
}

} // namespace alcedo::traefik
