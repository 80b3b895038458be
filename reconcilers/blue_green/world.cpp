#include "reconcilers/blue_green/world.hpp"

#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/blue_green/rehearsal.hpp"

#include <algorithm>

namespace alcedo {

namespace {

struct performer {
    world& w;

    void operator()(const prepare_release& a) const {
        auto& p = w.seen.prepared;
        p = {};
        p.is = preparation::state::yes;
        p.spec_digest = a.what.spec_digest;
        p.revision = a.what.revision.empty() ? a.what.spec_digest : a.what.revision;
        for (const auto& s : w.desired.spec.of(a.what.colored).services)
            p.image_ids[s.name] = "sha256:" + s.image;
    }
    void operator()(const create_container& a) const {
        replica r;
        r.name = container_name(w.desired.spec.name, a.what, a.service, a.ordinal);
        if (w.find(r.name)) return;
        do
            r.id = "c" + std::to_string(++w.containers_made);
        while (w.find(r.id));
        r.colored = a.what.colored;
        r.service = a.service;
        r.revision = a.what.revision;
        r.ordinal = a.ordinal;
        const auto* over = rehearsal_of(w.desired, w.rec, a.what, a.service);
        if (a.ordinal == rehearsal_ordinal) r.rehearsal = over ? over->digest : "late";
        r.open = open_connections::none;
        w.seen.replicas.push_back(std::move(r));
        std::sort(w.seen.replicas.begin(), w.seen.replicas.end(),
                  [](const replica& x, const replica& y) { return x.name < y.name; });
    }
    void operator()(const start_container& a) const {
        auto* r = w.find(a.id);
        if (!r) return;
        r->stop_answered = false;
        r->never_started = false;
        const auto* kept = w.rec.rendering_of(r->whose());
        if (kept && is_job(kept->spec, r->service)) {
            r->state = life::exited;
            r->exit_code = 0;
            return;
        }
        r->state = life::running;
        r->ready = readiness::ready;
    }
    void operator()(const stop_container& a) const {
        auto* r = w.find(a.id);
        if (!r) return;
        if (r->runs()) r->state = life::exited;
        r->stop_answered = true;
    }
    void operator()(const remove_container& a) const {
        std::erase_if(w.seen.replicas, [&](const replica& r) { return r.id == a.id; });
    }
    void operator()(const publish_promise& a) const {
        if (a.number != w.rec.traffic.number) return;
        w.applied = a.number;
        w.ack_left = w.ack_takes;
        w.seen.traffic = w.ack_left > 0 ? traffic_state::pending : traffic_state::confirmed;
    }
    void operator()(const remove_networks&) const {}
    void operator()(const ask_try_routers&) const { w.seen.tried = try_answer::answered; }
};

} // namespace

void world::commit(const record& next) {
    const bool promised = next.traffic.number != rec.traffic.number;
    rec = next;
    if (ack_left > 0 && --ack_left == 0 && seen.traffic == traffic_state::pending)
        seen.traffic = traffic_state::confirmed;
    if (!promised) return;
    seen.traffic = traffic_state::unwritten;
    seen.tried = try_answer::unasked;
}

void world::perform(const action& a) {
    std::visit(performer{*this}, a);
}

void world::pass_time(milliseconds span) {
    now.boot += span;
    now.wall += span;
}

replica* world::find(const std::string& name_or_id) {
    for (auto& r : seen.replicas)
        if (r.id == name_or_id || r.name == name_or_id) return &r;
    return nullptr;
}

} // namespace alcedo
