#pragma once
// Labels that would work against Alcedo: the proxy's own (with both, traffic goes to a colour that
// has no weight), and those by which containers are found. Says what to write instead.

#include "reconcilers/manifest/report.hpp"

namespace alcedo::manifest {

/// `labels` of a service, its variables filled in; `pointer` is the service's.
void check_labels(const json& service, const std::string& pointer, report&);
/// The same of a top-level network or volume, whose labels no proxy reads.
void check_entry_labels(const json& entry, const std::string& pointer, report&);

} // namespace alcedo::manifest
