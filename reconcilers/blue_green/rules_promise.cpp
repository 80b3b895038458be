#include "reconcilers/blue_green/rules.hpp"

namespace alcedo {

namespace {

const fragment_route* find_route(const fragment& f, const std::string& name) {
    for (const auto& r : f.routes)
        if (r.name == name) return &r;
    return nullptr;
}

/// Backends that requests may reach list other servers than the ready ones. A build never empties
/// a list, so "none is ready" shows no difference here.
bool servers_changed(const situation& s) {
    if (s.promised.unknown) return false;
    const auto built = build_fragment(s.desired, s.seen, s.rec, s.promised);
    for (const auto& now : s.rec.traffic.content.routes) {
        const auto* then = find_route(built, now.name);
        if (!then) continue;
        for (const auto& a : now.backends)
            for (const auto& b : then->backends)
                if (a.colored == b.colored && a.revision8 == b.revision8 &&
                    (a.weight > 0 || now.try_color == a.colored) && a.servers != b.servers)
                    return true;
    }
    return false;
}

bool reverted_now(const situation& s) {
    if (s.rec.now_in != phase::reverting || !s.confirmed) return false;
    return s.rec.origin ? is_only(s.desired, s.rec, *s.rec.origin) : !s.promised.has_weight();
}

bool revert_drained(const situation& s) {
    if (!reverted_now(s) || !same(s.rec.serving, s.rec.origin)) return false;
    return !s.attempt || s.drained_now(*s.attempt, s.rec.timers.phase);
}

void finish_revert(draft& d) {
    auto& next = d.next;
    if (next.attempt) next.drained[index_of(next.attempt->colored)] = true;
    d.note(next.serving ? reason::Serving : reason::NothingServes,
           next.serving ? named(*next.serving) + " serves all traffic again, confirmed"
                        : "nothing serves; the route is gone until something is ready");
    d.end_receipt();
    next.standby.reset();
    d.hand_exclusive_to(next.serving);
    d.forget_attempt();
    d.enter(next.held ? phase::held : phase::idle);
}

constexpr rule table[] = {
    {"promise_unkept",
     [](const situation& s) {
         return s.traffic == traffic_state::unwritten && publish_allowed(s.desired, s.seen, s.rec);
     },
     [](draft& d) { d.act(publish_promise{d.next.traffic.number}); },
     "what the record says is not in our file yet: all of crash recovery"},
    {"ack_late", [](const situation& s) { return s.traffic == traffic_state::late; },
     [](draft& d) { d.promise_again(); },
     "the proxy did not take it in time: the same content under a new number"},
    {"servers_changed", servers_changed, [](draft& d) { d.promise(d.s.promised); },
     "only ready replicas are listed (S1 per replica), and never an empty list"},
    {"revert_confirmed",
     [](const situation& s) { return reverted_now(s) && !same(s.rec.serving, s.rec.origin); },
     [](draft& d) { d.next.serving = d.next.origin; },
     "serving flips only when all of the traffic is confirmed"},
    {"reverted", revert_drained, finish_revert,
     "traffic is back and the failed colour has no connections left"},
};

} // namespace

std::span<const rule> rules_of_promises() {
    return table;
}

} // namespace alcedo
