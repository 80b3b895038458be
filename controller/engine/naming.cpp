#include "controller/engine/naming.hpp"

#include "reconcilers/model/reason.hpp"

namespace alcedo {

namespace {

std::string place_of(const source_ref& from) {
    return from.path + (from.url.empty() ? "" : " of " + from.url);
}

} // namespace

naming naming_of(const catalogue& specs, const std::string& app) {
    const auto* entry = specs.find(app);
    if (!entry) return {naming::is::orphan, ""};
    if (entry->valid)
        return {naming::is::named, entry->desired ? place_of(entry->desired->source) : "a source"};
    const bool is_missing = entry->condition.reason == reason::ManifestMissing;
    const bool is_nobodys = entry->orphaned || entry->source_id.empty();
    if (is_missing && is_nobodys) return {naming::is::orphan, ""};
    if (is_missing || entry->condition.ok)
        return {naming::is::unsure, "no file names it any more, which has to be seen twice, two "
                                    "resyncs apart; try again in a minute"};
    return {naming::is::unsure, entry->condition.message};
}

bool is_deleted(const catalogue& specs, const app_memory& memory) {
    const auto* entry = specs.find(memory.stored.app);
    return memory.stored.content.deleted && (!entry || entry->pruned);
}

error not_found(const std::string& app) {
    return error(next_step::gone, "NotFound", "bluegreens \"" + app + "\" not found");
}

} // namespace alcedo
