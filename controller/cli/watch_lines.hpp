#pragma once
// What is worth a line when an app went from one state to the next, and the one line that is
// redrawn in between. Pure: two objects in, text out.

#include "controller/cli/palette.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>
#include <vector>

namespace alcedo::cli {

/// `before` may be null: then everything is new. Lines without time and newline.
std::vector<std::string> changes_between(const json& before, const json& after, milliseconds now,
                                         const palette& paint);

/// "Shifting  blue 50, green 50  next step  12s left", for a line that is redrawn.
std::string status_line(const json& app, milliseconds now, const palette& paint);

} // namespace alcedo::cli
