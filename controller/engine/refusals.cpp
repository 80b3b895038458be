#include "controller/engine/refusals.hpp"

#include "reconcilers/model/reason.hpp"

namespace alcedo {

namespace {

/// It would fail the same way for ever. What is refused without a reason lies in the host (its
/// address pools), and so does an engine that is too old.
bool is_the_revisions_own(const error& why) {
    return why.next == next_step::invalid && !why.reason.empty() &&
           why.reason != reason::EngineUnknown;
}

void note_against(app_memory& memory, const std::string& revision, const error& why) {
    refusal said;
    said.revision = revision;
    said.reason = why.reason;
    said.message = why.message;
    memory.refused = said;
    memory.refused_under = memory.stored.content.manifest_digest;
}

} // namespace

void note_refusal(app_memory& memory, const action& deed, const error& why) {
    const auto* made = std::get_if<create_container>(&deed);
    const auto* started = std::get_if<start_container>(&deed);
    const auto revision = made ? made->what.revision : started ? started->revision : std::string();
    if (!revision.empty() && is_the_revisions_own(why)) note_against(memory, revision, why);
}

bool is_evidence(const app_memory& memory) {
    if (!memory.refused) return false;
    const auto& r = memory.stored.content;
    return (r.attempt && r.attempt->revision == memory.refused->revision) ||
           (r.serving && r.serving->revision == memory.refused->revision);
}

} // namespace alcedo
