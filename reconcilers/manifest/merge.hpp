#pragma once
// Two writings of one service → one, as Compose merges a second file over a first (compose-go's
// override/merge.go), by the merge column of the table of service keys. Works on normal forms.

#include "reconcilers/model/service_keys.hpp"

namespace alcedo::manifest {

/// `over` wins; null in it changes nothing, except for command and entrypoint, which it resets.
json merge_services(const json& base, const json& over);

/// Maps of top-level networks or volumes.
json merge_maps(const json& base, const json& over);

} // namespace alcedo::manifest
