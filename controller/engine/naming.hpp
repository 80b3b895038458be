#pragma once
// Whether a source still names an app, as far as its readings go: what `delete` may rest on.

#include "controller/engine/catalogue.hpp"
#include "reconcilers/blue_green/wishes.hpp"

#include <string>

namespace alcedo {

/// As of the newest readings; only meaningful once every source was read. An app that nothing
/// knows is an orphan.
naming naming_of(const catalogue&, const std::string& app);

} // namespace alcedo
