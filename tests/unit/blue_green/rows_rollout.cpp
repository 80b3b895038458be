#include "rows_cases.hpp"

#include <doctest/doctest.h>

namespace alcedo::testing {

cases cases_starting() {
    cases all{
        {"preparing",
         [] {
             auto w = at(phase::preparing);
             w.seen.prepared.is = preparation::state::waiting;
             w.seen.prepared.spec_digest = digest_of("r2");
             w.seen.prepared.reason = reason::ImagePullFailing;
             w.seen.prepared.message = "the registry answers 503";
             return w;
         }},
        {"clear_stop",
         [] {
             auto w = at(phase::starting);
             w.seen.replicas.push_back(stranger(color::green, "r0", life::running));
             return w;
         }},
        {"clear_wait",
         [] {
             auto w = at(phase::starting);
             w.seen.replicas.push_back(stranger(color::green, "r0", life::running));
             w.seen.traffic = traffic_state::unknown;
             return w;
         }},
        {"clear_remove",
         [] {
             auto w = at(phase::starting);
             w.seen.replicas.push_back(stranger(color::green, "r0", life::exited));
             return w;
         }},
        {"surplus",
         [] {
             auto w = at(phase::starting);
             auto extra = stranger(color::green, "r2", life::running);
             extra.ordinal = 2;
             extra.name = "shop-green-web-r2000000-2";
             w.seen.replicas.push_back(extra);
             return w;
         }},
        {"restart_unwatched",
         [] {
             auto w = at(phase::verifying);
             set_ready(w, color::green, readiness::starting);
             w.find(green_r2)->unwatched = true;
             return w;
         }},
        {"start_again",
         [] {
             auto w = at(phase::verifying);
             fall(w, green_r2);
             return w;
         }},
        {"starting",
         [] {
             auto w = flipped(with_worker());
             edit(w, [](app_spec& s) {
                 s.colors[1].services[1].depends_on = {{"web", dependency::condition::healthy}};
             });
             walk_to_rule(w, "start");
             pass(w);
             set_ready(w, color::green, readiness::starting);
             return w;
         }},
    };
    for (const auto* rule :
         {"prepare", "prepared", "create", "start", "started", "try_promise", "try_ask"})
        all[rule] = [rule] { return before_rule(rule); };
    return all;
}

cases cases_shifting() {
    cases all{
        {"shift_all",
         [] {
             auto w = empty_world(shop(color::blue, "r1", "r2"));
             walk_to_rule(w, "shift_all");
             return w;
         }},
        {"scale_candidate",
         [] {
             auto w = at(phase::watching);
             edit(w, [](app_spec& s) { s.colors[1].services[0].replicas = 2; });
             pass(w);
             return w;
         }},
        {"step_changed",
         [] {
             auto w = at(phase::shifting);
             pass(w);
             edit(w, [](app_spec& s) { s.traffic->steps[0].weight = 30; });
             pass(w);
             return w;
         }},
        {"verified_ask",
         [] {
             auto w = flipped();
             edit(w, [](app_spec& s) { s.traffic->manual_approval = true; });
             walk_to_rule(w, "verified_ask");
             return w;
         }},
        {"nothing_to_drain", [] { return first_deploy_at(phase::draining); }},
        {"verifying",
         [] {
             auto w = at(phase::verifying);
             set_ready(w, color::green, readiness::starting);
             return w;
         }},
        {"draining",
         [] {
             auto w = at(phase::draining);
             w.seen.open[0] = open_connections::some;
             w.pass_time(seconds{10});
             return w;
         }},
        {"watching", [] { return at(phase::watching); }},
    };
    for (const auto* rule :
         {"shift_begins", "shifting", "next_step", "serves", "drained", "stable"})
        all[rule] = [rule] { return before_rule(rule); };
    return all;
}

} // namespace alcedo::testing
