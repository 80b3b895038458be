#pragma once
// `alcedo describe`: everything there is to know about one app, the most urgent first.

#include "controller/cli/palette.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>

namespace alcedo::cli {

std::string render_description(const json& app, milliseconds now, const palette& paint);

} // namespace alcedo::cli
