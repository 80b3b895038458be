#pragma once
// One value against one row of the table of fields: its type, its bounds, its choices.

#include "reconcilers/manifest/fields.hpp"
#include "reconcilers/manifest/report.hpp"

namespace alcedo::manifest {

void check_value(const field&, const json& value, const std::string& pointer, report&);

void wrong_type(const json& value, const std::string& pointer, const std::string& wanted, report&);

/// "a list", "3", "\"x\"": how a message names a wrong value.
std::string described(const json&);

} // namespace alcedo::manifest
