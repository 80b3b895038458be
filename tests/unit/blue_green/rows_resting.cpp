#include "rows_cases.hpp"

#include <doctest/doctest.h>

namespace alcedo::testing {

namespace {

world shrinking() {
    auto w = blue_serves(replicas(2));
    edit(w, [](app_spec& s) { s.colors[0].services[0].replicas = 1; });
    return w;
}

} // namespace

cases cases_resting() {
    return {
        {"still_rejected",
         [] {
             auto w = held_rejected();
             run_to_rest(w);
             edit(w, color::blue, "r1", "r2");
             run_to_rest(w);
             edit(w, color::green, "r1", "r2");
             pass(w);
             return w;
         }},
        {"begin", [] { return before_rule("begin"); }},
        {"standby_expired",
         [] {
             auto w = idle_after_switch();
             walk_to_rule(w, "standby_expired");
             return w;
         }},
        {"scale_up",
         [] {
             auto w = blue_serves();
             edit(w, [](app_spec& s) { s.colors[0].services[0].replicas = 2; });
             pass(w);
             return w;
         }},
        {"scale_down",
         [] {
             auto w = shrinking();
             walk_to_rule(w, "scale_down");
             return w;
         }},
        {"scale_remove",
         [] {
             auto w = shrinking();
             walk_to_rule(w, "scale_remove");
             return w;
         }},
        {"retire_leftover",
         [] {
             auto w = idle_after_switch();
             walk_to_rule(w, "retire_leftover");
             return w;
         }},
        {"worker_retires",
         [] {
             auto w = idle_after_switch(with_worker());
             walk_to_rule(w, "worker_retires");
             return w;
         }},
        {"remove_leftover",
         [] {
             auto w = held_rejected();
             run_to_rest(w);
             w.pass_time(std::chrono::hours{25});
             return w;
         }},
        {"note_stopped",
         [] {
             auto w = held_rejected();
             walk_to_rule(w, "note_stopped");
             return w;
         }},
        {"promote_void",
         [] {
             auto w = blue_serves();
             w.rec.wished.promoted = w.rec.serving;
             return w;
         }},
        {"retire_wait",
         [] {
             auto w = shrinking();
             walk_to_rule(w, "retire_wait");
             return w;
         }},
        {"held",
         [] {
             auto w = held_rejected();
             run_to_rest(w);
             return w;
         }},
        {"serving_color_outdated",
         [] {
             auto w = blue_serves();
             edit(w, color::blue, "r3", "r2");
             pass(w);
             return w;
         }},
        {"up_to_date", [] { return blue_serves(); }},
    };
}

} // namespace alcedo::testing
