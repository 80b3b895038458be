#pragma once
// Events as Prometheus series under the names of the contract. Series of apps are rendered from
// the present snapshot, so that one of an app that is gone cannot exist. Serves no HTTP itself.

#include "controller/ports/event_sink.hpp"

#include <functional>
#include <memory>
#include <string>

namespace alcedo {

class metrics_sink : public event_sink {
public:
    /// The text format 0.0.4, families sorted by name.
    virtual std::string exposition() = 0;
};

/// The media type of `exposition`.
inline constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";

/// Figures of `queue_changed` are totals since the queue was made. `monotonic_seconds` is for the
/// age of unfinished work; the default is the steady clock.
std::unique_ptr<metrics_sink> make_metrics_sink(std::function<double()> monotonic_seconds = {});

} // namespace alcedo
