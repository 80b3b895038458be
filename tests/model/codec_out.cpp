// The other direction: a plan's record and deeds into bytes, and what a pass sees of a state.

#include "codec.hpp"

#include <algorithm>
#include <stdexcept>

namespace alcedo::checker {

namespace {

int slot_of_id(const std::string& id) {
    return id == "gone" ? -1 : std::stoi(id.substr(1)) - 10;
}

int bit(release_code r) {
    return (r.value - 1) & 7;
}

byte encode_deed(deed kind, int slot) {
    return static_cast<byte>((static_cast<int>(kind) << 5) | slot);
}

} // namespace

byte codec::encode(const action& a) const {
    if (const auto* x = std::get_if<create_container>(&a)) {
        const auto what = code_of(x->what);
        int slot = slot_index(what.color(), what.revision(), 1);
        const bool web = x->service == "web";
        while (is_web(slot) != web || real_ordinal(slot) != x->ordinal)
            ++slot;
        return encode_deed(deed::create, slot);
    }
    if (const auto* x = std::get_if<start_container>(&a))
        return encode_deed(deed::start, slot_of_id(x->id));
    if (const auto* x = std::get_if<stop_container>(&a))
        return encode_deed(deed::stop, slot_of_id(x->id));
    if (const auto* x = std::get_if<remove_container>(&a))
        return encode_deed(deed::remove, slot_of_id(x->id));
    if (std::holds_alternative<publish_promise>(a)) return encode_deed(deed::publish, 0);
    if (std::holds_alternative<prepare_release>(a)) return encode_deed(deed::prepare, 0);
    if (std::holds_alternative<ask_try_routers>(a)) return encode_deed(deed::ask, 0);
    return encode_deed(deed::networks, 0);
}

byte codec::timers_of(const clocks& c) const {
    const stopwatch* watches[] = {&c.phase, &c.window, &c.standby, &c.retire};
    int code = 0;
    for (int t = 0; t < 4; ++t) {
        const bool passed = watches[t]->elapsed(now_) >= std::chrono::hours{1};
        code |= ((watches[t]->is_running() ? 1 : 0) | (passed ? 2 : 0)) << (2 * t);
    }
    return static_cast<byte>(code);
}

/// Repairs: full, the last one, none. The three between the first and the last are left out.
budget_code codec::budget_of(const budget& b) const {
    static constexpr byte codes[] = {0, 1, 2, 1, 1, 2};
    const auto elapsed = b.refill.elapsed(now_);
    budget_code made{};
    made.left = codes[std::clamp(b.left, 0, 5)] & 3;
    made.running = b.refill.is_running();
    made.waited = elapsed >= seconds{64};
    made.refilled = elapsed >= std::chrono::hours{1};
    return made;
}

void codec::encode_sets(const record& r, record_code& c) const {
    for (const auto& what : r.resolved)
        c.resolved = static_cast<byte>(c.resolved | (1 << bit(code_of(what))));
    for (const auto& made : r.renderings)
        c.rendered = static_cast<byte>(c.rendered | (1 << bit(code_of(made.what))));
    for (const auto& old : r.rejected)
        c.rejected = static_cast<byte>(c.rejected | (1 << code_of(old.what).revision()));
}

record_code codec::encode(const record& r, const state& before, marks& into) const {
    record_code c;
    std::memset(&c, 0, sizeof c);
    c.now_in = static_cast<byte>(r.now_in);
    c.step = static_cast<byte>(r.step);
    c.attempt = code_of(r.attempt);
    c.origin = code_of(r.origin);
    c.serving = code_of(r.serving);
    c.stable = code_of(r.stable);
    c.standby = code_of(r.standby);
    if (r.held) {
        c.held = static_cast<byte>(1 + static_cast<int>(r.held->kind));
        c.held_what = code_of(r.held->what);
    }
    c.accepted = r.manifest_digest.empty() ? 0 : 1;
    if (c.accepted) c.generation = static_cast<byte>(std::stoi(r.manifest_digest.substr(4)));
    c.promised = document_of(r.traffic.content);
    c.numbered = r.traffic.number != 0;
    encode_sets(r, c);
    for (std::size_t i = 0; i < 2; ++i) {
        if (r.drained[i]) c.drained = static_cast<byte>(c.drained | (1 << i));
        c.budgets[i] = budget_of(r.budgets[i]);
    }
    c.deleted = r.deleted;
    if (!r.receipt.empty())
        c.receipt = static_cast<byte>(1 | (r.receipt.contains("drift") ? 2 : 0) |
                                      (r.receipt.contains("reminded") ? 4 : 0));
    c.ghosts = r.retiring.contains("gone");
    c.paused = r.wished.paused;
    c.promoted = code_of(r.wished.promoted);
    c.abort = code_of(r.wished.abort);
    c.rollback = code_of(r.wished.rollback);
    c.retry = code_of(r.wished.retry);
    c.remove = r.wished.remove;
    c.holder = code_of(r.holder);
    c.lapse = r.lapse_wall.has_value();
    for (const auto& e : r.events)
        for (std::size_t i = 0; i < refusals_.size(); ++i)
            if (e.reason == refusals_[i].reason && e.message == refusals_[i].message)
                c.said = static_cast<byte>(c.said | (1 << i));
    c.timers = timers_of(r.timers);
    encode_containers(r, before, into);
    return c;
}

void codec::encode_containers(const record& r, const state& before, marks& into) const {
    for (int i = 0; i < slots_at_most; ++i) {
        const auto& id = ids_[static_cast<std::size_t>(i)];
        const auto& was = before.at(i);
        auto& m = into[static_cast<std::size_t>(i)];
        std::memset(&m, 0, sizeof m);
        if (was.is(life_of::absent)) continue;
        m.retiring = r.retiring.contains(id);
        const auto put = r.put_down.find(id);
        m.put = put != r.put_down.end();
        const int falls = static_cast<int>(was.falls);
        m.falls = static_cast<byte>(m.put ? std::max(0, falls - put->second) : falls) & 3;
        const auto noted = r.stopped_at.find(id);
        m.noted = noted != r.stopped_at.end();
        m.aged = m.noted && now_.boot - noted->second >= std::chrono::hours{24};
    }
}

traffic_state codec::traffic_of(const state& s) const {
    if (!world_.routed || !s.rec.numbered) return traffic_state::confirmed;
    if (!s.written_now) return traffic_state::unwritten;
    if (s.unseen) return traffic_state::unknown;
    if (s.applied_now || (confirms_by_content && s.applied == s.rec.promised))
        return traffic_state::confirmed;
    return s.late ? traffic_state::late : traffic_state::pending;
}

observation codec::look(const state& s) const {
    observation seen;
    seen.docker_known = !s.blind;
    seen.traffic = traffic_of(s);
    seen.traffic_overdue = s.late != 0;
    if (s.prepared && s.rec.attempt.exists()) {
        const auto what = release_of(s.rec.attempt);
        seen.prepared.is = s.prepared == 1 ? preparation::state::yes : preparation::state::failed;
        seen.prepared.spec_digest = what.spec_digest;
        if (s.prepared == 2) seen.prepared.reason = "ImageNotFound";
        seen.prepared.revision = what.spec_digest;
        seen.prepared.image_ids["web"] = "sha256:web";
        if (world_.exclusive) seen.prepared.image_ids["bot"] = "sha256:bot";
    }
    if (s.tried) seen.tried = try_answer::answered;
    if (s.refused.exists()) {
        seen.refused = refusals_[s.refused.for_ever() ? 1 : 0];
        seen.refused->revision = digests_[static_cast<std::size_t>(s.refused.revision())];
    }
    if (s.blind) return seen;
    for (int i = 0; i < slots_at_most; ++i) {
        const auto& p = s.at(i);
        if (p.is(life_of::absent)) continue;
        replica r;
        r.id = ids_[static_cast<std::size_t>(i)];
        r.name = container(i);
        r.colored = both_colors[static_cast<std::size_t>(color_of(i))];
        r.service = is_web(i) ? "web" : "bot";
        r.marked_exclusive = !is_web(i);
        if (is_rehearsal(i)) r.rehearsal = "staging";
        r.revision = digests_[static_cast<std::size_t>(checker::revision_of(i))];
        r.ordinal = real_ordinal(i);
        r.state = p.runs() ? life::running : p.is(life_of::created) ? life::created : life::exited;
        r.ready = static_cast<readiness>(p.health);
        if (p.hidden) {
            r.state = life::running;
            r.ready = readiness::ready;
        }
        r.never_started = r.state == life::created || (r.state == life::exited && p.fresh);
        r.exits = r.recent_exits = static_cast<int>(p.falls);
        r.stop_answered = p.answered;
        r.stop_pending = p.stopping;
        r.network_gone = p.netless;
        seen.replicas.push_back(std::move(r));
    }
    return seen;
}

} // namespace alcedo::checker
