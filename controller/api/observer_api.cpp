#include "controller/api/observer_api.hpp"

#include "controller/api/answers.hpp"

#include <array>

namespace alcedo::api {

namespace {

struct observed {
    const control& door;
    std::function<std::string()> metrics;
};

struct route {
    std::string_view path;
    net::response (*serve)(const observed&);
};

net::response serve_metrics(const observed& at) {
    auto answer = text_answer(200, at.metrics());
    answer.headers.front().second = "text/plain; version=0.0.4; charset=utf-8";
    return answer;
}

/// Alive means: the one thread that does everything came round to answer this.
net::response serve_health(const observed&) {
    return text_answer(200, "ok\n");
}

net::response serve_readiness(const observed& at) {
    const json ready = at.door.ready();
    if (ready.value("ready", false)) return text_answer(200, "ok\n");
    const auto failing = first_failing(ready);
    return text_answer(503, "not ready: " + (failing.empty() ? "starting" : failing) + "\n");
}

constexpr std::array routes{
    route{"/metrics", serve_metrics},
    route{"/healthz", serve_health},
    route{"/readyz", serve_readiness},
};

net::response answer_to(const observed& at, const net::server_request& asked) {
    for (const auto& each : routes) {
        if (each.path != asked.path) continue;
        if (asked.method == "GET") return each.serve(at);
        auto wrong = refusal(405, "MethodNotAllowed", asked.path + " answers GET only");
        wrong.headers.emplace_back("allow", "GET");
        return wrong;
    }
    return refusal(404, "NotFound", "no such path: /metrics, /healthz and /readyz are here");
}

task<net::response> serve(std::shared_ptr<const observed> at, net::server_request asked) {
    auto answer = answer_to(*at, asked);
    co_return answer;
}

} // namespace

net::handler make_observer_handler(const control& door, std::function<std::string()> metrics) {
    auto at = std::make_shared<const observed>(observed{door, std::move(metrics)});
    return [at](net::server_request asked) { return serve(at, std::move(asked)); };
}

std::string first_failing(const json& ready) {
    const auto points = ready.find("points");
    if (points == ready.end() || !points->is_array()) return {};
    for (const auto& point : *points) {
        if (!point.is_object() || point.value("ok", false)) continue;
        std::string out = point.value("name", "?");
        for (const auto* key : {"message", "fix"}) {
            const auto text = point.value(key, "");
            if (!text.empty()) out += ": " + text;
        }
        return out;
    }
    return {};
}

} // namespace alcedo::api
