#pragma once
// Rehearsals of exclusive services: a container of the release on trial, with other settings laid
// over, beside the real one that another release holds. It is no replica and never the holder's:
// whatever of it is not wanted any more is stopped, removed and seen absent like an exclusive
// container that is not the holder's (S25, S28).

#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>

namespace alcedo {

/// What that service of `what` is to be rehearsed with now, as the spec says in place: while the
/// release is started, verified or waits for approval, and another one holds the exclusive
/// services. Nothing at any other time; on a first deploy nobody else does.
const rehearsal_spec* rehearsal_of(const desired_state&, const record&, const release& what,
                                   const std::string& service);

/// A rehearsal that is to exist now: of the release on trial, with the settings of the spec.
bool is_wanted_rehearsal(const desired_state&, const record&, const replica&);

/// Existence is the lock: not the holder's container of an exclusive service, or a rehearsal that
/// is not wanted, in whatever state.
bool is_one_too_many(const desired_state&, const record&, const replica&);

} // namespace alcedo
