#include "controller/traffic/traefik_http.hpp"

#include <openssl/crypto.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <sys/stat.h>

namespace alcedo {

namespace {

traefik::delivery by_polls(const std::string& dir,
                           const std::shared_ptr<polled_document>& document) {
    traefik::document_file::place where{dir + "/alcedo.json.new", dir, "alcedo.json", 0600};
    return {"http", traefik::document_file(std::move(where)), "--state-dir",
            [document](const std::string& text) { document->show(text); },
            [document](bool is_held) { document->hold_back(is_held); }};
}

task<net::response> serve(std::shared_ptr<polled_document> document, net::server_request asked) {
    auto answer = document->answer(asked);
    co_return answer;
}

net::response message(int status, const std::string& text) {
    net::response out;
    out.status = status;
    out.headers.emplace_back("content-type", "application/json");
    out.body = R"({"message":")" + text + "\"}\n";
    return out;
}

} // namespace

bool polled_document::is_for_us(const std::string& path) const {
    std::string_view named(path);
    if (!named.starts_with('/')) return false;
    named.remove_prefix(1);
    named = named.substr(0, named.find('/'));
    // In constant time: how long it takes must not tell how much of a guess was right.
    return !token_.empty() && named.size() == token_.size() &&
           CRYPTO_memcmp(named.data(), token_.data(), token_.size()) == 0;
}

net::response polled_document::decide(const net::server_request& asked) const {
    if (!is_for_us(asked.path)) return message(404, "not found");
    if (asked.method != "GET" && asked.method != "HEAD") {
        auto out = message(405, "only GET and HEAD");
        out.headers.emplace_back("allow", "GET, HEAD");
        return out;
    }
    if (!text_ || held_back_)
        return message(503, "there is no whole document yet: keep what you have");
    net::response out;
    out.status = 200;
    out.headers.emplace_back("content-type", "application/json");
    out.headers.emplace_back("cache-control", "no-store");
    out.body = *text_;
    return out;
}

net::response polled_document::answer(const net::server_request& asked) {
    auto out = decide(asked);
    if (out.status == 200 && asked.method == "GET") {
        const auto now = clock_.now().boot;
        if (polled_at_) every_ = now - *polled_at_;
        polled_at_ = now;
    }
    call_finished told;
    told.door = "traefik";
    told.op = "poll";
    told.code = std::to_string(out.status);
    events_.emit(told);
    return out;
}

poll_record polled_document::polls() const {
    poll_record out;
    if (polled_at_) out.ago = clock_.now().boot - *polled_at_;
    out.every = every_;
    return out;
}

result<polled_traefik> make_traefik_http(net::http_client& client, boost::asio::thread_pool& pool,
                                         event_sink& events, clock_source& clock,
                                         traefik_settings settings) {
    polled_traefik out;
    out.document = std::make_shared<polled_document>(settings.ack_token, clock, events);
    auto way = by_polls(settings.dir, out.document);
    auto made = traefik::make_provider(client, pool, events, settings, std::move(way));
    if (!made) return made.error();
    const bool is_there = ::mkdir(settings.dir.c_str(), 0700) == 0 || errno == EEXIST;
    if (!is_there) return error(next_step::retry, settings.dir + ": " + std::strerror(errno));
    out.provider = std::move(*made);
    return out;
}

net::handler make_poll_handler(std::shared_ptr<polled_document> document) {
    return [document = std::move(document)](net::server_request asked) {
        return serve(document, std::move(asked));
    };
}

} // namespace alcedo
