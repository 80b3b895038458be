#include "rows_cases.hpp"

#include <doctest/doctest.h>

namespace alcedo::testing {

cases cases_protecting() {
    return {
        {"docker_unknown",
         [] {
             auto w = flipped();
             w.seen.docker_known = false;
             w.seen.replicas.clear();
             return w;
         }},
        {"rebuilding",
         [] {
             auto w = flipped();
             w.rec.rebuilding = true;
             return w;
         }},
        {"rebuilt",
         [] {
             auto w = flipped();
             w.rec.rebuilding = true;
             w.seen.rebuilt_agrees = true;
             return w;
         }},
        {"delete_begins", deleting},
        {"delete_publish",
         [] {
             auto w = deleting();
             pass(w);
             return w;
         }},
        {"delete_late",
         [] {
             auto w = deleting();
             pass(w);
             w.seen.traffic = traffic_state::late;
             return w;
         }},
        {"delete_unconfirmed",
         [] {
             auto w = deleting();
             pass(w);
             w.seen.traffic = traffic_state::unknown;
             return w;
         }},
        {"delete_drain",
         [] {
             auto w = deleting();
             pass(w);
             pass(w);
             w.seen.open[0] = open_connections::some;
             w.pass_time(seconds{5});
             return w;
         }},
        {"delete_stop",
         [] {
             auto w = deleting();
             pass(w);
             pass(w);
             pass(w);
             w.seen.open[0] = open_connections::none;
             w.pass_time(seconds{2});
             return w;
         }},
        {"delete_remove",
         [] {
             auto w = deleting();
             walk_to_rule(w, "delete_remove");
             return w;
         }},
        {"delete_ends",
         [] {
             auto w = deleting();
             walk_to_rule(w, "delete_ends");
             return w;
         }},
        {"deleted_stray",
         [] {
             auto w = deleting();
             walk_to_rule(w, "deleted");
             w.seen.replicas.push_back(stranger(color::blue, "r1", life::created));
             return w;
         }},
        {"deleted",
         [] {
             auto w = deleting();
             walk_to_rule(w, "deleted");
             return w;
         }},
        {"new_generation", [] { return flipped(); }},
        {"delete_void",
         [] {
             auto w = blue_serves();
             w.rec.wished.remove = true;
             return w;
         }},
        {"aborted_before",
         [] {
             auto w = at(phase::verifying);
             w.rec.wished.abort = w.rec.attempt;
             return w;
         }},
        {"aborted_after",
         [] {
             auto w = at(phase::watching);
             w.rec.wished.abort = w.rec.attempt;
             return w;
         }},
        {"abort_void",
         [] {
             auto w = blue_serves();
             w.rec.wished.abort = w.rec.serving;
             return w;
         }},
        {"rollback_attempt",
         [] {
             auto w = at(phase::watching);
             w.rec.wished.rollback = w.rec.serving;
             return w;
         }},
        {"rollback_standby",
         [] {
             auto w = idle_after_switch();
             w.rec.wished.rollback = w.rec.serving;
             return w;
         }},
        {"rollback_void",
         [] {
             auto w = blue_serves();
             w.rec.wished.rollback = w.rec.serving;
             return w;
         }},
    };
}

cases cases_repairing() {
    return {
        {"finish_retiring",
         [] {
             auto w = held_rejected();
             walk_to_rule(w, "finish_retiring");
             return w;
         }},
        {"retired",
         [] {
             auto w = held_rejected();
             walk_to_rule(w, "retired");
             return w;
         }},
        {"network_gone",
         [] {
             auto w = blue_serves();
             fall(w, blue_r1);
             w.find(blue_r1)->network_gone = true;
             return w;
         }},
        {"repair_resume",
         [] {
             auto w = blue_serves();
             w.find(blue_r1)->state = life::created;
             return w;
         }},
        {"repair_impossible",
         [] {
             auto w = blue_serves();
             w.seen.replicas.clear();
             w.seen.refused =
                 refusal{digest_of("r1"), "RevisionNotReproducible", "its env files have changed"};
             return w;
         }},
        {"repair_create",
         [] {
             auto w = blue_serves();
             w.seen.replicas.clear();
             return w;
         }},
        {"repair_start",
         [] {
             auto w = blue_serves();
             fall(w, blue_r1);
             return w;
         }},
        {"repair_sick",
         [] {
             auto w = blue_serves();
             set_ready(w, color::blue, readiness::sick);
             return w;
         }},
    };
}

} // namespace alcedo::testing
