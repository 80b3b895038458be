#include "reconcilers/blue_green/fleet.hpp"

#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/blue_green/rehearsal.hpp"
#include "reconcilers/model/action.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace alcedo {

namespace {

int falls_of(const replica& r, const record& rec) {
    const auto down = rec.put_down.find(r.id);
    return down == rec.put_down.end() ? r.exits : std::max(0, r.exits - down->second);
}

slot::state state_of(const replica& r, bool job, const record& rec) {
    using state = slot::state;
    if (rec.retiring.contains(r.id)) return state::retiring;
    const bool done = job && r.state == life::exited && r.exit_code == 0;
    if (done) return state::done;
    if (r.never_started || r.state == life::created) return state::fresh;
    if (r.runs()) {
        // A paused one holds requests and answers none, and it does not come back by itself.
        if (r.state == life::paused) return state::sick;
        if (r.state != life::running) return state::starting;
        if (r.ready == readiness::sick) return state::sick;
        return r.ready == readiness::ready ? state::ready : state::starting;
    }
    if (job && r.exit_code == 0) return state::done;
    // Whoever was not put down by a promise of ours, or has ended again since, did so by itself.
    return rec.put_down.contains(r.id) && falls_of(r, rec) == 0 ? state::stopped : state::exited;
}

/// The revision's rendering; else the spec, if it still describes that revision.
const color_spec* spec_of(const desired_state& desired, const record& r, const release& what) {
    if (const auto* kept = r.rendering_of(what)) return &kept->spec;
    if (desired.of(what.colored).spec_digest == what.spec_digest)
        return &desired.spec.of(what.colored);
    return nullptr;
}

/// All that is left to know of a revision whose rendering was lost: what runs of it.
std::shared_ptr<const color_spec> spec_from_containers(const observation& seen,
                                                       const release& what) {
    std::map<std::string, int> counts;
    for (const auto& r : seen.replicas)
        if (belongs(r, what) && !r.is_rehearsal())
            counts[r.service] = std::max(counts[r.service], r.ordinal);
    std::set<std::string> exclusive;
    for (const auto& r : seen.replicas)
        if (belongs(r, what) && r.marked_exclusive) exclusive.insert(r.service);
    auto made = std::make_shared<color_spec>();
    for (const auto& [name, count] : counts) {
        service_spec s;
        s.name = name;
        s.replicas = count;
        s.exclusive = exclusive.contains(name);
        made->services.push_back(std::move(s));
    }
    return made;
}

int highest_ordinal(const observation& seen, const release& what, const std::string& service) {
    int highest = 0;
    for (const auto& r : seen.replicas)
        if (belongs(r, what) && r.service == service) highest = std::max(highest, r.ordinal);
    return highest;
}

void fill(slot& s, const replica& x, const record& r) {
    s.at = &x;
    s.is = state_of(x, s.job, r);
    s.falls = falls_of(x, r);
    s.loops = std::min(s.falls, x.recent_exits) >= 2;
}

void add_rehearsal(fleet& f, const desired_state& desired, const observation& seen, const record& r,
                   const service_spec& service) {
    if (!rehearsal_of(desired, r, f.what, service.name)) return;
    slot s;
    s.service = &service;
    s.ordinal = rehearsal_ordinal;
    s.exclusive = true;
    s.rehearsal = true;
    for (const auto& x : seen.replicas)
        if (x.service == service.name && is_wanted_rehearsal(desired, r, x)) fill(s, x, r);
    f.slots.push_back(s);
}

void add_slots(fleet& f, const desired_state& desired, const observation& seen, const record& r,
               const service_spec& service) {
    const bool exclusive = is_exclusive(desired, f.what.colored, service);
    const bool held_elsewhere = exclusive && !(r.holder && same(*r.holder, f.what));
    f.has_exclusive = f.has_exclusive || exclusive;
    if (held_elsewhere) add_rehearsal(f, desired, seen, r, service);
    const int asked = wanted_replicas(desired, *f.spec, f.what.colored, service.name);
    const int wanted = held_elsewhere ? 0 : exclusive ? std::min(asked, 1) : asked;
    const int highest = highest_ordinal(seen, f.what, service.name);
    const bool job = is_job(*f.spec, service.name);
    std::set<int> ordinals;
    for (int i = 1; i <= std::max(wanted, highest); ++i)
        ordinals.insert(i);
    for (const int i : ordinals) {
        slot s;
        s.service = &service;
        s.ordinal = i;
        s.wanted = i <= wanted;
        s.job = job;
        s.exclusive = exclusive;
        for (const auto& x : seen.replicas)
            if (belongs(x, f.what) && x.service == service.name && x.ordinal == i &&
                !x.is_rehearsal())
                fill(s, x, r);
        if (!s.at && !s.wanted) continue;
        const auto name = container_name(desired.spec.name, f.what, service.name, i);
        s.hole = !s.at && (i == 1 || i < highest || is_listed(r.traffic.content, name));
        f.slots.push_back(s);
    }
}

bool is_good(const slot& s) {
    return s.is == slot::state::ready || s.is == slot::state::done;
}

bool has_ready(const fleet& f, const std::string& service) {
    return std::any_of(f.slots.begin(), f.slots.end(), [&](const slot& s) {
        return s.service->name == service && s.is == slot::state::ready;
    });
}

/// Restarted again and again by the engine is never "starting" for ever.
bool keeps_falling(const slot& s) {
    return s.is == slot::state::starting && s.loops;
}

void judge_exclusive(fleet& f) {
    for (const auto& s : f.slots) {
        if (!s.exclusive || !s.wanted) continue;
        if (s.is != slot::state::ready) f.exclusive_ready = false;
        if (s.is == slot::state::sick || s.is == slot::state::exited || keeps_falling(s))
            f.exclusive_sick = true;
    }
}

void judge_fleet(fleet& f, bool before_traffic) {
    judge_exclusive(f);
    // Nothing but exclusive services: it lacks nothing without them.
    if (f.slots.empty() && !f.has_exclusive) return;
    f.any_ready = true;
    if (f.routed.empty()) {
        for (const auto& s : f.slots)
            if (!s.job && !s.exclusive && s.wanted && !has_ready(f, s.service->name))
                f.any_ready = false;
    } else {
        for (const auto& service : f.routed)
            if (!has_ready(f, service)) f.any_ready = false;
    }
    f.all_ready = true;
    for (const auto& s : f.slots) {
        if (!s.wanted || s.exclusive || (s.job && !before_traffic)) continue;
        if (!is_good(s)) f.all_ready = false;
        if (s.job) continue;
        if (s.is == slot::state::sick || s.is == slot::state::exited || keeps_falling(s))
            f.any_sick = true;
    }
}

} // namespace

bool is_job(const color_spec& spec, const std::string& service) {
    for (const auto& s : spec.services)
        for (const auto& d : s.depends_on)
            if (d.service == service && d.until == dependency::condition::completed) return true;
    return false;
}

bool is_exclusive(const desired_state& desired, color c, const service_spec& rendered) {
    const auto* now = desired.spec.of(c).find(rendered.name);
    return now ? now->exclusive : rendered.exclusive;
}

bool is_exclusive(const desired_state& desired, const record& r, const replica& one) {
    if (const auto* now = desired.spec.of(one.colored).find(one.service)) return now->exclusive;
    const auto* made = r.rendering_of(one.whose());
    const auto* then = made ? made->spec.find(one.service) : nullptr;
    return then ? then->exclusive : one.marked_exclusive;
}

bool is_holders(const record& r, const replica& one) {
    return belongs(one, r.holder) && one.ordinal == 1 && !one.is_rehearsal();
}

bool belongs(const replica& r, const release& what) {
    return r.colored == what.colored && !what.revision.empty() && r.revision == what.revision;
}

bool belongs(const replica& r, const std::optional<release>& what) {
    return what && belongs(r, *what);
}

int wanted_replicas(const desired_state& desired, const color_spec& rendered, color c,
                    const std::string& service) {
    if (const auto* now = desired.spec.of(c).find(service)) return now->replicas;
    const auto* then = rendered.find(service);
    return then ? then->replicas : 0;
}

fleet make_fleet(const desired_state& desired, const observation& seen, const record& r,
                 const release& what, bool before_traffic) {
    fleet f;
    f.what = what;
    if (what.revision.empty()) return f;
    f.spec = spec_of(desired, r, what);
    if (!f.spec) {
        f.guess = spec_from_containers(seen, what);
        f.spec = f.guess.get();
    }
    for (const auto& service : f.spec->services)
        add_slots(f, desired, seen, r, service);
    std::set<std::string> routed;
    for (const auto& [route, to] : routes_of(desired, r, what))
        if (wanted_replicas(desired, *f.spec, what.colored, to.service) > 0)
            routed.insert(to.service);
    f.routed.assign(routed.begin(), routed.end());
    judge_fleet(f, before_traffic);
    return f;
}

bool fleet::is_given_up() const {
    return !any_ready && std::none_of(slots.begin(), slots.end(), [](const slot& x) {
        return !x.exclusive && (x.is == slot::state::starting || x.is == slot::state::fresh ||
                                x.is == slot::state::retiring);
    });
}

std::vector<const replica*> fleet::ready_of(const std::string& service) const {
    std::vector<const replica*> within, beyond;
    for (const auto& s : slots)
        if (s.service->name == service && s.is == slot::state::ready)
            (s.wanted ? within : beyond).push_back(s.at);
    return within.empty() ? beyond : within;
}

bool fleet::may_begin(const service_spec& service) const {
    for (const auto& d : service.depends_on) {
        for (const auto& s : slots) {
            if (s.service->name != d.service || !s.wanted) continue;
            const bool runs = s.at && s.at->state == life::running;
            const bool done = s.is == slot::state::done;
            if (d.until == dependency::condition::started && !runs && !done) return false;
            if (d.until == dependency::condition::healthy && !is_good(s)) return false;
            if (d.until == dependency::condition::completed && !done) return false;
        }
    }
    return true;
}

std::string to_string(slot::state s) {
    using state = slot::state;
    switch (s) {
    case state::absent:
        return "absent";
    case state::fresh:
        return "created";
    case state::starting:
        return "starting";
    case state::ready:
        return "ready";
    case state::sick:
        return "sick";
    case state::exited:
        return "exited";
    case state::stopped:
        return "stopped";
    case state::done:
        return "done";
    case state::retiring:
        return "retiring";
    }
    return "?";
}

} // namespace alcedo
