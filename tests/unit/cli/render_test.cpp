// Text for people from what the daemon says; nothing of it may be missing, nothing may crash it.
#include "controller/cli/fields.hpp"
#include "controller/cli/output.hpp"
#include "controller/cli/render_describe.hpp"
#include "controller/cli/render_evidence.hpp"
#include "controller/cli/render_get.hpp"
#include "controller/cli/render_history.hpp"
#include "controller/cli/render_plan.hpp"
#include "controller/cli/watch_lines.hpp"

#include "tests/unit/cli/samples.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace alcedo;
using namespace alcedo::cli;
using namespace alcedo::testing;

TEST_CASE("get: one line an app") {
    CHECK(render_apps({idle_app()}, false, noon, no_color) ==
          "NAME   DESIRED  SERVING  WEIGHTS    PHASE  READY  REVISION  AGE\n"
          "music  green    green    green 100  Idle   True   1a2b3c4d  4h\n");
    const auto wide = render_apps({idle_app()}, true, noon, no_color);
    CHECK(has(wide, "REASON"));
    CHECK(has(wide, "3/3"));
    CHECK(has(wide, "3f9c2e1"));
}

TEST_CASE("get: a rollout shows both weights and whether they are confirmed") {
    auto app = rolling_app("Shifting");
    app["status"]["weights"] = {{"blue", 50}, {"green", 50}, {"confirmed", false}};
    const auto text = render_apps({app}, false, noon, no_color);
    CHECK(has(text, "blue 50, green 50 (unconfirmed)"));
    CHECK(has(text, "Shifting"));
    app["status"].erase("weights");
    CHECK(has(render_apps({app}, false, noon, no_color), "green    -  "));
}

TEST_CASE("get: the way out stands under the line that needs it") {
    const auto outdated = render_apps({stalled_app("ServingColorOutdated")}, false, noon, no_color);
    CHECK(has(outdated, "\n  └ edited green (serving): set activeColor: blue to ship it, or use "
                        "auto\n"));
    const auto held = render_apps({held_app("Rejected")}, false, noon, no_color);
    CHECK(has(held, "Held/Rejected"));
    CHECK(has(held, "\n  └ held (HealthTimeout): blue was not healthy within 2m; commit another "
                    "revision, revert the commit to what green serves, or `alcedo retry music`\n"));
    auto told = held_app("Rejected");
    told["status"]["wayOut"] = "do this";
    CHECK(ways_out(told) == std::vector<std::string>{"do this"});
    auto broken = idle_app();
    set_condition(broken, "SourceSynced", "False", "ManifestInvalid", "music.yaml:1:1: x");
    CHECK(ways_out(broken) ==
          std::vector<std::string>{"source: ManifestInvalid: music.yaml:1:1: x"});
    CHECK(ways_out(idle_app()).empty());
    CHECK(ways_out(rolling_app("Shifting")).empty());
}

TEST_CASE("a hold names the command that ends it") {
    const auto says = [](const char* kind, const char* command) {
        const auto app = held_app(kind);
        return has(render_description(app, noon, no_color), command) &&
               has(render_apps({app}, true, noon, no_color), command);
    };
    for (const auto* kind : {"Rejected", "Reverted", "Aborted", "RolledBack"})
        CHECK(says(kind, "`alcedo retry music`"));
    CHECK(says("Frozen", "`alcedo rollback music`"));
    CHECK_FALSE(says("Frozen", "alcedo retry"));
}

TEST_CASE("a Violation shows in whatever phase it froze") {
    const auto app = violated_app("Shifting");
    const auto line = render_apps({app}, false, noon, no_color);
    CHECK(has(line, "Shifting/Violation"));
    CHECK(has(line, "held (Violation): rule 12 would break S1: frozen, nothing was done; "
                    "`alcedo plan music --explain`"));
    CHECK_FALSE(has(line, "retry"));
    const auto text = render_description(app, noon, no_color);
    CHECK(has(text, "Held (Violation) Violation"));
    CHECK(has(text, "3. `alcedo plan music --explain`"));
}

TEST_CASE("a pause shows in the line and in the description") {
    auto app = rolling_app("Shifting");
    set_condition(app, "Paused", "True", "Paused", "paused on request");
    CHECK(has(render_apps({app}, false, noon, no_color), "Shifting (paused)"));
    CHECK(has(render_description(app, noon, no_color), "Paused:     paused on request"));
}

TEST_CASE("get: desired of auto, names of resources, lists") {
    auto app = idle_app();
    app["spec"]["activeColor"] = "auto";
    CHECK(desired_text(app) == "auto (green)");
    CHECK(desired_text(json::object()) == "-");
    CHECK(resource_name("music") == "bluegreen.alcedo.dev/music");
    CHECK(apps_in({{"items", {app, app}}}).size() == 2);
    CHECK(apps_in(app).size() == 1);
}

TEST_CASE("describe: everything about an app at rest") {
    const auto text = render_description(idle_app(), noon, no_color);
    for (const auto* part :
         {"Name:       music", "Serving:    green", "Phase:      Idle since",
          "Ready:      True Serving: green serves", "git https://git.example.com/apps main",
          "3f9c2e1 \"raise pool size\" by Ann", "4 (observed 4)", "bot: ghcr.io/acme/bot:1.4.0",
          "lavalink: lavalink:4 × 2", "bot: ghcr.io/acme/bot:1.5.0",
          "lava: Host(`lava.example.com`) → lavalink:2333", "50 % for 30s, 100 %",
          "serving, target, stable", "standby", "warm until 2026-01-01T12:05:00Z (in 5m)",
          "HTTP 200", "green is stable", "for 15m, then Stop"}) {
        CAPTURE(part);
        CHECK(has(text, part));
    }
    CHECK_FALSE(has(text, "Held"));
    CHECK_FALSE(has(text, "\x1b"));
}

TEST_CASE("describe: what it waits for and until when") {
    const auto text = render_description(rolling_app("Shifting"), noon, no_color);
    CHECK(has(text, "Waits for:  the next step"));
    CHECK(has(text, "Until:      2026-01-01T12:00:20Z (in 20s)"));
}

TEST_CASE("describe: a hold comes with reason, evidence, log lines and three ways out") {
    const auto text = render_description(held_app("Rejected"), noon, no_color);
    for (const auto* part :
         {"Held (Rejected) HealthTimeout", "Why:       blue was not healthy within 2m",
          "Since:     2026-01-01T11:59:00Z (60s ago)", "HTTP 500", "body: boom\\x1b[31m",
          "connection refused", "Last log lines of music-blue-lavalink-99887766-1",
          "| panic: no config", "exited  137        2", "Three ways out",
          "1. commit another revision", "2. revert the commit to what serves (green)",
          "3. `alcedo retry music`"}) {
        CAPTURE(part);
        CHECK(has(text, part));
    }
    CHECK_FALSE(has(text, "\x1b"));
}

TEST_CASE("describe: samples and events as status spells them") {
    auto app = idle_app();
    app["status"]["checks"][0]["verdict"] = "Failing";
    app["status"]["checks"][0]["evidence"] = json::parse(
        R"([{"outcome": "Fail", "summary": "HTTP 503", "at": "2026-01-01T11:59:00Z", "tookMs": 3,
             "evidence": {"status": 503}}])");
    app["status"]["events"] = json::parse(
        R"([{"at": "2026-01-01T11:58:00Z", "type": "Warning", "reason": "X", "message": "y"}])");
    app["status"]["manifestErrors"] = {"music.yaml:1:1: x: y: z"};
    const auto text = render_description(app, noon, no_color);
    for (const auto* part : {"2026-01-01T11:59:00Z  Fail  HTTP 503", "status: 503", "2m   Warning",
                             "Manifest errors\n  music.yaml:1:1: x: y: z"}) {
        CAPTURE(part);
        CHECK(has(text, part));
    }
}

TEST_CASE("evidence: a failing verdict is coloured only where that was asked for") {
    const auto evidence = held_app("Rejected")["status"]["hold"]["evidence"];
    CHECK_FALSE(has(render_evidence(evidence, no_color), "\x1b"));
    CHECK(has(render_evidence(evidence, palette(true)), "\x1b[31mFailing"));
}

TEST_CASE("describe: colours only where they were asked for") {
    CHECK(has(render_description(held_app("Rejected"), noon, palette(true)), "\x1b[31m"));
}

TEST_CASE("plan: a diff of containers and weights, and the rules tried") {
    const auto plan = json::parse(R"({"app": "music", "rule": "20_prepare", "why": "a new target",
      "changes": true,
      "steps": [{"rule": "20_prepare", "why": "images", "after": "0s", "actions": ["prepare blue 1a2b"],
                 "weights": {"green": 100}},
                {"rule": "21_create", "why": "missing", "after": "3s",
                 "actions": ["create blue lavalink 1", {"kind": "stop", "name": "x"}],
                 "weights": {"green": 100}},
                {"rule": "23_shift", "why": "healthy", "actions": [],
                 "weights": {"blue": 50, "green": 50}}],
      "tried": [{"name": "1_deleted", "matched": false, "why": "not deleted"},
                {"name": "20_prepare", "matched": true, "why": "a new target"}]})");
    const auto text = render_plan(plan, true, no_color);
    for (const auto* part : {"music: something to do, 3 passes ahead", "~ prepare blue 1a2b",
                             "+ create blue lavalink 1", "- stop x", "(after 3s)",
                             "~ weights green 100 → blue 50, green 50", "· 1_deleted",
                             "not deleted", "✓ 20_prepare"}) {
        CAPTURE(part);
        CHECK(has(text, part));
    }
    CHECK_FALSE(has(render_plan(plan, false, no_color), "rules tried"));
    const json rest{{"app", "music"}, {"rule", "rest"}, {"why", "at rest"}, {"changes", false}};
    CHECK(render_plan(rest, false, no_color) == "music: nothing to do\n  now: rest: at rest\n");
    CHECK(changes_anything(plan));
    CHECK_FALSE(changes_anything(rest));
    CHECK(plans_in(json::array({plan, rest})).size() == 2);
    CHECK(plans_in({{"items", {plan}}}).size() == 1);
    CHECK(plans_in({{"plans", {plan, rest}}}).size() == 2);
}

TEST_CASE("history: rows and one receipt") {
    const auto receipt =
        json::parse(R"({"number": 3, "outcome": "Reverted", "reason": "CheckFailed",
      "message": "version: HTTP 500", "started": "2026-01-01T11:00:00Z",
      "ended": "2026-01-01T11:01:00Z", "seconds": 60.25, "commit": "3f9c2e1aa0", "author": "Ann",
      "subject": "raise", "from": {"color": "green", "revision": "v1:1a2b3c4d5e"},
      "to": {"color": "blue", "revision": "v1:99887766aa"},
      "weights": [{"at": "2026-01-01T11:00:30Z", "blue": 50, "green": 50}],
      "handover": {"gapMs": 812, "logs": {"shop-blue-bot": ["good bye"]}},
      "evidence": {"checks": [], "logs": {"c": ["boom"]}}, "cut": 0})");
    const auto rows = render_history({receipt}, noon, no_color);
    CHECK(rows ==
          "NUMBER  OUTCOME   REASON       FROM            TO             AGE  TOOK   COMMIT   "
          "SUBJECT\n"
          "3       Reverted  CheckFailed  green 1a2b3c4d  blue 99887766  60m  60.2s  3f9c2e1  "
          "raise\n");
    const auto one = render_receipt(receipt, noon, no_color);
    for (const auto* part :
         {"version: HTTP 500", "2026-01-01T11:00:30Z  blue 50, green 50", "| boom", "by Ann",
          "Cut:      0", "Gap:      812 ms", "shop-blue-bot", "| good bye"}) {
        CAPTURE(part);
        CHECK(has(one, part));
    }
}

TEST_CASE("watch lines: what flipped, and nothing else") {
    const auto before = rolling_app("Verifying");
    auto after = rolling_app("Shifting");
    CHECK(changes_between(before, before, noon, no_color).empty());
    after["status"]["weights"] = {{"blue", 50}, {"green", 50}, {"confirmed", false}};
    after["status"]["checks"][0]["verdict"] = "Failing";
    after["status"]["checks"][0]["passes"] = 0;
    after["status"]["events"].push_back(
        {{"at", "2026-01-01T12:00:00Z"}, {"type", "Warning"}, {"reason", "X"}, {"message", "y"}});
    after["status"]["replicas"]["blue"]["ready"] = 2;
    const auto lines = changes_between(before, after, noon, no_color);
    CHECK(lines == std::vector<std::string>{
                       "phase    Shifting  the next step  until 2026-01-01T12:00:20Z (in 20s)",
                       "replicas blue 2/3 ready",
                       "check    version (http) music-green-lavalink-1a2b3c4d-1: Failing, HTTP 200",
                       "weights  blue 50, green 50 (unconfirmed)", "event    X: y"});
}

TEST_CASE("watch lines: counters of checks are no news, a hold and a condition are") {
    const auto before = rolling_app("Verifying");
    auto after = before;
    after["status"]["checks"][0]["passes"] = 99;
    CHECK(changes_between(before, after, noon, no_color).empty());
    const auto lines = changes_between(before, held_app("Rejected"), noon, no_color);
    bool held = false;
    bool stalled = false;
    for (const auto& line : lines) {
        held = held || has(line, "held     Rejected (HealthTimeout)");
        stalled = stalled || has(line, "state    Stalled=True HealthTimeout");
    }
    CHECK(held);
    CHECK(stalled);
    CHECK_FALSE(changes_between({}, idle_app(), noon, no_color).empty());
    CHECK(status_line(rolling_app("Shifting"), noon, no_color) ==
          "Shifting  green 100  the next step  20s left");
}

TEST_CASE("describe: the example of a whole status leaves nothing out") {
    std::ifstream file(ALCEDO_SOURCE_DIR "/manifests/status.json");
    auto app = json::parse(file, nullptr, false);
    REQUIRE_FALSE(app.is_discarded());
    if (!app.contains("status")) app = json{{"metadata", {{"name", "x"}}}, {"status", app}};
    const auto text = render_description(app, noon, no_color);
    for (const auto& condition : app["status"]["conditions"])
        CHECK(has(text, condition["type"].get<std::string>()));
    for (const auto& event : app["status"]["events"])
        CHECK(has(text, event["message"].get<std::string>()));
    for (const auto& check : app["status"]["checks"])
        CHECK(has(text, check["name"].get<std::string>()));
    CHECK(has(text, app["status"]["phase"].get<std::string>()));
}

TEST_CASE("renderers: any JSON at all is survived") {
    for (
        const auto* text :
        {"null", "{}", "[]", "3", "\"x\"", R"({"status": []})",
         R"({"status": {"hold": 1, "phase": "Held"}})",
         R"({"status": {"phase": "Held", "conditions": [1, null], "checks": [null, {"evidence": 2}],
              "events": [[]], "weights": [], "replicas": 1, "revisions": [], "notes": [1]}})",
         R"({"spec": {"services": 1, "colors": [], "traffic": {"routes": [1], "steps": [null]},
              "watch": 1}})",
         R"({"steps": [1, {"actions": [null, {}]}], "tried": [2], "changes": true})"}) {
        CAPTURE(text);
        const auto value = json::parse(text);
        CHECK_NOTHROW(render_apps(apps_in(value), true, noon, no_color));
        CHECK_NOTHROW(render_description(value, noon, no_color));
        CHECK_NOTHROW(render_plan(value, true, no_color));
        CHECK_NOTHROW(render_history({value}, noon, no_color));
        CHECK_NOTHROW(render_receipt(value, noon, no_color));
        CHECK_NOTHROW(changes_between(value, value, noon, no_color));
        CHECK_NOTHROW(changes_between({}, value, noon, no_color));
        CHECK_NOTHROW(status_line(value, noon, no_color));
        CHECK_NOTHROW(to_yaml_text(value));
    }
}

TEST_CASE("fields: ages as kubectl prints them") {
    CHECK(human_duration(seconds(0)) == "0s");
    CHECK(human_duration(seconds(119)) == "119s");
    CHECK(human_duration(seconds(150)) == "2m30s");
    CHECK(human_duration(seconds(3599)) == "59m");
    CHECK(human_duration(seconds(4 * 3600 + 60)) == "4h1m");
    CHECK(human_duration(seconds(30 * 3600)) == "30h");
    CHECK(human_duration(seconds(50 * 3600)) == "2d2h");
    CHECK(human_duration(seconds(9 * 86400)) == "9d");
    CHECK(human_duration(seconds(-5)) == "0s");
    CHECK(time_in(json("2026-01-01T12:00:00Z")) == noon);
    CHECK(time_in(json("2026-01-01T12:00:00.123Z")) == noon);
    for (const auto* wrong : {"", "yesterday", "2026-01-01", "2026-01-01T12:00:00+01:00"})
        CHECK_FALSE(time_in(json(wrong)));
}

TEST_CASE("fields: revisions and weights in every shape the daemon may use") {
    CHECK(short_revision_in("v1:1a2b3c4d5e6f") == "1a2b3c4d");
    CHECK(short_revision_in({{"revision", "v1:1a2b3c4d5e6f"}}) == "1a2b3c4d");
    CHECK(short_revision_in({{"revision", ""}, {"specDigest", "aabbccddee"}}) == "aabbccdd");
    CHECK(short_revision_in(json()).empty());
    CHECK(weights_text({{"blue", 100}, {"green", 0}, {"confirmed", true}}) == "blue 100");
    CHECK(
        weights_text({{"blue", 50}, {"green", 50}, {"confirmed", {{"blue", 100}, {"green", 0}}}}) ==
        "blue 50, green 50 (unconfirmed)");
    CHECK(weights_text({{"blue", 0}, {"green", 0}, {"confirmed", true}}) == "none");
    CHECK(weights_text(json()).empty());
}

TEST_CASE("yaml: strings that only look like something else are quoted") {
    const json value{{"apiVersion", "alcedo.dev/v1alpha1"},
                     {"empty", json::array()},
                     {"on", "yes"},
                     {"none", json::object()},
                     {"number", 3},
                     {"text", {"1.0", "true", "null", "", "plain words", "a: b", "2026-01-01"}},
                     {"lines", "a\nb"},
                     {"truth", true},
                     {"void", nullptr}};
    CHECK(to_yaml_text(value) == "apiVersion: alcedo.dev/v1alpha1\n"
                                 "empty: []\n"
                                 "lines: \"a\\nb\"\n"
                                 "none: {}\n"
                                 "number: 3\n"
                                 "\"on\": \"yes\"\n"
                                 "text:\n"
                                 "  - \"1.0\"\n"
                                 "  - \"true\"\n"
                                 "  - \"null\"\n"
                                 "  - \"\"\n"
                                 "  - plain words\n"
                                 "  - \"a: b\"\n"
                                 "  - \"2026-01-01\"\n"
                                 "truth: true\n"
                                 "void: null\n");
    CHECK(to_json_text({{"a", 1}}) == "{\n  \"a\": 1\n}\n");
}

TEST_CASE("table: no blanks at line ends, colours do not move columns") {
    const std::vector<table_row> rows{{{{"a"}, {""}, {"ü", look::good}}, {}},
                                      {{{"bb"}, {"x"}, {""}}, {"note"}}};
    CHECK(render_table({"A", "B", "C"}, rows, no_color) == "A   B  C\na      ü\nbb  x\nnote\n");
    CHECK(has(render_table({"A", "B", "C"}, rows, palette(true)), "a      \x1b[32mü\x1b[0m\n"));
}
