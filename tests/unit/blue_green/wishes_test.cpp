// The verbs: each of them in every phase is either a wish in the record and a sentence of what will
// happen, or a refusal with its reason and what to do instead.

#include "reconcilers/blue_green/wishes.hpp"
#include "reconcilers/model/reason.hpp"
#include "rows_cases.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

const naming orphan{naming::is::orphan, ""};
const naming in_a_file{naming::is::named, "shop.yaml of /srv/apps"};

wish_verdict say(const world& w, verb what, naming named = in_a_file) {
    const wish_ground at{&w.desired, w.seen, w.rec, w.now, std::move(named)};
    return decide_wish(what, at, "erin (uid 1000)");
}

/// "promote-Idle abort+ …": whether each is granted, and the reason of those that are not.
std::string table(const world& w) {
    std::string all;
    for (const auto v : all_verbs) {
        if (v == verb::remove) continue; // hangs on the sources, not on the phase
        const auto said = say(w, v);
        all += (all.empty() ? "" : " ") + to_string(v) + (said.granted() ? "+" : "-" + said.reason);
    }
    return all;
}

world revert_done(hold_kind kind) {
    auto w = at(phase::watching);
    if (kind == hold_kind::reverted) set_ready(w, color::green, readiness::sick);
    if (kind == hold_kind::aborted) w.rec.wished.abort = w.rec.attempt;
    if (kind == hold_kind::rolled_back) w.rec.wished.rollback = w.rec.serving;
    walk_to(w, phase::held);
    return w;
}

world frozen() {
    auto w = at(phase::watching);
    edit(w, [](app_spec& s) { s.watch.then = on_failure::freeze; });
    set_ready(w, color::green, readiness::sick);
    walk_to(w, phase::held);
    return w;
}

world violated() {
    auto w = at(phase::shifting);
    w.rec.held = hold{hold_kind::violation, *w.rec.attempt, "Violation", "S1", {}, {}};
    return w;
}

world with(world w, const std::function<void(world&)>& change) {
    change(w);
    return w;
}

struct row {
    const char* name;
    world at;
    const char* expected;
};

std::function<void(world&)> becomes(color c, readiness is) {
    return [c, is](world& w) { set_ready(w, c, is); };
}

std::vector<row> rows_idle() {
    return {
        {"Idle", blue_serves(),
         "promote-Idle abort-Idle retry-Idle rollback-NotReady pause+ resume-Resumed"},
        {"Idle, standby warm", idle_after_switch(),
         "promote-Idle abort-Idle retry-Idle rollback+ pause+ resume-Resumed"},
        {"Idle, standby not ready",
         with(idle_after_switch(), becomes(color::blue, readiness::starting)),
         "promote-Idle abort-Idle retry-Idle rollback-NotReady pause+ resume-Resumed"},
        {"Idle, engine away",
         with(idle_after_switch(), [](world& w) { w.seen.docker_known = false; }),
         "promote-Idle abort-Idle retry-Idle rollback-EngineUnknown pause+ resume-Resumed"},
        {"Idle, nothing serves",
         with(empty_world(shop(color::blue, "r1", "r2")), [](world& w) { pass(w); }),
         "promote-Idle abort-Idle retry-Idle rollback-NothingServes pause+ resume-Resumed"},
    };
}

std::vector<row> rows_of_rollouts() {
    return {
        {"Preparing", at(phase::preparing),
         "promote-NotReady abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"Starting", at(phase::starting),
         "promote-NotReady abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"Verifying", at(phase::verifying),
         "promote-NotReady abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"Verifying, first deploy", first_deploy_at(phase::verifying),
         "promote-NotReady abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"AwaitingApproval", awaiting(),
         "promote+ abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"AwaitingApproval, not ready",
         with(awaiting(), becomes(color::green, readiness::starting)),
         "promote+ abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"Shifting", at(phase::shifting),
         "promote-Shifting abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"Shifting, origin not ready",
         with(at(phase::shifting), becomes(color::blue, readiness::starting)),
         "promote-Shifting abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"Shifting, first deploy", first_deploy_at(phase::shifting),
         "promote-Shifting abort-NothingServes retry-NotReady rollback-NotReady pause+ "
         "resume-Resumed"},
        {"Shifting, Violation", violated(),
         "promote-Shifting abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"Handover", at(phase::handover, with_bot()),
         "promote-Shifting abort+ retry-NotReady rollback+ pause+ resume-Resumed"},
        {"Draining", at(phase::draining),
         "promote-Shifting abort+ retry-NotReady rollback+ pause+ resume-Resumed"},
        {"Watching", at(phase::watching),
         "promote+ abort+ retry-NotReady rollback+ pause+ resume-Resumed"},
        {"Watching, origin not ready",
         with(at(phase::watching), becomes(color::blue, readiness::starting)),
         "promote+ abort+ retry-NotReady rollback-NotReady pause+ resume-Resumed"},
        {"Watching, it fails", with(at(phase::watching), becomes(color::green, readiness::sick)),
         "promote-Drift abort+ retry-NotReady rollback+ pause+ resume-Resumed"},
        {"Watching, first deploy", first_deploy_at(phase::watching),
         "promote+ abort-NothingServes retry-NotReady rollback-NothingServes pause+ "
         "resume-Resumed"},
    };
}

std::vector<row> rows_held_and_elsewhere() {
    return {
        {"Reverting", reverting(),
         "promote-Reverting abort-Reverting retry-Reverting rollback-Reverting pause+ "
         "resume-Resumed"},
        {"Held Rejected", held_rejected(),
         "promote-Idle abort-Idle retry+ rollback-NotReady pause+ resume-Resumed"},
        {"Held Reverted", revert_done(hold_kind::reverted),
         "promote-Idle abort-Idle retry+ rollback-NotReady pause+ resume-Resumed"},
        {"Held Aborted", revert_done(hold_kind::aborted),
         "promote-Idle abort-Idle retry+ rollback-NotReady pause+ resume-Resumed"},
        {"Held RolledBack", revert_done(hold_kind::rolled_back),
         "promote-Idle abort-Idle retry+ rollback-NotReady pause+ resume-Resumed"},
        {"Held Frozen", frozen(),
         "promote-Frozen abort+ retry-Frozen rollback+ pause+ resume-Resumed"},
        {"paused on request",
         with(at(phase::shifting), [](world& w) { w.rec.wished.paused = true; }),
         "promote-Shifting abort+ retry-NotReady rollback-NotReady pause-Paused resume+"},
        {"paused by the manifest",
         with(at(phase::shifting), [](world& w) { w.desired.spec.paused = true; }),
         "promote-Shifting abort+ retry-NotReady rollback-NotReady pause-Paused resume-Paused"},
        {"paused by both",
         with(blue_serves(),
              [](world& w) {
                  w.desired.spec.paused = true;
                  w.rec.wished.paused = true;
              }),
         "promote-Idle abort-Idle retry-Idle rollback-NotReady pause-Paused resume-Paused"},
        {"the record is made again", with(blue_serves(), [](world& w) { w.rec.rebuilding = true; }),
         "promote-RecordRebuilt abort-RecordRebuilt retry-RecordRebuilt rollback-RecordRebuilt "
         "pause-RecordRebuilt resume-RecordRebuilt"},
        {"Deleting", with(deleting(), [](world& w) { pass(w); }),
         "promote-Deleting abort-Deleting retry-Deleting rollback-Deleting pause-Deleting "
         "resume-Deleting"},
        {"delete was asked for", with(blue_serves(), [](world& w) { w.rec.wished.remove = true; }),
         "promote-Deleting abort-Deleting retry-Deleting rollback-Deleting pause-Deleting "
         "resume-Deleting"},
    };
}

std::vector<row> rows() {
    auto all = rows_idle();
    for (auto part : {rows_of_rollouts(), rows_held_and_elsewhere()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

bool is_reason(const std::string& word) {
    return std::find(reason::all.begin(), reason::all.end(), word) != reason::all.end();
}

} // namespace

TEST_CASE("wishes: every verb in every phase is granted, or refused for this reason") {
    std::set<phase> covered;
    for (const auto& r : rows()) {
        CAPTURE(r.name);
        CHECK(table(r.at) == r.expected);
        covered.insert(r.at.rec.now_in);
    }
    for (int i = 0; i <= static_cast<int>(phase::deleting); ++i)
        CHECK_MESSAGE(covered.contains(static_cast<phase>(i)), to_string(static_cast<phase>(i)));
}

TEST_CASE("wishes: what is granted is one wish and one event; what is refused says why at length") {
    for (const auto& r : rows())
        for (const auto v : all_verbs) {
            CAPTURE(r.name);
            CAPTURE(to_string(v));
            const auto said = say(r.at, v, orphan);
            CAPTURE(said.says);
            CHECK(is_reason(said.reason));
            CHECK(said.says.size() > 15);
            CHECK(said.says.find("  ") == std::string::npos);
            if (!said.granted()) continue;
            auto plain = *said.next;
            CHECK(plain.wished != r.at.rec.wished);
            CHECK(plain.events.size() ==
                  std::min<std::size_t>(r.at.rec.events.size() + 1, events_kept));
            CHECK(plain.events.back().message ==
                  "alcedo " + to_string(v) + " by erin (uid 1000): " + said.says);
            CHECK(plain.events.back().reason == said.reason);
            plain.wished = r.at.rec.wished;
            plain.events = r.at.rec.events;
            if (v == verb::pause || v == verb::resume) {
                world shown = r.at;
                shown.rec = *said.next;
                CHECK((condition_of(shown, "Paused") == "True Paused") == (v == verb::pause));
                plain.conditions = r.at.rec.conditions;
            }
            CHECK(plain == r.at.rec); // nothing but the wish
        }
}

TEST_CASE("wishes: said twice is refused the second time") {
    const auto again = [](world w, verb v) {
        w.rec = say(w, v).next.value();
        const auto second = say(w, v);
        CHECK_FALSE(second.granted());
        return second.says;
    };
    CHECK(again(awaiting(), verb::promote) == "green r2000000 was promoted already");
    CHECK(again(at(phase::watching), verb::abort) == "green r2000000 was aborted already");
    CHECK(again(at(phase::watching), verb::rollback) ==
          "green r2000000 is being rolled back already");
    CHECK(again(held_rejected(), verb::retry) == "green r2000000 is to be tried again already");
    CHECK(again(blue_serves(), verb::pause) ==
          "it is paused already; `alcedo resume shop` ends that");
}

TEST_CASE("wishes: delete needs that no source names the app, in whatever phase it is") {
    for (const auto& r : rows()) {
        CAPTURE(r.name);
        const bool over =
            r.at.rec.now_in == phase::deleting || r.at.rec.wished.remove || r.at.rec.rebuilding;
        CHECK(say(r.at, verb::remove, orphan).granted() == !over);
        CHECK_FALSE(say(r.at, verb::remove).granted());
        CHECK_FALSE(say(r.at, verb::remove, {naming::is::unsure, "x"}).granted());
    }
    CHECK(say(blue_serves(), verb::remove).says.starts_with("shop.yaml of /srv/apps names it"));
}

TEST_CASE("wishes: without a manifest only pause, resume and delete make sense") {
    auto w = blue_serves();
    const wish_ground at{nullptr, w.seen, w.rec, w.now, orphan};
    for (const auto v : {verb::promote, verb::abort, verb::retry, verb::rollback})
        CHECK(decide_wish(v, at, "x").reason == "ManifestInvalid");
    CHECK(decide_wish(verb::pause, at, "x").granted());
    CHECK(decide_wish(verb::remove, at, "x").granted());
}

TEST_CASE("wishes: sentences name what will happen") {
    CHECK(say(at(phase::watching), verb::rollback).says ==
          "all traffic goes back to blue r1000000 in one write; then green r2000000 is drained, "
          "stopped and held (RolledBack) until another revision is shipped. `alcedo retry shop` "
          "tries it again");
    CHECK(say(at(phase::verifying), verb::abort).says ==
          "green r2000000 is stopped and held (Aborted), no weight has moved: blue r1000000 "
          "serves. `alcedo retry shop` tries it again");
    auto paused = awaiting();
    paused.rec.wished.paused = true;
    CHECK(say(paused, verb::promote).says ==
          "green r2000000 is approved: its weights move now, step by step, once `alcedo resume "
          "shop` ends the pause");
    CHECK(say(with(at(phase::watching),
                   [](world& w) { set_ready(w, color::blue, readiness::starting); }),
              verb::abort)
              .says.starts_with("all traffic goes back to blue r1000000 as soon as it is ready ("));
}

TEST_CASE("wishes: verbs by name") {
    for (const auto v : all_verbs)
        CHECK(verb_from(to_string(v)) == v);
    CHECK(verb_from("delete") == verb::remove);
    CHECK_FALSE(verb_from("remove"));
}

TEST_CASE("approval: asked only when every gate is passed; promoted goes on, and is used up") {
    auto w = awaiting();
    CHECK(condition_of(w, "Ready") == "False AwaitingApproval");
    CHECK_FALSE(w.rec.traffic.weight(color::green) > 0);
    const auto status = make_status(&w.desired, w.seen, w.rec, w.now);
    CHECK(status["waitingFor"] == "approval: `alcedo promote shop`");
    CHECK_FALSE(status.contains("deadline"));
    w.rec = say(w, verb::promote).next.value();
    walk_to(w, phase::shifting);
    CHECK_FALSE(w.rec.wished.promoted);
    walk_to(w, phase::watching);
    pass(w);
    CHECK(w.rec.now_in == phase::watching); // one word is not said twice
}

TEST_CASE("approval: a person's time is not the revision's: health.timeout does not run on") {
    auto w = awaiting();
    w.pass_time(std::chrono::hours{30});
    pass(w);
    w.pass_time(std::chrono::hours{30});
    CHECK(look(w).next.now_in == phase::awaiting_approval);
    int warnings = 0;
    for (int i = 0; i < 5; ++i)
        for (const auto& e : pass(w).events)
            if (e.reason == "AwaitingApproval") ++warnings;
    CHECK(warnings <= 1);
}

TEST_CASE("approval: its timeout ends in Held ApprovalTimeout, and retry opens it again") {
    auto w = awaiting();
    edit(w, [](app_spec& s) { s.traffic->approval_timeout = std::chrono::minutes{30}; });
    pass(w);
    pass(w);
    const auto status = make_status(&w.desired, w.seen, w.rec, w.now);
    CHECK(status["deadline"] == rfc3339(w.now.wall + std::chrono::minutes{30}));
    w.rec.wished.paused = true;
    pass(w);
    w.pass_time(std::chrono::minutes{40});
    pass(w);
    CHECK(w.rec.now_in == phase::awaiting_approval); // the clock stood still while paused
    w.rec.wished.paused = false;
    pass(w);
    w.pass_time(std::chrono::minutes{31});
    pass(w);
    REQUIRE(w.rec.now_in == phase::held);
    CHECK(w.rec.held->reason == "ApprovalTimeout");
    CHECK(w.rec.held->kind == hold_kind::rejected);
    w.rec = say(w, verb::retry).next.value();
    walk_to(w, phase::awaiting_approval);
    CHECK(w.rec.rejected.empty());
}

TEST_CASE("approval: what turns bad while it waits is rejected") {
    auto w = awaiting();
    set_ready(w, color::green, readiness::sick);
    pass(w);
    CHECK(w.rec.now_in == phase::held);
    CHECK(w.rec.held->reason == "Unhealthy");
    CHECK(w.rec.serving->colored == color::blue);
}

TEST_CASE("approval: an edit to Automatic lets it go on") {
    auto w = awaiting();
    edit(w, [](app_spec& s) { s.traffic->manual_approval = false; });
    walk_to(w, phase::shifting);
}

TEST_CASE("wishes: a word about one rollout never meets the next one of the same revision") {
    // promote in the window; it fails before the pass; held; retried: nobody has approved anew.
    auto w = awaiting();
    w.rec = say(w, verb::promote).next.value();
    walk_to(w, phase::watching);
    w.rec.wished.promoted = w.rec.attempt;
    set_ready(w, color::green, readiness::sick);
    walk_to(w, phase::held);
    CHECK_FALSE(w.rec.wished.promoted);
    w.rec = say(w, verb::retry).next.value();
    walk_to(w, phase::verifying);
    set_ready(w, color::green, readiness::ready);
    walk_to(w, phase::awaiting_approval);
}
