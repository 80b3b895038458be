#include "reconcilers/model/record.hpp"

#include <algorithm>
#include <utility>

namespace alcedo {

namespace {

constexpr std::array<std::pair<phase, std::string_view>, 12> phase_names{{
    {phase::idle, "Idle"},
    {phase::preparing, "Preparing"},
    {phase::starting, "Starting"},
    {phase::verifying, "Verifying"},
    {phase::awaiting_approval, "AwaitingApproval"},
    {phase::shifting, "Shifting"},
    {phase::handover, "Handover"},
    {phase::draining, "Draining"},
    {phase::watching, "Watching"},
    {phase::reverting, "Reverting"},
    {phase::held, "Held"},
    {phase::deleting, "Deleting"},
}};

} // namespace

std::string to_string(phase p) {
    for (const auto& [value, name] : phase_names)
        if (value == p) return std::string(name);
    return "?";
}

std::optional<phase> phase_from(std::string_view text) {
    for (const auto& [value, name] : phase_names)
        if (name == text) return value;
    return std::nullopt;
}

std::string to_string(hold_kind k) {
    switch (k) {
    case hold_kind::rejected:
        return "Rejected";
    case hold_kind::reverted:
        return "Reverted";
    case hold_kind::aborted:
        return "Aborted";
    case hold_kind::rolled_back:
        return "RolledBack";
    case hold_kind::frozen:
        return "Frozen";
    case hold_kind::violation:
        return "Violation";
    }
    return "?";
}

const rendering* record::rendering_of(const release& r) const {
    const auto at = std::find_if(renderings.begin(), renderings.end(),
                                 [&](const rendering& x) { return same(x.what, r); });
    return at == renderings.end() ? nullptr : &*at;
}

} // namespace alcedo
