#include "rows_cases.hpp"

#include <doctest/doctest.h>

namespace alcedo::testing {

cases cases_of_traffic() {
    return {
        {"drift_revert",
         [] {
             auto w = at(phase::watching);
             set_ready(w, color::green, readiness::sick);
             return w;
         }},
        {"freeze",
         [] {
             auto w = at(phase::watching);
             w.desired.spec.watch.then = on_failure::freeze;
             set_ready(w, color::green, readiness::sick);
             return w;
         }},
        {"drift_noted",
         [] {
             auto w = at(phase::watching);
             w.desired.spec.watch.then = on_failure::notify;
             set_ready(w, color::green, readiness::sick);
             return w;
         }},
        {"prepare_failed",
         [] {
             auto w = at(phase::preparing);
             w.seen.prepared = {preparation::state::failed,
                                digest_of("r2"),
                                "",
                                {},
                                {},
                                "ImageNotFound",
                                "no such image"};
             return w;
         }},
        {"refused",
         [] {
             auto w = before_rule("start");
             w.seen.refused = refusal{digest_of("r2"), "StartFailed", "no such entrypoint"};
             return w;
         }},
        {"restart_loop",
         [] {
             auto w = at(phase::verifying);
             fall(w, green_r2);
             pass(w);
             fall(w, green_r2);
             return w;
         }},
        {"unhealthy",
         [] {
             auto w = at(phase::verifying);
             set_ready(w, color::green, readiness::starting);
             w.find(green_r2)->docker_unhealthy = true;
             return w;
         }},
        {"check_overdue",
         [] {
             auto w = at(phase::verifying);
             w.seen.within_passed = true;
             w.seen.within_check = "version";
             return w;
         }},
        {"turned_bad_waiting",
         [] {
             auto w = awaiting();
             set_ready(w, color::green, readiness::sick);
             return w;
         }},
        {"approval_overdue",
         [] {
             auto w = awaiting();
             pass(w);
             w.pass_time(std::chrono::minutes{30});
             edit(w, [](app_spec& s) { s.traffic->approval_timeout = std::chrono::minutes{20}; });
             w.rec.manifest_digest = w.desired.manifest_digest;
             return w;
         }},
        {"approval_reminder",
         [] {
             auto w = awaiting();
             pass(w);
             w.pass_time(std::chrono::hours{1});
             return w;
         }},
        {"deadline",
         [] {
             auto w = at(phase::verifying);
             set_ready(w, color::green, readiness::starting);
             pass(w);
             w.pass_time(seconds{121});
             return w;
         }},
        {"old_died_go_forward",
         [] {
             auto w = at(phase::shifting);
             pass(w);
             set_ready(w, color::blue, readiness::sick);
             return w;
         }},
        {"revert_points_wrong",
         [] {
             auto w = at(phase::watching);
             edit(w, color::blue, "r1", "r2");
             pass(w);
             pass(w);
             REQUIRE(w.rec.now_in == phase::reverting);
             set_ready(w, color::blue, readiness::sick);
             return w;
         }},
        {"revert_abandoned",
         [] {
             auto w = at(phase::watching);
             edit(w, color::blue, "r1", "r2");
             pass(w);
             pass(w);
             set_ready(w, color::blue, readiness::sick);
             w.rec.budgets[0].left = 0;
             walk_to_rule(w, "revert_abandoned");
             return w;
         }},
        {"promise_unkept", [] { return at(phase::shifting); }},
        {"ack_late",
         [] {
             auto w = at(phase::shifting);
             w.seen.traffic = traffic_state::late;
             return w;
         }},
        {"servers_changed",
         [] {
             auto w = blue_serves(replicas(2));
             w.find("shop-blue-web-r1000000-2")->ready = readiness::starting;
             return w;
         }},
        {"revert_confirmed",
         [] {
             auto w = reverting();
             pass(w);
             return w;
         }},
        {"reverted",
         [] {
             auto w = reverting();
             walk_to_rule(w, "reverted");
             return w;
         }},
    };
}

cases cases_advancing() {
    return {
        {"reverting",
         [] {
             auto w = reverting();
             pass(w);
             pass(w);
             w.seen.open[1] = open_connections::some;
             return w;
         }},
        {"retry",
         [] {
             auto w = held_rejected();
             w.rec.wished.retry = w.rec.held->what;
             return w;
         }},
        {"tidy", [] { return idle_after_switch(); }},
        {"routes_changed",
         [] {
             auto w = blue_serves();
             edit(w, [](app_spec& s) { s.traffic->routes[0].rule = "Host(`other.example.com`)"; });
             pass(w);
             return w;
         }},
        {"hold_cleared",
         [] {
             auto w = held_rejected();
             edit(w, color::blue, "r1", "r2");
             pass(w);
             return w;
         }},
        {"superseded_before",
         [] {
             auto w = at(phase::verifying);
             edit(w, color::blue, "r1", "r2");
             pass(w);
             return w;
         }},
        {"superseded_dead_first_deploy",
         [] {
             auto w = first_deploy_at(phase::shifting);
             pass(w);
             w.rec.budgets[0].left = 0;
             set_ready(w, color::blue, readiness::sick);
             edit(w, color::green, "r1", "r2");
             pass(w);
             w.rec.budgets[0].left = 0;
             return w;
         }},
        {"superseded_first_deploy",
         [] {
             auto w = first_deploy_at(phase::watching);
             edit(w, color::green, "r1", "r2");
             pass(w);
             return w;
         }},
        {"window_given_up", both_dead_in_window},
        {"superseded_after",
         [] {
             auto w = at(phase::watching);
             edit(w, color::blue, "r1", "r2");
             pass(w);
             return w;
         }},
    };
}

} // namespace alcedo::testing
