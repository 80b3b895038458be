#pragma once
// Model → what the engine is asked with: bodies and filters, in the two dialects (1.41 and 1.44).
// Pure; the service's own keys come from the table in reconcilers/model/service_keys.hpp.

#include "controller/ports/runtime.hpp"
#include "controller/runtimes/docker_text.hpp"

#include <string>
#include <vector>

namespace alcedo::docker {

/// From here on a create takes all networks at once and knows StartInterval.
inline constexpr int several_networks_since = 44;

struct creation {
    json body;                               ///< of POST /containers/create
    std::vector<network_attachment> connect; ///< to be connected after it, before the start
};
/// `api_minor`: 41 … 44 and up. Volumes whose Compose name is not in `volume_names` are an error of
/// the caller (`invalid`), never a volume by an accidental name.
result<creation> creation_from(const create_request&, int api_minor);

/// EndpointConfig of one network.
json endpoint_from(const network_attachment&);
json network_from_request(const network_request&);
json volume_from_request(const std::string& name, const json& options,
                         const std::map<std::string, std::string>& labels);

/// The value of `filters` in a query, encoded: containers of the instance, of one app if not "".
std::string container_filters(const std::string& instance, const std::string& app);
std::string event_filters(const std::string& instance);

} // namespace alcedo::docker
