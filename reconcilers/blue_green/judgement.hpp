#pragma once
// From a row of samples to a verdict: how many in a row, what is kept as evidence. Pure; knows no
// probe. Health belongs to a replica of one revision, so a new replica starts with nothing.

#include "reconcilers/model/check.hpp"
#include "reconcilers/model/spec.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace alcedo {

struct judged {
    check_verdict verdict = check_verdict::pending;
    int passes = 0;          ///< in a row
    int failures = 0;        ///< in a row
    std::deque<bool> recent; ///< newest last; true = failed; as many as `outOf` asks for
    std::optional<sample> first;
    std::vector<sample> last; ///< newest last, at most three, plus changed attempts before them
    bool last_failed = false;
    bool operator==(const judged&) const = default;
};

/// Adds one sample. Inconclusive and NoData change no count. True if the verdict flipped.
bool judge(judged&, const sample&, const check_spec&);

/// Counts start anew (an engine or proxy restart); the verdict stands until a threshold is met.
void start_anew(judged&);

/// First sample and the last three, oldest first.
std::vector<sample> evidence_of(const judged&);

} // namespace alcedo
