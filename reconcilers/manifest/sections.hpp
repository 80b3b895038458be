#pragma once
// The manifest's own sections → app_spec. Types and single bounds were checked by check_fields;
// what is checked here are the rules inside one section. Order: traffic, then health.

#include "reconcilers/manifest/report.hpp"
#include "reconcilers/model/spec.hpp"

namespace alcedo::manifest {

void read_traffic(const json& spec, app_spec&, report&);
/// Watch before health: checks take the watch's threshold where they have none.
void read_watch(const json& spec, app_spec&, report&);
void read_health(const json& spec, app_spec&, report&);

} // namespace alcedo::manifest
