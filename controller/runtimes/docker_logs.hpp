#pragma once
// The body of GET /containers/{id}/logs → lines. Pure. Frames are trusted only as far as they are
// whole: a container may write anything, and engines cut long lines at 8 or 16 KiB.

#include <string>
#include <vector>

namespace alcedo::docker {

/// The last `tail` lines of both streams in the order the engine sent them; each valid UTF-8, at
/// most 4 KiB. `raw`: the container has a terminal, so there are no frames.
std::vector<std::string> log_lines(const std::string& body, bool raw, int tail);

} // namespace alcedo::docker
