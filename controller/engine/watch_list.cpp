#include "controller/engine/watch_list.hpp"

#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/blue_green/rehearsal.hpp"

#include <algorithm>

namespace alcedo {

namespace {

/// At rest the engine's own checks and a slow look of ours are enough.
milliseconds pace(const desired_state& desired, bool resting) {
    constexpr milliseconds at_rest{15000};
    const auto interval = desired.spec.health.interval;
    return resting ? std::max(interval, at_rest) : interval;
}

std::string address_of(const container& c, const std::string& preferred) {
    const auto at = c.addresses.find(preferred);
    if (at != c.addresses.end() && !at->second.empty()) return at->second;
    for (const auto& [network, address] : c.addresses)
        if (!address.empty()) return address;
    return {};
}

void add_replica_checks(std::vector<watched>& out, const desired_state& desired, const record& r,
                        const replica& one, const container& c, const std::string& network,
                        bool was_ready) {
    const bool post = is_post_switch(r, one);
    const bool resting = r.now_in == phase::idle || r.now_in == phase::held;
    const bool docker_checks = c.health != docker_health::none && !one.unwatched;
    // A new start has to pass ours once before the engine's own are enough.
    if (resting && docker_checks && was_ready) return;
    for (const auto* check : own_checks(desired.spec.health, one.service, post)) {
        watched w;
        w.check = *check;
        w.target.container_id = c.id;
        w.target.address = address_of(c, network);
        w.colored = one.colored;
        w.container = one.name;
        w.incarnation = c.id + "@" + c.started_at;
        w.interval = pace(desired, resting && was_ready);
        w.eager = !post;
        out.push_back(std::move(w));
    }
}

/// Where a route is asked. A router answers either TLS or plain HTTP; only the entry point itself
/// can bring TLS for one that says nothing of it.
std::string door_of(const route_spec& route,
                    const std::map<std::string, std::string>& entry_points) {
    std::string other;
    for (const auto& [name, url] : entry_points) {
        const auto& uses = route.entry_points;
        if (!uses.empty() && std::find(uses.begin(), uses.end(), name) == uses.end()) continue;
        const bool is_tls = url.starts_with("https://");
        if (is_tls == route.tls.has_value() && !url.empty()) return url;
        if (other.empty() && !route.tls) other = url;
    }
    return other;
}

void add_route_check(std::vector<watched>& out, const desired_state& desired, const record& r,
                     const check_spec& check, color colored,
                     const std::map<std::string, std::string>& entry_points,
                     const std::string& try_token) {
    const auto wanted = check.settings.value("name", "");
    const auto& routes = desired.spec.traffic->routes;
    const auto route = std::find_if(routes.begin(), routes.end(),
                                    [&](const route_spec& x) { return x.name == wanted; });
    if (route == routes.end() || !route->try_host) return;
    const bool alone = r.traffic.only(colored);
    if (!alone && !r.traffic.tries(colored)) return;
    watched w;
    w.target.base_url = door_of(*route, entry_points);
    if (w.target.base_url.empty()) return;
    w.check = check;
    w.target.host = *route->try_host;
    w.target.path = route->try_path;
    if (!alone) w.target.try_token = try_token;
    w.colored = colored;
    // The promise is part of who is asked: another one answers, so counts begin anew.
    w.incarnation = std::to_string(index_of(colored)) + (alone ? "/alone" : "/try");
    w.interval = desired.spec.health.interval;
    w.eager = !alone;
    out.push_back(std::move(w));
}

} // namespace

bool is_post_switch(const record& r, const replica& one) {
    return !(belongs(one, r.attempt) && is_before_switch(r.now_in));
}

bool is_watched_release(const record& r, const replica& one) {
    return belongs(one, r.attempt) || belongs(one, r.serving) || belongs(one, r.origin) ||
           belongs(one, r.standby);
}

std::vector<watched> watch_list(const desired_state& desired, const app_memory& memory,
                                const std::string& probe_network,
                                const std::map<std::string, std::string>& entry_points,
                                const std::string& try_token) {
    std::vector<watched> out;
    const auto& r = memory.stored.content;
    for (const auto& one : memory.seen.replicas) {
        const auto* c = memory.find(one.id);
        if (!c || c->state != life::running || !is_watched_release(r, one)) continue;
        if (one.is_rehearsal() && !is_wanted_rehearsal(desired, r, one)) continue;
        const auto life = memory.lives.find(one.id);
        const bool was_ready = life != memory.lives.end() && life->second.was_ready;
        add_replica_checks(out, desired, r, one, *c, probe_network, was_ready);
    }
    if (!desired.spec.has_routes() || !r.attempt) return out;
    const bool before = is_before_switch(r.now_in);
    for (const auto& check : desired.spec.health.checks)
        if (check.kind == "route" && (before ? check.pre_switch : check.post_switch))
            add_route_check(out, desired, r, check, r.attempt->colored, entry_points, try_token);
    return out;
}

} // namespace alcedo
