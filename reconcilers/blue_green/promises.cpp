#include "reconcilers/blue_green/promises.hpp"

#include "reconcilers/blue_green/fleet.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace alcedo {

namespace {

bool has_server(const fragment& f, std::string_view container, bool weighted_only) {
    for (const auto& route : f.routes)
        for (const auto& backend : route.backends) {
            if (weighted_only && backend.weight == 0) continue;
            for (const auto& url : backend.servers)
                if (split_server_url(url).container == container) return true;
        }
    return false;
}

/// Without a rendering: where the promise says that a route goes in this release, read out of a
/// container's name, "<app>-<color>-<service>-<revision8>-<ordinal>".
std::optional<route_target> target_from_promise(const std::string& app, const fragment& f,
                                                const std::string& route, const release& what) {
    const auto* backend = backend_of(f, route, what);
    if (!backend || backend->servers.empty()) return std::nullopt;
    const auto [name, port] = split_server_url(backend->servers.front());
    const auto prefix = app + "-" + to_string(what.colored) + "-";
    const auto end = name.rfind("-" + short_revision(what) + "-");
    if (!name.starts_with(prefix) || end == std::string_view::npos || end < prefix.size())
        return std::nullopt;
    return route_target{std::string(name.substr(prefix.size(), end - prefix.size())),
                        std::atoi(std::string(port).c_str())};
}

/// A route that was renamed, or a new one to a service that has one already: where that listens.
std::optional<route_target> where_it_listens(const rendering& kept, const route_spec& route) {
    const auto same_name = kept.routes.find(route.name);
    if (same_name != kept.routes.end()) return same_name->second;
    for (const auto& [name, to] : kept.routes)
        if (to.service == route.service) return to;
    return std::nullopt;
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

server_parts split_server_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
    const auto colon = url.rfind(':');
    if (colon == std::string_view::npos) return {url, {}};
    return {url.substr(0, colon), url.substr(colon + 1)};
}

const fragment_backend* backend_of(const fragment& f, const std::string& route,
                                   const release& what) {
    for (const auto& r : f.routes)
        if (r.name == route)
            for (const auto& b : r.backends)
                if (b.colored == what.colored && b.revision8 == short_revision(what)) return &b;
    return nullptr;
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
            if (const auto to = where_it_listens(*kept, route)) found[route.name] = *to;
        } else if (is_spec && desired.spec.of(what.colored).find(route.service)) {
            found[route.name] = {route.service, route.port};
        } else if (const auto to = target_from_promise(desired.spec.name, rec.traffic.content,
                                                       route.name, what)) {
            found[route.name] = *to;
        }
    }
    return found;
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

bool is_before_switch(phase p) {
    return p == phase::preparing || p == phase::starting || p == phase::verifying ||
           p == phase::awaiting_approval;
}

std::vector<release> may_have_weight(const record& r) {
    std::vector<release> found;
    const bool switched = same(r.attempt, r.serving) && r.now_in != phase::reverting;
    if (r.serving) found.push_back(*r.serving);
    if (r.attempt && !is_before_switch(r.now_in)) found.push_back(*r.attempt);
    if (r.origin && !switched) found.push_back(*r.origin);
    return found;
}

bool publish_allowed(const desired_state& desired, const observation& seen, const record& rec) {
    if (rec.now_in == phase::deleting || desired.deleting) return true;
    const auto l = layout_of(rec);
    if (!l.has_weight()) return true;
    const auto ready = [&](const release& r) {
        return make_fleet(desired, seen, rec, r, false).any_ready;
    };
    bool anybody = false, weighted = false, newcomer_missing = false;
    for (const auto& known : may_have_weight(rec))
        if (ready(known)) anybody = true;
    for (const auto c : both_colors) {
        if (!l.who[index_of(c)] || l.weight[index_of(c)] == 0) continue;
        const bool is = ready(*l.who[index_of(c)]);
        weighted = weighted || is;
        if (!is && !same(l.who[index_of(c)], rec.serving)) newcomer_missing = true;
    }
    return !anybody || (weighted && !newcomer_missing);
}

} // namespace alcedo
