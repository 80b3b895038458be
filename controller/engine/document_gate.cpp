#include "controller/engine/document_gate.hpp"

namespace alcedo {

bool document_gate::is_settled(const std::string& app, const record& r) const {
    if (r.traffic.number > 0) {
        const auto on_disk = proxy_.published(app);
        return on_disk && on_disk->number >= r.traffic.number;
    }
    if (!r.serving) return !r.uid.empty() || r.deleted;
    // It serves, and nothing is promised yet: either it has no routes, or they are still to come.
    const auto* known = specs_.find(app);
    return known && known->desired && !known->desired->spec.traffic;
}

void document_gate::expect(std::set<std::string> apps) {
    missing_ = std::move(apps);
    expecting_ = true;
    open_if_whole();
}

void document_gate::passed(const std::string& app, const app_memories& all) {
    if (!proxy_.is_held_back() || !missing_.contains(app)) return;
    const auto at = all.find(app);
    if (at != all.end() && !is_settled(app, at->second->stored.content)) return;
    missing_.erase(app);
    open_if_whole();
}

void document_gate::open_if_whole() {
    if (expecting_ && missing_.empty() && proxy_.is_held_back()) proxy_.hand_out();
}

} // namespace alcedo
