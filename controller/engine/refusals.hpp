#pragma once
// What it says of whom that the engine refused a deed: evidence against a revision, or
// nothing but that it did not work.

#include "controller/engine/parts.hpp"
#include "reconcilers/model/action.hpp"

namespace alcedo {

void note_refusal(app_memory&, const action&, const error&);

/// Told by the planner, which decides about it; nothing to back off from.
bool is_evidence(const app_memory&);

} // namespace alcedo
