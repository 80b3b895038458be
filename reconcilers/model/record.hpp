#pragma once
// Promised state: everything a restart needs to go on as if nothing had happened. One row in the
// store per app, replaced as a whole by compare-and-set. PLANNER §1 says why each field is needed.

#include "reconcilers/model/spec.hpp"
#include "reconcilers/model/traffic.hpp"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

enum class phase {
    idle,
    preparing,
    starting,
    verifying,
    awaiting_approval,
    shifting,
    handover,
    draining,
    watching,
    reverting,
    held,
    deleting,
};
std::string to_string(phase); ///< "Idle", "Preparing", …
std::optional<phase> phase_from(std::string_view);

enum class hold_kind { rejected, reverted, aborted, rolled_back, frozen, violation };
std::string to_string(hold_kind);

/// Why we stand still, and what was seen that made us.
struct hold {
    hold_kind kind = hold_kind::rejected;
    release what;
    std::string reason;
    std::string message;
    milliseconds since_wall{0};
    json evidence = json::object(); ///< {checks: [...], logs: {container: [lines]}}
    bool operator==(const hold&) const = default;
};

/// An entry of the ledger: this digest is not tried again until `retry`.
struct rejection {
    release what;
    std::string reason;
    std::string message;
    milliseconds wall{0};
    bool operator==(const rejection&) const = default;
};

struct budget {
    int left = 5;
    stopwatch refill; ///< one comes back per 10 minutes without a repair
    bool operator==(const budget&) const = default;
};

/// Things an operator said, each bound to what it was said about.
struct wishes {
    bool paused = false;
    std::optional<release> promoted;
    std::optional<release> abort;
    std::optional<release> rollback;
    std::optional<release> retry;
    bool remove = false; ///< `alcedo delete`; lapses when a source names the app again
    bool operator==(const wishes&) const = default;
};

/// Where a route goes in one release. The port belongs to the revision that listens on it: the one
/// that serves keeps its own while another is rolled out by the same commit.
struct route_target {
    std::string service;
    int port = 0;
    bool operator==(const route_target&) const = default;
};

/// A colour as it was rendered for one revision, kept so that its containers can be made again.
struct rendering {
    release what;
    color_spec spec;
    std::string open_digest;
    std::map<std::string, std::string> image_ids; ///< service → image id
    std::string source_commit;                    ///< where its env files are read again
    std::map<std::string, route_target> routes;   ///< route name → where it goes in this release
    bool operator==(const rendering&) const = default;
};

struct condition {
    std::string type;
    std::string status; ///< "True" | "False" | "Unknown"
    std::string reason;
    std::string message;
    milliseconds transition_wall{0};
    std::uint64_t observed_generation = 0;
    bool operator==(const condition&) const = default;
};

inline constexpr std::size_t events_kept = 50;

struct event_entry {
    milliseconds wall{0};
    std::string type; ///< "Normal" | "Warning"
    std::string reason;
    std::string message;
    bool operator==(const event_entry&) const = default;
};

struct clocks {
    stopwatch phase;   ///< since the phase (Starting and Verifying share one; a step restarts it)
    stopwatch window;  ///< since the confirmed 100 %
    stopwatch standby; ///< since the confirmed 100 %
    stopwatch retire;  ///< since `retire_leftover` first matched
    bool operator==(const clocks&) const = default;
};

/// As much of a generation as can be made a spec again. Env files are not kept (SPEC §5), so their
/// keyed hashes come along in the digests.
struct accepted_manifest {
    std::string manifest_digest; ///< whose; empty = none was accepted yet
    std::string document;        ///< the whole manifest, as JSON text
    std::array<color_digests, 2> digests;
    bool operator==(const accepted_manifest&) const = default;
};

struct record {
    std::string uid;
    milliseconds created_wall{0};
    std::uint64_t observed_generation = 0;
    std::string manifest_digest;
    /// The manifest of that generation: what is desired if a restart finds only a bad one.
    accepted_manifest accepted;
    source_ref source;

    phase now_in = phase::idle;
    milliseconds phase_since_wall{0};
    int step = 0; ///< index into steps; steps.size() = the implied 100 %

    std::optional<release> attempt;
    std::optional<release> origin;
    std::optional<release> serving;
    std::optional<release> stable;
    std::optional<release> standby;
    /// Who may own the exclusive services; committed before anything of them is touched. Nobody
    /// while nothing serves, and in an app that has none.
    std::optional<release> holder;
    /// Since when no exclusive container runs, while they change colour. Measures the gap only.
    std::optional<milliseconds> lapse_wall;

    promise traffic;
    std::vector<release> resolved; ///< (colour, spec digest) → revision, for all that still matter
    std::vector<rendering> renderings;
    std::set<std::string> retiring; ///< container ids with a promised stop
    /// Containers whose promised stop was kept once, with the exits seen by then: only what comes
    /// after is an end of their own.
    std::map<std::string, int> put_down;
    std::array<bool, 2> drained{true, true}; ///< per colour
    std::vector<rejection> rejected;         ///< the ledger
    std::optional<hold> held;
    std::array<budget, 2> budgets;
    wishes wished;
    clocks timers;
    std::map<std::string, milliseconds>
        stopped_at; ///< leftovers: container id → boot time seen stopped
    std::string stopped_boot_id;

    std::vector<condition> conditions;
    std::vector<event_entry> events; ///< newest last, at most 50
    json receipt = json::object();   ///< the running rollout's, written when it ends
    bool deleted = false;            ///< tombstone: nothing of ours is left
    /// Made again from the document and the containers; nothing is moved or removed before a second
    /// look agrees.
    bool rebuilding = false;

    bool operator==(const record&) const = default;

    const rendering* rendering_of(const release&) const;
};

void to_json(json&, const release&);
void from_json(const json&, release&);
void to_json(json&, const record&);
void from_json(const json&, record&);
void to_json(json&, const color_spec&);
void from_json(const json&, color_spec&);

} // namespace alcedo
