#include "controller/engine/try_routers.hpp"

#include "reconcilers/blue_green/fleet.hpp"

#include <algorithm>

namespace alcedo {

task<bool> try_routers::replica_answers(const app_memory& memory, const desired_state* desired,
                                        route_spec route) {
    const auto& r = memory.stored.content;
    const auto shared = co_await parts_.docker.network(parts_.settings.network);
    for (const auto& one : memory.seen.replicas) {
        if (!belongs(one, r.attempt) || one.service != route.service) continue;
        const auto* c = memory.find(one.id);
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

task<void> try_routers::ask(std::string app, const desired_state* desired, app_memory& memory) {
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
