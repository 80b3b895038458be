#pragma once
// Time as the planner may know it: a boot clock that never jumps, the boot it belongs to, and the
// wall clock for showing to people. No decision ever looks at the wall clock.

#include <chrono>
#include <optional>
#include <string>

namespace alcedo {

using milliseconds = std::chrono::milliseconds;
using seconds = std::chrono::seconds;

/// CLOCK_BOOTTIME since boot, the kernel's boot id, and wall time since the epoch (UTC).
struct moment {
    milliseconds boot{0};
    std::string boot_id;
    milliseconds wall{0};
    bool operator==(const moment&) const = default;
};

/// Running time that survives restarts: what was counted before, plus what runs now. Time of
/// another boot counts only as far as it had been accumulated.
struct stopwatch {
    milliseconds accumulated{0};
    std::optional<milliseconds> running_since; ///< boot clock
    std::string boot_id;

    milliseconds elapsed(const moment& now) const;
    bool is_running() const { return running_since.has_value(); }
    void restart(const moment& now);
    void run(const moment& now);  ///< no-op while running in this boot
    void stop(const moment& now); ///< keeps what was counted
    bool operator==(const stopwatch&) const = default;
};

/// RFC 3339, UTC, whole seconds: "2026-01-31T12:00:00Z"; "" for zero.
std::string rfc3339(milliseconds wall);
/// Any fraction of a second is dropped; none for another zone than Z, or anything else.
std::optional<milliseconds> parse_rfc3339(const std::string&);
/// "1m30s", "45s", "250ms".
std::string to_string(milliseconds);

} // namespace alcedo
