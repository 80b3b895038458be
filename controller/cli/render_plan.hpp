#pragma once
// `alcedo plan`: what the next passes would do, as a diff of containers and weights.

#include "controller/cli/palette.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>
#include <vector>

namespace alcedo::cli {

/// One plan, an array of plans, or {items: [plans]} or {plans: [plans]}.
std::vector<json> plans_in(const json& answer);
bool changes_anything(const json& plan);
std::string render_plan(const json& plan, bool explain, const palette& paint);

} // namespace alcedo::cli
