#include "reconcilers/blue_green/promises.hpp"

#include "reconcilers/blue_green/fleet.hpp"

#include <algorithm>
#include <vector>

namespace alcedo {

namespace {

/// "http://name:port" → name, port.
std::pair<std::string_view, std::string_view> split_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
    const auto colon = url.rfind(':');
    if (colon == std::string_view::npos) return {url, {}};
    return {url.substr(0, colon), url.substr(colon + 1)};
}

bool has_server(const fragment& f, std::string_view container, bool weighted_only) {
    for (const auto& route : f.routes)
        for (const auto& backend : route.backends) {
            if (weighted_only && backend.weight == 0) continue;
            for (const auto& url : backend.servers)
                if (split_url(url).first == container) return true;
        }
    return false;
}

const fragment_backend* backend_of(const fragment& f, const std::string& route,
                                   const release& what) {
    for (const auto& r : f.routes)
        if (r.name == route)
            for (const auto& b : r.backends)
                if (b.colored == what.colored && b.revision8 == short_revision(what)) return &b;
    return nullptr;
}

bool has_route(const fragment& f, const std::string& name) {
    return std::any_of(f.routes.begin(), f.routes.end(),
                       [&](const fragment_route& r) { return r.name == name; });
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
                if (split_url(url).second == std::to_string(port)) urls.push_back(url);
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

    /// A route that is new to the document waits for somebody who can answer on it.
    bool can_enter(const std::string& route, const fleet& f, const route_target& to) const {
        return has_route(rec.traffic.content, route) || !f.ready_of(to.service).empty();
    }

    fragment_route route(const route_spec& spec) const {
        fragment_route made{spec.name, spec.rule, spec.entry_points, spec.priority, {}, {}};
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

} // namespace

std::string container_name(std::string_view app, const release& what, std::string_view service,
                           int ordinal) {
    return std::string(app) + "-" + to_string(what.colored) + "-" + std::string(service) + "-" +
           short_revision(what) + "-" + std::to_string(ordinal);
}

std::string server_url(std::string_view container, int port) {
    return "http://" + std::string(container) + ":" + std::to_string(port);
}

layout only(const release& r) {
    layout l;
    l.who[index_of(r.colored)] = r;
    l.weight[index_of(r.colored)] = 100;
    return l;
}

layout split(const release& to, int percent, const release& from) {
    auto l = only(from);
    l.who[index_of(to.colored)] = to;
    l.weight[index_of(to.colored)] = percent;
    l.weight[index_of(from.colored)] = 100 - percent;
    return l;
}

layout defining(layout l, const std::optional<release>& r) {
    if (r && !l.who[index_of(r->colored)]) l.who[index_of(r->colored)] = r;
    return l;
}

layout trying(layout l, const release& r) {
    l = defining(std::move(l), r);
    l.tried = r.colored;
    return l;
}

layout layout_of(const record& rec) {
    layout l;
    for (const auto& route : rec.traffic.content.routes) {
        if (route.try_color) l.tried = route.try_color;
        for (const auto& backend : route.backends) {
            const auto i = index_of(backend.colored);
            for (const auto* known :
                 {&rec.attempt, &rec.serving, &rec.origin, &rec.standby, &rec.stable})
                if (*known && (*known)->colored == backend.colored && !l.who[i] &&
                    short_revision(**known) == backend.revision8)
                    l.who[i] = **known;
            if (backend.weight > 0 && !l.who[i]) l.unknown = true;
        }
    }
    for (const auto c : both_colors)
        if (l.who[index_of(c)]) l.weight[index_of(c)] = rec.traffic.weight(c);
    return l;
}

std::map<std::string, route_target> routes_of(const desired_state& desired, const record& rec,
                                              const release& what) {
    std::map<std::string, route_target> found;
    if (!desired.spec.traffic) return found;
    const auto* kept = rec.rendering_of(what);
    const bool is_spec = desired.of(what.colored).spec_digest == what.spec_digest;
    for (const auto& route : desired.spec.traffic->routes) {
        if (kept) {
            const auto at = kept->routes.find(route.name);
            if (at != kept->routes.end()) found[route.name] = at->second;
        } else if (is_spec && desired.spec.of(what.colored).find(route.service)) {
            found[route.name] = {route.service, route.port};
        }
    }
    return found;
}

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
    return made;
}

bool is_listed(const fragment& f, std::string_view container) {
    return has_server(f, container, true);
}

bool is_defined(const fragment& f, std::string_view container) {
    return has_server(f, container, false);
}

int weight_of(const promise& p, const release& what) {
    if (p.content.routes.empty()) return 0;
    for (const auto& b : p.content.routes.front().backends)
        if (b.colored == what.colored && b.revision8 == short_revision(what)) return b.weight;
    return 0;
}

bool is_only(const desired_state& desired, const record& rec, const release& what) {
    if (rec.traffic.content.routes.empty()) return routes_of(desired, rec, what).empty();
    return weight_of(rec.traffic, what) > 0 && rec.traffic.only(what.colored);
}

bool publish_allowed(const desired_state& desired, const observation& seen, const record& rec) {
    if (rec.now_in == phase::deleting || desired.deleting) return true;
    const auto l = layout_of(rec);
    if (!l.has_weight()) return true;
    const auto ready = [&](const release& r) {
        return make_fleet(desired, seen, rec, r, false).any_ready;
    };
    bool anybody = false, weighted = false, newcomer_missing = false;
    for (const auto* known : {&rec.attempt, &rec.serving, &rec.origin})
        if (*known && ready(**known)) anybody = true;
    for (const auto c : both_colors) {
        if (!l.who[index_of(c)] || l.weight[index_of(c)] == 0) continue;
        const bool is = ready(*l.who[index_of(c)]);
        weighted = weighted || is;
        if (!is && !same(l.who[index_of(c)], rec.serving)) newcomer_missing = true;
    }
    return !anybody || (weighted && !newcomer_missing);
}

} // namespace alcedo
