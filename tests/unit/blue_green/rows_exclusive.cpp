#include "rows_cases.hpp"

#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

namespace alcedo::testing {

namespace {

/// Green's bot is started, and nothing is known of it yet.
world bot_is_starting() {
    auto w = handing_over();
    walk_to_rule(w, "exclusive_runs");
    set_ready(w, green_bot, readiness::starting);
    return w;
}

world bot_serves() {
    return blue_serves(with_bot());
}

} // namespace

cases cases_exclusive() {
    return {
        {"exclusive_adopted",
         [] {
             auto w = bot_serves();
             w.rec.holder.reset();
             return w;
         }},
        {"exclusive_first",
         [] {
             auto w = empty_world(shop(color::blue, "r1", "r2", with_bot()));
             walk_to_rule(w, "exclusive_first");
             return w;
         }},
        {"exclusive_elsewhere", [] { return at(phase::handover, with_bot()); }},
        {"exclusive_remove", [] { return before_rule("exclusive_remove", with_bot()); }},
        {"exclusive_create", handing_over},
        {"exclusive_start", [] { return before_rule("exclusive_start", with_bot()); }},
        {"exclusive_runs", [] { return before_rule("exclusive_runs", with_bot()); }},
        {"handover", bot_is_starting},
        {"handed_over", [] { return before_rule("handed_over", with_bot()); }},
        {"exclusive_start_again",
         [] {
             auto w = bot_serves();
             fall(w, blue_bot);
             return w;
         }},
        {"exclusive_sick",
         [] {
             auto w = bot_serves();
             set_ready(w, blue_bot, readiness::sick);
             return w;
         }},
        {"exclusive_impossible",
         [] {
             auto w = bot_serves();
             std::erase_if(w.seen.replicas, [](const replica& r) { return r.name == blue_bot; });
             w.seen.refused = refusal{digest_of("r1"), std::string(reason::RevisionNotReproducible),
                                      "env is gone"};
             return w;
         }},
    };
}

} // namespace alcedo::testing
