#pragma once
// Building an app's fragment of the proxy's document from routes, weights and ready replicas, and
// reading one back: who is weighted, who is listed, what may be published. Decides nothing.

#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

/// "<app>-<color>-<service>-<revision8>-<ordinal>": computed, so that a create is idempotent.
std::string container_name(std::string_view app, const release&, std::string_view service,
                           int ordinal);
/// "http://<container name>:<port>".
std::string server_url(std::string_view container, int port);

} // namespace alcedo
