#pragma once
// The table of Compose service keys that Alcedo understands: one row says how a key is written,
// how two writings merge, which field of a create call it becomes, and whether it belongs to the
// revision. A new key is one row. Source: Compose Specification; create fields: Engine API 1.41.

#include "reconcilers/model/result.hpp"
#include "reconcilers/model/spec.hpp"

#include <span>
#include <string>
#include <string_view>

namespace alcedo {

enum class merge_rule {
    replace,   ///< the later value wins (scalars, command, entrypoint, healthcheck.test)
    by_key,    ///< maps: per key (environment, labels, extra_hosts, logging.options, …)
    append,    ///< lists: later entries are added (env_file, expose, cap_add, …), no duplicates
    by_target, ///< volumes: one entry per container path
    deep,      ///< nested maps by key, recursively (healthcheck, deploy, logging)
};

struct service_key {
    std::string_view name;
    merge_rule merge;
    bool in_revision;
    /// Any accepted writing → the one normal form (sizes and durations as numbers: bytes, ns).
    result<json> (*normalize)(const json& written);
    /// Normal form → fields of the create body; nullptr = the engine does not need it.
    void (*create)(const json& normal, json& body);
};

std::span<const service_key> service_keys();
const service_key* find_service_key(std::string_view name);

/// Why a Compose key that is not in the table is not: "not supported yet", or nothing if unknown.
std::string_view unsupported_service_key(std::string_view name);

/// Body of POST /containers/create for a normalised service: table columns applied in order.
/// Image, env, labels, networks and volume names are the caller's.
json create_body(const json& service);

} // namespace alcedo
