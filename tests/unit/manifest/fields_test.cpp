#include "reconcilers/manifest/fields.hpp"
#include "support.hpp"

#include <algorithm>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

std::string with_metadata(const std::string& metadata) {
    auto text = app("");
    const std::string old = "metadata: {name: app}";
    return text.replace(text.find(old), old.size(), metadata);
}
std::string check(const std::string& keys) {
    return app("  health:\n    checks:\n      - {name: c, " + keys + "}\n");
}
const std::string tcp = "tcp: {service: web, port: 80}";

} // namespace

TEST_CASE("fields: what is required") {
    CHECK(errors("apiVersion: alcedo.dev/v1alpha1\n") ==
          "app.yaml:1:1: \"kind\" is missing: write kind: BlueGreen\n"
          "app.yaml:1:1: \"metadata\" is missing: write metadata: …\n"
          "app.yaml:1:1: \"spec\" is missing: write spec: …\n");
    CHECK(errors("apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\nmetadata: {}\nspec: {}\n") ==
          "app.yaml:3:11: metadata: \"name\" is missing: write name: …\n"
          "app.yaml:4:7: spec: \"activeColor\" is missing: write activeColor: blue, green or auto\n"
          "app.yaml:4:7: spec: \"services\" is missing: write services: …\n");
    CHECK(says(app("  services2: {}\n"), "did you mean \"services\"?"));
}

TEST_CASE("fields: a key spelled as a path is unknown, and said nested") {
    CHECK(errors(app("  watch.window: 1h\n")) ==
          "app.yaml:10:3: spec.watch.window: unknown key: write it nested, watch: {window: …}\n");
    CHECK(errors(app("  traffic: {drain.timeout: 10m}\n")) ==
          "app.yaml:10:13: spec.traffic.drain.timeout: unknown key: write it nested, drain: "
          "{timeout: …}\n");
    CHECK(says(app("  colors.green.services: {web: {image: \"w:2\"}}\n"),
               "write it nested, colors: {green: {services: …}}"));
    CHECK(says(app("  colors: {green.services: {}}\n"), "write it nested, green: {services: …}"));
    CHECK(says(app("  health.timeout: 1s\n"), "write it nested, health: {timeout: …}"));
    CHECK(says(app("") + "spec.paused: true\n", "write it nested, spec: {paused: …}"));
    CHECK(says(app("") + "metadata.labels: {}\n", "write it nested, metadata: {labels: …}"));
    CHECK(says(app("  traffic: {\"routes[].name\": r}\n"), "write it nested, routes: [{name: …}]"));
    CHECK(says(app("  health: {\"checks[].name\": r}\n"), "write it nested, checks: [{name: …}]"));
    CHECK(says(app("  traffic.approvalTimeout: 5m\n"), "write it nested, traffic: {approvalTimeo"));
    CHECK(says(app("  foo.bar: 5m\n"), "spec.foo.bar: unknown key: possible here: "));
    // Nor is it a kind of check.
    CHECK(says(check("http.path: /"), "a check of no kind"));
    CHECK(says(check(tcp + ", http.path: /"), "write it nested, http: {path: …}"));
}

TEST_CASE("fields: metadata.name") {
    for (const auto* name : {"ab", "a1", "a-b", "a2345678901234567890123456789012"})
        CHECK(parsed_of(with_metadata(std::string("metadata: {name: ") + name + "}")).spec);
    for (const auto* name : {"a", "A1", "1a", "a-", "-a", "a_b", "a.b",
                             "a23456789012345678901234567890123", "ä1", "\"\""})
        CHECK_FALSE(parsed_of(with_metadata(std::string("metadata: {name: ") + name + "}")).spec);
    CHECK(errors(with_metadata("metadata: {name: Web}")) ==
          "app.yaml:3:18: metadata.name: \"Web\" is not allowed here: write lower-case letters, "
          "digits and dashes, a letter first, no dash last\n");
    CHECK(errors(with_metadata("metadata: {name: a}")) ==
          "app.yaml:3:18: metadata.name: 1 characters long: write 2 to 32 characters\n");
    CHECK(says(with_metadata("metadata: {name: 12}"), "12 is not text: put it in quotes"));
    CHECK(says(with_metadata("metadata: {name: app, annotations: {}}"), "unknown key"));
    CHECK(says(with_metadata("metadata: {name: app, labels: {a: 1}}"),
               "metadata.labels.a: 1 is not text: put it in quotes"));
    CHECK(spec_of(with_metadata("metadata: {name: app, labels: {a: b}}")).labels.at("a") == "b");
}

TEST_CASE("fields: activeColor, paused, accept") {
    CHECK(spec_of(app("", "", "green")).active == color::green);
    CHECK_FALSE(spec_of(app("", "", "auto")).active);
    CHECK(errors(app("", "", "gren")) == "app.yaml:9:16: spec.activeColor: \"gren\" is not "
                                         "possible here: did you mean green?\n");
    CHECK(says(app("", "", "Blue"), "did you mean blue?"));
    CHECK(says(app("", "", "[blue]"), "a list is not possible here"));
    CHECK(spec_of(app("")).paused == false);
    CHECK(spec_of(app("  paused: true\n")).paused);
    CHECK(says(app("  paused: yes\n"), "\"yes\" is not true or false: write true or false"));
    CHECK(says(app("  paused:\n"), "nothing is not true or false: give it a value"));
    CHECK(spec_of(app("  accept: [Stateful, SharedVolume, NoHealthCheck]\n")).accept.size() == 3);
    CHECK(says(app("  accept: [Stateful, Stateful]\n"),
               "spec.accept[1]: \"Stateful\" is written twice"));
    CHECK(says(app("  accept: Stateful\n"), "\"Stateful\" is not a list: write a list"));
}

TEST_CASE("fields: traffic defaults and bounds") {
    const auto plain = spec_of(app("  traffic: {}\n")).traffic;
    REQUIRE(plain);
    CHECK(*plain == traffic_spec{});
    CHECK_FALSE(spec_of(app("")).traffic);
    CHECK(spec_of(app("  traffic: {steps: []}\n")).traffic->steps.empty());
    CHECK(spec_of(app("  traffic: {steps: [{weight: 20}]}\n")).traffic->steps ==
          std::vector<step_spec>{{20, seconds(30)}});
    const auto steps = [](const std::string& list) {
        return app("  traffic:\n    steps: [" + list + "]\n");
    };
    CHECK(spec_of(steps("{weight: 10, hold: 0s}, {weight: 99, hold: 24h}")).traffic->steps.size() ==
          2);
    CHECK(says(steps("{weight: 0}"), "spec.traffic.steps[0].weight: 0 is out of bounds: write 1 "
                                     "to 99"));
    CHECK(says(steps("{weight: 100}"), "100 is out of bounds"));
    CHECK(says(steps("{weight: 18446744073709551615}"), "18446744073709551615 is out of bounds"));
    CHECK(says(steps("{weight: 1.5}"), "1.5 is not a whole number: write 1 to 99"));
    CHECK(says(steps("{weight: \"50\"}"), "\"50\" is not a whole number: write it without quotes"));
    CHECK(says(steps("{weight: 50, hold: 25h}"), "\"25h\" is out of bounds: write 0s to 24h"));
    CHECK(says(steps("{weight: 50, hold: 30}"), "30 is not a duration: write 30s for seconds"));
    CHECK(says(steps("{hold: 1s}"), "\"weight\" is missing"));
    CHECK(says(steps("50"), "50 is not a map: write a map"));
    CHECK(errors(steps("{weight: 50}, {weight: 50}")) ==
          "app.yaml:11:36: spec.traffic.steps[1].weight: 50 does not rise above 50: write rising "
          "weights; 100 is implied as the last\n");
    CHECK(warnings(steps("{weight: 9}")) ==
          "app.yaml:11:22: spec.traffic.steps[0].weight: below 10 percent few requests judge the "
          "new colour: write 10 or more, or hold longer\n");
    CHECK(warnings(steps("{weight: 10}")) == "");
    const auto drain = spec_of(app("  traffic: {drain: {grace: 500ms, timeout: 0s}}\n")).traffic;
    CHECK(drain->drain_grace == milliseconds(500));
    CHECK(drain->drain_timeout == milliseconds(0));
    CHECK(says(app("  traffic: {drain: {grace: 499ms}}\n"), "\"499ms\" is out of bounds: write at "
                                                            "least 500ms"));
    CHECK(says(app("  traffic: {drain: {timeout: 25h}}\n"), "write 0s to 24h"));
    CHECK(parsed_of(app("  traffic: {approval: Automatic}\n")).spec);
}

TEST_CASE("fields: health, watch, standby: defaults and bounds") {
    const auto plain = spec_of(app(""));
    CHECK(plain.health == health_spec{});
    CHECK(plain.watch == watch_spec{});
    CHECK(plain.standby == standby_spec{});
    const auto own = spec_of(app("  health: {timeout: 1s, interval: 200ms, minReady: 0s}\n"
                                 "  watch: {window: 1s, failureThreshold: {failures: 2, outOf: 5},"
                                 " onFailure: Freeze}\n"
                                 "  standby: {for: 1s, then: Remove}\n"));
    CHECK(own.health.timeout == seconds(1));
    CHECK(own.health.interval == milliseconds(200));
    CHECK(own.health.min_ready == milliseconds(0));
    CHECK(own.watch.window == milliseconds(1000));
    CHECK(own.watch.failure == failure_threshold{2, 5});
    CHECK(own.watch.then == on_failure::freeze);
    CHECK(own.standby.keep_for == seconds(1));
    CHECK(own.standby.then == standby_then::remove);
    CHECK(says(app("  health: {timeout: 999ms}\n"), "write at least 1s"));
    CHECK(says(app("  health: {interval: 199ms}\n"), "write at least 200ms"));
    CHECK(says(app("  health: {minReady: -1s}\n"), "is not a duration"));
    CHECK(says(app("  health: {minReady: 120s}\n"), "not shorter than health.timeout"));
    CHECK(says(app("  health: {timeout: 5s, minReady: 5s}\n"), "not shorter than health.timeout"));
    // Not written it makes room for a short timeout.
    const auto min_ready = [](const std::string& timeout) {
        return spec_of(app("  health: {timeout: " + timeout + "}\n")).health.min_ready;
    };
    CHECK(min_ready("5s") == milliseconds(2500));
    CHECK(min_ready("1s") == milliseconds(500));
    CHECK(min_ready("20s") == seconds(10));
    CHECK(min_ready("1h") == seconds(10));
    CHECK(says(app("  watch: {window: 999ms}\n"), "out of bounds"));
    CHECK(says(app("  watch: {window: 169h}\n"), "write 1s to 168h"));
    CHECK(says(app("  watch: {window: 8d}\n"), "write 1s to 168h"));
    CHECK(says(app("  watch: {window: 1w}\n"), "\"1w\" is not a duration: write it like"));
    for (const auto* window : {"168h", "7d"})
        CHECK(spec_of(app(std::string("  watch: {window: ") + window + "}\n")).watch.window ==
              std::chrono::hours(168));
    CHECK(says(app("  watch: {onFailure: Rollback}\n"), "write Revert, Freeze or Notify"));
    CHECK(says(app("  watch: {failureThreshold: 0}\n"), "0 is out of bounds: write 1 to 1000"));
    CHECK(says(app("  watch: {failureThreshold: {failures: 3}}\n"), "incomplete threshold"));
    CHECK(says(app("  watch: {failureThreshold: {failures: 3, outOf: 2}}\n"),
               "more failures than samples"));
    CHECK(says(app("  watch: {failureThreshold: {failures: 3, outof: 9}}\n"),
               "did you mean \"outOf\"?"));
}

TEST_CASE("fields: standby outlasts the window") {
    CHECK(spec_of(app("  watch: {window: 1h}\n")).standby.keep_for == seconds(3600));
    CHECK(spec_of(app("  watch: {window: 1s}\n")).standby.keep_for == seconds(900));
    CHECK(errors(app("  watch: {window: 1h}\n  standby: {for: 59m}\n")) ==
          "app.yaml:11:18: spec.standby.for: shorter than watch.window, during which the old "
          "colour may be needed again: write at least 1h\n");
    CHECK(errors(app("  watch: {window: Always}\n")) ==
          "app.yaml:10:19: spec.watch.window: Always needs the old colour for ever: write standby: "
          "{then: Keep} with it\n");
    const auto always = spec_of(app("  watch: {window: Always}\n  standby: {then: Keep}\n"));
    CHECK_FALSE(always.watch.window);
    CHECK(always.standby.then == standby_then::keep);
}

TEST_CASE("fields: a check's own") {
    const auto c = spec_of(check(tcp)).health.checks.at(0);
    CHECK(c.name == "c");
    CHECK(c.kind == "tcp");
    CHECK(c.service == "web");
    CHECK(c.settings == json{{"service", "web"}, {"port", 80}});
    CHECK(c.timeout == seconds(3));
    CHECK(c.within == milliseconds(0));
    CHECK(c.attempts == 1);
    CHECK(c.success_threshold == 1);
    CHECK(c.failure == failure_threshold{3, 0});
    CHECK(c.pre_switch);
    CHECK(c.post_switch);
    const auto own =
        spec_of(check(tcp + ", timeout: 1s, within: 120s, attempts: 2, successThreshold: 3, "
                            "failureThreshold: {failures: 1, outOf: 2}, stages: [postSwitch]"))
            .health.checks.at(0);
    CHECK(own.timeout == seconds(1));
    CHECK(own.within == seconds(120));
    CHECK(own.attempts == 2);
    CHECK(own.success_threshold == 3);
    CHECK(own.failure == failure_threshold{1, 2});
    CHECK_FALSE(own.pre_switch);
    CHECK(own.post_switch);
    CHECK(spec_of(check(tcp) + "  watch: {failureThreshold: 7}\n").health.checks[0].failure ==
          failure_threshold{7, 0});
    CHECK(says(check(tcp + ", within: 121s"),
               "spec.health.checks[0].within: longer than health.timeout, which ends everything: "
               "write at most 2m"));
    CHECK(says(check(tcp + ", timeout: 0s"), "\"0s\" is out of bounds: write at least 1ms"));
    CHECK(says(check(tcp + ", attempts: 0"), "write 1 to 100"));
    CHECK(says(check(tcp + ", stages: []"), "a check for no stage does nothing"));
    CHECK(says(check(tcp + ", stages: [before]"), "write preSwitch or postSwitch"));
    CHECK(says(check(tcp + ", name: d"), "duplicate key"));
    CHECK(says(app("  health: {checks: [{tcp: {service: web, port: 80}}]}\n"),
               "spec.health.checks[0]: \"name\" is missing"));
    CHECK(says(check(tcp + "}\n      - {name: c, " + tcp), "two checks are called \"c\""));
}

TEST_CASE("fields: every field of a later issue says so and what to do") {
    const std::string no = "not supported yet";
    for (const auto* line : {"composeFiles: [compose.yaml]", "notify: []", "secrets: {}",
                             "configs: {}", "include: [x.yaml]", "name: x", "version: \"3\""})
        CHECK(says(app(std::string("  ") + line + "\n"), no));
    for (const auto* kind :
         {"websocket", "exec", "logs", "resources", "grpc", "run", "traefik", "prometheus"}) {
        const auto said = errors(check(std::string(kind) + ": {}"));
        CHECK(said.find(no) != std::string::npos);
        CHECK(std::count(said.begin(), said.end(), '\n') == 1);
    }
    for (const auto* key : {"minSamples: 3", "onNoData: Pass", "dryRun: true"})
        CHECK(says(check(tcp + ", " + key), no));
}

TEST_CASE("fields: approval and how long it is waited for") {
    const auto traffic = [](const std::string& text) {
        return parsed_of(app("  traffic: {" + text + "}\n")).spec->traffic.value();
    };
    CHECK_FALSE(traffic("steps: []").manual_approval);
    CHECK(traffic("approval: Manual").manual_approval);
    CHECK_FALSE(traffic("approval: Manual").approval_timeout);
    CHECK(traffic("approval: Manual, approvalTimeout: 2h").approval_timeout == seconds{7200});
    CHECK(says(app("  traffic: {approval: Manual, approvalTimeout: 0s}\n"), "at least 1s"));
    CHECK(says(app("  traffic: {approval: manual}\n"), "did you mean Manual?"));
    const auto idle = parsed_of(app("  traffic: {approvalTimeout: 1h}\n"));
    CHECK(idle.spec);
    CHECK(idle.warnings.size() > 0);
}

TEST_CASE("fields: a long value is cut between two characters") {
    std::string text = "a";
    for (int i = 0; i < 40; ++i)
        text += "é";
    const auto said = errors(app("  paused: \"" + text + "\"\n"));
    CHECK(said.find("\"" + text.substr(0, 59) + "…\" is not true or false") != std::string::npos);
    CHECK(says(web("init: \"" + text + "\""), "\"" + text.substr(0, 59) + "…\" is not true"));
}

TEST_CASE("fields: the table itself") {
    for (const auto& row : manifest::fields()) {
        CHECK(manifest::find_field(row.path) != nullptr);
        if (!row.fallback.empty()) CHECK(json::accept(row.fallback));
        const auto dot = row.path.rfind('.');
        if (dot != std::string_view::npos) {
            auto parent = std::string(row.path.substr(0, dot));
            if (parent.ends_with("[]")) parent.resize(parent.size() - 2);
            INFO(row.path);
            CHECK(manifest::find_field(parent) != nullptr);
        }
    }
}
