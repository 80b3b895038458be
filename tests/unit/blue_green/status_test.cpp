// What is shown: SPEC §3's field list and its table of conditions.

#include "rows_cases.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <map>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

json status(const world& w) {
    return make_status(&w.desired, w.seen, w.rec, w.now);
}

std::string conditions(const world& w) {
    std::string text;
    for (const auto& c : w.rec.conditions)
        text += (text.empty() ? "" : "; ") + c.type + "=" + c.status + " " + c.reason;
    return text;
}

std::string keys(const json& j) {
    std::string text;
    for (const auto& [key, value] : j.items())
        text += (text.empty() ? "" : " ") + key;
    return text;
}

} // namespace

TEST_CASE("status: fields of an app at rest") {
    auto w = blue_serves();
    const auto s = status(w);
    CHECK(keys(s) == "activeColor checks conditions events observedGeneration phase phaseSince "
                     "replicas revisions source target weights");
    CHECK(s["activeColor"] == "blue");
    CHECK(s["phase"] == "Idle");
    CHECK(s["target"] == json{{"color", "blue"}, {"revision", digest_of("r1")}});
    CHECK(s["weights"] == json{{"blue", 100}, {"green", 0}, {"confirmed", true}});
    CHECK(s["replicas"]["blue"] == json{{"desired", 1}, {"ready", 1}});
    CHECK(s["revisions"]["blue"] == digest_of("r1"));
    CHECK(s["revisions"]["stable"] == digest_of("r1"));
    CHECK(s["source"]["commit"] == "0123456789abcdef");
    CHECK(s["events"].size() <= 50);
    CHECK(s["observedGeneration"] == 1);
}

TEST_CASE("status: before anything serves there is no activeColor; without routes no weights") {
    shop_options options;
    options.routes = false;
    auto w = empty_world(shop(color::blue, "r1", "r2", options));
    pass(w);
    CHECK_FALSE(status(w).contains("activeColor"));
    CHECK_FALSE(status(w).contains("weights"));
    CHECK(conditions(w) == "Available=False NothingServes; Ready=Unknown NewGeneration; "
                           "Reconciling=True NewGeneration");
}

TEST_CASE("status: a rollout says what it waits for and until when") {
    auto w = at(phase::verifying);
    set_ready(w, color::green, readiness::starting);
    pass(w);
    auto s = status(w);
    CHECK(s["waitingFor"] == "web 0 of 1 ready (" + green_r2 + " is starting)");
    CHECK(s.contains("deadline"));
    CHECK(conditions(w) == "Available=True Serving; Ready=False Verifying; "
                           "Reconciling=True Verifying; TrafficApplied=True Applied");
    set_ready(w, color::green, readiness::ready);
    walk_to(w, phase::watching);
    s = status(w);
    CHECK(s["deadline"] == rfc3339(w.now.wall + seconds{600} - w.rec.timers.window.elapsed(w.now)));
    CHECK(s["standby"]["color"] == "blue");
    CHECK(s["standby"].contains("until"));
    CHECK(s["replicas"]["green"]["ready"] == 1);
}

TEST_CASE("status: a violated invariant is Stalled in every phase, until it is over") {
    auto w = at(phase::shifting);
    const auto before = w.rec;
    w.rec.held = hold{hold_kind::violation, *w.rec.attempt, "Violation", "would break S1", {}, {}};
    update_conditions(w.rec, before, &w.desired, w.seen, w.now);
    CHECK(condition_of(w, "Ready") == "False Violation");
    CHECK(condition_of(w, "Stalled") == "True Violation");
    CHECK(condition_of(w, "Reconciling").empty());
    w.seen.docker_known = false;
    update_conditions(w.rec, before, &w.desired, w.seen, w.now);
    CHECK(condition_of(w, "Ready") == "Unknown EngineUnknown");
    w.seen.docker_known = true;
    w.rec.held.reset();
    update_conditions(w.rec, before, &w.desired, w.seen, w.now);
    CHECK(condition_of(w, "Ready") == "False Shifting");
    CHECK(condition_of(w, "Stalled").empty());
}

TEST_CASE("status: Held shows kind, reason, revision, since and evidence") {
    auto w = held_rejected();
    const auto s = status(w);
    CHECK(s["phase"] == "Held");
    CHECK(keys(s["hold"]) == "color evidence kind message reason revision since");
    CHECK(s["hold"]["kind"] == "Rejected");
    CHECK(s["hold"]["revision"] == digest_of("r2"));
    CHECK(s["revisions"]["rejected"].size() == 1);
    const std::string message = s["hold"]["message"];
    CHECK(message.find("blue r1000000 serves as before; nothing of it was touched") !=
          std::string::npos);
    CHECK(message.find("Ship another revision, revert the commit to what serves, or `alcedo retry "
                       "shop`.") != std::string::npos);
    CHECK(conditions(w) == "Available=True Serving; Ready=False HealthTimeout; "
                           "Stalled=True HealthTimeout; TrafficApplied=True Applied");
}

TEST_CASE("status: manifests/status.json shows the very keys that are written") {
    std::ifstream file(ALCEDO_SOURCE_DIR "/manifests/status.json");
    const auto shown = json::parse(file);
    auto w = held_rejected();
    check_status check;
    check.check = "version";
    check.kind = "http";
    check.color = "green";
    check.container = "shop-green-web-5b1c09aa-1";
    check.evidence.push_back(sample{});
    w.seen.checks = {check};
    const auto written = status(w);
    for (const auto* list : {"checks", "conditions", "events"}) {
        CAPTURE(list);
        CHECK(keys(written[list][0]) == keys(shown[list][0]));
    }
    CHECK(keys(written["checks"][0]["evidence"][0]) == keys(shown["checks"][0]["evidence"][0]));
    CHECK(keys(to_json(check)) == keys(shown["hold"]["evidence"]["checks"][0]));
    CHECK(keys(written["hold"]) == keys(shown["hold"]));
    CHECK(keys(written["revisions"]["rejected"][0]) == keys(shown["revisions"]["rejected"][0]));
    for (const auto& one : shown["checks"])
        CHECK(one["verdict"] == to_string(check_verdict::passing));
}

TEST_CASE("status: manifests/status.json shows what is written of a revert, word for word") {
    std::ifstream file(ALCEDO_SOURCE_DIR "/manifests/status.json");
    const auto shown = json::parse(file);
    auto w = at(phase::watching);
    check_status check;
    check.check = "version";
    check.color = "green";
    check.verdict = check_verdict::failing;
    check.evidence.push_back(sample{outcome::fail, "HTTP 500"});
    w.seen.checks = {check};
    set_ready(w, color::green, readiness::sick);
    walk_to(w, phase::held);
    set_condition(w.rec, {"SourceSynced", "True", "SourceSynced", "", {}, 0}, w.now);
    const auto written = status(w);
    const auto plain = [](std::string text) {
        for (const auto& [theirs, ours] :
             std::map<std::string, std::string>{{"blue 9c41d2e0", "blue r1000000"},
                                                {"green 5b1c09aa", "green r2000000"},
                                                {"retry everything", "retry shop"}})
            for (auto at = text.find(theirs); at != text.npos; at = text.find(theirs))
                text.replace(at, theirs.size(), ours);
        return text;
    };
    const auto told = [&](const json& one) {
        return one["type"].get<std::string>() + one.value("status", "") + " " +
               one["reason"].get<std::string>() + ": " + plain(one["message"]);
    };
    CHECK(keys(written) == keys(shown));
    CHECK(keys(written["revisions"]) == keys(shown["revisions"]));
    for (const auto* key : {"kind", "reason", "message"})
        CHECK(written["hold"][key] == plain(shown["hold"][key]));
    CHECK(written["revisions"]["rejected"][0]["reason"] == shown["hold"]["reason"]);
    REQUIRE(written["conditions"].size() == shown["conditions"].size());
    for (std::size_t i = 0; i < written["conditions"].size(); ++i)
        CHECK(told(written["conditions"][i]) == told(shown["conditions"][i]));
    const auto& events = written["events"];
    for (std::size_t i = 1; i <= 4; ++i)
        CHECK(told(events[events.size() - i]) == told(shown["events"][shown["events"].size() - i]));
}

TEST_CASE("status: the hold asks for evidence once") {
    auto w = at(phase::verifying);
    w.seen.within_passed = true;
    w.seen.within_check = "version";
    CHECK(look(w).wants_evidence);
    pass(w);
    CHECK_FALSE(look(w).wants_evidence);
}

TEST_CASE("status: conditions of the table") {
    SUBCASE("serving colour outdated, with the way out") {
        auto w = blue_serves();
        edit(w, color::blue, "r3", "r2");
        pass(w);
        pass(w);
        CHECK(conditions(w) == "Available=True Serving; Ready=False ServingColorOutdated; "
                               "Stalled=True ServingColorOutdated; TrafficApplied=True Applied");
        CHECK(status(w)["waitingFor"] ==
              "edited blue (serving): set activeColor: green to ship it, or use auto");
    }
    SUBCASE("repairing") {
        auto w = blue_serves();
        fall(w, blue_r1);
        pass(w);
        CHECK(conditions(w) == "Available=False NotReady; Ready=False Repairing; "
                               "Reconciling=True Repairing; TrafficApplied=True Applied");
    }
    SUBCASE("engine unobservable") {
        auto w = blue_serves();
        w.seen.docker_known = false;
        pass(w);
        CHECK(conditions(w) == "Available=Unknown EngineUnknown; Ready=Unknown EngineUnknown; "
                               "Reconciling=True EngineUnknown; TrafficApplied=True Applied");
    }
    SUBCASE("proxy unobservable") {
        auto w = blue_serves();
        w.seen.traffic = traffic_state::unknown;
        pass(w);
        CHECK(conditions(w) == "Available=Unknown TrafficUnknown; Ready=Unknown TrafficUnknown; "
                               "Reconciling=True TrafficUnknown; TrafficApplied=Unknown NotSeen");
    }
    SUBCASE("somebody else's route") {
        auto w = blue_serves();
        w.seen.blocked_reason = "RouteConflict";
        w.seen.blocked_message = "route main is app other's";
        pass(w);
        CHECK(condition_of(w, "Ready") == "False RouteConflict");
        CHECK(condition_of(w, "Stalled") == "True RouteConflict");
    }
    SUBCASE("pulling") {
        auto w = at(phase::preparing);
        w.seen.prepared.is = preparation::state::waiting;
        w.seen.prepared.spec_digest = digest_of("r2");
        w.seen.prepared.reason = "ImagePullFailing";
        w.seen.prepared.message = "registry answers 503";
        pass(w);
        CHECK(condition_of(w, "Reconciling") == "True ImagePullFailing");
        CHECK_FALSE(w.rec.held.has_value());
    }
}

TEST_CASE("status: a condition's time moves with its status only; unknown types are left alone") {
    auto w = blue_serves();
    set_condition(w.rec, {"SourceSynced", "False", "SourceEmpty", "no file", {}, 0}, w.now);
    const auto since = w.now.wall;
    w.pass_time(std::chrono::hours{1});
    pass(w);
    CHECK(condition_of(w, "SourceSynced") == "False SourceEmpty");
    set_condition(w.rec, {"SourceSynced", "False", "SourceUnreadable", "gone", {}, 0}, w.now);
    for (const auto& c : w.rec.conditions)
        if (c.type == "SourceSynced") CHECK(c.transition_wall == since);
    set_condition(w.rec, {"SourceSynced", "", "", "", {}, 0}, w.now);
    CHECK(condition_of(w, "SourceSynced").empty());
}

TEST_CASE("status: while the only replica comes up again, nothing is available") {
    auto w = blue_serves();
    run_to_rest(w);
    set_ready(w, color::blue, readiness::starting);
    pass(w);
    CHECK(condition_of(w, "Available") == "False NotReady");
    CHECK(condition_of(w, "Ready") == "False Repairing");
}
