#pragma once
// Where the engine tells what happened.

#include "reconcilers/model/event.hpp"

namespace alcedo {

class event_sink {
public:
    virtual ~event_sink() = default;
    virtual void emit(const event&) = 0; ///< never blocks, never throws
};

} // namespace alcedo
