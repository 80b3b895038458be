#include "reconcilers/blue_green/invariants.hpp"

#include "reconcilers/blue_green/rehearsal.hpp"
#include "reconcilers/blue_green/situation.hpp"
#include "reconcilers/blue_green/target.hpp"

#include <algorithm>
#include <set>

namespace alcedo {

namespace {

/// A plan laid beside the world it was made for. Judged by values; of the rules only two names are
/// known, because SPEC grants their rows an exception.
struct trial {
    situation s;
    const plan& p;
    std::vector<violation>& found;

    const record& before() const { return s.rec; }
    const record& next() const { return p.next; }
    bool promises() const { return next().traffic.number != before().traffic.number; }
    bool deletes() const { return next().now_in == phase::deleting || next().deleted; }
    bool drops_dead_first_deploy() const { return p.rule == "superseded_dead_first_deploy"; }
    void say(const char* invariant, std::string message) const {
        found.push_back({invariant, std::move(message)});
    }
    fleet fleet_of(const release& r) const {
        return make_fleet(s.desired, s.seen, next(), r, false);
    }
    const replica* find(const std::string& id) const {
        for (const auto& r : s.seen.replicas)
            if (r.id == id) return &r;
        return nullptr;
    }
};

template <class Action, class Deed>
void for_each(const plan& p, Deed deed) {
    for (const auto& a : p.actions)
        if (const auto* one = std::get_if<Action>(&a)) deed(*one);
}

bool touches_containers(const plan& p) {
    return std::any_of(p.actions.begin(), p.actions.end(), [](const action& a) {
        return std::holds_alternative<create_container>(a) ||
               std::holds_alternative<start_container>(a) ||
               std::holds_alternative<stop_container>(a) ||
               std::holds_alternative<remove_container>(a);
    });
}

void unknown_is_not_empty(const trial& t) {
    if (t.s.docker_known) return;
    if (!t.p.actions.empty()) t.say("S11", "acts although the engine cannot be seen");
    if (t.promises()) t.say("S11", "moves weight although the engine cannot be seen");
}

/// S1, at the moment of writing: weight anew only to somebody ready, as long as anybody is.
void weight_to_the_ready(const trial& t) {
    if (t.deletes()) return;
    for_each<publish_promise>(t.p, [&](const publish_promise& a) {
        if (a.number != t.next().traffic.number)
            t.say("S16", "publishes a promise that is not the record's");
        const auto l = layout_of(t.next());
        bool anybody = false, weighted = false;
        for (const auto& one : may_have_weight(t.next()))
            if (t.fleet_of(one).any_ready) anybody = true;
        for (const auto c : both_colors) {
            const auto& who = l.who[index_of(c)];
            if (!who || l.weight[index_of(c)] == 0) continue;
            const bool ready = t.fleet_of(*who).any_ready;
            weighted = weighted || ready;
            if (!ready && anybody && !same(who, t.next().serving))
                t.say("S1", "weight to " + to_string(*who) + ", which has no ready replica");
        }
        if (l.has_weight() && anybody && !weighted)
            t.say("S1", "no weight to the colour that has ready replicas");
    });
}

/// S1b and S26: nobody's router leaves but by the rules that may take it.
void routes_stay(const trial& t) {
    if (!t.promises() || t.deletes() || t.drops_dead_first_deploy()) return;
    const auto named = [&](const std::string& route) {
        if (!t.s.desired.spec.traffic) return false;
        const auto& all = t.s.desired.spec.traffic->routes;
        return std::any_of(all.begin(), all.end(),
                           [&](const route_spec& r) { return r.name == route; });
    };
    const auto weighted = [](const fragment& f, const std::string& route) {
        for (const auto& r : f.routes)
            for (const auto& b : r.backends)
                if (r.name == route && b.weight > 0) return true;
        return false;
    };
    // A route that only the newer revision has goes with it.
    const auto carried = [&](const std::string& route) {
        const auto l = layout_of(t.next());
        if (!l.has_weight()) return true;
        for (const auto c : both_colors)
            if (l.who[index_of(c)] && l.weight[index_of(c)] > 0 &&
                routes_of(t.s.desired, t.next(), *l.who[index_of(c)]).contains(route))
                return true;
        return false;
    };
    const bool had = layout_of(t.before()).has_weight(), has = layout_of(t.next()).has_weight();
    if (had && !has && t.s.desired.spec.has_routes())
        t.say("S1b", "no colour would have weight any more");
    for (const auto& r : t.before().traffic.content.routes)
        if (weighted(t.before().traffic.content, r.name) && named(r.name) && carried(r.name) &&
            !weighted(t.next().traffic.content, r.name))
            t.say("S26", "route " + r.name + " would lose its router");
}

void forward_only_when_ready(const trial& t) {
    if (t.next().now_in != phase::shifting || !t.next().attempt || !t.promises()) return;
    const auto& to = *t.next().attempt;
    if (weight_of(t.next().traffic, to) > weight_of(t.before().traffic, to) &&
        !t.fleet_of(to).all_ready)
        t.say("S4", "more weight to " + to_string(to) + ", which is not ready as a whole");
    if (!t.fleet_of(to).all_ready && t.before().now_in != phase::shifting)
        t.say("S4", "the switch begins before " + to_string(to) + " is ready");
    if (is_before_switch(t.before().now_in) && t.s.attempt && !t.s.attempt->exclusive_ready)
        t.say("S4", "the switch begins before " + to_string(to) + " has passed its rehearsal");
}

/// It fails, and nobody else of its service could take its place in the document.
bool stands_alone(const trial& t, const replica& r) {
    if (r.ready != readiness::sick && r.state == life::running) return false;
    const auto f = t.fleet_of(r.whose());
    const bool routed = std::find(f.routed.begin(), f.routed.end(), r.service) != f.routed.end();
    const bool leaves = t.before().now_in == phase::reverting && t.s.attempt && t.s.origin &&
                        t.s.origin->any_ready && belongs(r, t.s.attempt->what);
    return !leaves && (!routed || f.ready_of(r.service).empty());
}

/// Of an exclusive service, and not the holder's (or a rehearsal that is over): nobody is sent to
/// it, and it must be gone before the holder's may be.
bool is_handed_over(const trial& t, const replica& r) {
    return is_one_too_many(t.s.desired, t.next(), r);
}

bool some_rehearsal_is_over(const trial& t) {
    return std::any_of(t.s.seen.replicas.begin(), t.s.seen.replicas.end(),
                       [&](const replica& r) { return r.is_rehearsal() && is_handed_over(t, r); });
}

/// S2, S3, S7: a stop that is promised now.
void new_stops(const trial& t) {
    for (const auto& id : t.next().retiring) {
        if (t.before().retiring.contains(id)) continue;
        const auto* r = t.find(id);
        if (!r || !r->runs()) continue;
        if (stands_alone(t, *r)) continue;
        const bool handed = is_handed_over(t, *r);
        if (handed && !r->is_rehearsal() && some_rehearsal_is_over(t))
            t.say("S28", r->name + " of the holder before is to stop while a rehearsal is left");
        if (is_listed(t.next().traffic.content, r->name) ||
            is_listed(t.before().traffic.content, r->name))
            t.say("S2", r->name + " is to stop while it is listed with weight");
        if (handed || r->is_rehearsal()) continue;
        if (!t.s.confirmed) t.say("S3", r->name + " is to stop before its omission is confirmed");
        // One that fails is mended: that keeps the origin fit.
        const bool fails = r->ready == readiness::sick || r->state == life::paused;
        if (!fails && t.s.after && t.next().attempt && t.next().origin &&
            belongs(*r, *t.next().origin))
            t.say("S7", r->name + " of the origin is to stop before the window has closed");
    }
}

void stops(const trial& t) {
    const bool teardown = t.before().now_in == phase::deleting;
    for_each<stop_container>(t.p, [&](const stop_container& a) {
        if (teardown && !t.s.confirmed) t.say("S3", a.name + " stops before the proxy has let go");
        if (!teardown && !t.before().retiring.contains(a.id))
            t.say("S2", a.name + " stops without a promise");
    });
    for_each<remove_container>(t.p, [&](const remove_container& a) {
        const auto* r = t.find(a.id);
        if (r && r->runs()) t.say("S2", a.name + " would be removed while it runs");
        if (r && t.s.after && t.s.rec.origin && belongs(*r, *t.s.rec.origin) &&
            !is_handed_over(t, *r) && !r->network_gone)
            t.say("S7", a.name + " of the origin would be removed before the window has closed");
    });
}

void one_revision(const trial& t, color c, const std::string& revision, const std::string& who) {
    for (const auto& r : t.s.seen.replicas)
        if (r.colored == c && r.revision != revision && r.runs())
            t.say("S27", who + " beside " + r.name + ", which is another revision and runs");
}

void not_rejected(const trial& t, const release& what, const std::string& who) {
    const bool needed = t.before().now_in == phase::reverting || t.s.frozen ||
                        same(what, t.before().serving.value_or(release{})) ||
                        same(what, t.before().origin.value_or(release{}));
    if (!needed && rejection_of(t.before(), what)) t.say("S5", who + " is of a rejected revision");
}

void creates(const trial& t) {
    std::set<std::string> made;
    for_each<create_container>(t.p, [&](const create_container& a) {
        const auto name = container_name(t.s.desired.spec.name, a.what, a.service, a.ordinal);
        if (!made.insert(name).second) t.say("S9", name + " would be created twice");
        if (a.what.revision.empty()) t.say("S12", name + " has no revision yet");
        for (const auto& r : t.s.seen.replicas)
            if (belongs(r, a.what) && r.service == a.service && r.ordinal == a.ordinal)
                t.say("S9", name + " exists already");
        const auto f = t.fleet_of(a.what);
        const bool has_slot = std::any_of(f.slots.begin(), f.slots.end(), [&](const slot& x) {
            return x.service->name == a.service && x.ordinal == a.ordinal && (x.wanted || x.hole);
        });
        if (!has_slot) t.say("S9", name + " is more than the spec wants");
        one_revision(t, a.what.colored, a.what.revision, name);
        not_rejected(t, a.what, name);
    });
    for_each<start_container>(t.p, [&](const start_container& a) {
        const auto* r = t.find(a.id);
        if (!r) return;
        if (r->runs()) t.say("S9", a.name + " runs already");
        if (t.before().retiring.contains(a.id)) t.say("S2", a.name + " has a stop under way");
        one_revision(t, r->colored, r->revision, a.name);
        not_rejected(t, r->whose(), a.name);
    });
}

/// S28: rehearsed is the release on trial, while another one holds the service and nothing that is
/// one too many exists.
void rehearse(const trial& t, const release& who, const std::string& service) {
    const auto name = "the rehearsal of " + service;
    if (!rehearsal_of(t.s.desired, t.next(), who, service))
        t.say("S28", name + " in " + to_string(who) + " is not wanted");
    for (const auto& r : t.s.seen.replicas)
        if (is_handed_over(t, r)) t.say("S28", name + " while " + r.name + " exists");
}

/// S25: the holder's only, and only while no other exists, in whatever state. S28: nor a rehearsal
/// of the same colour, wanted or not.
void exclusive_once(const trial& t) {
    const auto judge = [&](const release& who, const service_spec& service, int ordinal,
                           const std::string& name) {
        if (!is_exclusive(t.s.desired, who.colored, service)) return;
        if (ordinal != 1 || !t.next().holder || !same(*t.next().holder, who))
            t.say("S25", name + " is exclusive, and " + to_string(who) + " does not hold it");
        for (const auto& r : t.s.seen.replicas)
            if (is_handed_over(t, r)) t.say("S25", name + " while " + r.name + " exists");
        for (const auto& r : t.s.seen.replicas)
            if (r.is_rehearsal() && r.colored == who.colored)
                t.say("S28", name + " while its rehearsal " + r.name + " exists");
    };
    for_each<create_container>(t.p, [&](const create_container& a) {
        if (a.ordinal == rehearsal_ordinal) return rehearse(t, a.what, a.service);
        const auto f = t.fleet_of(a.what);
        const auto* service = f.spec ? f.spec->find(a.service) : nullptr;
        if (service) judge(a.what, *service, a.ordinal, a.service);
    });
    for_each<start_container>(t.p, [&](const start_container& a) {
        const auto* r = t.find(a.id);
        if (r && r->is_rehearsal()) return rehearse(t, r->whose(), r->service);
        if (!r || !is_exclusive(t.s.desired, t.next(), *r)) return;
        service_spec service;
        service.name = r->service;
        service.exclusive = true;
        judge(r->whose(), service, r->ordinal, a.name);
    });
}

void weight_or_containers(const trial& t) {
    if (t.promises() && touches_containers(t.p))
        t.say("S8", "moves weight and touches containers in one plan");
}

void reverts(const trial& t) {
    const bool begins =
        t.next().now_in == phase::reverting && t.before().now_in != phase::reverting;
    if (begins && touches_containers(t.p))
        t.say("L7a", "a revert touches containers before the weights are written");
    if (t.before().now_in == phase::reverting && t.s.traffic == traffic_state::unwritten &&
        publish_allowed(t.s.desired, t.s.seen, t.before()) && touches_containers(t.p))
        t.say("L7a", "a container comes before the weights that could be written");
    if (begins && t.next().origin && t.next().stable && !same(t.next().origin, t.next().stable))
        t.say("S6", "reverts to " + to_string(*t.next().origin) + ", which was never stable");
}

} // namespace

std::string to_string(const violation& v) {
    return v.invariant + ": " + v.message;
}

std::vector<violation> check_plan(const desired_state* desired, const observation& seen,
                                  const record& before, const plan& decided, const moment& now) {
    std::vector<violation> found;
    if (!desired) {
        if (decided.next != before || !decided.actions.empty())
            found.push_back({"S18", "does something without a spec"});
        return found;
    }
    const trial t{make_situation(*desired, seen, before, now), decided, found};
    unknown_is_not_empty(t);
    weight_to_the_ready(t);
    routes_stay(t);
    forward_only_when_ready(t);
    new_stops(t);
    stops(t);
    creates(t);
    exclusive_once(t);
    weight_or_containers(t);
    reverts(t);
    return found;
}

} // namespace alcedo
