#pragma once
// When `alcedo watch` is over, and with which exit code: SPEC §6's table as a function of what the
// daemon said. No clock, no I/O; running out of time is the caller's.

#include "reconcilers/model/spec.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alcedo::cli {

struct watch_wish {
    /// `either` and `idle`: Idle or Held, whichever comes first, since nothing gets from Held to
    /// Idle by itself. `held` waits on through Idle.
    enum class end { either, idle, held };
    std::string app;
    end until = end::either;
    std::optional<std::string> commit;
    std::optional<std::uint64_t> generation;
};

struct watch_verdict {
    std::optional<int> exit; ///< none = wait on
    std::string message;     ///< what was decided, or what is waited for
    bool operator==(const watch_verdict&) const = default;
};

/// `app`: the BlueGreen, null if the daemon knows none of that name. `judged`: what
/// /v1/apps/NAME/judged said of the wish's commit, null if nothing was asked or answered.
watch_verdict judge_watch(const watch_wish&, const json& app, const json& judged);

} // namespace alcedo::cli
