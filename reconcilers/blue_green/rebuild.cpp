#include "reconcilers/blue_green/rebuild.hpp"

#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

bool is_of(const remain& one, const release& what) {
    return one.what.colored == what.colored && one.what.revision == what.revision;
}

/// Of each revision that may be the one that serves: its oldest running container, else its oldest.
const remain* oldest(const std::vector<remain>& all, bool (*may)(const remain&, const promise&),
                     const promise& p) {
    const remain* found = nullptr;
    for (const auto& one : all) {
        if (!may(one, p)) continue;
        const bool better = !found || (one.runs && !found->runs) ||
                            (one.runs == found->runs && one.created_wall < found->created_wall);
        if (better) found = &one;
    }
    return found;
}

bool is_weighted(const remain& one, const promise& p) {
    for (const auto& route : p.content.routes)
        for (const auto& backend : route.backends)
            if (backend.weight > 0 && backend.colored == one.what.colored &&
                backend.revision8 == short_revision(one.what))
                return true;
    return false;
}

bool is_running(const remain& one, const promise&) {
    return one.runs;
}

bool has_weights(const promise& p) {
    return p.is_weighted(color::blue) || p.is_weighted(color::green);
}

std::string spec_digest_of(const record& r, const release& what) {
    for (const auto& known : r.resolved)
        if (known.colored == what.colored && known.revision == what.revision)
            return known.spec_digest;
    return "";
}

void keep_identity(record& next, record& older) {
    next.uid = std::move(older.uid);
    next.created_wall = older.created_wall;
    next.observed_generation = older.observed_generation;
    next.manifest_digest = std::move(older.manifest_digest);
    next.accepted = std::move(older.accepted);
    next.source = std::move(older.source);
    next.resolved = std::move(older.resolved);
    next.renderings = std::move(older.renderings);
    next.rejected = std::move(older.rejected);
    next.wished.paused = older.wished.paused;
    next.wished.remove = older.wished.remove;
    next.conditions = std::move(older.conditions);
    next.events = std::move(older.events);
}

void note(record& r, const std::string& message, const moment& now) {
    r.events.push_back({now.wall, "Warning", std::string(reason::RecordRebuilt), message});
    if (r.events.size() > events_kept) r.events.erase(r.events.begin());
}

} // namespace

record rebuild_record(const std::vector<remain>& all, const std::optional<promise>& on_disk,
                      record older, const moment& now) {
    record next;
    const bool is_lost = older.uid.empty();
    keep_identity(next, older);
    next.rebuilding = true;
    next.phase_since_wall = now.wall;
    next.traffic = on_disk.value_or(promise{});
    // Whoever served before may still be connected to.
    next.drained = {false, false};
    for (const auto& one : all) {
        if (next.uid.empty()) next.uid = one.uid;
        const bool earlier = one.created_wall.count() > 0 && (next.created_wall.count() == 0 ||
                                                              one.created_wall < next.created_wall);
        if (is_lost && earlier) next.created_wall = one.created_wall;
    }
    const auto may = has_weights(next.traffic) ? is_weighted : is_running;
    if (const auto* one = oldest(all, may, next.traffic)) {
        next.serving = one->what;
        next.serving->spec_digest = spec_digest_of(next, one->what);
        next.stable = next.serving;
    }
    note(next,
         std::string(is_lost ? "no record of this app was in the store"
                             : "the record in the store is older than the proxy's document") +
             ": made again from the document and the containers; " +
             (next.serving ? to_string(*next.serving) + " serves" : "nothing serves") +
             "; nothing is moved or removed before a second look agrees",
         now);
    return next;
}

bool is_render_of(const desired_state& desired, const release& serving,
                  const std::vector<remain>& all,
                  const std::map<std::string, std::string>& images) {
    const auto& wanted = desired.of(serving.colored).open_digest;
    bool some = false;
    for (const auto& one : all) {
        if (!is_of(one, serving)) continue;
        const auto now = images.find(one.service);
        if (wanted.empty() || one.open_digest != wanted) return false;
        if (now == images.end() || now->second != one.image_id) return false;
        some = true;
    }
    return some;
}

void adopt_render(record& r, const desired_state& desired,
                  const std::map<std::string, std::string>& images) {
    auto& serving = *r.serving;
    const auto& digests = desired.of(serving.colored);
    // Where it listens, the document knows best: the spec's port may be a newer one.
    auto routes = routes_of(desired, r, serving);
    const bool was_stable = same(r.stable, r.serving);
    serving.spec_digest = digests.spec_digest;
    if (was_stable) r.stable = serving;
    std::erase_if(r.resolved, [&](const release& known) {
        return known.colored == serving.colored && known.spec_digest == serving.spec_digest;
    });
    r.resolved.push_back(serving);
    rendering made;
    made.what = serving;
    made.spec = desired.spec.of(serving.colored);
    made.open_digest = digests.open_digest;
    made.image_ids = images;
    made.source_commit = desired.source.commit;
    made.routes = std::move(routes);
    for (const auto& route : desired.spec.traffic.value_or(traffic_spec{}).routes)
        if (made.spec.find(route.service))
            made.routes.try_emplace(route.name, route_target{route.service, route.port});
    std::erase_if(r.renderings, [&](const rendering& old) { return same(old.what, serving); });
    r.renderings.push_back(std::move(made));
}

} // namespace alcedo
