// The record as JSON: what the store keeps. Fields are only ever added; a missing one is its
// default, so that an older row can be read.

#include "reconcilers/model/record.hpp"

namespace alcedo {

namespace {

using span = milliseconds;

template <class T>
void read(const json& j, const char* key, T& into) {
    const auto at = j.find(key);
    if (at != j.end() && !at->is_null()) into = at->get<T>();
}

void read(const json& j, const char* key, span& into) {
    const auto at = j.find(key);
    if (at != j.end() && at->is_number()) into = span{at->get<std::int64_t>()};
}

json of(const stopwatch& w) {
    json j{{"accumulated", w.accumulated.count()}};
    if (w.running_since) {
        j["runningSince"] = w.running_since->count();
        j["boot"] = w.boot_id;
    }
    return j;
}

stopwatch stopwatch_from(const json& j) {
    stopwatch w;
    read(j, "accumulated", w.accumulated);
    if (j.contains("runningSince")) w.running_since = span{j["runningSince"].get<std::int64_t>()};
    read(j, "boot", w.boot_id);
    return w;
}

void put(json& j, const char* key, const std::optional<release>& r) {
    if (r) j[key] = *r;
}

void take(const json& j, const char* key, std::optional<release>& r) {
    if (j.contains(key)) r = j.at(key).get<release>();
}

json of(const source_ref& s) {
    return {{"kind", s.kind},       {"url", s.url},
            {"ref", s.ref},         {"path", s.path},
            {"commit", s.commit},   {"author", s.author},
            {"subject", s.subject}, {"observed", s.observed_wall.count()}};
}

source_ref source_from(const json& j) {
    source_ref s;
    read(j, "kind", s.kind);
    read(j, "url", s.url);
    read(j, "ref", s.ref);
    read(j, "path", s.path);
    read(j, "commit", s.commit);
    read(j, "author", s.author);
    read(j, "subject", s.subject);
    read(j, "observed", s.observed_wall);
    return s;
}

hold_kind hold_kind_from(const std::string& text) {
    for (auto k : {hold_kind::rejected, hold_kind::reverted, hold_kind::aborted,
                   hold_kind::rolled_back, hold_kind::frozen, hold_kind::violation})
        if (to_string(k) == text) return k;
    return hold_kind::violation;
}

json of(const hold& h) {
    return {{"kind", to_string(h.kind)},
            {"what", h.what},
            {"reason", h.reason},
            {"message", h.message},
            {"since", h.since_wall.count()},
            {"evidence", h.evidence}};
}

hold hold_from(const json& j) {
    hold h;
    h.kind = hold_kind_from(j.value("kind", ""));
    read(j, "what", h.what);
    read(j, "reason", h.reason);
    read(j, "message", h.message);
    read(j, "since", h.since_wall);
    read(j, "evidence", h.evidence);
    return h;
}

json of(const rejection& r) {
    return {{"what", r.what}, {"reason", r.reason}, {"message", r.message}, {"at", r.wall.count()}};
}

rejection rejection_from(const json& j) {
    rejection r;
    read(j, "what", r.what);
    read(j, "reason", r.reason);
    read(j, "message", r.message);
    read(j, "at", r.wall);
    return r;
}

json of(const rendering& r) {
    json routes = json::object();
    for (const auto& [name, to] : r.routes)
        routes[name] = {{"service", to.service}, {"port", to.port}};
    return {{"what", r.what},        {"routes", routes},      {"spec", r.spec},
            {"open", r.open_digest}, {"images", r.image_ids}, {"commit", r.source_commit}};
}

rendering rendering_from(const json& j) {
    rendering r;
    read(j, "what", r.what);
    read(j, "spec", r.spec);
    read(j, "open", r.open_digest);
    read(j, "images", r.image_ids);
    read(j, "commit", r.source_commit);
    if (j.contains("routes"))
        for (const auto& [name, to] : j["routes"].items())
            r.routes[name] = {to.value("service", ""), to.value("port", 0)};
    return r;
}

json of(const condition& c) {
    return {{"type", c.type},
            {"status", c.status},
            {"reason", c.reason},
            {"message", c.message},
            {"transition", c.transition_wall.count()},
            {"generation", c.observed_generation}};
}

condition condition_from(const json& j) {
    condition c;
    read(j, "type", c.type);
    read(j, "status", c.status);
    read(j, "reason", c.reason);
    read(j, "message", c.message);
    read(j, "transition", c.transition_wall);
    read(j, "generation", c.observed_generation);
    return c;
}

json of(const event_entry& e) {
    return {{"at", e.wall.count()}, {"type", e.type}, {"reason", e.reason}, {"message", e.message}};
}

event_entry event_from(const json& j) {
    event_entry e;
    read(j, "at", e.wall);
    read(j, "type", e.type);
    read(j, "reason", e.reason);
    read(j, "message", e.message);
    return e;
}

json of(const wishes& w) {
    json j{{"paused", w.paused}};
    put(j, "promoted", w.promoted);
    put(j, "abort", w.abort);
    put(j, "rollback", w.rollback);
    put(j, "retry", w.retry);
    if (w.remove) j["delete"] = true;
    return j;
}

wishes wishes_from(const json& j) {
    wishes w;
    read(j, "paused", w.paused);
    take(j, "promoted", w.promoted);
    take(j, "abort", w.abort);
    take(j, "rollback", w.rollback);
    take(j, "retry", w.retry);
    read(j, "delete", w.remove);
    return w;
}

template <class T>
json list_of(const std::vector<T>& items) {
    json j = json::array();
    for (const auto& item : items)
        j.push_back(of(item));
    return j;
}

template <class T, class F>
void read_list(const json& j, const char* key, std::vector<T>& into, F from) {
    into.clear();
    if (!j.contains(key)) return;
    for (const auto& item : j.at(key))
        into.push_back(from(item));
}

json of(const std::array<budget, 2>& budgets) {
    json j = json::array();
    for (const auto& b : budgets)
        j.push_back({{"left", b.left}, {"refill", of(b.refill)}});
    return j;
}

void read_budgets(const json& j, std::array<budget, 2>& into) {
    if (!j.contains("budgets")) return;
    for (std::size_t i = 0; i < into.size() && i < j["budgets"].size(); ++i) {
        into[i].left = j["budgets"][i].value("left", 5);
        into[i].refill = stopwatch_from(j["budgets"][i].value("refill", json::object()));
    }
}

json of(const clocks& c) {
    return {{"phase", of(c.phase)},
            {"window", of(c.window)},
            {"standby", of(c.standby)},
            {"retire", of(c.retire)}};
}

void read_clocks(const json& j, clocks& c) {
    if (!j.contains("clocks")) return;
    const auto& all = j["clocks"];
    c.phase = stopwatch_from(all.value("phase", json::object()));
    c.window = stopwatch_from(all.value("window", json::object()));
    c.standby = stopwatch_from(all.value("standby", json::object()));
    c.retire = stopwatch_from(all.value("retire", json::object()));
}

json of(const std::map<std::string, milliseconds>& spans) {
    json j = json::object();
    for (const auto& [key, value] : spans)
        j[key] = value.count();
    return j;
}

json of(const accepted_manifest& a) {
    json digests = json::array();
    for (const auto& d : a.digests)
        digests.push_back({{"spec", d.spec_digest}, {"open", d.open_digest}});
    return {{"manifestDigest", a.manifest_digest},
            {"document", a.document.empty() ? json() : json::parse(a.document)},
            {"digests", std::move(digests)}};
}

accepted_manifest accepted_from(const json& j) {
    accepted_manifest a;
    a.manifest_digest = j.value("manifestDigest", "");
    const auto document = j.value("document", json());
    if (!document.is_null()) a.document = document.dump();
    const auto digests = j.value("digests", json::array());
    for (std::size_t i = 0; i < a.digests.size() && i < digests.size(); ++i)
        a.digests[i] = {digests[i].value("spec", ""), digests[i].value("open", "")};
    return a;
}

} // namespace

void to_json(json& j, const release& r) {
    j = {{"color", to_string(r.colored)}, {"specDigest", r.spec_digest}, {"revision", r.revision}};
}

void from_json(const json& j, release& r) {
    r.colored = color_from(j.value("color", "blue")).value_or(color::blue);
    r.spec_digest = j.value("specDigest", "");
    r.revision = j.value("revision", "");
}

void to_json(json& j, const record& r) {
    j = {{"uid", r.uid},
         {"created", r.created_wall.count()},
         {"generation", r.observed_generation},
         {"manifestDigest", r.manifest_digest},
         {"accepted", of(r.accepted)},
         {"source", of(r.source)},
         {"phase", to_string(r.now_in)},
         {"phaseSince", r.phase_since_wall.count()},
         {"step", r.step},
         {"traffic", r.traffic},
         {"resolved", r.resolved},
         {"renderings", list_of(r.renderings)},
         {"retiring", r.retiring},
         {"putDown", r.put_down},
         {"drained", r.drained},
         {"rejected", list_of(r.rejected)},
         {"budgets", of(r.budgets)},
         {"wishes", of(r.wished)},
         {"clocks", of(r.timers)},
         {"stoppedAt", of(r.stopped_at)},
         {"stoppedBoot", r.stopped_boot_id},
         {"conditions", list_of(r.conditions)},
         {"events", list_of(r.events)},
         {"receipt", r.receipt},
         {"deleted", r.deleted}};
    put(j, "attempt", r.attempt);
    put(j, "origin", r.origin);
    put(j, "serving", r.serving);
    put(j, "stable", r.stable);
    put(j, "standby", r.standby);
    put(j, "holder", r.holder);
    if (r.lapse_wall) j["lapse"] = r.lapse_wall->count();
    if (r.held) j["held"] = of(*r.held);
    if (r.rebuilding) j["rebuilding"] = true;
}

void from_json(const json& j, record& r) {
    r = record{};
    read(j, "uid", r.uid);
    read(j, "created", r.created_wall);
    read(j, "generation", r.observed_generation);
    read(j, "manifestDigest", r.manifest_digest);
    if (j.contains("accepted")) r.accepted = accepted_from(j["accepted"]);
    if (j.contains("source")) r.source = source_from(j["source"]);
    r.now_in = phase_from(j.value("phase", "Idle")).value_or(phase::idle);
    read(j, "phaseSince", r.phase_since_wall);
    read(j, "step", r.step);
    read(j, "traffic", r.traffic);
    read(j, "resolved", r.resolved);
    read_list(j, "renderings", r.renderings, rendering_from);
    read(j, "retiring", r.retiring);
    read(j, "putDown", r.put_down);
    read(j, "drained", r.drained);
    read_list(j, "rejected", r.rejected, rejection_from);
    read_budgets(j, r.budgets);
    if (j.contains("wishes")) r.wished = wishes_from(j["wishes"]);
    read_clocks(j, r.timers);
    if (j.contains("stoppedAt"))
        for (const auto& [id, at] : j["stoppedAt"].items())
            r.stopped_at[id] = span{at.get<std::int64_t>()};
    read(j, "stoppedBoot", r.stopped_boot_id);
    read_list(j, "conditions", r.conditions, condition_from);
    read_list(j, "events", r.events, event_from);
    read(j, "receipt", r.receipt);
    read(j, "deleted", r.deleted);
    read(j, "rebuilding", r.rebuilding);
    take(j, "attempt", r.attempt);
    take(j, "origin", r.origin);
    take(j, "serving", r.serving);
    take(j, "stable", r.stable);
    take(j, "standby", r.standby);
    take(j, "holder", r.holder);
    if (j.contains("lapse")) r.lapse_wall = span{j["lapse"].get<std::int64_t>()};
    if (j.contains("held")) r.held = hold_from(j["held"]);
}

} // namespace alcedo
