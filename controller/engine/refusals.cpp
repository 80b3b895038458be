#include "controller/engine/refusals.hpp"

#include "controller/engine/work_queue.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr milliseconds lost_networks_kept = std::chrono::minutes{10};

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

/// The first is made anew at once; one whose network is lost again and again, with back-off.
void note_lost(lost_network& lost, const std::string& id, const moment& now, double random) {
    if (lost.id == id) return;
    lost.id = id;
    ++lost.times;
    lost.until = now.boot;
    if (lost.times > 1) lost.until += back_off(lost.times - 1, random);
}

} // namespace

void note_refusal(app_memory& memory, const action& deed, const error& why, const moment& now,
                  double random) {
    const auto* made = std::get_if<create_container>(&deed);
    const auto* started = std::get_if<start_container>(&deed);
    const auto revision = made ? made->what.revision : started ? started->revision : std::string();
    if (!revision.empty() && is_the_revisions_own(why)) note_against(memory, revision, why);
    if (started && why.next == next_step::conflict && why.reason == reason::NetworkMissing)
        note_lost(memory.networks_lost[started->name], started->id, now, random);
}

void note_done(app_memory& memory, const action& deed) {
    if (const auto* started = std::get_if<start_container>(&deed))
        memory.networks_lost.erase(started->name);
}

bool is_evidence(const app_memory& memory) {
    if (!memory.refused) return false;
    const auto& r = memory.stored.content;
    return (r.attempt && r.attempt->revision == memory.refused->revision) ||
           (r.serving && r.serving->revision == memory.refused->revision);
}

bool has_lost_network(const app_memory& memory, const container& c, const moment& now,
                      std::optional<milliseconds>& wake) {
    const auto at = memory.networks_lost.find(c.name);
    if (at == memory.networks_lost.end() || at->second.id != c.id) return false;
    const auto left = at->second.until - now.boot;
    if (left <= milliseconds{0}) return true;
    wake = wake ? std::min(*wake, left) : left;
    return false;
}

void forget_lost_networks(app_memory& memory, const moment& now) {
    std::erase_if(memory.networks_lost, [&](const auto& entry) {
        return !memory.find(entry.second.id) && now.boot > entry.second.until + lost_networks_kept;
    });
}

} // namespace alcedo
