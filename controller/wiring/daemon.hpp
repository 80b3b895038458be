#pragma once
// The daemon as one call.

#include "controller/wiring/settings.hpp"

namespace alcedo {

/// Runs until SIGTERM or SIGINT; answers the exit code (0; 64 settings that do not fit together;
/// 75 another daemon holds a lock).
int run_daemon(const settings&);

} // namespace alcedo
