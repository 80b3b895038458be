#pragma once
// Labels that would work against Alcedo: the proxy's own (with both, traffic goes to a colour that
// has no weight), and those by which containers are found. Says what to write instead.

#include "reconcilers/manifest/report.hpp"

namespace alcedo::manifest {

/// `service` as written, at `pointer`.
void check_labels(const json& service, const std::string& pointer, report&);

} // namespace alcedo::manifest
