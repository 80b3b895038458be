#pragma once
// `alcedo history`: the receipts of finished rollouts, in rows and one by one.

#include "controller/cli/palette.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>
#include <vector>

namespace alcedo::cli {

std::string render_history(const std::vector<json>& receipts, milliseconds now,
                           const palette& paint);
std::string render_receipt(const json& receipt, milliseconds now, const palette& paint);

} // namespace alcedo::cli
