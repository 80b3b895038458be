#pragma once
// The Compose part of a manifest for one colour: interpolated, normalised by the table of service
// keys, overrides merged over the common services. References between services are not its matter.

#include "reconcilers/manifest/report.hpp"
#include "reconcilers/model/spec.hpp"

namespace alcedo::manifest {

/// `overrides` says whose `colors.*` is merged; `name` is what ${ALCEDO_COLOR} reads as. They
/// differ only for the comparison that `activeColor: auto` needs.
color_spec render_color(const json& spec, color overrides, color name, report&);

} // namespace alcedo::manifest
