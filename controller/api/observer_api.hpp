#pragma once
// What monitoring may ask on the TCP listener: /metrics, /healthz, /readyz. No state of apps, no
// way to change anything.

#include "controller/net/http_server.hpp"
#include "controller/ports/control.hpp"

#include <functional>
#include <string>

namespace alcedo::api {

/// `metrics` answers the exposition text; both must outlive the handler.
net::handler make_observer_handler(const control& door, std::function<std::string()> metrics);

/// The first point of `control::ready` that fails, as "name: message: fix"; "" when ready.
std::string first_failing(const json& ready);

} // namespace alcedo::api
