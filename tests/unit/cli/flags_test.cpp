// The flags that every client command takes: before it and behind it, in every format.
#include "tests/unit/cli/fake_world.hpp"
#include "tests/unit/cli/samples.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

using words = std::vector<std::string>;

const std::string manifest = ALCEDO_SOURCE_DIR "/manifests/minimal.yaml";

/// Every client command, and what `-o name` prints of it.
const std::vector<std::pair<words, std::string>> commands{
    {{"get"}, "bluegreen.alcedo.dev/music"},
    {{"get", "music"}, "bluegreen.alcedo.dev/music"},
    {{"describe", "music"}, "bluegreen.alcedo.dev/music"},
    {{"plan", "music"}, "bluegreen.alcedo.dev/music"},
    {{"plan"}, "bluegreen.alcedo.dev/music"},
    {{"watch", "music"}, "bluegreen.alcedo.dev/music"},
    {{"pause", "music"}, "bluegreen.alcedo.dev/music"},
    {{"history", "music"}, "bluegreen.alcedo.dev/music"},
    {{"history", "inspect", "music", "1"}, "bluegreen.alcedo.dev/music"},
    {{"validate", manifest}, "bluegreen.alcedo.dev/hello"},
    {{"version"}, "alcedo"},
    {{"completion", "fish"}, "fish"},
};

struct daemon_at_hand : stage {
    daemon_at_hand() {
        daemon.answers["/v1/apps"] = {json{{"kind", "BlueGreenList"}, {"items", {idle_app()}}}};
        daemon.answers["/v1/apps/music"] = {idle_app()};
        daemon.answers["/v1/apps/music/plan"] = {json{{"app", "music"}, {"changes", false}}};
        daemon.answers["/v1/apps/music/wishes/pause"] = {json{{"message", "it is paused"}}};
        daemon.answers["/v1/apps/music/history"] = {json::array({{{"number", 1}}})};
    }
    /// What it prints, which must not depend on which side of the command the flags stand.
    std::string printed(const words& command, const words& flags) {
        auto line = command;
        line.insert(line.end(), flags.begin(), flags.end());
        CHECK(run(line) == 0);
        const auto behind = out.str();
        out.str("");
        line = flags;
        line.insert(line.end(), command.begin(), command.end());
        CHECK(run(line) == 0);
        CHECK(out.str() == behind);
        return behind;
    }
};

} // namespace

TEST_CASE("flags: every client command takes every format, before it and behind it") {
    for (const auto& [command, name] : commands) {
        CAPTURE(command.front());
        const auto in = [&](const char* format) {
            return daemon_at_hand().printed(command, {"-o", format});
        };
        CHECK(in("name") == name + "\n");
        CHECK_FALSE(json::parse(in("json")).empty());
        CHECK(has(in("yaml"), ": "));
        if (command.front() != "get") CHECK(in("wide") == in("table"));
        CHECK(daemon_at_hand().run({"-o", "xml", command.front()}) == 64);
    }
}

TEST_CASE("flags: --socket and --no-color too; the one behind the command wins") {
    for (const auto& [command, name] : commands) {
        CAPTURE(command.front());
        daemon_at_hand s;
        s.world.terminal = true;
        const auto text = s.printed(command, {"--socket", "/tmp/s.sock", "--no-color"});
        CHECK_FALSE(has(text, "\x1b[3"));
        if (!s.daemon.asked.empty()) CHECK(s.socket == "/tmp/s.sock");
        daemon_at_hand help;
        auto line = command;
        line.emplace_back("--help");
        CHECK(help.run(line) == 0);
        for (const auto* flag : {"--socket", "--output", "--no-color"})
            CHECK(has(help.out.str(), flag));
    }
    daemon_at_hand s;
    CHECK(s.run({"--socket", "/far", "-o", "json", "get", "--socket", "/near", "-o", "name"}) == 0);
    CHECK(s.socket == "/near");
    CHECK(s.out.str() == "bluegreen.alcedo.dev/music\n");
}

TEST_CASE("flags: of `run` the socket is a setting, on whichever side it stands") {
    stage s;
    CHECK(s.run({"--socket", "/far", "run", "--source", "dir:/a"}) == 0);
    REQUIRE(s.started);
    CHECK(s.started->socket == "/far");
    CHECK(s.run({"--socket", "/far", "run", "--source", "dir:/a", "--socket", "/near"}) == 0);
    CHECK(s.started->socket == "/near");
}

TEST_CASE("flags: -o name prints nothing of what is refused or invalid, and says why beside it") {
    stage s;
    s.daemon.answers["/v1/apps/music/wishes/pause"] = {
        error(next_step::conflict, "Paused", "it is paused already")};
    CHECK(s.run({"pause", "music", "-o", "name"}) == 1);
    CHECK(has(s.err.str(), "it is paused already"));
    CHECK(s.run({"validate", "/nowhere.yaml", manifest, "-o", "name"}) == 1);
    CHECK(has(s.err.str(), "/nowhere.yaml"));
    CHECK(s.out.str() == "bluegreen.alcedo.dev/hello\n");
}

TEST_CASE("flags: watch -o name says on the way what happens, and names the app at its end") {
    stage s;
    s.daemon.answers["/v1/apps/music"] = {rolling_app("Verifying"), idle_app()};
    CHECK(s.run({"watch", "music", "-o", "name"}) == 0);
    CHECK(s.out.str() == "bluegreen.alcedo.dev/music\n");
    CHECK(has(s.err.str(), "phase    Verifying"));
}

TEST_CASE("flags: a command that is not there is named, with the way out") {
    const auto said = [](const words& line) {
        stage s;
        CHECK(s.run(line) == 64);
        return s.err.str();
    };
    CHECK(said({"deploy", "x"}) == "there is no command deploy: `alcedo --help` lists them\n");
    CHECK(said({"--socket", "/s", "deploy", "-x"}) ==
          "there is no command deploy: `alcedo --help` lists them\n");
    CHECK(said({"wach", "music"}) ==
          "there is no command wach: did you mean watch? `alcedo --help` lists them\n");
    CHECK(has(said({"\x1b[2J"}), "there is no command \\x1b[2J:"));
    CHECK(has(said({}), "Start with:  alcedo validate"));
    CHECK(has(said({"--dance"}), "there is no flag --dance before a command"));
}
