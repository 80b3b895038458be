#include "controller/engine/connection_tally.hpp"

#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/blue_green/promises.hpp"

#include <algorithm>
#include <set>

namespace alcedo {

namespace {

constexpr milliseconds count_pause{900}; // each count walks the kernel's whole table
// The proxy's idle connections live 5 s (our serversTransport): no request is lost with them.
constexpr milliseconds idle_connections_gone{6000};

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

/// Every port of it that some route leads to: one that is forgotten is one that is cut.
std::vector<int> ports_of(const desired_state* desired, const record& r, const replica& one) {
    std::set<int> ports;
    if (const auto* made = r.rendering_of(one.whose()))
        for (const auto& [name, to] : made->routes)
            if (to.service == one.service) ports.insert(to.port);
    if (ports.empty() && desired && desired->spec.traffic)
        for (const auto& route : desired->spec.traffic->routes)
            if (route.service == one.service) ports.insert(route.port);
    return {ports.begin(), ports.end()};
}

open_connections in_words(const std::optional<int>& counted) {
    if (!counted) return open_connections::unknown;
    return *counted > 0 ? open_connections::some : open_connections::none;
}

} // namespace

task<std::optional<int>> connection_tally::count(const container& c, std::vector<int> ports,
                                                 network_info shared) {
    const auto address = c.addresses.find(shared.id);
    if (address == c.addresses.end() || shared.subnets.empty()) co_return std::nullopt;
    connection_counter::where where;
    where.pid = c.pid;
    where.address = address->second;
    where.ports = std::move(ports);
    where.subnet = shared.subnets.front();
    // A network made with a subnet and without a gateway does not say which it got; from the host,
    // that gateway is what our own probes come from.
    where.excluded = parts_.own_addresses();
    where.excluded.insert(where.excluded.end(), shared.gateways.begin(), shared.gateways.end());
    co_return co_await parts_.connections.count(where);
}

task<void> connection_tally::look(const desired_state* desired, app_memory& memory,
                                  observation& seen, std::optional<network_info> shared) {
    const auto& r = memory.stored.content;
    const auto now = parts_.clock.now().boot;
    const auto grace =
        desired && desired->spec.traffic ? desired->spec.traffic->drain_grace : milliseconds{1000};
    const bool confirmed = seen.traffic == traffic_state::confirmed;
    for (auto& one : seen.replicas) {
        auto ports = ports_of(desired, r, one);
        if (one.state != life::running || ports.empty()) {
            one.open = open_connections::none;
            continue;
        }
        auto& last = memory.looks[one.id];
        // A later promise that omits it too changes nothing for it.
        if (is_listed(r.traffic.content, one.name))
            last.omitted_since.reset();
        else if (confirmed && !last.omitted_since)
            last.omitted_since = memory.confirmed_since;
        const auto omitted_for = last.omitted_since ? now - *last.omitted_since : milliseconds{0};
        const bool settled = confirmed && last.omitted_since && omitted_for >= grace;
        const bool resting = r.now_in == phase::idle && belongs(one, r.standby);
        if (!settled || resting) {
            one.open = open_connections::some;
            continue;
        }
        if (now - last.at >= count_pause) {
            last.at = now;
            last.counted.reset();
            const auto* c = memory.find(one.id);
            if (c && shared) {
                auto network = *shared;
                last.counted = co_await count(*c, std::move(ports), network);
            }
        }
        one.open = in_words(last.counted);
        if (omitted_for >= idle_connections_gone) one.would_cut = last.counted.value_or(0);
    }
    for (const auto c : both_colors)
        seen.open[index_of(c)] = open_of(seen, c);
}

} // namespace alcedo
