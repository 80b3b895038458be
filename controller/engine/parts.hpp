#pragma once
// What the rooms of the engine share: the doors, made once by wiring and outliving the engine, and
// what this process remembers of each app between passes (nothing a restart could not do without).

#include "controller/engine/catalogue.hpp"
#include "controller/engine/health_monitor.hpp"
#include "controller/engine/preparer.hpp"
#include "controller/engine/publisher.hpp"
#include "controller/engine/replicas.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/ports/runtime.hpp"
#include "controller/ports/store.hpp"
#include "controller/ports/traffic.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

struct engine_settings {
    std::string instance = "alcedo";
    std::string key;                            ///< 32 random bytes for keyed hashes
    std::string network = "alcedo";             ///< shared with Traefik
    std::string network_pool = "10.213.0.0/16"; ///< or "engine"
    milliseconds resync{30000};
    int workers = 4; ///< passes under way at once, over different apps
};

struct engine_parts {
    clock_source& clock;
    runtime& docker;
    traffic_provider& proxy;
    connection_counter& connections;
    record_store& store;
    event_sink& events;
    /// CIDRs the host itself routes somewhere: no network of ours may cover them.
    std::function<std::vector<std::string>()> host_routes;
    std::function<double()> random; ///< [0, 1)
    std::function<std::string()> make_uid;
    /// An env file at the commit a revision was rendered from; source id, commit, path.
    std::function<task<result<std::string>>(std::string, std::string, std::string)> old_file;
    engine_settings settings;
    /// This process's own IPv4 addresses: what it asks a replica is no traffic of the proxy's.
    std::function<std::vector<std::string>()> own_addresses;
    /// Proofs of life for whoever watches this process; may be empty.
    std::function<void()> runs = {};     ///< once: the workers have begun
    std::function<void()> finished = {}; ///< a pass, or a resync that had nothing to look at
};

struct connection_look {
    milliseconds at{-10000};                   ///< boot clock
    std::optional<int> counted;                ///< none: could not be trusted
    std::optional<milliseconds> omitted_since; ///< boot clock: confirmed without it since then
};

/// What the proxy last said of middlewares that no promise names yet.
struct middleware_look {
    std::vector<std::string> names;
    std::optional<result<std::map<std::string, std::string>>> answer;
    milliseconds at{0}; ///< boot clock
};

/// A container whose start was refused because a network it was made with is gone.
struct lost_network {
    std::string id;        ///< of the container
    int times = 0;         ///< containers of that name, without a start that worked in between
    milliseconds until{0}; ///< boot clock: not made anew before
};

struct app_memory {
    stored_record stored;
    std::set<std::string> stop_answered;      ///< ids whose stop was answered since it was promised
    std::set<std::string> stopping;           ///< ids with a stop call under way, or its back-off
    std::map<std::string, int> stop_failures; ///< per id, since it was last answered
    int calls = 0;                            ///< changes under way in the background
    std::string hindered;                     ///< see observation
    int conflicts = 0; ///< passes in a row whose deed had lost its precondition
    std::map<std::string, life_entry> lives;
    std::map<std::string, connection_look> looks; ///< per container id
    std::uint64_t confirmed_number = 0;           ///< promise seen confirmed, and since when
    milliseconds confirmed_since{0};
    std::string tried_revision;
    std::uint64_t tried_promise = 0;
    try_answer tried = try_answer::unasked;
    std::string try_message;
    middleware_look middlewares;
    std::optional<refusal> refused; ///< a create or start failed for the revision's own reason
    std::string refused_under;      ///< manifest digest of that moment
    std::map<std::string, lost_network> networks_lost; ///< per container name
    std::vector<container> containers;                 ///< as last listed
    milliseconds listed_at{0};                         ///< boot clock
    std::uint64_t hints = 0;                           ///< of something that may have changed
    std::uint64_t hints_listed = 0;                    ///< as many when `containers` were asked for
    /// The last pass wrote the record and did nothing else: what it saw is seen still.
    bool view_stands = false;
    /// Boot clock: since then every look made the same record of what the store had lost.
    std::optional<milliseconds> rebuilt_since;
    observation seen; ///< as last observed
    bool observed_once = false;
    std::optional<milliseconds> health_wake;
    std::uint64_t spec_version = 0; ///< of the catalogue's entry that the last pass looked at
    std::uint64_t changes = 0;      ///< grows whenever status may have changed

    /// As last listed; null if there is none of that id.
    const container* find(const std::string& id) const {
        const auto at = std::find_if(containers.begin(), containers.end(),
                                     [&](const container& c) { return c.id == id; });
        return at == containers.end() ? nullptr : &*at;
    }
};

} // namespace alcedo
