#pragma once
// Rules between sections: names that must exist, things that must not be shared by both colours,
// risks that must be accepted by name.

#include "reconcilers/manifest/report.hpp"
#include "reconcilers/model/spec.hpp"

namespace alcedo::manifest {

/// `spec` as written, for places.
void check_references(const json& spec, const app_spec&, report&);
void check_dependencies(const json& spec, const app_spec&, report&);
/// What is wrong only with both writings of a service together.
void check_merged(const json& spec, const app_spec&, report&);
/// What a service that runs in one colour at a time cannot have.
void check_exclusive(const json& spec, const app_spec&, report&);
void check_volumes(const json& spec, const app_spec&, report&);
void check_health_sources(const json& spec, const app_spec&, report&);
/// Under `auto` the colours may differ only where ${ALCEDO_COLOR} makes them differ.
void check_auto(const json& spec, report&);

} // namespace alcedo::manifest
