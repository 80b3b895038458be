#pragma once
// An operator's word on its way into the record: judged against what is promised and seen, saved by
// compare-and-set beside the passes, told as an event with who said it, then looked at.

#include "controller/engine/controller.hpp"
#include "controller/ports/control.hpp"

namespace alcedo {

/// See control::wish. `machine` outlives the call.
task<result<json>> take_wish(engine* machine, std::string app, std::string verb, caller by);

} // namespace alcedo
