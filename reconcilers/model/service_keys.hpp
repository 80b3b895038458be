#pragma once
// The table of Compose service keys that Alcedo understands: one row says how a key is written,
// how two writings merge, which field of a create call it becomes, and whether it belongs to the
// revision. A new key is one row. Source: Compose Specification; create fields: Engine API 1.41.

#include "reconcilers/model/result.hpp"
#include "reconcilers/model/spec.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

enum class merge_rule {
    replace,   ///< the later value wins (scalars, command, entrypoint, healthcheck.test)
    by_key,    ///< maps: per key (environment, labels, extra_hosts, logging.options, …)
    append,    ///< lists: later entries are added (env_file, extra_hosts), no duplicates
    unordered, ///< lists without an order (expose, cap_add, cap_drop): sorted, no duplicates
    by_target, ///< volumes: one entry per container path
    deep,      ///< nested maps by key, recursively (healthcheck, deploy, logging)
};

/// A fault inside a written value; `at` is a JSON pointer below the value ("" = the value itself).
struct shape_problem {
    std::string at;
    std::string problem;
    std::string remedy;
    /// For an unknown key: the keys that are known there (views of service_blocks()).
    std::span<const std::string_view> known = {};
};

struct service_key {
    std::string_view name;
    merge_rule merge;
    bool in_revision;
    /// Any accepted writing → the one normal form (sizes and durations as numbers: bytes, ns).
    result<json> (*normalize)(const json& written);
    /// The same with every fault and its place instead of the first one.
    json (*shape)(const json& written, std::vector<shape_problem>& problems);
    /// Normal form → fields of the create body; nullptr = the engine does not need it.
    void (*create)(const json& normal, json& body);
};

std::span<const service_key> service_keys();
const service_key* find_service_key(std::string_view name);

/// Why a Compose key that is not in the table is not: "not supported yet", or nothing if unknown.
/// The text is what to write instead.
std::string_view unsupported_service_key(std::string_view name);

/// Keys that blocks inside a service (and top-level networks and volumes) understand, and those
/// Compose knows but Alcedo does not yet. One row is one block: "healthcheck", "deploy.resources".
struct service_block {
    std::string_view name;
    std::span<const std::string_view> keys;
    std::span<const std::string_view> later;
};
std::span<const service_block> service_blocks();

/// One entry of Compose's top-level `networks` or `volumes` in normal form.
json network_shape(const json& written, std::vector<shape_problem>& problems);
json volume_shape(const json& written, std::vector<shape_problem>& problems);

/// Body of POST /containers/create for a normalised service: table columns applied in order.
/// Image, env, labels, networks and volumes (whose names depend on the app) are the caller's.
json create_body(const json& service);

} // namespace alcedo
