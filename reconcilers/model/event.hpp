#pragma once
// The one seam for what happened. Log lines, metrics, receipts and later notifications are sinks:
// projections of these values. Nothing below the engine logs.

#include "reconcilers/model/record.hpp"

#include <string>
#include <variant>

namespace alcedo {

enum class severity { debug, info, warning, error };

/// Something worth a line: free of secrets, with the app it is about ("" = the daemon).
struct happened {
    severity level = severity::info;
    std::string app;
    std::string reason;
    std::string message;
    json fields = json::object();
};
/// One pass over an app.
struct pass_finished {
    std::string app;
    std::string rule;
    std::string outcome;
    milliseconds took{0};
    int actions = 0;
    bool wrote = false;
};
/// A call to the engine or the proxy ended. `code` is the HTTP status, or "timeout", "refused".
struct call_finished {
    std::string door;
    std::string op;
    std::string code;
    milliseconds took{0};
};
/// An app's phase, weights or hold as of now; `gone` = forget its series.
struct app_changed {
    std::string app;
    phase now_in = phase::idle;
    int blue_desired = 0;
    int green_desired = 0;
    std::optional<int> blue_confirmed;
    std::optional<int> green_confirmed;
    std::optional<hold> held;
    bool gone = false;
};
struct queue_changed {
    int depth = 0;
    int added = 0;
    int retries = 0;
    double queued_seconds = -1;
    double worked_seconds = -1;
    int unfinished = 0;
};
struct readiness_changed {
    bool ready = false;
    std::string why;
};

using event = std::variant<happened, pass_finished, call_finished, app_changed, queue_changed,
                           readiness_changed>;

} // namespace alcedo
