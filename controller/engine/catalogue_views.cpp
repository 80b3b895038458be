// What others may ask the catalogue; nothing here changes what is desired.

#include "controller/engine/catalogue.hpp"
#include "reconcilers/model/api_version.hpp"

namespace alcedo {

void catalogue::forget(const std::string& app) {
    entries_.erase(app);
    remembered_.erase(app);
    expected_.erase(app);
    missing_since_.erase(app);
    last_good_.erase(app);
    for (auto& [id, state] : sources_)
        for (auto& [name, file] : state.readings.files)
            if (file.app_now != app && file.app_last == app) file.app_last.clear();
}

const catalogue::entry* catalogue::find(const std::string& app) const {
    auto found = entries_.find(app);
    return found == entries_.end() ? nullptr : &found->second;
}

std::uint64_t catalogue::version_of(const std::string& app) const {
    auto found = versions_.find(app);
    return found == versions_.end() ? 0 : found->second;
}

accepted_manifest accepted_of(const desired_state& desired) {
    accepted_manifest kept;
    json metadata{{"name", desired.spec.name}};
    if (!desired.spec.labels.empty()) metadata["labels"] = desired.spec.labels;
    const json document{{"apiVersion", api_version},
                        {"kind", app_kind},
                        {"metadata", std::move(metadata)},
                        {"spec", json::parse(desired.spec.manifest)}};
    kept.document = document.dump();
    kept.manifest_digest = desired.manifest_digest;
    kept.digests = desired.digests;
    return kept;
}

std::optional<desired_state> desired_from(const record& r) {
    const bool is_its_own =
        !r.manifest_digest.empty() && r.accepted.manifest_digest == r.manifest_digest;
    if (!is_its_own || r.deleted) return std::nullopt;
    auto read = manifest::parse(r.source.path, r.accepted.document + "\n");
    if (!read.spec || !read.errors.empty()) return std::nullopt;
    desired_state out;
    out.spec = std::move(*read.spec);
    out.digests = r.accepted.digests;
    out.manifest_digest = r.manifest_digest;
    out.source = r.source;
    return out;
}

std::vector<catalogue::source_report> catalogue::reports() const {
    std::vector<source_report> out;
    for (const auto& [id, state] : sources_) {
        if (!state.accepted) continue;
        source_report report{id, state.readings.ref.commit, state.state, {}};
        for (const auto& [name, file] : state.readings.files)
            report.errors.insert(report.errors.end(), file.errors.begin(), file.errors.end());
        out.push_back(std::move(report));
    }
    return out;
}

std::optional<catalogue::judgement> catalogue::judged(const std::string& app,
                                                      const std::string& source_id) const {
    auto found = sources_.find(source_id);
    if (found == sources_.end() || !found->second.read_once || found->second.taking_in)
        return std::nullopt;
    const auto& state = found->second;
    judgement out{state.readings.ref.commit, false, {}};
    if (state.readings.empty) {
        out.errors.push_back(about_file(state.title, state.state.message, "commit a manifest"));
        return out;
    }
    bool mute = true;
    for (const auto& [name, file] : state.readings.files) {
        if (file.app_now != app && file.app_last != app) continue;
        mute = false;
        if (file.is == reading::standing::waiting || file.is == reading::standing::unreadable)
            return std::nullopt;
    }
    if (auto known = find(app); known && !mute && known->source_id == source_id) {
        out.valid = known->valid;
        out.errors = known->errors;
    } else {
        for (const auto& [name, file] : state.readings.files)
            if (file.app_now.empty())
                out.errors.insert(out.errors.end(), file.errors.begin(), file.errors.end());
    }
    if (!out.valid && out.errors.empty())
        out.errors.push_back(about_file(state.title, "no manifest names " + app,
                                        "check metadata.name and the folder of the source"));
    return out;
}

bool catalogue::settling(const std::string& source_id) const {
    auto found = sources_.find(source_id);
    return found != sources_.end() && found->second.readings.unsettled;
}

} // namespace alcedo
