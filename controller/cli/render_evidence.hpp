#pragma once
// Checks with what they were answered, and a hold with all that was seen when it was decided.
// Printed without being asked, because whoever reads it is looking for exactly this.

#include "controller/cli/palette.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>
#include <vector>

namespace alcedo::cli {

/// `checks` as in status: a table, and under each check its last answers (all if `every`).
std::string render_checks(const std::vector<json>& checks, bool every, const palette& paint);

/// {checks, containers, logs: {container: [lines]}}; "" if there is nothing.
std::string render_evidence(const json& evidence, const palette& paint);

/// Reason, evidence and the ways out; "" unless the app is Held.
std::string render_hold(const json& app, milliseconds now, const palette& paint);

} // namespace alcedo::cli
