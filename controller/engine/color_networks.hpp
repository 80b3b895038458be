#pragma once
// The networks a colour's containers join: the one shared with the proxy (routed services), one of
// the colour's own (SPEC §5: only if it is needed), and Compose's own, namespaced per colour.

#include "controller/engine/parts.hpp"

namespace alcedo {

/// Has the colour a network of its own: two or more services, an unrouted one, or named networks.
bool needs_own_network(const app_spec&, const color_spec&);

class color_networks {
public:
    color_networks(engine_parts& parts) : parts_(parts) {}

    /// Makes what is missing and says what the service joins, the primary one first.
    task<result<std::vector<network_attachment>>>
    attachments(app_spec app, rendering made, service_spec service, std::string uid);
    /// Removes the networks of that colour that carry our labels; those in use stay.
    task<result<void>> remove(std::string app, color colored);
    /// The shared network, made and labelled if it does not exist.
    task<result<network_info>> shared();

private:
    engine_parts& parts_;

    task<result<std::string>> ensure(std::string name, std::map<std::string, std::string> labels,
                                     json options);
    task<result<std::string>> named(std::string app, rendering made, std::string name,
                                    std::string uid);
};

} // namespace alcedo
