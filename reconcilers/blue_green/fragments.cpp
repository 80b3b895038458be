// Building a fragment: from a layout (who, how much) to routers, backends and servers.

#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/blue_green/promises.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace alcedo {

namespace {

const fragment_route* find_route(const fragment& f, const std::string& name) {
    const auto at = std::find_if(f.routes.begin(), f.routes.end(),
                                 [&](const fragment_route& r) { return r.name == name; });
    return at == f.routes.end() ? nullptr : &*at;
}

struct builder {
    const desired_state& desired;
    const observation& seen;
    const record& rec;
    const layout& wanted;
    std::array<std::optional<fleet>, 2> fleets;
    std::array<std::map<std::string, route_target>, 2> routes;

    builder(const desired_state& d, const observation& o, const record& r, const layout& l)
        : desired(d), seen(o), rec(r), wanted(l) {
        for (const auto c : both_colors) {
            const auto& who = wanted.who[index_of(c)];
            if (!who) continue;
            fleets[index_of(c)] = make_fleet(d, o, r, *who, false);
            routes[index_of(c)] = routes_of(d, r, *who);
        }
    }

    std::vector<std::string> listed_before(const std::string& route, const release& what,
                                           int port) const {
        std::vector<std::string> urls;
        if (const auto* b = backend_of(rec.traffic.content, route, what))
            for (const auto& url : b->servers)
                if (split_server_url(url).port == std::to_string(port)) urls.push_back(url);
        return urls;
    }

    /// Never empty: the proxy answers 503 for an empty list, and worse for some others.
    std::vector<std::string> servers(const std::string& route, const fleet& f,
                                     const route_target& to, bool used) const {
        const auto before = listed_before(route, f.what, to.port);
        if (!used && !before.empty()) return before;
        std::vector<std::string> urls;
        for (const auto* r : f.ready_of(to.service))
            urls.push_back(server_url(r->name, to.port));
        if (urls.empty()) urls = before;
        for (int i = 1; urls.empty() && i <= std::max(1, wanted_of(f, to.service)); ++i)
            urls.push_back(
                server_url(container_name(desired.spec.name, f.what, to.service, i), to.port));
        std::sort(urls.begin(), urls.end());
        return urls;
    }

    int wanted_of(const fleet& f, const std::string& service) const {
        return f.spec ? wanted_replicas(desired, *f.spec, f.what.colored, service) : 1;
    }

    /// A route that is new to the document waits for somebody who can answer on it, and for what
    /// it needs of the proxy.
    bool can_enter(const std::string& route, const fleet& f, const route_target& to) const {
        if (find_route(rec.traffic.content, route)) return true;
        return !seen.withheld.names.contains(route) && !f.ready_of(to.service).empty();
    }

    bool newcomer_waits() const {
        return std::any_of(
            seen.withheld.names.begin(), seen.withheld.names.end(),
            [&](const std::string& name) { return !find_route(rec.traffic.content, name); });
    }

    /// The router, without anybody behind it yet.
    fragment_route definition_of(const route_spec& spec) const {
        fragment_route made;
        const auto* present = find_route(rec.traffic.content, spec.name);
        if (present && seen.withheld.names.contains(spec.name)) {
            made = *present;
            made.backends.clear();
            made.try_color.reset();
            return made;
        }
        made.name = spec.name;
        made.rule = spec.rule;
        made.entry_points = spec.entry_points;
        made.priority = spec.priority;
        made.tls = spec.tls;
        made.middlewares = spec.middlewares;
        return made;
    }

    fragment_route route(const route_spec& spec) const {
        auto made = definition_of(spec);
        for (const auto c : both_colors) {
            const auto i = index_of(c);
            if (!fleets[i]) continue;
            const auto to = routes[i].find(spec.name);
            if (to == routes[i].end() || !can_enter(spec.name, *fleets[i], to->second)) continue;
            const bool used = wanted.weight[i] > 0 || wanted.tried == c;
            made.backends.push_back({c, short_revision(fleets[i]->what),
                                     servers(spec.name, *fleets[i], to->second, used),
                                     wanted.weight[i]});
            if (wanted.tried == c) made.try_color = c;
        }
        const auto weighted = std::count_if(made.backends.begin(), made.backends.end(),
                                            [](const auto& b) { return b.weight > 0; });
        for (auto& b : made.backends)
            if (weighted == 1 && b.weight > 0) b.weight = 100;
        return made;
    }
};

long weighted_backends(const fragment_route& r) {
    return std::count_if(r.backends.begin(), r.backends.end(),
                         [](const fragment_backend& b) { return b.weight > 0; });
}

bool carries_weight(const fragment& f) {
    return std::any_of(f.routes.begin(), f.routes.end(),
                       [](const fragment_route& r) { return weighted_backends(r) > 0; });
}

/// Routes of the present document that the weighted colours of `wanted` answer on.
std::vector<fragment_route> kept_routes(const fragment& present, const layout& wanted) {
    std::vector<fragment_route> kept;
    for (auto route : present.routes) {
        route.try_color.reset();
        std::erase_if(route.backends, [&](const fragment_backend& b) {
            const auto& who = wanted.who[index_of(b.colored)];
            return !who || short_revision(*who) != b.revision8 ||
                   wanted.weight[index_of(b.colored)] == 0 || b.weight == 0;
        });
        for (auto& b : route.backends)
            b.weight = route.backends.size() == 1 ? 100 : wanted.weight[index_of(b.colored)];
        if (!route.backends.empty()) kept.push_back(std::move(route));
    }
    return kept;
}

} // namespace

fragment build_fragment(const desired_state& desired, const observation& seen, const record& rec,
                        const layout& wanted) {
    fragment made;
    if (!desired.spec.traffic) return made;
    const builder b(desired, seen, rec, wanted);
    std::vector<fragment_route> all;
    for (const auto& spec : desired.spec.traffic->routes)
        all.push_back(b.route(spec));
    // The first route speaks for the app's weights: first those that both colours carry.
    for (const long weighted : {2, 1, 0})
        for (const auto& route : all)
            if (weighted_backends(route) == weighted && (weighted > 0 || route.try_color))
                made.routes.push_back(route);
    // The spec's routes come with a colour that has them; until then requests go where they went
    // (S1b).
    if (desired.spec.has_routes() && !carries_weight(made) && wanted.has_weight()) {
        auto kept = kept_routes(rec.traffic.content, wanted);
        made.routes.insert(made.routes.begin(), std::make_move_iterator(kept.begin()),
                           std::make_move_iterator(kept.end()));
    } else if (b.newcomer_waits()) {
        // A renamed route: whoever leaves makes room for it, and nobody answered meanwhile.
        for (auto& route : kept_routes(rec.traffic.content, wanted))
            if (!find_route(made, route.name)) made.routes.push_back(std::move(route));
    }
    return made;
}

} // namespace alcedo
