#pragma once
// What one pass decided: which rule, which deeds, the next record, when to look again, and which
// rules were tried before it.

#include "reconcilers/model/action.hpp"
#include "reconcilers/model/record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

/// Texts of the table, which outlives every plan: a pass tries a hundred rows and copies none.
struct tried_rule {
    std::string_view name;
    bool matched = false;
    std::string_view why; ///< the row's reason
    bool operator==(const tried_rule&) const = default;
};

struct plan {
    std::string rule;
    std::string why;
    std::vector<action> actions;
    record next;
    std::vector<event_entry> events;  ///< new in this pass (also appended to next.events)
    std::optional<milliseconds> wake; ///< look again after this long; none = resync is enough
    bool wants_evidence = false;      ///< a hold was set: fill next.held->evidence before saving
    /// Containers about to be removed whose last log lines go into the running receipt first.
    std::vector<std::string> last_words;
    std::optional<json> receipt; ///< a rollout ended: append to the history
    std::vector<tried_rule> tried;
    bool operator==(const plan&) const = default;
};

} // namespace alcedo
