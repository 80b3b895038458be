#pragma once
// Whether a source still names an app, as far as its readings go: what `delete` may rest on; and
// whether there is such an app at all.

#include "controller/engine/catalogue.hpp"
#include "controller/engine/parts.hpp"
#include "reconcilers/blue_green/wishes.hpp"

#include <string>

namespace alcedo {

/// As of the newest readings; only meaningful once every source was read. An app that nothing
/// knows is an orphan.
naming naming_of(const catalogue&, const std::string& app);

/// Removed, and named by no source since.
bool is_deleted(const catalogue&, const app_memory&);

error not_found(const std::string& app);

} // namespace alcedo
