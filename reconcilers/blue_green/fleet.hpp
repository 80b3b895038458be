#pragma once
// The containers of one release, laid over the slots it should fill: service × ordinal. Every
// question about "is it ready, is it sick, what is missing" is answered here, per revision.

#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alcedo {

struct slot {
    enum class state {
        absent,
        fresh,    ///< created, or its start never took effect
        starting, ///< runs, no verdict yet (also: restarted by the engine)
        ready,
        sick,     ///< runs and failed its threshold
        exited,   ///< ended by itself
        stopped,  ///< put down by a promised stop
        done,     ///< a job (`service_completed_successfully`) that ended with 0
        retiring, ///< its stop is promised: neither ready nor to be touched but by that stop
    };
    const service_spec* service = nullptr;
    int ordinal = 1;
    bool wanted = true; ///< within the wanted count
    bool job = false;
    bool exclusive = false; ///< wanted only in the holder's fleet
    /// Of an exclusive service, before the switch, while another release holds it: counts with the
    /// exclusive ones, is no replica.
    bool rehearsal = false;
    bool hole = false;  ///< absent although it is listed, or below one that exists
    int falls = 0;      ///< ends of its own, and restarts, since it was last put down by us
    bool loops = false; ///< two of them within `health.timeout`
    const replica* at = nullptr;
    state is = state::absent;
};

struct fleet {
    release what;
    const color_spec* spec = nullptr;        ///< as rendered, else as guessed
    std::shared_ptr<const color_spec> guess; ///< from its containers, if nothing better is known
    std::vector<slot> slots;                 ///< by service, then ordinal
    std::vector<std::string> routed;         ///< services of this release that routes lead to
    bool any_ready = false;                  ///< every routed service has a ready replica
    bool all_ready = false; ///< every wanted replica is ready (jobs: only before traffic)
    bool any_sick = false;  ///< one failed its threshold or ended by itself

    /// Exclusive services count in none of the three above: all but one colour lives without them.
    bool has_exclusive = false;
    bool exclusive_ready = true; ///< all of them are; of a fleet that is not the holder's: yes
    bool exclusive_sick = false;

    /// Nothing of what is missing is on its way.
    bool is_given_up() const;
    /// Ready replicas of a service within the wanted count, else any ready ones; sorted by name.
    std::vector<const replica*> ready_of(const std::string& service) const;
    /// `depends_on` of that service holds in this fleet.
    bool may_begin(const service_spec&) const;
};

/// Replicas the spec wants of a service of `what` (a change of `deploy.replicas` takes effect in
/// place), falling back to what it was rendered with.
int wanted_replicas(const desired_state&, const color_spec& rendered, color,
                    const std::string& service);

/// `before_traffic`: jobs count, because a rollout that has not switched waits for them.
fleet make_fleet(const desired_state&, const observation&, const record&, const release&,
                 bool before_traffic);

/// A service that never runs in two colours at once (S25). The spec says so in place, as it does
/// for replicas; of what it no longer names, the rendering; else the container's label.
bool is_exclusive(const desired_state&, color, const service_spec& rendered);
bool is_exclusive(const desired_state&, const record&, const replica&);

/// The one container that the holder may have of an exclusive service.
bool is_holders(const record&, const replica&);

/// A service that another one waits for with `service_completed_successfully`: it is to end.
bool is_job(const color_spec&, const std::string& service);

/// A replica of exactly this release.
bool belongs(const replica&, const release&);
bool belongs(const replica&, const std::optional<release>&); ///< not to nothing

std::string to_string(slot::state);

} // namespace alcedo
