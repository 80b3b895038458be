#pragma once
// Holds a document to the table of fields: unknown and unsupported keys, types, bounds, what is
// missing. Leaves what Compose owns (services, networks, volumes) and rules across fields to
// others.

#include "reconcilers/manifest/report.hpp"

namespace alcedo::manifest {

void check_fields(const json& root, report&);

} // namespace alcedo::manifest
