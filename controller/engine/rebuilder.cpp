#include "controller/engine/rebuilder.hpp"

namespace alcedo {

namespace {

/// Two looks are a resync apart when the second comes with the next one, a little early or not.
milliseconds apart(const engine_settings& s) {
    return s.resync * 9 / 10;
}

std::string label_of(const container& c, const char* key) {
    const auto at = c.labels.find(key);
    return at == c.labels.end() ? "" : at->second;
}

std::vector<remain> remains_of(const std::vector<container>& all) {
    std::vector<remain> found;
    for (const auto& c : all) {
        const auto placed = place(c);
        // A rehearsal never serves, and has settings that are not its revision's.
        if (!placed || placed->is_rehearsal()) continue;
        remain one;
        one.what = placed->whose();
        one.name = c.name;
        one.service = placed->service;
        one.image_id = c.image_id;
        one.open_digest = label_of(c, label::spec);
        one.uid = label_of(c, label::uid);
        one.runs = placed->runs();
        one.created_wall = c.created_wall;
        found.push_back(std::move(one));
    }
    return found;
}

/// The same colour and revision serve, with the same weights.
bool agree(const record& a, const record& b) {
    return same(a.serving, b.serving) && a.serving.has_value() == b.serving.has_value() &&
           a.traffic.content == b.traffic.content;
}

bool is_unmatched(const record& r) {
    return r.serving && r.serving->spec_digest.empty() && !r.rendering_of(*r.serving);
}

/// The key went with the store: what it was hashed with cannot be compared any more.
bool lost_its_key(const record& r) {
    return r.rebuilding && r.observed_generation == 0;
}

} // namespace

task<rebuilder::finding> rebuilder::look(std::string app, frozen<desired_state> desired,
                                         manifest::file_contents files,
                                         std::shared_ptr<app_memory> memory, bool docker_known) {
    finding out;
    const auto& stored = memory->stored;
    const bool is_new = stored.version == 0;
    if (!docker_known) {
        out.must_wait = is_new;
        co_return out;
    }
    const auto on_disk = proxy_.published(app);
    const bool is_old = !is_new && on_disk && on_disk->number > stored.content.traffic.number;
    const bool is_open = is_new || is_old || stored.content.rebuilding;
    // Every pass of every app comes by here, and nearly all of them have a record that is right.
    if (!is_open && !(desired && is_unmatched(stored.content))) co_return out;
    const auto all = remains_of(memory->containers);
    const bool is_routed = on_disk && !on_disk->content.routes.empty();
    const bool is_lost = is_new && (!all.empty() || is_routed);
    const auto now = parts_.clock.now();
    auto made = std::make_shared<record>(stored.content);
    if (is_lost || is_old || stored.content.rebuilding) {
        auto found = rebuild_record(all, on_disk, stored.content, now);
        const bool as_before = stored.content.rebuilding && agree(found, stored.content);
        if (!as_before) *made = std::move(found);
        if (!as_before || !memory->rebuilt_since) memory->rebuilt_since = now.boot;
        out.agrees = as_before && now.boot - *memory->rebuilt_since >= apart(parts_.settings);
    }
    if (desired && is_unmatched(*made)) co_await match(desired, std::move(files), all, made);
    if (*made == stored.content) co_return out;
    if (made->rebuilding && !stored.content.rebuilding) tell(app, *made);
    out.remade = *made;
    co_return out;
}

/// Looks the spec's images up as they are on this host now; pulls nothing.
task<void> rebuilder::match(frozen<desired_state> desired, manifest::file_contents files,
                            std::vector<remain> all, std::shared_ptr<record> into) {
    const auto serving = *into->serving;
    const auto& spec = desired->spec.of(serving.colored);
    std::map<std::string, std::string> images;
    for (const auto& service : spec.services) {
        auto reference = service.image;
        const auto found = co_await parts_.docker.image(std::move(reference));
        if (!found) co_return;
        images[service.name] = found->id;
    }
    const auto exact = manifest::revision(spec, files, parts_.settings.key, images);
    if (exact == serving.revision ||
        (lost_its_key(*into) && is_render_of(*desired, serving, all, images)))
        adopt_render(*into, *desired, images);
}

void rebuilder::tell(const std::string& app, const record& made) const {
    const auto& said = made.events.back();
    parts_.events.emit(happened{severity::warning, app, said.reason, said.message, json::object()});
}

task<result<std::set<std::string>>> apps_with_remains(runtime& docker, const publisher& proxy) {
    auto all = co_await docker.list("");
    if (!all) co_return all.error();
    std::set<std::string> apps;
    for (const auto& c : *all)
        if (const auto name = label_of(c, label::name); !name.empty()) apps.insert(name);
    for (const auto& app : proxy.apps())
        apps.insert(app);
    co_return apps;
}

} // namespace alcedo
