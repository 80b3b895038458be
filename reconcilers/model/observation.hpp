#pragma once
// Observed state, as one pass saw it, already judged: which replicas exist, which are ready, what
// the proxy shows. "Could not observe" is a value of its own, never an empty list (S11).

#include "reconcilers/model/check.hpp"
#include "reconcilers/model/traffic.hpp"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

enum class life { created, running, restarting, paused, removing, exited, dead };
enum class docker_health { none, starting, healthy, unhealthy };
std::string to_string(life);
std::string to_string(docker_health);

/// A container of ours, from the engine.
struct container {
    std::string id; ///< 64 hex
    std::string name;
    std::string image_id;
    std::map<std::string, std::string> labels;
    life state = life::created;
    docker_health health = docker_health::none;
    int failing_streak = 0;              ///< of the engine's own check
    std::string health_checked_at;       ///< end of the last one, as the engine prints it
    milliseconds health_interval{30000}; ///< of the engine's own check
    int exit_code = 0;
    int restart_count = 0;
    bool never_started = false;   ///< created, or a start that was cancelled (code 128, no process)
    std::string started_at;       ///< as the engine prints it; a change is a restart
    milliseconds started_wall{0}; ///< the same as a time; 0 = unreadable
    milliseconds created_wall{0}; ///< 0 = unreadable
    std::string error_text;       ///< State.Error
    int pid = 0;
    std::map<std::string, std::string> addresses; ///< network id → IPv4
    std::set<int> published;                      ///< ports of the host that lead into it
    bool operator==(const container&) const = default;
};

enum class readiness { starting, ready, sick };
std::string to_string(readiness);

enum class open_connections { none, some, unknown };

/// A container placed in the app: what it is a replica of, and what judgement says of it.
struct replica {
    std::string id;
    std::string name;
    color colored = color::blue;
    std::string service;
    std::string revision;
    int ordinal = 1;
    /// By its label: a rehearsal of the service with these settings (rehearsal_spec::digest), and
    /// not the service. Empty = the real one.
    std::string rehearsal;
    bool marked_exclusive = false; ///< by its label: what is known once spec and rendering are gone
    life state = life::created;
    bool never_started = false; ///< or ended with the engine: to be started, and nobody's fault
    /// Its start was refused because a network it was made with is gone: only made anew can it run.
    bool network_gone = false;
    int exit_code = 0;
    readiness ready = readiness::starting; ///< meaningful only while running
    bool docker_unhealthy = false;
    bool unwatched = false; ///< the engine has not asked its own check again since it came back
    bool own_checks_failing = false; ///< it has checks of ours and every one of them fails now
    bool has_own_checks = false;
    int exits = 0;              ///< exits and restarts seen since it was first seen running
    int recent_exits = 0;       ///< those of the last `health.timeout`
    bool stop_answered = false; ///< a stop of it was answered since it was promised (this process)
    bool stop_pending = false;  ///< a stop of it is under way (this process): not asked for again
    open_connections open = open_connections::unknown; ///< from the proxy to this one
    /// Connections a stop would cut now: counted once the proxy's idle ones are gone (6 s after the
    /// confirmed omission), else 0.
    int would_cut = 0;
    bool operator==(const replica&) const = default;

    bool runs() const {
        return state == life::running || state == life::restarting || state == life::paused ||
               state == life::removing;
    }
    bool is_rehearsal() const { return !rehearsal.empty(); }
    /// Whose it is; by a spec digest it is not known.
    release whose() const { return {colored, "", revision}; }
};

/// The engine refused to create or start a container for a reason that lies in the revision
/// itself (400, an entrypoint that does not exist), not in the host.
struct refusal {
    std::string revision; ///< whose container
    std::string reason;   ///< CreateFailed, StartFailed
    std::string message;
    bool operator==(const refusal&) const = default;
};

struct preparation {
    enum class state { no, yes, failed, waiting };
    state is = state::no;
    std::string spec_digest;                      ///< whose preparation this is
    std::string revision;                         ///< when yes
    std::map<std::string, std::string> image_ids; ///< service → image id
    std::map<std::string, bool> image_health;     ///< service → the image brings a health check
    std::string reason;                           ///< ImageNotFound, ImagePullFailing, …
    std::string message;
    bool operator==(const preparation&) const = default;
};

/// Routes whose definition stays in the document as it is: what the spec newly names for them is
/// not in the proxy (MiddlewareMissing), or could not be looked for (TrafficUnknown). A router that
/// names a middleware that does not exist answers 404 to everybody.
struct withheld_routes {
    std::set<std::string> names;
    std::string reason;
    std::string message;
    bool operator==(const withheld_routes&) const = default;
};

/// What the try routers said in Verifying (SPEC §4).
enum class try_answer { unasked, answered, cannot_reach, skipped };

struct observation {
    bool docker_known = false;
    std::string docker_error;
    std::vector<replica> replicas; ///< sorted by name; only ours, only this app
    traffic_state traffic = traffic_state::unknown;
    std::string traffic_error;
    bool traffic_overdue = false; ///< not confirmed in time, whatever was promised again since
    bool traffic_differs = false; ///< the proxy refused or shows something else than confirmed
    std::array<open_connections, 2> open{open_connections::unknown, open_connections::unknown};
    preparation prepared;
    try_answer tried = try_answer::unasked;
    std::string try_message;
    std::vector<check_status> checks; ///< all current ones, for status and evidence
    std::array<check_verdict, 2> route_verdict{check_verdict::passing, check_verdict::passing};
    bool within_passed = false; ///< a preSwitch check ran past its own `within`
    std::string within_check;
    std::optional<refusal> refused;
    /// Why the last deed could not be done (no answer, disk full, no free network): the host's
    /// trouble, nothing of the revision's.
    std::string hindered;
    std::string blocked_reason; ///< RouteConflict, DuplicateName: somebody else is in the way
    std::string blocked_message;
    /// Of a record that was made again: another look, a resync later, came to the same.
    bool rebuilt_agrees = false;
    withheld_routes withheld;
    bool operator==(const observation&) const = default;
};

} // namespace alcedo
