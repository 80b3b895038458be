#pragma once
// The container engine. Every call has a deadline of its own inside the workshop; a call that
// changes something is never cancelled by us, and `next_step::unknown` means: look before you
// repeat. Only objects with our instance label are ever touched (S10).

#include "controller/ports/task.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/spec.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

struct engine_info {
    std::string version;     ///< "20.10.24"
    std::string api_version; ///< negotiated: "1.41" or "1.44"
    bool operator==(const engine_info&) const = default;
};

struct image_info {
    std::string id;                        ///< "sha256:…"
    std::vector<std::string> repo_digests; ///< empty for local images
    bool has_healthcheck = false;
    bool operator==(const image_info&) const = default;
};

struct network_attachment {
    std::string id;
    std::vector<std::string> aliases;
    bool operator==(const network_attachment&) const = default;
};

struct create_request {
    std::string name;
    std::string image_id;
    json service;                 ///< the normalised Compose service (service_keys.hpp)
    std::vector<std::string> env; ///< final "K=V" list, secrets included: never logged
    std::map<std::string, std::string> labels;
    std::vector<network_attachment> networks;        ///< first one is the primary
    std::map<std::string, std::string> volume_names; ///< Compose name → engine name
    bool operator==(const create_request&) const = default;
};

struct network_member {
    std::string container_id;
    std::string name;
    std::string address;     ///< IPv4 without its prefix length; may be empty
    std::set<int> published; ///< ports of the host that lead into it; for pre-flight to fill in
    bool operator==(const network_member&) const = default;
};

struct network_info {
    std::string id;
    std::string name;
    std::map<std::string, std::string> labels;
    std::vector<std::string> subnets; ///< CIDR, IPv4 first
    std::vector<std::string> gateways;
    std::string driver;
    std::vector<network_member> members; ///< running containers on it; only from `network()`
    bool operator==(const network_info&) const = default;
};

struct network_request {
    std::string name;
    std::map<std::string, std::string> labels;
    std::string subnet;            ///< empty = the engine's own pools
    json options = json::object(); ///< normalised Compose network: driver, driver_opts, internal, …
    bool operator==(const network_request&) const = default;
};

struct engine_change {
    std::string app;    ///< label alcedo.dev/name; "" = resync everything (stream was interrupted)
    std::string action; ///< "start", "die", "health_status: healthy", …
    std::string id;
    bool operator==(const engine_change&) const = default;
};

class runtime {
public:
    virtual ~runtime() = default;
    virtual task<result<engine_info>> info() = 0; ///< pings and negotiates anew

    /// Containers with our instance label, in whatever state; app "" = all apps. Inspected, so
    /// that health, exit codes and start times are there. Fails as a whole or answers fully.
    virtual task<result<std::vector<container>>> list(std::string app) = 0;
    virtual task<result<container>> inspect(std::string id) = 0;
    /// Any container by name, ours or not (`labels` tells); gone if there is none.
    virtual task<result<container>> find_by_name(std::string name) = 0;

    virtual task<result<image_info>> image(std::string reference) = 0;
    /// `progress` gets one human line now and then. Reasons: ImageNotFound, ImageDenied
    /// (next_step::invalid), ImagePullFailing (retry).
    virtual task<result<void>> pull(std::string reference,
                                    std::function<void(std::string)> progress) = 0;

    virtual task<result<std::string>> create(create_request) = 0; ///< id; 409 = conflict
    virtual task<result<void>> start(std::string id) = 0;         ///< 304 is success
    /// 204, 304 and 404 are all answers (success). Sets `on-failure` to `no` first.
    virtual task<result<void>> stop(std::string id, milliseconds grace) = 0;
    virtual task<result<void>> remove(std::string id) = 0; ///< never forced; 404 is success
    virtual task<result<std::vector<std::string>>> logs(std::string id, int tail) = 0;

    virtual task<result<std::vector<network_info>>> networks() = 0;
    virtual task<result<network_info>> network(std::string name_or_id) = 0;
    virtual task<result<std::string>> create_network(network_request) = 0; ///< id
    virtual task<result<void>> remove_network(std::string id) = 0;
    virtual task<result<void>> connect(std::string network_id, std::string container_id) = 0;
    virtual task<result<void>> create_volume(std::string name, json options,
                                             std::map<std::string, std::string> labels) = 0;
    virtual task<result<bool>> volume_exists(std::string name) = 0;

    /// Waits for the next change. A break of the stream is itself a change ("" app), after
    /// reconnecting with back-off; hints only, the list is the truth.
    virtual task<result<engine_change>> next_change() = 0;
};

} // namespace alcedo
