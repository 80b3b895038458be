#include "rows_cases.hpp"

#include <doctest/doctest.h>

namespace alcedo::testing {

shop_options replicas(int count) {
    shop_options o;
    o.replicas = count;
    return o;
}
shop_options with_worker() {
    shop_options o;
    o.worker = true;
    return o;
}

shop_options with_bot() {
    shop_options o;
    o.bot = true;
    return o;
}
world handing_over() {
    auto w = at(phase::handover, with_bot());
    run_until(w, [](const world& x) {
        auto y = x;
        return y.find(blue_bot) == nullptr;
    });
    return w;
}

world at(phase there, shop_options options) {
    auto w = flipped(options);
    walk_to(w, there);
    return w;
}
world idle_after_switch(shop_options options) {
    auto w = at(phase::watching, options);
    run_until(w, [](const world& x) { return x.rec.now_in == phase::idle; });
    return w;
}
world before_rule(const std::string& rule, shop_options options) {
    auto w = flipped(options);
    walk_to_rule(w, rule);
    return w;
}
world reverting() {
    auto w = at(phase::watching);
    set_ready(w, color::green, readiness::sick);
    pass(w);
    REQUIRE(w.rec.now_in == phase::reverting);
    return w;
}
world held_rejected() {
    auto w = at(phase::verifying);
    set_ready(w, color::green, readiness::starting);
    run_until(w, [](const world& x) { return x.rec.now_in == phase::held; });
    return w;
}
world awaiting() {
    auto w = flipped();
    edit(w, [](app_spec& s) { s.traffic->manual_approval = true; });
    walk_to(w, phase::awaiting_approval);
    return w;
}
world deleting() {
    auto w = blue_serves();
    w.desired.deleting = true;
    return w;
}
world first_deploy_at(phase there) {
    auto w = empty_world(shop(color::blue, "r1", "r2"));
    walk_to(w, there);
    return w;
}
/// Green serves in its window, nobody is healthy, and the spec wants blue anew.
world both_dead_in_window() {
    auto w = at(phase::watching);
    edit(w, color::blue, "r3", "r2");
    pass(w);
    w.rec.budgets[0].left = w.rec.budgets[1].left = 0;
    set_ready(w, color::green, readiness::sick);
    set_ready(w, color::blue, readiness::sick);
    w.rec.receipt["drift"] = "was told";
    return w;
}
replica stranger(color c, const std::string& revision, life state) {
    replica r;
    r.id = "stranger";
    r.name = "shop-" + to_string(c) + "-web-" + revision + "000000-1";
    r.colored = c;
    r.service = "web";
    r.revision = digest_of(revision);
    r.state = state;
    r.ready = readiness::ready;
    r.open = open_connections::none;
    return r;
}

cases all_cases() {
    cases all;
    for (auto part : {cases_protecting(), cases_of_traffic(), cases_repairing(), cases_advancing(),
                      cases_starting(), cases_shifting(), cases_resting(), cases_exclusive()})
        all.merge(part);
    return all;
}

const std::map<std::string, world>& case_worlds() {
    static const auto worlds = [] {
        std::map<std::string, world> made;
        for (const auto& [name, make] : all_cases())
            made[name] = make();
        return made;
    }();
    return worlds;
}

} // namespace alcedo::testing
