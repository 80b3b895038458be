#include "planner.hpp"

#include "reconcilers/blue_green/invariants.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace alcedo::checker {

namespace {

struct planner_input {
    std::array<std::uint32_t, slots_at_most> places;
    record_code rec;
    byte spec, deleting, traffic, blind, prepared, tried, late, refused;
};

byte spent_by(const record& before, const record& after) {
    int bits = 0;
    for (std::size_t i = 0; i < 2; ++i)
        if (after.budgets[i].left < before.budgets[i].left) bits |= 1 << i;
    return static_cast<byte>(bits);
}

bool same_marks(const marks& m, const state& s) {
    for (std::size_t i = 0; i < m.size(); ++i) {
        const auto& p = s.places[i];
        if (m[i].retiring != p.retiring || m[i].put != p.put || m[i].noted != p.noted ||
            m[i].aged != p.aged)
            return false;
    }
    return true;
}

/// As the engine keeps it: under one generation, of a release that still matters, until `retry`.
bool is_still_refused(const state& s, const record_code& next) {
    const auto is_it = [&](release_code r) {
        return r.exists() && r.resolved() && r.revision() == s.refused.revision();
    };
    const bool same_generation =
        next.accepted == s.rec.accepted && next.generation == s.rec.generation;
    const bool anew = s.rec.retry.exists() && !next.retry.exists();
    return same_generation && !anew && (is_it(next.attempt) || is_it(next.serving));
}

/// A clock of the record whose end something waits for.
bool some_clock_runs(const state& s) {
    const auto in = static_cast<phase>(s.rec.now_in);
    const auto runs = [&](timer t) { return s.rec.runs(t) && !s.rec.passed(t); };
    const bool timed = in == phase::starting || in == phase::verifying || in == phase::draining ||
                       in == phase::reverting || in == phase::deleting || in == phase::handover ||
                       in == phase::awaiting_approval;
    const bool rests = in == phase::idle || in == phase::held;
    return (timed && runs(phase_timer)) || (in == phase::watching && runs(window_timer)) ||
           (rests && runs(standby_timer)) || runs(retire_timer);
}

} // namespace

planner::planner(const world_kind& w, plan_maker make)
    : codec_(w), make_(std::move(make)),
      cache_(static_cast<entry*>(std::calloc(cached_at_most, sizeof(entry)))) {
    if (!cache_) throw std::bad_alloc();
}

hash128 planner::key_of(const state& s) const {
    planner_input in;
    std::memset(&in, 0, sizeof in);
    in.rec = s.rec;
    in.spec = s.spec.value;
    in.deleting = is_to_go(s);
    in.traffic = static_cast<byte>(codec_.traffic_of(s));
    in.blind = s.blind;
    in.prepared = s.prepared;
    in.tried = s.tried;
    in.late = s.late;
    in.refused = s.refused.value;
    for (std::size_t i = 0; i < s.places.size(); ++i) {
        auto p = s.places[i];
        p.lost_stop = p.lost_start = p.lost_create = p.carried = p.cut = 0;
        std::memcpy(&in.places[i], &p, sizeof p);
    }
    return hash_bytes(&in, sizeof in);
}

byte planner::rule_index(const std::string& name) {
    const auto at = std::find(rules_.begin(), rules_.end(), name);
    if (at != rules_.end()) return static_cast<byte>(at - rules_.begin());
    rules_.push_back(name);
    fired_.push_back(0);
    return static_cast<byte>(rules_.size() - 1);
}

const decision& planner::decide(const state& s) {
    const auto key = key_of(s);
    auto& place = cache_.get()[key.b & (cached_at_most - 1)];
    if (place.key == key) return place.what;
    inputs_.add(key.a);
    place.what = think(s);
    place.key = key;
    return place.what;
}

plan planner::plan_for(const state& s) {
    const auto seen = codec_.look(s);
    const auto& desired = codec_.desired(s.spec, is_to_go(s));
    return make_(&desired, seen, codec_.decode(s), codec_.now());
}

decision planner::think(const state& s) {
    const auto seen = codec_.look(s);
    const auto before = codec_.decode(s);
    const auto& desired = codec_.desired(s.spec, is_to_go(s));
    const auto p = make_(&desired, seen, before, codec_.now());
    decision d;
    std::memset(&d, 0, sizeof d);
    d.rec = codec_.encode(p.next, s, d.containers);
    d.rule = rule_index(p.rule);
    ++fired_[d.rule];
    d.promises = p.next.traffic.number != before.traffic.number;
    d.spent = spent_by(before, p.next);
    if (p.actions.size() > todo_at_most) throw std::logic_error("a plan of too many deeds");
    for (const auto& a : p.actions) {
        const auto code = codec_.encode(a);
        if (static_cast<deed>(code >> 5) != deed::networks) d.todo[d.todo_count++] = code;
    }
    d.changes = d.todo_count > 0 || d.promises || std::memcmp(&d.rec, &s.rec, sizeof d.rec) != 0 ||
                !same_marks(d.containers, s);
    judge(s, seen, before, p, d);
    if (check_codec) compare_squeezed(s, p, d);
    return d;
}

void planner::judge(const state& s, const observation& seen, const record& before, const plan& p,
                    decision& d) {
    const auto& desired = codec_.desired(s.spec, is_to_go(s));
    const auto found = judges_plans ? check_plan(&desired, seen, before, p, codec_.now())
                                    : std::vector<violation>{};
    const bool sleeps = !d.changes && !p.wake && some_clock_runs(s);
    if (found.empty() && !sleeps) return;
    const auto text = sleeps ? "L1: sleeps for ever while a clock runs (" + p.rule + ")"
                             : to_string(found.front()) + " (" + p.rule + ")";
    const auto at = std::find(complaints_.begin(), complaints_.end(), text);
    if (at == complaints_.end()) {
        complaints_.push_back(text);
        d.broken = static_cast<std::uint16_t>(complaints_.size());
    } else {
        d.broken = static_cast<std::uint16_t>(at - complaints_.begin() + 1);
    }
}

void planner::compare_squeezed(const state& s, const plan& p, const decision& d) {
    // Three of five repairs are left out on purpose: nothing to compare on the way there.
    for (const auto& b : p.next.budgets)
        if (b.left > 1 && b.left < 5) return;
    auto after = s;
    commit(after, d);
    const auto& desired = codec_.desired(s.spec, is_to_go(s));
    const auto seen = codec_.look(after);
    const auto squeezed = make_(&desired, seen, codec_.decode(after), codec_.now());
    const auto real = make_(&desired, seen, p.next, codec_.now());
    marks one, other;
    const auto a = codec_.encode(squeezed.next, after, one);
    const auto b = codec_.encode(real.next, after, other);
    // put_down counts are relative in the bytes, so containers are compared by what is planned.
    const bool same_deeds = std::equal(
        squeezed.actions.begin(), squeezed.actions.end(), real.actions.begin(), real.actions.end(),
        [&](const action& x, const action& y) { return codec_.encode(x) == codec_.encode(y); });
    if (squeezed.rule != real.rule || std::memcmp(&a, &b, sizeof a) != 0 || !same_deeds)
        throw std::logic_error("the bytes lose something: after " + p.rule + " comes " + real.rule +
                               ", from the bytes " + squeezed.rule);
}

void commit(state& s, const decision& d) {
    if (d.rec.accepted && (!s.rec.accepted || d.rec.generation != s.rec.generation)) s.spent = 0;
    s.spent |= d.spent;
    if (d.promises) {
        s.written_now = s.read_now = s.applied_now = 0;
        s.late = s.tried = 0;
    }
    const bool other_attempt = d.rec.attempt.value != s.rec.attempt.value;
    if (other_attempt || static_cast<phase>(d.rec.now_in) != phase::preparing) s.prepared = 0;
    if (other_attempt) s.tried = 0;
    if (s.refused.exists() && !is_still_refused(s, d.rec)) s.refused = {0};
    s.rec = d.rec;
    for (std::size_t i = 0; i < s.places.size(); ++i) {
        auto& p = s.places[i];
        const auto& m = d.containers[i];
        p.retiring = m.retiring;
        p.put = m.put;
        p.noted = m.noted;
        p.aged = m.aged;
        p.falls = m.falls;
    }
    s.todo = d.todo;
    s.todo_count = d.todo_count;
}

} // namespace alcedo::checker
