#pragma once
// The network that the proxy and every routed replica have in common, as the engine told of it
// last. One for all apps: its answer names the containers of all of them, so that each app asking
// for itself at every look would cost the square of the apps.

#include "controller/engine/parts.hpp"

namespace alcedo {

class shared_network {
public:
    explicit shared_network(engine_parts& parts) : parts_(parts) {}

    /// Without its members; 2 s old at most, or as it was until somebody's question is answered.
    /// None: the engine did not say; the next look asks again.
    task<std::optional<network_info>> look();

private:
    engine_parts& parts_;
    std::optional<network_info> known_;
    milliseconds told_at_{0}; ///< boot clock
    bool asking_ = false;
};

} // namespace alcedo
