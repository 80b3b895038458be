#pragma once
// A point at which a test may end or hold the daemon. Only targets built with ALCEDO_FAILPOINTS (a
// CMake option, off in a release) include this header.

#include <string>

namespace alcedo {

/// Set once at start, before anything runs; may be called from any thread, and may not return.
inline void (*on_failpoint)(const std::string& name) = nullptr;

inline void failpoint(const std::string& name) {
    if (on_failpoint) on_failpoint(name);
}

} // namespace alcedo
