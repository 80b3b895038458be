// What Tab offers, asked as the shells' scripts ask.
#include "tests/unit/cli/fake_world.hpp"
#include "tests/unit/cli/samples.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

/// The words offered, one blank between them; the help is left out.
std::string offered(stage& s, std::vector<std::string> words) {
    words.insert(words.begin(), "__complete");
    CHECK(s.run(std::move(words)) == 0);
    std::string out;
    std::istringstream lines(s.out.str());
    for (std::string line; std::getline(lines, line);)
        out += (out.empty() ? "" : " ") + line.substr(0, line.find('\t'));
    return out;
}

std::string offered(std::vector<std::string> words) {
    stage s;
    s.daemon.answers["/v1/apps"] = {
        json{{"items", {{{"metadata", {{"name", "music"}}}}, {{"metadata", {{"name", "shop"}}}}}}}};
    return offered(s, std::move(words));
}

} // namespace

TEST_CASE("completion: commands, and those of a command") {
    const auto all = offered({""});
    for (const auto* command : {"run", "validate", "plan", "get", "describe", "watch", "history",
                                "version", "completion"})
        CHECK(has(" " + all + " ", std::string(" ") + command + " "));
    CHECK_FALSE(has(all, "__complete"));
    CHECK(offered({"wat"}) == "watch");
    CHECK(offered({"history", "ins"}) == "inspect");
    CHECK(offered({}) == all);
    CHECK(offered({"no-such", ""}).empty());
}

TEST_CASE("completion: flags of the command, short ones only behind a lone dash") {
    CHECK(offered({"watch", "--g"}) == "--generation");
    CHECK(offered({"watch", "music", "--unt"}) == "--until");
    const auto short_too = offered({"get", "-"});
    CHECK(has(short_too, "-w"));
    CHECK(has(short_too, "--watch"));
    CHECK_FALSE(has(offered({"get", "--"}), "-w "));
    CHECK(has(offered({"run", "--traefik-"}), "--traefik-entrypoint"));
    CHECK(offered({"get", "--", "-"}).empty());
}

TEST_CASE("completion: the flags of every command stand before it too") {
    CHECK(offered({"--so"}) == "--socket");
    CHECK(offered({"-o", "y"}) == "yaml");
    CHECK(offered({"-o", "json", "wat"}) == "watch");
    CHECK(offered({"--no-color", "get", ""}) == "music shop");
    CHECK(has(offered({"version", "--"}), "--socket"));
    CHECK(has(offered({"completion", "--"}), "--output"));
    stage s;
    s.daemon.down = true;
    CHECK(offered(s, {"--socket", "/tmp/x.sock", "get", ""}).empty());
    CHECK(s.socket == "/tmp/x.sock");
}

TEST_CASE("completion: choices, in every way a shell hands a value over") {
    CHECK(offered({"get", "-o", ""}) == "table wide json yaml name");
    CHECK(offered({"get", "--output", "j"}) == "json");
    CHECK(offered({"get", "--output=j"}) == "--output=json"); // zsh, fish
    CHECK(offered({"get", "--output", "=", "j"}) == "json");  // bash
    CHECK(offered({"get", "--output", "="}) == "table wide json yaml name");
    CHECK(offered({"watch", "music", "--until", "h"}) == "held");
    CHECK(offered({"run", "--traefik-provider", ""}) == "file http");
    CHECK(offered({"run", "--log-level", "w"}) == "warning");
    CHECK(offered({"completion", ""}) == "bash zsh fish");
    CHECK(offered({"watch", "--timeout", ""}).empty());
}

TEST_CASE("completion: files where files go") {
    CHECK(offered({"validate", ""}) == ":files");
    CHECK(offered({"validate", "a.yaml", "b"}) == ":files");
    CHECK(offered({"plan", "-f", ""}) == ":files");
    CHECK(offered({"run", "--config", ""}) == ":files");
    CHECK(offered({"get", "--socket", "/ru"}) == ":files");
}

TEST_CASE("completion: apps are the daemon's, each in its place and once") {
    for (const auto* command : {"get", "describe", "watch", "plan"}) {
        CAPTURE(command);
        CHECK(offered({command, ""}) == "music shop");
        CHECK(offered({command, "m"}) == "music");
        CHECK(offered({command, "music", ""}).empty());
        CHECK(offered({command, "-o", "json", "s"}) == "shop");
    }
    CHECK(offered({"history", ""}) == "inspect music shop");
    CHECK(offered({"history", "inspect", ""}) == "music shop");
    CHECK(offered({"run", "--network", ""}).empty());
}

TEST_CASE("completion: asks the daemon that the line names, and says nothing if it is away") {
    stage s;
    s.daemon.down = true;
    CHECK(offered(s, {"get", "--socket", "/tmp/x.sock", ""}).empty());
    CHECK(s.socket == "/tmp/x.sock");
    CHECK(s.err.str().empty());
    stage other;
    other.world.environment["ALCEDO_SOCKET"] = "/tmp/y.sock";
    other.daemon.down = true;
    CHECK(offered(other, {"get", ""}).empty());
    CHECK(other.socket == "/tmp/y.sock");
    stage none;
    CHECK(offered(none, {"get", "--wa"}) == "--watch");
    CHECK(none.socket.empty()); // not asked for what it cannot know
}

TEST_CASE("completion: a script for each shell, and how to install it") {
    for (const auto* shell : {"bash", "zsh", "fish"}) {
        stage s;
        CHECK(s.run({"completion", shell}) == 0);
        CHECK(has(s.out.str(), "__complete"));
        stage help;
        CHECK(help.run({"completion", "--help"}) == 0);
        CHECK(has(help.out.str(), std::string("alcedo completion ") + shell));
    }
    stage s;
    CHECK(s.run({"completion", "ksh"}) == 64);
    CHECK(s.run({"completion"}) == 64);
}
