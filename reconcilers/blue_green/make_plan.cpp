#include "reconcilers/blue_green/make_plan.hpp"

#include "reconcilers/blue_green/clocks.hpp"
#include "reconcilers/blue_green/conditions.hpp"
#include "reconcilers/blue_green/plan_by_table.hpp"

#include <algorithm>

namespace alcedo {

namespace {

/// The first row that matches; rows before it are noted as tried.
const rule* first_match(std::span<const table_part> table, const situation& s,
                        std::vector<tried_rule>& tried) {
    static constexpr rule pause_line{"paused", [](const situation& at) { return at.paused; },
                                     [](draft&) {},
                                     "paused: still observes and protects, advances nothing"};
    const auto matches = [&](const rule& r) {
        const bool matched = r.when(s);
        tried.push_back({r.name, matched, r.why});
        return matched;
    };
    tried.reserve(128);
    bool above = true;
    for (const auto& part : table) {
        if (above && part.advances) {
            above = false;
            if (matches(pause_line)) return &pause_line;
        }
        for (const auto& row : part.rows)
            if (matches(row)) return &row;
    }
    return nullptr;
}

/// Forgets containers that are gone. Fewer exits than noted: this process has just begun to count.
void settle_put_down(record& next, const situation& s) {
    if (!s.docker_known || next.put_down.empty()) return;
    std::map<std::string, int> settled;
    for (const auto& r : s.seen.replicas)
        if (const auto at = next.put_down.find(r.id); at != next.put_down.end())
            settled[r.id] = std::min(at->second, r.exits);
    next.put_down = std::move(settled);
}

plan nothing_known(const record& rec) {
    static constexpr tried_rule only{
        "no_spec", true,
        "no last good spec is known: nothing is done, the promise stays as it is"};
    plan p;
    p.rule = only.name;
    p.why = only.why;
    p.next = rec;
    p.tried.push_back(only);
    return p;
}

} // namespace

std::array<table_part, 10> rule_table() {
    return {{{rules_that_protect(), false},
             {rules_that_revert(), false},
             {rules_of_promises(), false},
             {rules_of_the_lock(), false},
             {rules_that_repair(), false},
             {rules_of_the_holder(), false},
             {rules_that_advance(), true},
             {rules_of_starting(), true},
             {rules_of_shifting(), true},
             {rules_at_rest(), true}}};
}

plan make_plan(const desired_state* desired, const observation& seen, const record& rec,
               const moment& now) {
    if (!desired) return nothing_known(rec);
    const auto table = rule_table();
    return plan_by_table(table, *desired, seen, rec, now);
}

plan plan_by_table(std::span<const table_part> table, const desired_state& desired,
                   const observation& seen, const record& rec, const moment& now) {
    const auto s = make_situation(desired, seen, rec, now);
    plan p;
    p.next = rec;
    draft d(s, p);
    const auto* row = first_match(table, s, p.tried);
    row->then(d);
    p.rule = row->name;
    p.why = row->why;

    const bool did_something = p.next != rec || !p.actions.empty();
    settle_put_down(p.next, s);
    const auto then = afterwards(p.next, s);
    set_clocks(p.next, then);
    update_conditions(p.next, then);
    if (did_something && !p.wake) p.wake = milliseconds{0};
    if (const auto later = next_wake(then); later && (!p.wake || *later < *p.wake)) p.wake = later;
    return p;
}

} // namespace alcedo
