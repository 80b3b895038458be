#include "reconcilers/blue_green/rehearsal.hpp"

#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/model/action.hpp"

namespace alcedo {

namespace {

bool is_on_trial(const record& r, const release& what) {
    const bool runs = r.now_in == phase::starting || r.now_in == phase::verifying ||
                      r.now_in == phase::awaiting_approval;
    return runs && r.attempt && same(*r.attempt, what) && r.holder && !same(*r.holder, what);
}

} // namespace

const rehearsal_spec* rehearsal_of(const desired_state& desired, const record& r,
                                   const release& what, const std::string& service) {
    if (desired.deleting || !is_on_trial(r, what)) return nullptr;
    const auto* wanted = desired.spec.of(what.colored).find(service);
    const bool rehearses = wanted && wanted->exclusive && wanted->replicas > 0;
    return rehearses && wanted->rehearsal ? &*wanted->rehearsal : nullptr;
}

bool is_wanted_rehearsal(const desired_state& desired, const record& r, const replica& one) {
    if (!one.is_rehearsal() || one.ordinal != rehearsal_ordinal || !belongs(one, r.attempt))
        return false;
    const auto* settings = rehearsal_of(desired, r, *r.attempt, one.service);
    return settings && settings->digest == one.rehearsal;
}

bool is_one_too_many(const desired_state& desired, const record& r, const replica& one) {
    if (one.is_rehearsal()) return !is_wanted_rehearsal(desired, r, one);
    return !is_holders(r, one) && is_exclusive(desired, r, one);
}

} // namespace alcedo
