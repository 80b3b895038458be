#pragma once
// What the manifest asks for, in a few lines; what it leaves to defaults is not repeated.

#include "controller/cli/palette.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>

namespace alcedo::cli {

/// `spec` as the user wrote it.
std::string render_spec(const json& spec, const palette& paint);

} // namespace alcedo::cli
