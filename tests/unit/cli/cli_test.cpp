// Words to exit codes, with a scripted daemon.
#include "tests/unit/cli/fake_world.hpp"
#include "tests/unit/cli/samples.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

TEST_CASE("cli: wrong usage is 64, help is 0") {
    const std::vector<std::vector<std::string>> wrong{
        {},
        {"dance"},
        {"get", "--dance"},
        {"get", "a", "b"},
        {"get", "-o", "xml"},
        {"describe"},
        {"watch"},
        {"watch", "music", "--until", "dawn"},
        {"watch", "music", "--timeout", "soon"},
        {"watch", "music", "--commit", "main"},
        {"watch", "music", "--generation", "0"},
        {"watch", "music", "--generation", "2", "--commit", "3f9c2e1"},
        {"validate"},
        {"plan", "music", "-f", "x.yaml"},
        {"history"},
        {"history", "inspect", "music"},
        {"history", "inspect", "music", "x"},
        {"run", "--resync", "5"},
        {"run", "--nope"},
        {"run", "extra"},
    };
    for (const auto& words : wrong) {
        stage s;
        CAPTURE(words.empty() ? std::string("nothing") : words.back());
        CHECK(s.run(words) == 64);
        CHECK_FALSE(s.err.str().empty());
        CHECK_FALSE(s.started);
    }
    for (const auto* command :
         {"run", "validate", "plan", "get", "describe", "watch", "history", "version"}) {
        stage s;
        CAPTURE(command);
        CHECK(s.run({command, "--help"}) == 0);
        CHECK(has(s.out.str(), "Example:"));
        CHECK(has(s.out.str(), std::string("  alcedo ") + command));
    }
    stage s;
    CHECK(s.run({"--help"}) == 0);
    CHECK(s.run({"--version"}) == 0);
}

TEST_CASE("cli: a daemon that cannot be reached is 69") {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"get"},
                                                  {"get", "music"},
                                                  {"describe", "music"},
                                                  {"watch", "music"},
                                                  {"plan"},
                                                  {"plan", "music"},
                                                  {"history", "music"},
                                                  {"history", "inspect", "music", "1"}}) {
        stage s;
        s.daemon.down = true;
        CHECK(s.run(words) == 69);
        CHECK(has(s.err.str(), "cannot reach the daemon"));
        CHECK(s.out.str().empty());
    }
}

TEST_CASE("cli: the socket comes from the flag, the variable, the default") {
    stage s;
    s.daemon.answers["/v1/apps"] = {json{{"items", json::array()}}};
    CHECK(s.run({"get"}) == 0);
    CHECK(s.socket == "/run/alcedo/alcedo.sock");
    s.world.environment["ALCEDO_SOCKET"] = "/tmp/a.sock";
    CHECK(s.run({"get"}) == 0);
    CHECK(s.socket == "/tmp/a.sock");
    CHECK(s.run({"get", "--socket", "/tmp/b.sock"}) == 0);
    CHECK(s.socket == "/tmp/b.sock");
}

TEST_CASE("cli: get in every format") {
    stage s;
    s.daemon.answers["/v1/apps"] = {json{{"kind", "BlueGreenList"}, {"items", {idle_app()}}}};
    s.daemon.answers["/v1/apps/music"] = {idle_app()};
    CHECK(s.run({"get"}) == 0);
    CHECK(has(s.out.str(), "NAME"));
    CHECK(s.run({"get", "film"}) == 1);
    s.out.str("");
    CHECK(s.run({"get", "music", "-o", "json"}) == 0);
    CHECK(json::parse(s.out.str()) == idle_app());
    s.out.str("");
    CHECK(s.run({"get", "-o", "name"}) == 0);
    CHECK(s.out.str() == "bluegreen.alcedo.dev/music\n");
    s.out.str("");
    CHECK(s.run({"get", "-o", "yaml"}) == 0);
    CHECK(has(s.out.str(), "kind: BlueGreenList"));
    s.out.str("");
    CHECK(s.run({"describe", "music"}) == 0);
    CHECK(has(s.out.str(), "Name:"));
    CHECK(s.run({"describe", "film"}) == 1);
}

TEST_CASE("cli: colour only on a terminal that wants it") {
    const auto colored = [](bool terminal, const std::string& variable, bool flag) {
        stage s;
        s.world.terminal = terminal;
        if (!variable.empty()) s.world.environment["NO_COLOR"] = variable;
        s.daemon.answers["/v1/apps/music"] = {idle_app()};
        std::vector<std::string> words{"describe", "music"};
        if (flag) words.emplace_back("--no-color");
        CHECK(s.run(words) == 0);
        return has(s.out.str(), "\x1b[");
    };
    CHECK(colored(true, "", false));
    CHECK_FALSE(colored(false, "", false));
    CHECK_FALSE(colored(true, "1", false));
    CHECK_FALSE(colored(true, "", true));
}

TEST_CASE("cli: get -w prints each state once and ends with the daemon") {
    stage s;
    s.daemon.answers["/v1/apps/music"] = {rolling_app("Verifying"), rolling_app("Verifying"),
                                          rolling_app("Shifting"),
                                          error(next_step::gone, "NotFound", "gone")};
    CHECK(s.run({"get", "music", "-w"}) == 1);
    const auto text = s.out.str();
    CHECK(text.find("Verifying") != text.npos);
    CHECK(text.find("Verifying") == text.rfind("Verifying"));
    CHECK(has(text, "Shifting"));
}

TEST_CASE("cli: plan is 0, 1 or 2") {
    stage s;
    s.daemon.answers["/v1/apps/music/plan"] = {json{{"app", "music"}, {"changes", false}}};
    s.daemon.answers["/v1/apps/film/plan"] = {json{{"app", "film"}, {"changes", true}}};
    s.daemon.answers["/v1/apps"] = {
        json{{"items", {{{"metadata", {{"name", "music"}}}}, {{"metadata", {{"name", "film"}}}}}}}};
    CHECK(s.run({"plan", "music"}) == 0);
    CHECK(s.run({"plan", "film"}) == 2);
    CHECK(s.run({"plan"}) == 2);
    CHECK(s.run({"plan", "radio"}) == 1);
    s.daemon.answers["/v1/plan"] = {error(next_step::invalid, "ManifestInvalid", "a: wrong")};
    CHECK(s.run({"plan", "-f", ALCEDO_SOURCE_DIR "/manifests/minimal.yaml"}) == 1);
    CHECK(has(s.err.str(), "a: wrong"));
    CHECK(s.daemon.posted["files"][0]["name"] == ALCEDO_SOURCE_DIR "/manifests/minimal.yaml");
    CHECK(s.run({"plan", "-f", "/nowhere.yaml"}) == 1);
    CHECK(has(s.err.str(), "/nowhere.yaml"));
}

TEST_CASE("cli: history") {
    stage s;
    s.daemon.answers["/v1/apps/music/history"] = {
        json::array({{{"number", 1}, {"outcome", "Completed"}}, {{"number", 2}}})};
    CHECK(s.run({"history", "music"}) == 0);
    CHECK(has(s.out.str(), "Completed"));
    s.out.str("");
    CHECK(s.run({"history", "inspect", "music", "2", "-o", "json"}) == 0);
    CHECK(json::parse(s.out.str()) == json{{"number", 2}});
    CHECK(s.run({"history", "inspect", "music", "3"}) == 1);
    CHECK(s.run({"history", "film"}) == 1);
}

TEST_CASE("cli: watch follows to the end and answers its code") {
    stage s;
    s.daemon.answers["/v1/apps/music"] = {rolling_app("Verifying"), rolling_app("Shifting"),
                                          held_app("Reverted")};
    CHECK(s.run({"watch", "music"}) == 3);
    const auto text = s.out.str();
    CHECK(has(text, "phase    Verifying"));
    CHECK(has(text, "phase    Shifting"));
    CHECK(has(text, "held     Reverted (HealthTimeout)"));
    CHECK_FALSE(has(text, "\x1b"));
    CHECK(has(s.err.str(), "music: Held Reverted"));
}

TEST_CASE("cli: watch ends with a Violation and shows it, whatever the phase") {
    stage s;
    s.daemon.answers["/v1/apps/music"] = {rolling_app("Shifting"), violated_app("Shifting")};
    CHECK(s.run({"watch", "music"}) == 3);
    CHECK(has(s.out.str(), "Why:       rule 12 would break S1"));
}

TEST_CASE("cli: watch -o json prints the final object alone") {
    stage s;
    s.daemon.answers["/v1/apps/music"] = {rolling_app("Verifying"), idle_app()};
    CHECK(s.run({"watch", "music", "-o", "json"}) == 0);
    CHECK(json::parse(s.out.str()) == idle_app());
    CHECK(has(s.err.str(), "phase    Verifying"));
}

TEST_CASE("cli: watch --timeout is 4 and says what was waited for") {
    stage s;
    s.daemon.answers["/v1/apps/music"] = {rolling_app("Shifting")};
    CHECK(s.run({"watch", "music", "--timeout", "5s"}) == 4);
    CHECK(has(s.err.str(), "time is up after 5s; still waiting for Shifting: the next step"));
}

TEST_CASE("cli: watch --timeout holds against a daemon that accepts and never answers") {
    stage never;
    never.daemon.frozen = true;
    const auto before = never.clock;
    CHECK(never.run({"watch", "music", "--timeout", "3s"}) == 4);
    CHECK(never.clock - before == seconds(3));
    CHECK(has(never.err.str(), "time is up after 3s; still waiting for the daemon"));

    stage patient;
    patient.daemon.frozen = true;
    CHECK(patient.run({"watch", "music", "--timeout", "60s"}) == 4);
    CHECK(patient.clock - before == seconds(60));

    stage later;
    later.daemon.answers["/v1/apps/music"] = {rolling_app("Shifting")};
    later.daemon.frozen_from = 5;
    CHECK(later.run({"watch", "music", "--timeout", "10s"}) == 4);
    CHECK(later.clock - before == seconds(10));

    stage endless;
    endless.daemon.frozen = true;
    CHECK(endless.run({"watch", "music"}) == 69);
    stage away;
    away.daemon.down = true;
    CHECK(away.run({"watch", "music", "--timeout", "60s"}) == 69);
    CHECK(away.clock == before);
}

TEST_CASE("cli: watch --commit waits for the commit, and for the app it brings") {
    stage s;
    s.daemon.answers["/v1/apps/music/judged?commit=3f9c2e1aa0"] = {
        json{{"observed", false}}, json{{"observed", true}, {"valid", true}}};
    s.daemon.answers["/v1/apps/music"] = {error(next_step::gone, "NotFound", "not known"),
                                          idle_app()};
    CHECK(s.run({"watch", "music", "--commit", "3f9c2e1aa0"}) == 0);
    CHECK(has(s.out.str(), "waiting  for commit 3f9c2e1 to be observed"));

    stage bad;
    bad.daemon.answers["/v1/apps/music/judged"] = {
        json{{"observed", true}, {"valid", false}, {"errors", {"music.yaml:1:1: x: y: z"}}}};
    CHECK(bad.run({"watch", "music", "--commit", "3f9c2e1"}) == 5);
    CHECK(has(bad.err.str(), "music.yaml:1:1: x: y: z"));
}

TEST_CASE("cli: watch outlives a restart of the daemon, not its end") {
    stage s;
    const error down(next_step::retry, "Unreachable", "cannot reach the daemon");
    s.daemon.answers["/v1/apps/music"] = {rolling_app("Shifting"), down, down, idle_app()};
    CHECK(s.run({"watch", "music"}) == 0);

    stage gone;
    gone.daemon.answers["/v1/apps/music"] = {rolling_app("Shifting"), down};
    const auto before = gone.clock;
    CHECK(gone.run({"watch", "music"}) == 69);
    CHECK(gone.clock - before >= seconds(15));
}

TEST_CASE("cli: a terminal is redrawn and left clean") {
    stage s;
    s.world.terminal = true;
    s.daemon.answers["/v1/apps/music"] = {rolling_app("Shifting"), idle_app()};
    CHECK(s.run({"watch", "music", "--no-color"}) == 0);
    const auto text = s.out.str();
    CHECK(has(text, "20s left"));
    CHECK(has(text, "\r\x1b[K"));
    CHECK(text.ends_with("\n"));
    bool counted_down = false;
    for (const auto& target : s.daemon.asked)
        counted_down = counted_down || has(target, "wait=1");
    CHECK(counted_down);
}

TEST_CASE("cli: run starts the daemon with what was said, or prints it") {
    stage s;
    CHECK(s.run({"run", "--source", "dir:/a", "--source", "dir:/b", "--resync", "10s"}) == 0);
    REQUIRE(s.started);
    CHECK(s.started->sources == std::vector<std::string>{"dir:/a", "dir:/b"});
    CHECK(s.started->resync == seconds(10));
    s.started.reset();
    s.world.environment["ALCEDO_NETWORK"] = "edge";
    CHECK(s.run({"run", "--print-config"}) == 0);
    CHECK_FALSE(s.started);
    CHECK(has(s.out.str(), "network: edge"));
    CHECK(has(s.out.str(), "# variable ALCEDO_NETWORK"));
    CHECK(s.run({"run", "--config", "/nowhere.yaml"}) == 64);
    CHECK(has(s.err.str(), "/nowhere.yaml"));
}

TEST_CASE("cli: version") {
    stage s;
    CHECK(s.run({"version"}) == 0);
    CHECK(has(s.out.str(), "alcedo 0."));
    s.out.str("");
    CHECK(s.run({"version", "-o", "json"}) == 0);
    CHECK(json::parse(s.out.str())["apiVersion"] == "alcedo.dev/v1alpha1");
}
