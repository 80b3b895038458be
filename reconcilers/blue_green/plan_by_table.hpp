#pragma once
// make_plan by a table that somebody gives: the model checker plants mistakes in copies of the
// rules and sees that it finds each of them. Everybody else calls make_plan.

#include "reconcilers/blue_green/make_plan.hpp"
#include "reconcilers/blue_green/rules.hpp"

#include <span>

namespace alcedo {

/// `table` holds a row that always matches.
plan plan_by_table(std::span<const table_part> table, const desired_state&, const observation&,
                   const record&, const moment& now);

} // namespace alcedo
