#pragma once
// Connections from the proxy to replicas that the confirmed document no longer lists. Of everything
// else it says "some": asking would be work for nothing, and nothing may be concluded from it.

#include "controller/engine/parts.hpp"

namespace alcedo {

class connection_tally {
public:
    explicit connection_tally(engine_parts& parts) : parts_(parts) {}

    /// Fills `open` and `would_cut` of the replicas and `open` of the colours. `shared`: the
    /// network they have in common with the proxy; none = counts stay unknown.
    task<void> look(const desired_state* desired, app_memory&, observation&,
                    std::optional<network_info> shared);

private:
    engine_parts& parts_;
    task<std::optional<int>> count(const container&, std::vector<int> ports, network_info shared);
};

} // namespace alcedo
