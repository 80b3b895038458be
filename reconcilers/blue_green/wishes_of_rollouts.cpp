// The verbs about a rollout, one after the other: each looks at the phase and says yes, or no and
// what to do instead.

#include "reconcilers/blue_green/draft.hpp"
#include "reconcilers/blue_green/target.hpp"
#include "reconcilers/blue_green/wish_answers.hpp"
#include "reconcilers/model/reason.hpp"

namespace alcedo {

namespace {

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

wish_answer nothing_under_way(const asked& a) {
    return refuse(reason::Idle, "no rollout is under way: " + a.serves());
}

wish_answer while_reverting(const asked& a) {
    return refuse(reason::Reverting, "traffic is on its way back to what served before" +
                                         (a.rec().held ? ": " + held_text(a) : std::string()) +
                                         "; wait until it is there");
}

wish_answer at_rest(const asked& a, const std::string& instead) {
    if (a.now_in() != phase::held || !a.rec().held) return nothing_under_way(a);
    return refuse(reason::Idle, held_text(a) + "; " + instead);
}

// --- promote

wish_answer too_early(const asked& a) {
    const auto phase_now = to_string(a.now_in());
    if (a.s.paths.manual_approval && a.rec().serving)
        return refuse(phase_now == "Verifying" ? reason::Verifying : reason::NotReady,
                      a.attempt() + " is not verified yet (" + phase_now +
                          "): promote it once it is AwaitingApproval");
    return refuse(reason::NotReady, a.attempt() + " is not verified yet (" + phase_now +
                                        "), and goes on by itself when it is: traffic.approval is "
                                        "Automatic");
}

wish_answer approve(const asked& a) {
    a.wished.promoted = a.rec().attempt;
    const auto missing = missing_in(*a.s.attempt);
    return grant(reason::Promoted,
                 a.attempt() + " is approved: its weights move now, step by step" +
                     (missing.empty() ? "" : ", as soon as it is ready again (" + missing + ")") +
                     a.when_resumed());
}

wish_answer close_window(const asked& a) {
    if (a.s.attempt_bad)
        return refuse(reason::Drift, a.attempt() + " fails and is not called stable; " +
                                         a.command("rollback") + " goes back by hand");
    a.wished.promoted = a.rec().attempt;
    const auto missing = missing_in(*a.s.attempt);
    std::string then;
    if (a.s.superseded_in_window()) then = "; " + named(a.s.target) + " is rolled out next";
    return grant(reason::Promoted,
                 "the watch window of " + a.attempt() + " is closed early: it is stable" +
                     (missing.empty() ? "" : " as soon as it is ready again (" + missing + ")") +
                     then + a.when_resumed());
}

wish_answer promote(const asked& a) {
    const auto& rec = a.rec();
    if (a.s.frozen)
        return refuse(reason::Frozen, held_text(a) +
                                          " and is not called stable; ship another "
                                          "revision, or " +
                                          a.command("rollback"));
    if (same(rec.wished.promoted, rec.attempt) && rec.attempt)
        return refuse(reason::Promoted, a.attempt() + " was promoted already" + a.when_resumed());
    if (a.now_in() == phase::awaiting_approval && rec.attempt) return approve(a);
    if (a.now_in() == phase::watching && rec.attempt) return close_window(a);
    if (a.s.before) return too_early(a);
    if (a.s.after)
        return refuse(reason::Shifting,
                      a.attempt() + " is in " + to_string(a.now_in()) +
                          ", and its weights move by themselves; its watch window "
                          "can be closed early once it is Watching");
    if (!a.s.resting) return while_reverting(a);
    return at_rest(a, a.command("retry") + " tries it again, or ship another revision");
}

// --- abort

wish_answer abort_after(const asked& a) {
    if (!a.s.origin)
        return refuse(reason::NothingServes,
                      a.attempt() + " is the first release: there is nothing to go back to; ship "
                                    "another revision, or remove its manifest");
    a.wished.abort = a.rec().attempt;
    const auto back = named(a.s.origin->what);
    const bool at_once = a.s.origin->any_ready || !a.s.attempt->any_ready;
    return grant(reason::Aborted,
                 (at_once ? "all traffic goes back to " + back + " in one write"
                          : "all traffic goes back to " + back + " as soon as it is ready (" +
                                missing_in(*a.s.origin) + ")") +
                     "; then " + a.attempt() + " is drained, stopped and held (Aborted). " +
                     a.command("retry") + " tries it again");
}

wish_answer abort(const asked& a) {
    if (a.rec().attempt && same(a.rec().wished.abort, a.rec().attempt))
        return refuse(reason::Aborted, a.attempt() + " was aborted already");
    if (a.s.before) {
        a.wished.abort = a.rec().attempt;
        return grant(reason::Aborted, a.attempt() +
                                          " is stopped and held (Aborted), no weight has "
                                          "moved: " +
                                          a.serves() + ". " + a.command("retry") +
                                          " tries it again");
    }
    if (a.s.after) return abort_after(a);
    if (!a.s.resting) return while_reverting(a);
    if (a.rec().standby && a.now_in() == phase::idle)
        return refuse(reason::Idle, nothing_under_way(a).says + "; " + a.command("rollback") +
                                        " goes back to " + named(*a.rec().standby));
    return at_rest(a, "it is stopped already");
}

// --- rollback

wish_answer back_to(const asked& a, const fleet& to) {
    const auto back = named(to.what);
    if (!a.s.docker_known)
        return refuse(reason::EngineUnknown, "the container engine cannot be seen, so nobody knows "
                                             "whether " +
                                                 back + " is ready; try again when it can");
    if (!to.any_ready)
        return refuse(reason::NotReady, back + " is not ready to take the traffic (" +
                                            missing_in(to) +
                                            "); wait for it, or commit the earlier "
                                            "revision again");
    a.wished.rollback = a.rec().serving;
    return grant(reason::RolledBack, "all traffic goes back to " + back + " in one write; then " +
                                         named(*a.rec().serving) +
                                         " is drained, stopped and held (RolledBack) until "
                                         "another revision is shipped. " +
                                         a.command("retry") + " tries it again");
}

wish_answer roll_back(const asked& a) {
    const auto& rec = a.rec();
    if (rec.wished.rollback && same(rec.wished.rollback, rec.serving))
        return refuse(reason::RolledBack, named(*rec.serving) + " is being rolled back already");
    const bool serves_alone = a.s.after && a.s.attempt_serves;
    if (serves_alone && a.s.origin) return back_to(a, *a.s.origin);
    if (serves_alone)
        return refuse(reason::NothingServes,
                      a.attempt() + " is the first release: there is nothing to go back to; ship "
                                    "another revision");
    if (a.s.before || a.s.after)
        return refuse(reason::NotReady, a.attempt() + " does not serve alone yet (" +
                                            to_string(a.now_in()) + "): " + a.command("abort") +
                                            " ends its rollout");
    if (!a.s.resting) return while_reverting(a);
    if (!rec.serving)
        return refuse(reason::NothingServes, "nothing serves that could be rolled back");
    if (!a.s.standby)
        return refuse(reason::NotReady, "no colour is kept warm beside " + named(*rec.serving) +
                                            ": commit the earlier revision again (git revert)");
    return back_to(a, *a.s.standby);
}

// --- retry

wish_answer retry(const asked& a) {
    const auto& rec = a.rec();
    if (a.s.frozen)
        return refuse(reason::Frozen, held_text(a) +
                                          " and serves: nothing was rejected; ship another "
                                          "revision, or " +
                                          a.command("rollback"));
    if (a.s.before || a.s.after)
        return refuse(reason::NotReady, a.attempt() + " is being rolled out (" +
                                            to_string(a.now_in()) + "); there is nothing to retry");
    if (!a.s.resting) return while_reverting(a);
    if (rec.now_in != phase::held || !rec.held)
        return refuse(reason::Idle, "nothing is held: " + a.serves());
    if (rec.wished.retry)
        return refuse(reason::Retried, named(*rec.wished.retry) + " is to be tried again already" +
                                           a.when_resumed());
    if (!rejection_of(rec, rec.held->what))
        return refuse(reason::Violation, held_text(a) +
                                             ": nothing was rejected that could be tried "
                                             "again");
    a.wished.retry = rec.held->what;
    return grant(reason::Retried, named(rec.held->what) +
                                      " is no longer rejected and is rolled out "
                                      "again from the start" +
                                      a.when_resumed());
}
} // namespace

wish_answer answer_of_rollout(verb what, const situation& s, wishes& wished) {
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

} // namespace alcedo
