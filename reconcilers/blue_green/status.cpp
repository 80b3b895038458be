#include "reconcilers/blue_green/status.hpp"

#include "reconcilers/blue_green/conditions.hpp"

namespace alcedo {

namespace {

json colored_revision(const release& r) {
    json j{{"color", to_string(r.colored)}};
    if (!r.revision.empty()) j["revision"] = r.revision;
    return j;
}

json hold_json(const hold& h) {
    json j{{"kind", to_string(h.kind)},      {"reason", h.reason},
           {"message", h.message},           {"color", to_string(h.what.colored)},
           {"since", rfc3339(h.since_wall)}, {"evidence", h.evidence}};
    j["revision"] = h.what.revision.empty() ? h.what.spec_digest : h.what.revision;
    return j;
}

/// What each colour runs or is about to run, the stable one, and the ledger.
json revisions(const record& r) {
    json j = json::object();
    for (const auto* x : {&r.standby, &r.origin, &r.attempt, &r.serving})
        if (*x && !(*x)->revision.empty()) j[to_string((*x)->colored)] = (*x)->revision;
    if (r.stable && !r.stable->revision.empty()) j["stable"] = r.stable->revision;
    j["rejected"] = json::array();
    for (const auto& x : r.rejected)
        j["rejected"].push_back(
            {{"color", to_string(x.what.colored)},
             {"revision", x.what.revision.empty() ? x.what.spec_digest : x.what.revision},
             {"reason", x.reason},
             {"message", x.message},
             {"at", rfc3339(x.wall)}});
    return j;
}

json count(const fleet& f) {
    int desired = 0, ready = 0;
    for (const auto& x : f.slots) {
        if (x.job || x.rehearsal) continue; // a rehearsal is no replica
        if (x.wanted) ++desired;
        if (x.is == slot::state::ready) ++ready;
    }
    return {{"desired", desired}, {"ready", ready}};
}

json replicas(const situation& s) {
    json j{{"blue", {{"desired", 0}, {"ready", 0}}}, {"green", {{"desired", 0}, {"ready", 0}}}};
    for (const auto* f : {&s.standby, &s.origin, &s.attempt, &s.serving})
        if (*f) j[to_string((*f)->what.colored)] = count(**f);
    return j;
}

json checks(const observation& seen) {
    json all = json::array();
    for (const auto& c : seen.checks)
        all.push_back(to_json(c));
    return all;
}

json conditions(const record& r) {
    json all = json::array();
    for (const auto& c : r.conditions)
        all.push_back(to_json(c));
    return all;
}

json events(const record& r) {
    json all = json::array();
    for (const auto& e : r.events)
        all.push_back({{"at", rfc3339(e.wall)},
                       {"type", e.type},
                       {"reason", e.reason},
                       {"message", e.message}});
    return all;
}

json source(const source_ref& from) {
    json j{{"kind", from.kind}, {"path", from.path}, {"observedAt", rfc3339(from.observed_wall)}};
    if (!from.url.empty()) j["url"] = from.url;
    for (const auto& [key, value] : {std::pair{"ref", &from.ref},
                                     {"commit", &from.commit},
                                     {"author", &from.author},
                                     {"subject", &from.subject}})
        if (!value->empty()) j[key] = *value;
    return j;
}

void add_standby(json& j, const situation& s) {
    if (!s.rec.standby) return;
    j["standby"] = {{"color", to_string(s.rec.standby->colored)}};
    const auto& watch = s.rec.timers.standby;
    if (watch.is_running())
        j["standby"]["until"] =
            rfc3339(s.now.wall + s.desired.spec.standby.keep_for - watch.elapsed(s.now));
}

void add_timed(json& j, const situation& s) {
    if (const auto in = deadline_of(s)) j["deadline"] = rfc3339(s.now.wall + *in);
    const auto waiting = waiting_for(s);
    if (!waiting.empty()) j["waitingFor"] = waiting;
}

} // namespace

json to_json(const condition& c) {
    return {{"type", c.type},
            {"status", c.status},
            {"reason", c.reason},
            {"message", c.message},
            {"lastTransitionTime", rfc3339(c.transition_wall)},
            {"observedGeneration", c.observed_generation}};
}

json to_json(const check_status& c) {
    json one{{"name", c.check},          {"kind", c.kind},
             {"color", c.color},         {"verdict", to_string(c.verdict)},
             {"passes", c.passes},       {"failures", c.failures},
             {"evidence", json::array()}};
    if (!c.container.empty()) one["container"] = c.container;
    for (const auto& e : c.evidence)
        one["evidence"].push_back({{"outcome", to_string(e.what)},
                                   {"summary", e.summary},
                                   {"at", rfc3339(e.wall)},
                                   {"tookMs", e.took.count()},
                                   {"evidence", e.evidence}});
    return one;
}

json make_status(const desired_state* desired, const observation& seen, const record& r,
                 const moment& now) {
    json j{
        {"observedGeneration", r.observed_generation},
        {"phase", to_string(r.now_in)},
        {"phaseSince", rfc3339(r.phase_since_wall)},
        {"revisions", revisions(r)},
        {"checks", checks(seen)},
        {"conditions", conditions(r)},
        {"events", events(r)},
        {"source", source(desired && desired->manifest_digest == r.manifest_digest ? desired->source
                                                                                   : r.source)}};
    if (r.serving) j["activeColor"] = to_string(r.serving->colored);
    if (r.held) j["hold"] = hold_json(*r.held);
    if (!r.traffic.content.routes.empty())
        j["weights"] = {{"blue", r.traffic.weight(color::blue)},
                        {"green", r.traffic.weight(color::green)},
                        {"confirmed", seen.traffic == traffic_state::confirmed}};
    if (!desired) return j;
    const auto s = make_situation(*desired, seen, r, now);
    j["target"] = colored_revision(s.target);
    j["replicas"] = replicas(s);
    add_standby(j, s);
    add_timed(j, s);
    return j;
}

} // namespace alcedo
