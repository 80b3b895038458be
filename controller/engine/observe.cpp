#include "controller/engine/observe.hpp"

#include "controller/engine/refusals.hpp"
#include "controller/engine/watch_list.hpp"
#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <utility>

namespace alcedo {

namespace {

const service_spec* service_of(const record& r, const replica& one) {
    const auto* made = r.rendering_of(one.whose());
    return made ? made->spec.find(one.service) : nullptr;
}

/// The same service of the other colour fails the engine's own check right now.
bool twin_is_sick(const std::vector<container>& all, const replica& mine) {
    return std::any_of(all.begin(), all.end(), [&](const container& c) {
        const auto other = place(c);
        return other && other->colored != mine.colored && other->service == mine.service &&
               c.state == life::running && c.failing_streak > 0;
    });
}

enum class claim { none, tried, weighted };

/// What an app has published of that rule on those entry points.
claim claim_on(const route_spec& route, const std::optional<promise>& published,
               const std::vector<std::string>& all) {
    auto strongest = claim::none;
    if (!published) return strongest;
    const auto& mine = route.entry_points.empty() ? all : route.entry_points;
    for (const auto& theirs : published->content.routes) {
        const auto& on = theirs.entry_points.empty() ? all : theirs.entry_points;
        const bool meets = std::any_of(mine.begin(), mine.end(), [&](const std::string& name) {
            return std::find(on.begin(), on.end(), name) != on.end();
        });
        if (theirs.rule != route.rule || !meets) continue;
        const bool weighted = std::any_of(theirs.backends.begin(), theirs.backends.end(),
                                          [](const fragment_backend& b) { return b.weight > 0; });
        strongest = std::max(strongest, weighted ? claim::weighted : claim::tried);
    }
    return strongest;
}

/// Of a release that still matters, and under the generation under which it was refused.
bool is_still_refused(const app_memory& memory) {
    const auto& r = memory.stored.content;
    const auto names = [&](const std::optional<release>& x) {
        return x && x->revision == memory.refused->revision;
    };
    return memory.refused_under == r.manifest_digest && (names(r.attempt) || names(r.serving));
}

void forget_vanished(app_memory& memory) {
    std::erase_if(memory.looks, [&](const auto& entry) { return !memory.find(entry.first); });
    std::erase_if(memory.lives, [&](const auto& entry) { return !memory.find(entry.first); });
    std::erase_if(memory.stop_answered,
                  [&](const auto& id) { return !memory.stored.content.retiring.contains(id); });
}

/// A moment ago, and nobody has said since that anything changed: the record moved on, the world
/// did not. What is done because of it is checked again when it is done.
bool may_look_again_at(app_memory& memory, milliseconds now) {
    constexpr milliseconds a_moment{500};
    const bool stands = std::exchange(memory.view_stands, false);
    return stands && memory.hints == memory.hints_listed && now - memory.listed_at < a_moment;
}

} // namespace

task<void> observer::list(std::string app, app_memory& memory, observation& seen) {
    memory.hints_listed = memory.hints;
    memory.listed_at = parts_.clock.now().boot;
    auto listed = co_await parts_.docker.list(app);
    if (listed) {
        memory.containers = std::move(*listed);
        co_return;
    }
    seen.docker_error = listed.error().message;
    if (seen.docker_error.empty()) seen.docker_error = "the engine did not answer";
    for (auto& [id, life] : memory.lives)
        life.rebase = true;
}

task<observation> observer::look(std::string app, const desired_state* desired,
                                 app_memory& memory) {
    observation seen;
    if (!may_look_again_at(memory, parts_.clock.now().boot)) co_await list(app, memory, seen);
    seen.docker_known = seen.docker_error.empty();
    if (seen.docker_known) forget_vanished(memory);
    forget_lost_networks(memory, parts_.clock.now());
    see_replicas(app, desired, memory, seen);
    see_traffic(app, desired, memory, seen);
    see_routes(app, desired, memory, seen);
    see_withins(desired, memory, seen);
    const auto& record = memory.stored.content;
    if (memory.refused && !is_still_refused(memory)) memory.refused.reset();
    seen.refused = memory.refused;
    seen.hindered = memory.hindered;
    // Whatever is still being pulled for an attempt that is over is nobody's any more.
    if (record.now_in != phase::preparing) images_.forget(app);
    if (record.attempt) seen.prepared = images_.state(app, record.attempt->spec_digest);
    see_blocks(app, desired, seen);
    co_await guard_.look(desired, memory, seen);
    std::optional<network_info> shared;
    if (seen.docker_known && !seen.replicas.empty()) {
        shared = co_await shared_.look();
        co_await tally_.look(desired, memory, seen, shared);
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
            is_listed(r.traffic.content, one->name) ||
            (belongs(*one, r.serving) && !(desired && desired->spec.is_routed(one->service)));
        const auto name = one->name;
        how.verdict = [this, &app, name](const check_spec& check) {
            return health_.verdict(app, check.name + "/" + name);
        };
        how.on_trial = belongs(*one, r.attempt) && how.post_switch;
        how.twin_is_sick = twin_is_sick(memory.containers, *one);
        judge_replica(*one, c, life, how, now, memory.health_wake);
        one->network_gone = !one->runs() && has_lost_network(memory, c, now, memory.health_wake);
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
    seen.traffic_overdue = proxy_.overdue(app);
    // Late is only told when the same promise may be made again: the planner answers it at once.
    if (seen.traffic == traffic_state::late && !proxy_.may_republish(app))
        seen.traffic = traffic_state::pending;
    if (seen.traffic == traffic_state::confirmed && memory.confirmed_number != r.traffic.number) {
        memory.confirmed_number = r.traffic.number;
        memory.confirmed_since = parts_.clock.now().boot;
        health_.weights_changed(app);
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

/// The published one keeps the rule. Two that are on their way to it: the first by name.
void observer::see_blocks(const std::string& app, const desired_state* desired, observation& seen) {
    if (!desired) return;
    const auto doors = entry_point_names();
    const auto ours = proxy_.published(app);
    for (const auto& route : desired->spec.traffic.value_or(traffic_spec{}).routes) {
        const auto mine = claim_on(route, ours, doors);
        if (mine == claim::weighted) continue;
        for (const auto& other : proxy_.apps()) {
            const auto theirs = claim_on(route, proxy_.published(other), doors);
            if (other == app || theirs == claim::none || !seen.blocked_reason.empty()) continue;
            if (theirs == claim::tried && mine == claim::tried && app < other) continue;
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

} // namespace alcedo
