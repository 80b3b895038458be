#include "controller/engine/route_guard.hpp"

#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

// Passes may come every few milliseconds; an operator's file does not. An API that does not answer
// costs its whole deadline, and passes that protect must not wait for it each time.
constexpr milliseconds kept_for{1000};
constexpr milliseconds silence_kept_for{10000};

bool is_promised(const record& r, const std::string& route, const std::string& middleware) {
    for (const auto& one : r.traffic.content.routes)
        if (one.name == route)
            return std::find(one.middlewares.begin(), one.middlewares.end(), middleware) !=
                   one.middlewares.end();
    return false;
}

struct need {
    std::string route;
    std::string middleware;
    bool is_new = true; ///< not in the promise
};

std::vector<need> needs_of(const desired_state& desired, const record& r) {
    std::vector<need> out;
    for (const auto& route : desired.spec.traffic.value_or(traffic_spec{}).routes)
        for (const auto& name : route.middlewares)
            out.push_back({route.name, name, !is_promised(r, route.name, name)});
    return out;
}

std::string unusable(const need& one, const std::string& why) {
    return "route " + one.route + ": middleware " + one.middleware + " " + why +
           ": define it in Traefik's configuration, or take it out of the route";
}

} // namespace

task<result<std::map<std::string, std::string>>> route_guard::ask(std::vector<std::string> names,
                                                                  app_memory& memory) {
    auto& last = memory.middlewares;
    const auto now = parts_.clock.now().boot;
    const auto limit = last.answer && !*last.answer ? silence_kept_for : kept_for;
    if (last.answer && last.names == names && now - last.at < limit) co_return *last.answer;
    auto answer = co_await parts_.proxy.unusable_middlewares(names);
    last.names = std::move(names);
    last.answer = answer;
    last.at = parts_.clock.now().boot;
    co_return answer;
}

task<void> route_guard::look(const desired_state* desired, app_memory& memory, observation& seen) {
    const auto& r = memory.stored.content;
    if (!desired || desired->deleting) co_return;
    const bool preparing = r.now_in == phase::preparing && r.attempt;
    auto needs = needs_of(*desired, r);
    if (!preparing) std::erase_if(needs, [](const need& one) { return !one.is_new; });
    if (needs.empty()) co_return;
    std::set<std::string> names;
    for (const auto& one : needs)
        names.insert(one.middleware);
    std::vector<std::string> asked(names.begin(), names.end());
    const auto answer = co_await ask(std::move(asked), memory);
    std::string first;
    for (const auto& one : needs) {
        if (answer && !answer->contains(one.middleware)) continue;
        if (one.is_new) seen.withheld.names.insert(one.route);
        if (first.empty())
            first = answer ? unusable(one, answer->at(one.middleware))
                           : "route " + one.route + ": whether middleware " + one.middleware +
                                 " exists is not known: " + answer.error().message;
    }
    if (first.empty()) co_return;
    seen.withheld.reason = answer ? reason::MiddlewareMissing : reason::TrafficUnknown;
    seen.withheld.message = first;
    // While it is only unknown, images may be pulled meanwhile.
    if (!preparing || (!answer && seen.prepared.is != preparation::state::yes)) co_return;
    seen.prepared.is = answer ? preparation::state::failed : preparation::state::waiting;
    seen.prepared.spec_digest = r.attempt->spec_digest;
    seen.prepared.reason = seen.withheld.reason;
    seen.prepared.message = first;
}

} // namespace alcedo
