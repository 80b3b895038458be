#pragma once
// What it says of whom that the engine refused a deed: evidence against a revision, a container
// that has to be made anew, or nothing but that it did not work.

#include "controller/engine/parts.hpp"
#include "reconcilers/model/action.hpp"

namespace alcedo {

/// `random` in [0, 1), for the pause before the next of that name is made anew.
void note_refusal(app_memory&, const action&, const error&, const moment& now, double random);
void note_done(app_memory&, const action&);

/// Told by the planner, which decides about it; nothing to back off from.
bool is_evidence(const app_memory&);

/// Its network is gone (SPEC §3: only what matches is started). Not at once if making it anew did
/// not help before; `wake` shrinks to when.
bool has_lost_network(const app_memory&, const container&, const moment& now,
                      std::optional<milliseconds>& wake);
void forget_lost_networks(app_memory&, const moment& now);

} // namespace alcedo
