#pragma once
// The table of PLANNER §2. First match wins; the order on the page is the order of the table. Rows
// that protect stand above the pause line and always run; rows that advance stand below it. A
// row's name is its id in tests, logs, metrics and `plan --explain`.

#include "reconcilers/blue_green/draft.hpp"
#include "reconcilers/blue_green/situation.hpp"

#include <array>
#include <span>
#include <string_view>

namespace alcedo {

struct rule {
    std::string_view name;
    bool (*when)(const situation&); ///< looks at nothing but the situation
    void (*then)(draft&);           ///< writes the next record, the actions, the events
    std::string_view why;
};

std::span<const rule> rules_that_protect();  ///< unknown Docker, deletion, generation, wishes
std::span<const rule> rules_that_revert();   ///< drift, rejection, who lives gets the traffic
std::span<const rule> rules_of_promises();   ///< what was promised to the proxy is kept
std::span<const rule> rules_of_the_lock();   ///< exclusive containers that are not the holder's
std::span<const rule> rules_that_repair();   ///< promised stops, containers that must run
std::span<const rule> rules_of_the_holder(); ///< the exclusive services it owns
// --- the pause line ---
std::span<const rule> rules_that_advance(); ///< retry, routes, holds, superseding
std::span<const rule> rules_of_starting();  ///< Preparing … Verifying
std::span<const rule> rules_of_shifting();  ///< the switch … Watching
std::span<const rule> rules_at_rest();      ///< Idle and Held

/// A part of the table, and on which side of the pause line it stands.
struct table_part {
    std::span<const rule> rows;
    bool advances = false;
};
std::array<table_part, 10> rule_table();

} // namespace alcedo
