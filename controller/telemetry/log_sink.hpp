#pragma once
// Events as log lines on standard error: a line for people, or one JSON object for machines. It
// decides nothing, keeps nothing, and shows neither control characters nor credentials.

#include "controller/ports/event_sink.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alcedo {

enum class log_format { console, json };

/// The line without its newline, or none for what is below `least`. `wall` is since the epoch.
std::optional<std::string> log_line(const event&, log_format, severity least, milliseconds wall);

/// Writes from a thread of its own: a reader of standard error that stands still costs the oldest
/// waiting lines, never the daemon's time.
std::unique_ptr<event_sink> make_log_sink(log_format, severity least);

std::string to_string(severity); ///< "debug", "info", "warning", "error"
std::optional<severity> severity_from(std::string_view);

} // namespace alcedo
