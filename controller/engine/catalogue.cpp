#include "controller/engine/catalogue.hpp"

#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace alcedo {

namespace {

source_synced refused(std::string_view reason, std::string message) {
    source_synced out;
    out.ok = false;
    out.reason = reason;
    out.message = std::move(message);
    return out;
}

std::string summary(const std::vector<manifest::diagnostic>& errors) {
    constexpr std::size_t shown = 3; // one mistake often makes two errors; `get` lists them all
    std::string text;
    for (std::size_t i = 0; i < errors.size() && i < shown; ++i)
        text += (i == 0 ? "" : "; ") + to_string(errors[i]);
    if (errors.size() > shown) text += " (and " + std::to_string(errors.size() - shown) + " more)";
    return text;
}

std::string joined(const std::string& folder, const std::string& file) {
    return folder.empty() ? file : folder + "/" + file;
}

/// `path` without the folder; none if it is not directly in that folder.
std::optional<std::string> below(const std::string& folder, const std::string& path) {
    auto file = path;
    if (!folder.empty()) {
        if (!path.starts_with(folder + "/")) return std::nullopt;
        file = path.substr(folder.size() + 1);
    }
    if (file.empty() || file.find('/') != std::string::npos) return std::nullopt;
    return file;
}

bool same_place(const source_ref& origin, const source_ref& from) {
    return !origin.kind.empty() && origin.kind == from.kind && origin.url == from.url &&
           (origin.ref.empty() || origin.ref == from.ref);
}

source_synced empty_source(const std::string& title, const source_ref& ref) {
    auto where = ref.commit.empty() ? title : title + " at " + ref.commit.substr(0, 12);
    return refused(reason::SourceEmpty,
                   where + " holds no manifest: nothing is changed or removed because of that");
}

/// No part of a revision; but whoever mends a rehearsal's file wants another try.
std::string contents_of_rehearsals(const app_spec& spec, const manifest::file_contents& files,
                                   const std::string& key) {
    std::string all;
    for (const auto c : both_colors)
        for (const auto& service : spec.of(c).services)
            for (const auto& file : service.rehearsal.value_or(rehearsal_spec{}).env_files)
                if (const auto at = files.find(file.path); at != files.end())
                    all += "\n" + file.path + " " + manifest::hmac_sha256(key, at->second);
    return all;
}

void set_deleting(frozen<desired_state>& desired, bool deleting) {
    if (!desired || desired->deleting == deleting) return;
    auto other = *desired;
    other.deleting = deleting;
    desired = frozen(std::move(other));
}

} // namespace

desired_state desired_from(app_spec spec, const manifest::file_contents& files,
                           const std::string& key, source_ref source) {
    desired_state out;
    for (auto c : both_colors)
        out.digests[index_of(c)] = manifest::digest(spec.of(c), files, key);
    out.manifest_digest = manifest::sha256(
        manifest::spec_digest(spec) + "\n" + out.of(color::blue).spec_digest + "\n" +
        out.of(color::green).spec_digest + contents_of_rehearsals(spec, files, key));
    out.spec = std::move(spec);
    out.source = std::move(source);
    return out;
}

catalogue::catalogue(options given) : options_(std::move(given)) {}

void catalogue::remember(const std::string& app, const source_ref& from,
                         std::optional<desired_state> last_good) {
    if (entries_.contains(app)) return;
    remembered_[app] = from;
    if (last_good) last_good_[app] = frozen(std::move(*last_good));
}

void catalogue::adopt_strays(const std::set<std::string>& running) {
    const auto adopt = [this](const std::string& app) {
        touch(app, "").condition =
            refused(reason::ManifestMissing, "no source of this daemon names " + app +
                                                 ": what runs is left as it is and looked after");
    };
    for (const auto& [app, from] : std::map(remembered_))
        if (last_good_.contains(app)) adopt(app);
    for (const auto& app : running)
        if (!entries_.contains(app) && !expected_.contains(app) && !remembered_.contains(app))
            adopt(app);
}

void catalogue::adopt_memories(const std::string& source_id, const source_ref& origin) {
    for (auto it = remembered_.begin(); it != remembered_.end();) {
        auto file = below(origin.path, it->second.path);
        if (!file || !same_place(origin, it->second)) {
            ++it;
            continue;
        }
        sources_[source_id].readings.files.try_emplace(*file, remembered_reading(it->first));
        expected_[it->first] = source_id;
        it = remembered_.erase(it);
    }
}

task<std::vector<std::string>> catalogue::accept(std::string source_id, manifest_source& source,
                                                 result<snapshot> read, moment now) {
    auto& state = sources_[source_id];
    state.title = source.describe();
    state.prunes = source.prunes();
    state.taking_in = true;
    adopt_memories(source_id, source.origin());
    bool whole = false;
    if (read.has_value()) {
        state.read_once = true;
        state.readings =
            co_await read_manifests(state.readings, std::move(*read), source, options_.host_file);
        state.state =
            state.readings.empty ? empty_source(state.title, state.readings.ref) : source_synced{};
        whole = state.readings.whole();
    } else {
        const auto& failure = read.error();
        state.state = refused(failure.reason.empty() ? reason::SourceUnreadable : failure.reason,
                              failure.message);
    }
    state.accepted = true;
    state.taking_in = false;
    const auto before = entries_;
    rebuild(source_id, whole, now);
    std::vector<std::string> changed;
    for (const auto& [app, now_said] : entries_) {
        auto old = before.find(app);
        if (old != before.end() && old->second == now_said) continue;
        ++versions_[app];
        changed.push_back(app);
    }
    co_return changed;
}

const reading& catalogue::at(const claim& c) const {
    return sources_.at(c.source_id).readings.files.at(c.file);
}

catalogue::entry& catalogue::touch(const std::string& app, const std::string& source_id) {
    auto& found = entries_[app];
    if (found.source_id.empty()) found.source_id = source_id;
    if (const auto good = last_good_.find(app); good != last_good_.end()) {
        if (!found.desired) found.desired = std::move(good->second);
        last_good_.erase(good);
    }
    if (expected_.erase(app) + remembered_.erase(app) > 0) found.from_store = true;
    return found;
}

/// Every name and who claims it. A file in error claims the app it named last as strongly as if
/// it said so; one that now says something else claims it only while nobody else does.
std::map<std::string, catalogue::claim_list> catalogue::collect() const {
    std::map<std::string, claim_list> found;
    for (const auto& [id, state] : sources_) {
        for (const auto& [name, file] : state.readings.files) {
            if (!file.app_now.empty()) found[file.app_now].push_back({id, name, false});
            if (file.app_last.empty() || file.app_last == file.app_now) continue;
            bool mute = file.is == reading::standing::bad && file.app_now.empty();
            found[file.app_last].push_back({id, name, !mute});
        }
    }
    return found;
}

void catalogue::rebuild(const std::string& source_id, bool whole, const moment& now) {
    const auto found = collect();
    for (const auto& [app, claimed] : found)
        decide(app, claimed, now);
    std::set<std::string> missing;
    for (const auto& [app, known] : entries_)
        if (known.source_id == source_id && !found.contains(app)) missing.insert(app);
    for (const auto& [app, id] : expected_)
        if (id == source_id && !found.contains(app)) missing.insert(app);
    if (sources_.at(source_id).state.ok) {
        for (const auto& app : missing)
            note_missing(app, source_id, whole, now);
    } else {
        for (const auto& app : missing)
            missing_since_.erase(app);
    }
    mark_source_problems();
}

void catalogue::decide(const std::string& app, const claim_list& claimed, const moment& now) {
    claim_list strong;
    std::ranges::copy_if(claimed, std::back_inserter(strong), [](auto& c) { return !c.weak; });
    missing_since_.erase(app);
    if (strong.size() > 1) return refuse_duplicate(app, strong);
    const auto& only = strong.empty() ? claimed.front() : strong.front();
    const auto& file = at(only);
    switch (file.is) {
    case reading::standing::waiting:
        return;
    case reading::standing::unreadable: {
        auto& known = touch(app, only.source_id);
        known.condition = refused(reason::SourceUnreadable, only.file + ": " + file.trouble);
        return;
    }
    case reading::standing::good:
        if (only.weak) return; // a good file has no memory but of itself
        adopt(app, only, now);
        for (const auto& c : claimed)
            if (c.weak) sources_.at(c.source_id).readings.files.at(c.file).app_last.clear();
        return;
    case reading::standing::bad:
    case reading::standing::foreign:
        return refuse_invalid(app, only);
    }
}

void catalogue::adopt(const std::string& app, const claim& from, const moment& now) {
    const auto& file = at(from);
    auto& known = touch(app, from.source_id);
    auto ref = sources_.at(from.source_id).readings.ref;
    ref.path = joined(ref.path, from.file);
    ref.observed_wall = now.wall;
    auto desired = desired_from(*file.spec, file.files, options_.key, std::move(ref));
    if (known.desired && known.desired->manifest_digest == desired.manifest_digest) {
        auto as_before = desired.source;
        as_before.observed_wall = known.desired->source.observed_wall;
        if (as_before == known.desired->source) desired.source = std::move(as_before);
    }
    if (!known.desired || *known.desired != desired) known.desired = frozen(std::move(desired));
    known.source_id = from.source_id;
    known.files = file.files;
    known.condition = {};
    known.errors.clear();
    known.valid = true;
    known.orphaned = false;
    known.pruned = false;
}

void catalogue::refuse_duplicate(const std::string& app, const claim_list& strong) {
    auto& known = touch(app, strong.front().source_id);
    std::string places;
    known.errors.clear();
    for (const auto& c : strong) {
        auto place = c.file + " of " + sources_.at(c.source_id).title;
        places += (places.empty() ? "" : " and ") + place;
        const auto& own = at(c).errors;
        known.errors.insert(known.errors.end(), own.begin(), own.end());
    }
    for (const auto& c : strong) {
        auto said = about_file(c.file, app + " is named by " + places,
                               "leave it in one of them; the last good spec stays until then");
        const auto parsed = manifest::parse(c.file, at(c).text);
        said.line = parsed.name_line;
        said.column = parsed.name_column;
        said.path = "metadata.name";
        known.errors.insert(known.errors.begin(), std::move(said));
    }
    known.condition = refused(reason::DuplicateName,
                              app + " is named by " + places + ": leave it in one of them");
    known.valid = false;
    known.orphaned = false;
    known.pruned = false;
    set_deleting(known.desired, false);
}

void catalogue::refuse_invalid(const std::string& app, const claim& from) {
    const auto& file = at(from);
    auto& known = touch(app, from.source_id);
    if (!from.weak) known.source_id = from.source_id;
    known.errors = file.errors;
    if (file.is == reading::standing::foreign)
        known.errors.push_back(about_file(from.file, "named " + app + " and is no manifest now",
                                          "give it back its apiVersion, or remove the file"));
    known.condition = refused(reason::ManifestInvalid, summary(known.errors));
    known.valid = false;
    known.orphaned = false;
    known.pruned = false;
    set_deleting(known.desired, false);
}

/// No file names the app. Only reads without any doubt count towards "missing".
void catalogue::note_missing(const std::string& app, const std::string& source_id, bool whole,
                             const moment& now) {
    const auto& state = sources_.at(source_id);
    auto gone = refused(reason::ManifestMissing, "no file of " + state.title + " names " + app +
                                                     " any more: what runs is left as it is");
    if (const auto* never = find(app); never && !never->desired && !never->from_store) {
        entries_.erase(app);
        return;
    }
    if (!whole) {
        missing_since_.erase(app);
        std::vector<manifest::diagnostic> errors;
        for (const auto& [name, file] : state.readings.files)
            errors.insert(errors.end(), file.errors.begin(), file.errors.end());
        if (state.readings.unsettled || errors.empty()) return;
        auto& known = touch(app, source_id);
        known.valid = false;
        known.condition = known.orphaned
                              ? gone
                              : refused(reason::ManifestInvalid,
                                        "no file names " + app + ", and " + summary(errors));
        return;
    }
    auto& known = touch(app, source_id);
    known.valid = false;
    auto [since, first] = missing_since_.try_emplace(app, now.boot);
    bool confirmed = known.orphaned || (!first && now.boot - since->second >= 2 * options_.resync);
    if (confirmed) {
        known.orphaned = true;
        known.pruned = state.prunes;
        known.errors.clear();
        set_deleting(known.desired, state.prunes);
        if (state.prunes)
            gone.message =
                "no file of " + state.title + " names " + app + " any more: it is removed (prune)";
    }
    if (confirmed || !known.condition.ok || !known.desired) known.condition = gone;
}

void catalogue::mark_source_problems() {
    for (const auto& [app, id] : std::map(expected_))
        if (!sources_.at(id).state.ok) touch(app, id);
    for (auto& [app, known] : entries_) {
        auto from = sources_.find(known.source_id);
        if (from != sources_.end() && !from->second.state.ok) known.condition = from->second.state;
    }
}

} // namespace alcedo
