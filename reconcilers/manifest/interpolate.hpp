#pragma once
// Compose's variables, for the one variable there is: ALCEDO_COLOR. Knows the whole syntax
// ($V ${V} ${V:-d} ${V-d} ${V:?e} ${V?e} ${V:+r} ${V+r} $$, nested), reads no environment.

#include "reconcilers/manifest/report.hpp"
#include "reconcilers/model/color.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace alcedo::manifest {

/// Value of a variable; nothing if it is not set.
using variables = std::function<std::optional<std::string>(std::string_view)>;

struct interpolated {
    std::string text;
    std::string problem; ///< "" = fine
    std::string remedy;
};
interpolated interpolate(std::string_view text, const variables&);

/// The one variable of a colour: ALCEDO_COLOR.
variables variables_of(color);

/// Every text value below `value` (keys are left alone, as Compose does); faults go to `out`.
json interpolate_all(const json& value, color, const std::string& pointer, report& out);

} // namespace alcedo::manifest
