#pragma once
// Notices that the store knows nothing of an app that runs, or less than the proxy's document
// does, and makes its record again (blue_green/rebuild). Looks and remembers; changes nothing
// outside, and leaves the deciding to the planner.

#include "controller/engine/parts.hpp"
#include "reconcilers/blue_green/rebuild.hpp"

namespace alcedo {

class rebuilder {
public:
    rebuilder(engine_parts& parts, const publisher& proxy) : parts_(parts), proxy_(proxy) {}

    struct finding {
        /// The record to plan from instead of the stored one; saved with the pass that uses it.
        std::optional<record> remade;
        bool agrees = false; ///< with what was found a resync ago
        /// Nothing may be planned yet: nobody can say whether the app is new or its record lost.
        bool must_wait = false;
    };
    /// After the pass has looked at the app. `desired` may be null.
    task<finding> look(std::string app, frozen<desired_state> desired, manifest::file_contents,
                       std::shared_ptr<app_memory>, bool docker_known);

private:
    engine_parts& parts_;
    const publisher& proxy_;

    task<void> match(frozen<desired_state>, manifest::file_contents, std::vector<remain>,
                     std::shared_ptr<record>);
    void tell(const std::string& app, const record&) const;
};

/// Apps that left something behind: containers with our label, or a fragment in the document.
task<result<std::set<std::string>>> apps_with_remains(runtime&, const publisher&);

} // namespace alcedo
