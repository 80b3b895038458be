#pragma once
// Time as a collaborator, so that simulation can own it.

#include "controller/ports/task.hpp"
#include "reconcilers/model/moment.hpp"

namespace alcedo {

class clock_source {
public:
    virtual ~clock_source() = default;
    virtual moment now() const = 0;
    /// False when cancelled; never throws. Relative to the boot clock.
    virtual task<bool> sleep_for(milliseconds) = 0;
};

} // namespace alcedo
