#pragma once
// What the spec asks for now: a colour and what it should run there. `auto` is resolved here and
// nowhere else.

#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

namespace alcedo {

/// The spec's wish for one colour; with its revision if that was resolved before.
release wanted_release(const desired_state&, const record&, color);

/// `origin_ready`: the colour that traffic would go back to has a ready replica.
release target_of(const desired_state&, const record&, bool origin_ready);

/// Was this revision (or, before there is one, this spec digest) rejected? Whatever the colour.
const rejection* rejection_of(const record&, const release&);

} // namespace alcedo
