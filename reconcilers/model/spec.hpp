#pragma once
// Desired state: one BlueGreen manifest, validated, merged and interpolated for both colours.
// Every default is filled in. Produced by reconcilers/manifest, read by everyone, changed by none.

#include "reconcilers/model/color.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/route_tls.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

using json = nlohmann::json;

struct dependency {
    enum class condition { started, healthy, completed };
    std::string service;
    condition until = condition::started;
    bool operator==(const dependency&) const = default;
};

struct env_file {
    std::string path; ///< interpolated, as written: relative to the manifest, or absolute
    bool required = true;
    bool operator==(const env_file&) const = default;
};

struct volume_mount {
    enum class kind { named, bind };
    kind type = kind::named;
    std::string source; ///< volume name as written after interpolation, or an absolute host path
    std::string target;
    bool read_only = false;
    bool operator==(const volume_mount&) const = default;
};

struct network_use {
    std::string name; ///< key in spec.networks, or "default"
    std::vector<std::string> aliases;
    bool operator==(const network_use&) const = default;
};

/// What a rehearsal of an exclusive service lays over its settings (x-alcedo.rehearse): the
/// service's own env files and environment first, then these files, then this environment. No part
/// of the revision.
struct rehearsal_spec {
    std::vector<env_file> env_files;   ///< all of them required
    json environment = json::object(); ///< normalised: name → text, or null = taken away
    std::string digest;                ///< 16 hex digits over both as written: a label
    bool operator==(const rehearsal_spec&) const = default;
};

/// One Compose service for one colour. `compose` holds every key in its normal form (the table
/// in service_keys.hpp); the other members are read out of it for the planner and the engine.
struct service_spec {
    enum class health_source { image, declared, disabled };

    std::string name;
    std::string image;
    std::string pull_policy = "missing"; ///< missing | always | never
    int replicas = 1;
    std::vector<dependency> depends_on;
    milliseconds stop_grace{10000};
    health_source health = health_source::image;
    std::vector<env_file> env_files;
    std::vector<network_use> networks;
    std::vector<volume_mount> volumes;
    bool warm = false;      ///< x-alcedo.warm: a worker that stays up with the standby
    bool exclusive = false; ///< x-alcedo.exclusive: never in both colours at once (S25)
    milliseconds handover_timeout{60000};    ///< x-alcedo.handoverTimeout, of an exclusive one
    std::optional<rehearsal_spec> rehearsal; ///< x-alcedo.rehearse, of an exclusive one
    json compose = json::object();
    bool operator==(const service_spec&) const = default;
};

/// Everything of one colour that belongs to its revision, replicas and pull policy apart.
struct color_spec {
    std::vector<service_spec> services; ///< sorted by name
    json networks = json::object();     ///< Compose top-level `networks`, normalised
    json volumes = json::object();      ///< Compose top-level `volumes`, normalised
    bool operator==(const color_spec&) const = default;

    const service_spec* find(const std::string& service) const;
};

struct route_spec {
    std::string name;
    std::string service;
    int port = 0;
    std::string rule;                      ///< printed anew from the parsed atoms
    std::vector<std::string> entry_points; ///< empty = all that the daemon was given
    std::int64_t priority = 0;
    std::optional<route_tls> tls;         ///< none = plain HTTP
    std::vector<std::string> middlewares; ///< "auth@file": always with its provider, each once
    /// A request that matches the rule, if one can be built from it (first Host; the path of a
    /// Path or PathPrefix atom, else "/").
    std::optional<std::string> try_host;
    std::string try_path = "/";
    bool operator==(const route_spec&) const = default;
};

struct step_spec {
    int weight = 0; ///< percent to the new colour, 1–99
    milliseconds hold{0};
    bool operator==(const step_spec&) const = default;
};

struct traffic_spec {
    std::vector<route_spec> routes;
    std::vector<step_spec> steps{{50, seconds{30}}}; ///< 100 is implied as the last one
    bool manual_approval = false; ///< nothing is weighted before somebody promotes it
    std::optional<milliseconds> approval_timeout; ///< none = it waits
    milliseconds drain_grace{1000};
    milliseconds drain_timeout{30000};
    bool operator==(const traffic_spec&) const = default;
};

/// n failures in a row (out_of = 0), or `failures` among the last `out_of`.
struct failure_threshold {
    int failures = 3;
    int out_of = 0;
    bool operator==(const failure_threshold&) const = default;
};

struct check_spec {
    std::string name;
    std::string kind;               ///< "http", "tcp", "route", "docker"
    std::string service;            ///< whose replicas are probed; empty for `route`
    json settings = json::object(); ///< the kind's own block, defaults filled in
    milliseconds timeout{3000};
    milliseconds within{0}; ///< 0 = health.timeout
    int attempts = 1;       ///< tries per sample
    int success_threshold = 1;
    failure_threshold failure;
    bool pre_switch = true;
    bool post_switch = true;
    bool operator==(const check_spec&) const = default;
};

struct health_spec {
    milliseconds timeout{120000};
    milliseconds interval{5000};
    milliseconds min_ready{10000};
    std::vector<check_spec> checks;
    bool operator==(const health_spec&) const = default;
};

enum class on_failure { revert, freeze, notify };

struct watch_spec {
    std::optional<milliseconds> window = seconds{600}; ///< none = Always
    failure_threshold failure;
    on_failure then = on_failure::revert;
    bool operator==(const watch_spec&) const = default;
};

enum class standby_then { stop, remove, keep };

struct standby_spec {
    milliseconds keep_for{900000};
    standby_then then = standby_then::stop;
    bool operator==(const standby_spec&) const = default;
};

/// Where a manifest came from; shown in status, events and receipts, never input to a decision.
struct source_ref {
    std::string kind; ///< "dir" | "git"
    std::string url;  ///< directory, or the remote without credentials
    std::string ref;  ///< branch; empty for a directory
    std::string path; ///< manifest file inside the source
    std::string commit;
    std::string author;
    std::string subject;
    milliseconds observed_wall{0};
    bool operator==(const source_ref&) const = default;
};

struct app_spec {
    std::string name;
    std::map<std::string, std::string> labels;
    std::optional<color> active; ///< none = auto
    bool paused = false;
    std::set<std::string> accept; ///< NoHealthCheck, Stateful, SharedVolume
    std::array<color_spec, 2> colors;
    std::optional<traffic_spec> traffic;
    health_spec health;
    watch_spec watch;
    standby_spec standby;
    /// `spec` as the user wrote it, as JSON text: only what shows it takes it apart again.
    std::string manifest = "{}";
    bool operator==(const app_spec&) const = default;

    const color_spec& of(color c) const { return colors[index_of(c)]; }
    bool is_routed(const std::string& service) const;
    bool has_routes() const { return traffic && !traffic->routes.empty(); }
};

/// The digests of one colour (SPEC §2), computed by reconcilers/manifest.
struct color_digests {
    std::string spec_digest; ///< revision without images
    std::string open_digest; ///< the same without keyed hashes: label alcedo.dev/spec
    bool operator==(const color_digests&) const = default;
};

/// What the engine plans for: a spec, its generation, and the digests of both colours.
struct desired_state {
    app_spec spec;
    std::array<color_digests, 2> digests;
    std::string manifest_digest; ///< over the whole spec; a change is a new generation
    source_ref source;
    bool deleting = false; ///< confirmed removal (prune, delete)

    const color_digests& of(color c) const { return digests[index_of(c)]; }
    bool operator==(const desired_state&) const = default;
};

} // namespace alcedo
