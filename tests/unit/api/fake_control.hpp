#pragma once
// A daemon that says what a test wants it to say.

#include "controller/net/http_server.hpp"
#include "controller/ports/control.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace alcedo::testing {

class fake_control final : public control {
public:
    json list() const override { return {{"kind", "BlueGreenList"}, {"items", json::array()}}; }
    result<json> get(const std::string& app) const override {
        if (app != "music") return error(next_step::gone, "app " + app + " is not known");
        return json{{"kind", "BlueGreen"}, {"metadata", {{"name", app}}}};
    }
    task<result<json>> plan(std::string app) override {
        last = "plan " + app;
        if (failure) co_return *failure;
        co_return json{{"app", app}, {"changes", false}};
    }
    task<result<json>> plan_files(std::vector<file_text> files) override {
        last = "plan_files";
        for (const auto& file : files)
            last += " " + file.name + "=" + file.text;
        if (failure) co_return *failure;
        co_return json{{"changes", true}};
    }
    task<result<json>> history(std::string app) override {
        last = "history " + app;
        co_return json::array();
    }
    task<result<json>> judged(std::string app, std::string commit) override {
        last = "judged " + app + " " + commit;
        co_return json{{"observed", true}, {"valid", true}};
    }
    task<result<json>> wish(std::string app, std::string verb, caller by) override {
        last = verb + " " + app + " by " + std::to_string(by.uid) + " " + by.user;
        said_by = by;
        if (failure) co_return *failure;
        co_return json{{"app", app},
                       {"verb", verb},
                       {"granted", grants},
                       {"reason", "Promoted"},
                       {"message", "it moves"}};
    }
    json ready() const override { return readiness; }
    task<std::uint64_t> changed_since(std::string app, std::uint64_t seen) override {
        namespace asio = boost::asio;
        last = "changed " + app + " " + std::to_string(seen);
        if (changes > seen) co_return changes;
        const auto executor = co_await asio::this_coro::executor;
        asio::steady_timer forever(executor, std::chrono::hours(1));
        auto wait = forever.async_wait(asio::as_tuple(asio::use_awaitable));
        co_await std::move(wait);
        co_return changes;
    }

    std::optional<error> failure;
    std::string last;
    caller said_by;
    bool grants = true;
    json readiness = {{"ready", true}, {"points", json::array()}};
    std::uint64_t changes = 7;
};

inline net::response ask(const net::handler& handler, net::server_request request) {
    boost::asio::io_context context(1);
    net::response answer;
    boost::asio::co_spawn(context, handler(std::move(request)),
                          [&](std::exception_ptr failure, net::response r) {
                              if (failure) std::rethrow_exception(failure);
                              answer = std::move(r);
                          });
    context.run();
    return answer;
}

inline net::response ask(const net::handler& handler, const std::string& method,
                         const std::string& path,
                         std::vector<std::pair<std::string, std::string>> query = {},
                         const std::string& body = {}) {
    net::server_request request;
    request.method = method;
    request.path = path;
    request.query = std::move(query);
    request.body = body;
    return ask(handler, std::move(request));
}

} // namespace alcedo::testing
