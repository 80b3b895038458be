#include "controller/engine/traffic_union.hpp"

#include <set>

namespace alcedo {

namespace {

std::set<std::string> routers_of(const fragment& f) {
    std::set<std::string> names;
    for (const auto& route : f.routes)
        for (const auto& backend : route.backends)
            if (backend.weight > 0) names.insert(route.name);
    return names;
}

} // namespace

std::optional<std::string> lost_router(const fragment& held, const fragment& wanted) {
    const auto kept = routers_of(wanted);
    for (const auto& name : routers_of(held))
        if (!kept.contains(name)) return name;
    return std::nullopt;
}

traffic_document union_of(traffic_document disk, const std::map<std::string, promise>& store) {
    std::erase_if(disk.fragments, [&](const auto& held) {
        return held.second.routes.empty() && !store.contains(held.first);
    });
    std::erase_if(disk.promises,
                  [&](const auto& held) { return !disk.fragments.contains(held.first); });
    for (const auto& [app, p] : store) {
        const auto held = disk.fragments.find(app);
        if (held == disk.fragments.end() || disk.promises[app] != p.number) continue;
        if (lost_router(held->second, p.content))
            disk.promises[app] = 0;
        else
            held->second = p.content;
    }
    return disk;
}

} // namespace alcedo
