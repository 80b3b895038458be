#include "reconcilers/blue_green/wishes.hpp"

#include "reconcilers/blue_green/draft.hpp"
#include "reconcilers/blue_green/status.hpp"
#include "reconcilers/blue_green/target.hpp"
#include "reconcilers/model/reason.hpp"

#include <utility>

namespace alcedo {

namespace {

constexpr std::pair<verb, std::string_view> names[] = {
    {verb::promote, "promote"},   {verb::abort, "abort"}, {verb::retry, "retry"},
    {verb::rollback, "rollback"}, {verb::pause, "pause"}, {verb::resume, "resume"},
    {verb::remove, "delete"},
};

struct answer {
    bool granted = false;
    std::string_view reason;
    std::string says;
};

answer no(std::string_view why, std::string says) {
    return {false, why, std::move(says)};
}
answer yes(std::string_view about, std::string says) {
    return {true, about, std::move(says)};
}

/// The app as the verbs see it: its name for the commands in the sentences, and the wish to write.
struct asked {
    const situation& s;
    wishes& wished;

    const record& rec() const { return s.rec; }
    phase now_in() const { return s.rec.now_in; }
    std::string command(const char* verb) const {
        return "`alcedo " + std::string(verb) + " " + s.desired.spec.name + "`";
    }
    std::string attempt() const { return named(*rec().attempt); }
    std::string when_resumed() const {
        if (!s.paused) return "";
        return s.desired.spec.paused ? ", once the manifest pauses it no more (spec.paused)"
                                     : ", once " + command("resume") + " ends the pause";
    }
    std::string serves() const {
        return rec().serving ? named(*rec().serving) + " serves" : "nothing serves";
    }
};

std::string held_text(const asked& a) {
    const auto& h = *a.rec().held;
    return named(h.what) + " is held (" + to_string(h.kind) + ", " + h.reason + ")";
}

answer nothing_under_way(const asked& a) {
    return no(reason::Idle, "no rollout is under way: " + a.serves());
}

answer while_reverting(const asked& a) {
    return no(reason::Reverting, "traffic is on its way back to what served before" +
                                     (a.rec().held ? ": " + held_text(a) : std::string()) +
                                     "; wait until it is there");
}

answer at_rest(const asked& a, const std::string& instead) {
    if (a.now_in() != phase::held || !a.rec().held) return nothing_under_way(a);
    return no(reason::Idle, held_text(a) + "; " + instead);
}

// --- promote

answer too_early(const asked& a) {
    const auto phase_now = to_string(a.now_in());
    if (a.s.paths.manual_approval && a.rec().serving)
        return no(phase_now == "Verifying" ? reason::Verifying : reason::NotReady,
                  a.attempt() + " is not verified yet (" + phase_now +
                      "): promote it once it is AwaitingApproval");
    return no(reason::NotReady, a.attempt() + " is not verified yet (" + phase_now +
                                    "), and goes on by itself when it is: traffic.approval is "
                                    "Automatic");
}

answer approve(const asked& a) {
    a.wished.promoted = a.rec().attempt;
    const auto missing = missing_in(*a.s.attempt);
    return yes(reason::Promoted,
               a.attempt() + " is approved: its weights move now, step by step" +
                   (missing.empty() ? "" : ", as soon as it is ready again (" + missing + ")") +
                   a.when_resumed());
}

answer close_window(const asked& a) {
    if (a.s.attempt_bad)
        return no(reason::Drift, a.attempt() + " fails and is not called stable; " +
                                     a.command("rollback") + " goes back by hand");
    a.wished.promoted = a.rec().attempt;
    const auto missing = missing_in(*a.s.attempt);
    std::string then;
    if (a.s.superseded_in_window()) then = "; " + named(a.s.target) + " is rolled out next";
    return yes(reason::Promoted,
               "the watch window of " + a.attempt() + " is closed early: it is stable" +
                   (missing.empty() ? "" : " as soon as it is ready again (" + missing + ")") +
                   then + a.when_resumed());
}

answer promote(const asked& a) {
    const auto& rec = a.rec();
    if (a.s.frozen)
        return no(reason::Frozen, held_text(a) +
                                      " and is not called stable; ship another "
                                      "revision, or " +
                                      a.command("rollback"));
    if (same(rec.wished.promoted, rec.attempt) && rec.attempt)
        return no(reason::Promoted, a.attempt() + " was promoted already" + a.when_resumed());
    if (a.now_in() == phase::awaiting_approval && rec.attempt) return approve(a);
    if (a.now_in() == phase::watching && rec.attempt) return close_window(a);
    if (a.s.before) return too_early(a);
    if (a.s.after)
        return no(reason::Shifting, a.attempt() + " is in " + to_string(a.now_in()) +
                                        ", and its weights move by themselves; its watch window "
                                        "can be closed early once it is Watching");
    if (!a.s.resting) return while_reverting(a);
    return at_rest(a, a.command("retry") + " tries it again, or ship another revision");
}

// --- abort

answer abort_after(const asked& a) {
    if (!a.s.origin)
        return no(reason::NothingServes,
                  a.attempt() + " is the first release: there is nothing to go back to; ship "
                                "another revision, or remove its manifest");
    a.wished.abort = a.rec().attempt;
    const auto back = named(a.s.origin->what);
    const bool at_once = a.s.origin->any_ready || !a.s.attempt->any_ready;
    return yes(reason::Aborted,
               (at_once ? "all traffic goes back to " + back + " in one write"
                        : "all traffic goes back to " + back + " as soon as it is ready (" +
                              missing_in(*a.s.origin) + ")") +
                   "; then " + a.attempt() + " is drained, stopped and held (Aborted). " +
                   a.command("retry") + " tries it again");
}

answer abort(const asked& a) {
    if (a.rec().attempt && same(a.rec().wished.abort, a.rec().attempt))
        return no(reason::Aborted, a.attempt() + " was aborted already");
    if (a.s.before) {
        a.wished.abort = a.rec().attempt;
        return yes(reason::Aborted, a.attempt() +
                                        " is stopped and held (Aborted), no weight has "
                                        "moved: " +
                                        a.serves() + ". " + a.command("retry") + " tries it again");
    }
    if (a.s.after) return abort_after(a);
    if (!a.s.resting) return while_reverting(a);
    if (a.rec().standby && a.now_in() == phase::idle)
        return no(reason::Idle, nothing_under_way(a).says + "; " + a.command("rollback") +
                                    " goes back to " + named(*a.rec().standby));
    return at_rest(a, "it is stopped already");
}

// --- rollback

answer back_to(const asked& a, const fleet& to) {
    const auto back = named(to.what);
    if (!a.s.docker_known)
        return no(reason::EngineUnknown, "the container engine cannot be seen, so nobody knows "
                                         "whether " +
                                             back + " is ready; try again when it can");
    if (!to.any_ready)
        return no(reason::NotReady, back + " is not ready to take the traffic (" + missing_in(to) +
                                        "); wait for it, or commit the earlier "
                                        "revision again");
    a.wished.rollback = a.rec().serving;
    return yes(reason::RolledBack, "all traffic goes back to " + back + " in one write; then " +
                                       named(*a.rec().serving) +
                                       " is drained, stopped and held (RolledBack) until "
                                       "another revision is shipped. " +
                                       a.command("retry") + " tries it again");
}

answer roll_back(const asked& a) {
    const auto& rec = a.rec();
    if (rec.wished.rollback && same(rec.wished.rollback, rec.serving))
        return no(reason::RolledBack, named(*rec.serving) + " is being rolled back already");
    const bool serves_alone = a.s.after && a.s.attempt_serves;
    if (serves_alone && a.s.origin) return back_to(a, *a.s.origin);
    if (serves_alone)
        return no(reason::NothingServes,
                  a.attempt() + " is the first release: there is nothing to go back to; ship "
                                "another revision");
    if (a.s.before || a.s.after)
        return no(reason::NotReady, a.attempt() + " does not serve alone yet (" +
                                        to_string(a.now_in()) + "): " + a.command("abort") +
                                        " ends its rollout");
    if (!a.s.resting) return while_reverting(a);
    if (!rec.serving) return no(reason::NothingServes, "nothing serves that could be rolled back");
    if (!a.s.standby)
        return no(reason::NotReady, "no colour is kept warm beside " + named(*rec.serving) +
                                        ": commit the earlier revision again (git revert)");
    return back_to(a, *a.s.standby);
}

// --- retry

answer retry(const asked& a) {
    const auto& rec = a.rec();
    if (a.s.frozen)
        return no(reason::Frozen, held_text(a) +
                                      " and serves: nothing was rejected; ship another "
                                      "revision, or " +
                                      a.command("rollback"));
    if (a.s.before || a.s.after)
        return no(reason::NotReady, a.attempt() + " is being rolled out (" + to_string(a.now_in()) +
                                        "); there is nothing to retry");
    if (!a.s.resting) return while_reverting(a);
    if (rec.now_in != phase::held || !rec.held)
        return no(reason::Idle, "nothing is held: " + a.serves());
    if (rec.wished.retry)
        return no(reason::Retried,
                  named(*rec.wished.retry) + " is to be tried again already" + a.when_resumed());
    if (!rejection_of(rec, rec.held->what))
        return no(reason::Violation, held_text(a) + ": nothing was rejected that could be tried "
                                                    "again");
    a.wished.retry = rec.held->what;
    return yes(reason::Retried, named(rec.held->what) +
                                    " is no longer rejected and is rolled out "
                                    "again from the start" +
                                    a.when_resumed());
}

// --- pause, resume, delete: these need no manifest

std::string name_of(const wish_ground& at) {
    return at.desired ? at.desired->spec.name : "NAME";
}

answer pause(const wish_ground& at, wishes& wished) {
    if (at.desired && at.desired->spec.paused)
        return no(reason::Paused, "the manifest pauses it already (spec.paused: true)");
    if (at.rec.wished.paused)
        return no(reason::Paused,
                  "it is paused already; `alcedo resume " + name_of(at) + "` ends that");
    wished.paused = true;
    return yes(reason::Paused, "it stays in " + to_string(at.rec.now_in) +
                                   " and its weights stay as they are until `alcedo resume " +
                                   name_of(at) + "`; reverts, repairs, abort and rollback go on");
}

answer resume(const wish_ground& at, wishes& wished) {
    if (at.desired && at.desired->spec.paused)
        return no(reason::Paused, "the manifest pauses it (spec.paused: true): set it to false "
                                  "and commit that");
    if (!at.rec.wished.paused) return no(reason::Resumed, "it is not paused");
    wished.paused = false;
    return yes(reason::Resumed, "it goes on in " + to_string(at.rec.now_in));
}

answer remove(const wish_ground& at, wishes& wished) {
    if (at.named.standing == naming::is::named)
        return no(reason::SourceSynced,
                  at.named.where + " names it: remove the manifest there first. What runs then "
                                   "goes on serving until `delete` is asked for again, or goes "
                                   "by itself if the source says ?prune=true");
    if (at.named.standing == naming::is::unsure)
        return no(reason::ManifestMissing,
                  "whether a source still names it is not known: " + at.named.where);
    wished.remove = true;
    return yes(reason::Deleting, "its routes leave the proxy first, connections are let end, then "
                                 "its containers and networks are removed; volumes and receipts "
                                 "stay");
}

answer of_rollout(verb what, const wish_ground& at, wishes& wished) {
    if (!at.desired)
        return no(reason::ManifestInvalid, "no manifest of it can be read and none is remembered: "
                                           "nothing is planned until one is");
    const auto s = make_situation(*at.desired, at.seen, at.rec, at.now);
    const asked a{s, wished};
    switch (what) {
    case verb::promote:
        return promote(a);
    case verb::abort:
        return abort(a);
    case verb::rollback:
        return roll_back(a);
    case verb::retry:
        return retry(a);
    case verb::pause:
    case verb::resume:
    case verb::remove:
        break;
    }
    return {};
}

answer answer_to(verb what, const wish_ground& at, wishes& wished) {
    if (at.rec.now_in == phase::deleting || at.rec.wished.remove)
        return no(reason::Deleting, "it is being deleted, and that cannot be taken back; a "
                                    "manifest of this name begins anew when it is gone");
    if (at.rec.rebuilding)
        return no(reason::RecordRebuilt, "its record was lost and is being made again from what "
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
