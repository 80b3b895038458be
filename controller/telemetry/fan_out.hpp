#pragma once
// One event to several sinks, in the order given. Owns none of them.

#include "controller/ports/event_sink.hpp"

#include <memory>
#include <vector>

namespace alcedo {

/// The sinks must outlive it.
std::unique_ptr<event_sink> make_fan_out(std::vector<event_sink*> sinks);

} // namespace alcedo
