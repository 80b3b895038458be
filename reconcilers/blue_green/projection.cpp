#include "reconcilers/blue_green/projection.hpp"

#include "reconcilers/blue_green/make_plan.hpp"
#include "reconcilers/blue_green/world.hpp"

namespace alcedo {

namespace {

constexpr int passes_at_most = 200;

/// Clocks and conditions flip by themselves; a step is what changes anything else.
bool is_step(const record& before, const plan& p) {
    if (!p.actions.empty()) return true;
    auto plain = p.next;
    plain.timers = before.timers;
    plain.conditions = before.conditions;
    plain.budgets = before.budgets;
    return plain != before;
}

void assume_the_best(world& w) {
    auto& seen = w.seen;
    seen.open = {open_connections::none, open_connections::none};
    if (seen.prepared.is == preparation::state::waiting ||
        seen.prepared.is == preparation::state::failed)
        seen.prepared = {};
    if (seen.traffic != traffic_state::unwritten) seen.traffic = traffic_state::confirmed;
    if (seen.tried == try_answer::cannot_reach) seen.tried = try_answer::unasked;
    seen.within_passed = false;
    seen.refused.reset();
    for (auto& r : seen.replicas) {
        r.open = open_connections::none;
        r.stop_pending = false;
        if (r.state == life::running && r.ready == readiness::starting) r.ready = readiness::ready;
    }
}

json step_json(const plan& p, milliseconds after) {
    json actions = json::array();
    for (const auto& a : p.actions)
        actions.push_back(to_string(a));
    return {{"rule", p.rule},
            {"why", p.why},
            {"after", to_string(after)},
            {"phase", to_string(p.next.now_in)},
            {"actions", std::move(actions)},
            {"weights",
             {{"blue", p.next.traffic.weight(color::blue)},
              {"green", p.next.traffic.weight(color::green)}}}};
}

} // namespace

json project(const desired_state* desired, const observation& seen, const record& rec,
             const moment& now) {
    json steps = json::array();
    if (!desired || !seen.docker_known) return steps;
    world w;
    w.desired = *desired;
    w.seen = seen;
    w.rec = rec;
    w.now = now;
    assume_the_best(w);
    for (int pass = 0; pass < passes_at_most; ++pass) {
        const auto p = make_plan(&w.desired, w.seen, w.rec, w.now);
        const bool step = is_step(w.rec, p);
        if (step) steps.push_back(step_json(p, w.now.boot - now.boot));
        if (!step && !p.wake) break;
        // What a person will say, and when, is not foreseen.
        if (!step && w.rec.now_in == phase::awaiting_approval) break;
        w.apply(p);
        assume_the_best(w);
        if (!step) w.pass_time(*p.wake);
    }
    return steps;
}

} // namespace alcedo
