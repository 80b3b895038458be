#include "controller/engine/followed_sources.hpp"

#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <utility>

namespace alcedo {

namespace {

constexpr milliseconds settle_pause{1100}; // a file counts as written once it was still for 1 s
constexpr milliseconds trouble_pause{1000};

} // namespace

followed_sources::followed_sources(std::vector<one> all, catalogue& specs,
                                   const engine_parts& parts, signal& stopping, listener heard)
    : all_(std::move(all)), specs_(specs), parts_(parts), stopping_(stopping),
      heard_(std::move(heard)) {}

/// Every error of a source once, and its end. Those that lie in an app's own file are told of it
/// again by its condition; a file that cannot say whose it is would be told nowhere else.
void followed_sources::tell(const std::string& id) {
    std::map<std::string, std::string> now; ///< message → reason
    for (const auto& report : specs_.reports()) {
        if (report.source_id != id) continue;
        if (!report.state.ok) now[report.state.message] = report.state.reason;
        for (const auto& wrong : report.errors)
            now[to_string(wrong)] = "ManifestInvalid";
    }
    auto& told = told_of_[id];
    const auto named = [&](const std::string& what) {
        return what.starts_with(id) ? what : id + ": " + what;
    };
    for (const auto& [what, why] : now)
        if (!told.contains(what))
            parts_.events.emit(happened{severity::warning, "", why, named(what), json::object()});
    if (now.empty() && !told.empty())
        parts_.events.emit(happened{severity::info, "", "SourceSynced",
                                    named("read without errors"), json::object()});
    told = std::move(now);
}

task<result<std::string>> followed_sources::file(std::string id, std::string commit,
                                                 std::string path) {
    const auto at =
        std::find_if(all_.begin(), all_.end(), [&](const one& x) { return x.id == id; });
    if (at == all_.end())
        co_return error(next_step::invalid, std::string(reason::RevisionNotReproducible),
                        "env file " + path + (commit.empty() ? "" : " of commit " + commit) +
                            " cannot be read: the source it came from is not followed any more; "
                            "start with its --source again");
    co_return co_await at->source->file(std::move(commit), std::move(path));
}

task<void> followed_sources::read(std::size_t index) {
    auto& [id, source] = all_[index];
    if (!reading_.insert(index).second) co_return; // somebody is at it
    auto reading = co_await source->read();
    const auto now = parts_.clock.now();
    const auto changed = co_await specs_.accept(id, *source, std::move(reading), now);
    reading_.erase(index);
    for (const auto& app : changed)
        heard_.changed(app);
    tell(id);
    heard_.read();
}

task<void> followed_sources::follow(std::size_t index) {
    auto& [id, source] = all_[index];
    while (!stopping_.is_closed()) {
        const auto changed = co_await source->changed();
        if (stopping_.is_closed()) co_return;
        if (!changed) co_await stopping_.wait_for(parts_.clock, trouble_pause);
        co_await read(index);
        while (specs_.settling(id) && !stopping_.is_closed()) {
            co_await stopping_.wait_for(parts_.clock, settle_pause);
            co_await read(index);
        }
    }
}

} // namespace alcedo
