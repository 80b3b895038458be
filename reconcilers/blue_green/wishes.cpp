#include "reconcilers/blue_green/wishes.hpp"

#include "reconcilers/blue_green/status.hpp"
#include "reconcilers/blue_green/wish_answers.hpp"
#include "reconcilers/model/reason.hpp"

#include <utility>

namespace alcedo {

namespace {

constexpr std::pair<verb, std::string_view> names[] = {
    {verb::promote, "promote"},   {verb::abort, "abort"}, {verb::retry, "retry"},
    {verb::rollback, "rollback"}, {verb::pause, "pause"}, {verb::resume, "resume"},
    {verb::remove, "delete"},
};

// --- pause, resume, delete: these need no manifest

std::string name_of(const wish_ground& at) {
    return at.desired ? at.desired->spec.name : "NAME";
}

wish_answer pause(const wish_ground& at, wishes& wished) {
    if (at.desired && at.desired->spec.paused)
        return refuse(reason::Paused, "the manifest pauses it already (spec.paused: true)");
    if (at.rec.wished.paused)
        return refuse(reason::Paused,
                      "it is paused already; `alcedo resume " + name_of(at) + "` ends that");
    wished.paused = true;
    return grant(reason::Paused, "it stays in " + to_string(at.rec.now_in) +
                                     " and its weights stay as they are until `alcedo resume " +
                                     name_of(at) + "`; reverts, repairs, abort and rollback go on");
}

wish_answer resume(const wish_ground& at, wishes& wished) {
    if (at.desired && at.desired->spec.paused)
        return refuse(reason::Paused, "the manifest pauses it (spec.paused: true): set it to false "
                                      "and commit that");
    if (!at.rec.wished.paused) return refuse(reason::Resumed, "it is not paused");
    wished.paused = false;
    return grant(reason::Resumed, "it goes on in " + to_string(at.rec.now_in));
}

wish_answer remove(const wish_ground& at, wishes& wished) {
    if (at.named.standing == naming::is::named)
        return refuse(reason::SourceSynced,
                      at.named.where + " names it: remove the manifest there first. What runs then "
                                       "goes on serving until `delete` is asked for again, or goes "
                                       "by itself if the source says ?prune=true");
    if (at.named.standing == naming::is::unsure)
        return refuse(reason::ManifestMissing,
                      "whether a source still names it is not known: " + at.named.where);
    wished.remove = true;
    return grant(reason::Deleting,
                 "its routes leave the proxy first, connections are let end, then "
                 "its containers and networks are removed; volumes and receipts "
                 "stay");
}

wish_answer of_rollout(verb what, const wish_ground& at, wishes& wished) {
    if (!at.desired)
        return refuse(reason::ManifestInvalid,
                      "no manifest of it can be read and none is remembered: nothing is planned "
                      "until one is");
    const auto s = make_situation(*at.desired, at.seen, at.rec, at.now);
    return answer_of_rollout(what, s, wished);
}

wish_answer answer_to(verb what, const wish_ground& at, wishes& wished) {
    if (at.rec.now_in == phase::deleting || at.rec.wished.remove)
        return refuse(reason::Deleting, "it is being deleted, and that cannot be taken back; a "
                                        "manifest of this name begins anew when it is gone");
    if (at.rec.rebuilding)
        return refuse(reason::RecordRebuilt,
                      "its record was lost and is being made again from what "
                      "runs: try again when a second look agrees");
    switch (what) {
    case verb::pause:
        return pause(at, wished);
    case verb::resume:
        return resume(at, wished);
    case verb::remove:
        return remove(at, wished);
    case verb::promote:
    case verb::abort:
    case verb::rollback:
    case verb::retry:
        break;
    }
    return of_rollout(what, at, wished);
}

} // namespace

std::string to_string(verb what) {
    for (const auto& [each, name] : names)
        if (each == what) return std::string(name);
    return "?";
}

std::optional<verb> verb_from(std::string_view text) {
    for (const auto& [each, name] : names)
        if (name == text) return each;
    return std::nullopt;
}

wish_verdict decide_wish(verb what, const wish_ground& at, const std::string& who) {
    auto next = at.rec;
    const auto said = answer_to(what, at, next.wished);
    wish_verdict out{std::nullopt, std::string(said.reason), said.says};
    if (!said.granted) return out;
    // Shown at once: whoever paused it and looks must not be told otherwise.
    if (what == verb::pause || what == verb::resume)
        update_conditions(next, at.desired, at.seen, at.now);
    next.events.push_back({at.now.wall, "Normal", out.reason,
                           "alcedo " + to_string(what) + " by " + who + ": " + said.says});
    if (next.events.size() > events_kept) next.events.erase(next.events.begin());
    out.next = std::move(next);
    return out;
}

} // namespace alcedo
