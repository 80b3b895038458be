#pragma once
// Containers → replicas: whose they are by their labels, and what health says of each. Pure but
// for the memory it is given: what was seen of a container earlier in this process.

#include "reconcilers/blue_green/judgement.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/spec.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

namespace label {
inline constexpr const char* instance = "alcedo.dev/instance";
inline constexpr const char* name = "alcedo.dev/name";
inline constexpr const char* uid = "alcedo.dev/uid";
inline constexpr const char* color = "alcedo.dev/color";
inline constexpr const char* service = "alcedo.dev/service";
inline constexpr const char* revision = "alcedo.dev/revision";
inline constexpr const char* spec = "alcedo.dev/spec";
inline constexpr const char* ordinal = "alcedo.dev/ordinal";
/// Of a rehearsal: which settings are laid over (rehearsal_spec::digest). Not on any other.
inline constexpr const char* rehearsal = "alcedo.dev/rehearsal";
inline constexpr const char* exclusive = "alcedo.dev/exclusive"; ///< "true", or not there
} // namespace label

/// What this process saw of one container so far.
struct life_entry {
    std::string started_at;
    std::optional<milliseconds> running_since; ///< boot clock; of the present start
    int restarts = 0;                          ///< the engine's count when last looked at
    int exits = 0;
    std::vector<milliseconds> exit_times; ///< boot clock; the latest few
    bool exit_counted = false;
    bool fell = false;             ///< the engine restarted it after it had ended by itself
    bool was_ready = false;        ///< since the present start
    bool trusted = false;          ///< running since before this process looked first
    bool rebase = false;           ///< the engine was away: the next look counts nothing
    std::string health_checked_at; ///< of the engine's own check, when last looked at
    /// Boot clock; the engine came back, and its own check has not spoken since: 20.10 forgets it.
    std::optional<milliseconds> unheard_since;
    bool ended_with_engine = false; ///< while it was away: not by itself, as far as anybody knows
    milliseconds excused_until{0};  ///< both colours failed the engine's check until shortly before
};

/// How a replica is to be judged.
struct judging {
    const health_spec* health = nullptr;
    const service_spec* service = nullptr; ///< as rendered for its revision; may be null
    bool post_switch = false;
    bool listed = false;   ///< in the promised document: trusted until something speaks against it
    bool on_trial = false; ///< of an attempt with weight: a fall is not excused
    bool twin_is_sick = false; ///< the service fails the engine's check on the other colour too
    /// Samples so far of a check on this container; nothing if there are none.
    std::function<const judged*(const check_spec&)> verdict;
};

/// Labels → place in the app; nothing if a label is missing or unreadable.
std::optional<replica> place(const container&);

/// Notes starts, exits and restarts.
void remember(life_entry&, const container&, const moment& now);

/// Fills readiness, docker_unhealthy, own_checks…; `wake` shrinks to when minReady will be over.
void judge_replica(replica&, const container&, life_entry&, const judging&, const moment& now,
                   std::optional<milliseconds>& wake);

/// Checks of ours that apply to a service in a stage (Docker's own health is not one of them).
std::vector<const check_spec*> own_checks(const health_spec&, const std::string& service,
                                          bool post_switch);

} // namespace alcedo
