#pragma once
// Kinds by name, expanded from kinds.def: a kind that is not in the list does not exist.

#include "controller/engine/health_monitor.hpp"
#include "controller/net/http_client.hpp"

namespace alcedo {

health_monitor::probes make_probes(net::http_client&);

} // namespace alcedo
