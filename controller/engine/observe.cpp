#include "controller/engine/observe.hpp"

#include "controller/engine/watch_list.hpp"
#include "controller/ports/with_deadline.hpp"
#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr milliseconds count_pause{900}; // each count walks the kernel's whole table

bool is_of(const std::optional<release>& who, const replica& r) {
    return who && who->colored == r.colored && who->revision == r.revision;
}

bool is_listed(const promise& traffic, const std::string& container) {
    const auto prefix = "http://" + container + ":";
    for (const auto& route : traffic.content.routes)
        for (const auto& backend : route.backends) {
            if (backend.weight <= 0) continue;
            for (const auto& server : backend.servers)
                if (server.starts_with(prefix)) return true;
        }
    return false;
}

const service_spec* service_of(const record& r, const replica& one) {
    release who;
    who.colored = one.colored;
    who.revision = one.revision;
    const auto* made = r.rendering_of(who);
    return made ? made->spec.find(one.service) : nullptr;
}

bool fails_elsewhere(const std::vector<check_status>& all, const std::string& check, color mine) {
    return std::any_of(all.begin(), all.end(), [&](const check_status& s) {
        return s.check == check && s.color != to_string(mine) && s.failures > 0;
    });
}

const container* find(const std::vector<container>& all, const std::string& id) {
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const container& c) { return c.id == id; });
    return at == all.end() ? nullptr : &*at;
}

bool conflicts(const route_spec& route, const promise& published,
               const std::vector<std::string>& all) {
    const auto& mine = route.entry_points.empty() ? all : route.entry_points;
    for (const auto& theirs : published.content.routes) {
        if (theirs.rule != route.rule) continue;
        const auto& on = theirs.entry_points.empty() ? all : theirs.entry_points;
        for (const auto& name : mine)
            if (std::find(on.begin(), on.end(), name) != on.end()) return true;
    }
    return false;
}

/// The worst of a colour's replicas: some, then unknown, then none.
open_connections open_of(const observation& seen, color c) {
    auto worst = open_connections::none;
    for (const auto& one : seen.replicas) {
        if (one.colored != c) continue;
        if (one.open == open_connections::some) return open_connections::some;
        if (one.open == open_connections::unknown) worst = open_connections::unknown;
    }
    return worst;
}

void forget_vanished(app_memory& memory) {
    std::erase_if(memory.looks,
                  [&](const auto& entry) { return !find(memory.containers, entry.first); });
    std::erase_if(memory.lives,
                  [&](const auto& entry) { return !find(memory.containers, entry.first); });
    std::erase_if(memory.stop_answered,
                  [&](const auto& id) { return !memory.stored.content.retiring.contains(id); });
}

} // namespace

task<observation> observer::look(std::string app, const desired_state* desired,
                                 app_memory& memory) {
    observation seen;
    auto listed = co_await parts_.docker.list(app);
    if (listed) {
        seen.docker_known = true;
        memory.containers = std::move(*listed);
        forget_vanished(memory);
    } else {
        seen.docker_error = listed.error().message;
    }
    see_replicas(app, desired, memory, seen);
    see_traffic(app, desired, memory, seen);
    see_routes(app, desired, memory, seen);
    see_withins(desired, memory, seen);
    const auto& record = memory.stored.content;
    if (record.attempt) seen.refused = memory.refused;
    if (record.attempt) seen.prepared = images_.state(app, record.attempt->spec_digest);
    see_blocks(app, desired, seen);
    std::optional<network_info> shared;
    if (seen.docker_known && !seen.replicas.empty()) {
        auto found = co_await parts_.docker.network(parts_.settings.network);
        if (found) shared = std::move(*found);
        co_await count_open(desired, memory, seen, shared);
    }
    memory.seen = seen;
    if (desired && seen.docker_known) watch(app, desired, memory, shared ? shared->id : "");
    memory.seen = seen;
    memory.observed_once = true;
    co_return seen;
}

void observer::see_replicas(const std::string& app, const desired_state* desired,
                            app_memory& memory, observation& seen) {
    const auto now = parts_.clock.now();
    const auto& r = memory.stored.content;
    seen.checks = health_.statuses(app);
    memory.health_wake.reset();
    if (!seen.docker_known) return;
    for (const auto& c : memory.containers) {
        auto one = place(c);
        if (!one) continue;
        auto& life = memory.lives[c.id];
        remember(life, c, now);
        judging how;
        how.health = desired ? &desired->spec.health : nullptr;
        how.service = service_of(r, *one);
        how.post_switch = is_post_switch(r, *one);
        how.listed =
            is_listed(r.traffic, one->name) ||
            (is_of(r.serving, *one) && !(desired && desired->spec.is_routed(one->service)));
        const auto name = one->name;
        const auto mine = one->colored;
        how.verdict = [this, &app, name](const check_spec& check) {
            return health_.verdict(app, check.name + "/" + name);
        };
        how.fails_on_both = [&seen, mine](const check_spec& check) {
            return fails_elsewhere(seen.checks, check.name, mine);
        };
        judge_replica(*one, c, life, how, now, memory.health_wake);
        one->stop_answered = memory.stop_answered.contains(c.id);
        one->stop_pending = memory.stopping.contains(c.id);
        seen.replicas.push_back(std::move(*one));
    }
    std::sort(seen.replicas.begin(), seen.replicas.end(),
              [](const replica& a, const replica& b) { return a.name < b.name; });
}

void observer::see_traffic(const std::string& app, const desired_state* desired, app_memory& memory,
                           observation& seen) {
    const auto& r = memory.stored.content;
    const bool routed = (desired && desired->spec.has_routes()) ||
                        !r.traffic.content.routes.empty() || proxy_.published(app);
    if (!routed) {
        seen.traffic = traffic_state::confirmed;
        return;
    }
    seen.traffic =
        r.traffic.number == 0 ? traffic_state::confirmed : proxy_.state(app, r.traffic.number);
    seen.traffic_error = proxy_.detail(app);
    seen.traffic_differs = proxy_.differs(app);
    // Late is only told when the same promise may be made again: the planner answers it at once.
    if (seen.traffic == traffic_state::late && !proxy_.may_republish(app))
        seen.traffic = traffic_state::pending;
    if (seen.traffic == traffic_state::confirmed && memory.confirmed_number != r.traffic.number) {
        memory.confirmed_number = r.traffic.number;
        memory.confirmed_since = parts_.clock.now().boot;
    }
    const auto& who = r.attempt;
    if (who && memory.tried_revision == who->revision && memory.tried_promise == r.traffic.number) {
        seen.tried = memory.tried;
        seen.try_message = memory.try_message;
    }
}

void observer::see_routes(const std::string& app, const desired_state* desired, const app_memory&,
                          observation& seen) {
    if (!desired) return;
    for (const auto& check : desired->spec.health.checks) {
        if (check.kind != "route") continue;
        for (const auto c : both_colors) {
            const auto* verdict = health_.verdict(app, check.name + "/" + to_string(c));
            if (!verdict) continue;
            auto& combined = seen.route_verdict[index_of(c)];
            if (verdict->verdict == check_verdict::failing)
                combined = check_verdict::failing;
            else if (verdict->verdict == check_verdict::pending &&
                     combined == check_verdict::passing)
                combined = check_verdict::pending;
        }
    }
}

void observer::see_blocks(const std::string& app, const desired_state* desired, observation& seen) {
    if (!desired) return;
    for (const auto& route : desired->spec.traffic.value_or(traffic_spec{}).routes) {
        for (const auto& other : proxy_.apps()) {
            if (other == app || seen.blocked_reason == reason::RouteConflict) continue;
            const auto theirs = proxy_.published(other);
            if (!theirs || !conflicts(route, *theirs, entry_point_names())) continue;
            const auto ours = proxy_.published(app);
            // The published one keeps it.
            if (ours && conflicts(route, *ours, entry_point_names())) continue;
            seen.blocked_reason = reason::RouteConflict;
            seen.blocked_message =
                "route " + route.name + ": " + route.rule + " already belongs to app " + other;
        }
    }
}

std::vector<std::string> observer::entry_point_names() const {
    std::vector<std::string> names;
    for (const auto& [name, url] : parts_.proxy.entry_points())
        names.push_back(name);
    return names;
}

void observer::see_withins(const desired_state* desired, const app_memory& memory,
                           observation& seen) {
    const auto& r = memory.stored.content;
    if (!desired || !r.attempt) return;
    if (r.now_in != phase::starting && r.now_in != phase::verifying) return;
    const auto elapsed = r.timers.phase.elapsed(parts_.clock.now());
    for (const auto& check : desired->spec.health.checks) {
        if (!check.pre_switch || check.within.count() == 0 || elapsed < check.within) continue;
        for (const auto& status : seen.checks) {
            const bool mine = status.color == to_string(r.attempt->colored);
            if (!mine || status.check != check.name || status.verdict == check_verdict::passing)
                continue;
            seen.within_passed = true;
            seen.within_check = check.name;
        }
    }
}

void observer::watch(const std::string& app, const desired_state* desired, const app_memory& memory,
                     std::string address_network) {
    auto wanted = watch_list(*desired, memory, address_network, parts_.proxy.entry_points(),
                             parts_.proxy.try_token());
    health_.watch(app, std::move(wanted));
}

int observer::port_of(const desired_state* desired, const record& r, const replica& one) const {
    release who;
    who.colored = one.colored;
    who.revision = one.revision;
    if (const auto* made = r.rendering_of(who))
        for (const auto& [name, to] : made->routes)
            if (to.service == one.service) return to.port;
    if (!desired || !desired->spec.traffic) return 0;
    for (const auto& route : desired->spec.traffic->routes)
        if (route.service == one.service) return route.port;
    return 0;
}

task<open_connections> observer::count(const container& c, int port, network_info shared) {
    const auto address = c.addresses.find(shared.id);
    if (address == c.addresses.end() || shared.subnets.empty()) co_return open_connections::unknown;
    connection_counter::where where;
    where.pid = c.pid;
    where.address = address->second;
    where.port = port;
    where.subnet = shared.subnets.front();
    where.excluded = shared.gateways;
    const auto open = co_await parts_.connections.count(where);
    if (!open) co_return open_connections::unknown;
    co_return *open > 0 ? open_connections::some : open_connections::none;
}

/// Connections of replicas that the confirmed document no longer lists. Everything else counts as
/// having some: asking would be work for nothing, and nothing may be concluded from it.
task<void> observer::count_open(const desired_state* desired, app_memory& memory, observation& seen,
                                std::optional<network_info> shared) {
    const auto& r = memory.stored.content;
    const auto now = parts_.clock.now().boot;
    const auto grace =
        desired && desired->spec.traffic ? desired->spec.traffic->drain_grace : milliseconds{1000};
    const bool settled =
        seen.traffic == traffic_state::confirmed && now - memory.confirmed_since >= grace;
    for (auto& one : seen.replicas) {
        const int port = port_of(desired, r, one);
        if (one.state != life::running || port == 0) {
            one.open = open_connections::none;
            continue;
        }
        const bool resting = r.now_in == phase::idle && is_of(r.standby, one);
        if (!settled || resting || is_listed(r.traffic, one.name)) {
            one.open = open_connections::some;
            continue;
        }
        auto& look = memory.looks[one.id];
        if (now - look.at >= count_pause) {
            look.at = now;
            look.found = open_connections::unknown;
            const auto* c = find(memory.containers, one.id);
            if (c && shared) {
                auto network = *shared;
                look.found = co_await count(*c, port, network);
            }
        }
        one.open = look.found;
    }
    for (const auto c : both_colors)
        seen.open[index_of(c)] = open_of(seen, c);
}

task<bool> observer::replica_answers(const app_memory& memory, const desired_state* desired,
                                     route_spec route) {
    const auto& r = memory.stored.content;
    const auto shared = co_await parts_.docker.network(parts_.settings.network);
    for (const auto& one : memory.seen.replicas) {
        if (!is_of(r.attempt, one) || one.service != route.service) continue;
        const auto* c = find(memory.containers, one.id);
        if (!c || !shared) continue;
        const auto address = c->addresses.find(shared->id);
        if (address == c->addresses.end()) continue;
        check_spec direct;
        direct.name = "try";
        direct.kind = "http";
        direct.service = route.service;
        direct.timeout = desired->spec.health.timeout < milliseconds{3000}
                             ? desired->spec.health.timeout
                             : milliseconds{3000};
        direct.settings = {{"port", route.port}, {"path", route.try_path}};
        probe_target target;
        target.container_id = c->id;
        target.address = address->second;
        const auto sample = co_await health_.once(direct, target);
        const int status = sample.evidence.value("status", 0);
        if (status != 0 && status != 502 && status != 503 && status != 504) co_return true;
    }
    co_return false;
}

task<void> observer::ask_try(std::string app, const desired_state* desired, app_memory& memory) {
    const auto& r = memory.stored.content;
    if (!desired || !desired->spec.traffic || !r.attempt) co_return;
    memory.tried_revision = r.attempt->revision;
    memory.tried_promise = r.traffic.number;
    memory.tried = try_answer::skipped;
    memory.try_message.clear();
    for (const auto& route : desired->spec.traffic->routes) {
        const auto promised =
            std::find_if(r.traffic.content.routes.begin(), r.traffic.content.routes.end(),
                         [&](const fragment_route& x) { return x.name == route.name; });
        if (promised == r.traffic.content.routes.end() || !route.try_host) continue;
        auto asked = *promised;
        const auto answer =
            co_await parts_.proxy.ask_try(app, asked, *route.try_host, route.try_path);
        if (!answer.usable) continue;
        if (answer.answered) {
            if (memory.tried == try_answer::skipped) memory.tried = try_answer::answered;
            continue;
        }
        const bool direct = co_await replica_answers(memory, desired, route);
        if (!direct) {
            memory.tried = try_answer::answered; // the app's own trouble: its checks judge it
            continue;
        }
        memory.tried = try_answer::cannot_reach;
        memory.try_message = "route " + route.name + ": Traefik cannot reach the new containers (" +
                             answer.detail + "): docker network connect " +
                             parts_.settings.network + " <traefik container>";
        co_return;
    }
}

} // namespace alcedo
