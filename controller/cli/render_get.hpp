#pragma once
// `alcedo get` for people: one line an app, and under it the way out where one is needed.

#include "controller/cli/palette.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>
#include <vector>

namespace alcedo::cli {

/// The apps of a BlueGreenList, or the one BlueGreen.
std::vector<json> apps_in(const json& list_or_app);

std::string render_apps(const std::vector<json>& apps, bool wide, milliseconds now,
                        const palette& paint);

/// What to do about an app that will not come to rest by itself; empty = nothing is needed.
std::vector<std::string> ways_out(const json& app);

/// "green", "auto (green)", or "-".
std::string desired_text(const json& app);

} // namespace alcedo::cli
