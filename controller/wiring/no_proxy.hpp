#pragma once
// The proxy of a daemon that was given none: apps without routes need none, and an app with routes
// waits and says what is missing.

#include "controller/ports/traffic.hpp"

#include <memory>

namespace alcedo {

std::unique_ptr<traffic_provider> make_no_proxy();

} // namespace alcedo
