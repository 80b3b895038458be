#pragma once
// One kind of probe: asks once, answers with an outcome and evidence. Never retries, never
// judges, never throws.

#include "controller/ports/task.hpp"
#include "reconcilers/model/check.hpp"
#include "reconcilers/model/spec.hpp"

#include <memory>
#include <string>

namespace alcedo {

/// Where a sample is taken: a replica's address, or (route) an entry point.
struct probe_target {
    std::string container_id; ///< empty for a check of the whole colour
    std::string address;      ///< IPv4 of the replica; empty = not reachable from here (NoData)
    std::string host;         ///< route: Host header
    std::string base_url;     ///< route: entry point URL
    std::string path;         ///< route: default path
    std::string try_token;    ///< route: send X-Alcedo-Try with this; empty = as a client would
    bool operator==(const probe_target&) const = default;
};

class probe {
public:
    virtual ~probe() = default;
    /// Up to `check.attempts` tries, each within `check.timeout`, 100 ms apart.
    virtual task<sample> take(check_spec check, probe_target target) = 0;
};

} // namespace alcedo
