#include "reconcilers/blue_green/target.hpp"

#include <algorithm>

namespace alcedo {

release wanted_release(const desired_state& desired, const record& r, color c) {
    release wanted{c, desired.of(c).spec_digest, ""};
    for (const auto& known : r.resolved)
        if (known.colored == c && known.spec_digest == wanted.spec_digest)
            wanted.revision = known.revision;
    return wanted;
}

release target_of(const desired_state& desired, const record& r, bool origin_ready) {
    if (desired.spec.active) return wanted_release(desired, r, *desired.spec.active);

    const auto serving_still_wanted =
        r.serving && same(*r.serving, wanted_release(desired, r, r.serving->colored));
    const bool attempt_serves = same(r.attempt, r.serving);
    if (r.attempt && (!attempt_serves || origin_ready)) {
        if (serving_still_wanted) return *r.serving;
        return wanted_release(desired, r, r.attempt->colored);
    }
    if (serving_still_wanted) return *r.serving;
    if (!r.serving) return wanted_release(desired, r, color::blue);
    return wanted_release(desired, r, other(r.serving->colored));
}

const rejection* rejection_of(const record& r, const release& what) {
    const auto at = std::find_if(r.rejected.begin(), r.rejected.end(),
                                 [&](const rejection& x) { return same_revision(x.what, what); });
    return at == r.rejected.end() ? nullptr : &*at;
}

} // namespace alcedo
