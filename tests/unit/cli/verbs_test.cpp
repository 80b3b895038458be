// The operator's verbs on the command line: one wish each, its sentence, and the exit codes.
#include "controller/cli/commands.hpp"
#include "fake_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

json granted(const std::string& verb) {
    return {{"app", "music"},
            {"verb", verb},
            {"granted", true},
            {"reason", "Promoted"},
            {"message", "green 1a2b3c4d is approved"}};
}

} // namespace

TEST_CASE("verbs: each sends its wish and prints what will happen") {
    for (const auto& verb : cli::verbs()) {
        stage s;
        const std::string target = std::string("/v1/apps/music/wishes/") + verb.name;
        s.daemon.answers[target] = {granted(verb.name)};
        CHECK(s.run({verb.name, "music"}) == 0);
        CHECK(s.daemon.asked == std::vector<std::string>{target});
        CHECK(s.out.str() == "music: green 1a2b3c4d is approved\n");
        CHECK(s.err.str().empty());
    }
    CHECK(cli::verbs().size() == 7);
}

TEST_CASE("verbs: refused is exit code 1 and the reason; machines get it as JSON too") {
    stage s;
    s.daemon.answers["/v1/apps/music/wishes/pause"] = {
        error(next_step::conflict, "Paused", "it is paused already")};
    CHECK(s.run({"pause", "music"}) == 1);
    CHECK(s.out.str().empty());
    CHECK(s.err.str() == "alcedo: pause of music is refused: it is paused already\n");
    CHECK(s.run({"pause", "music", "-o", "json"}) == 1);
    CHECK(json::parse(s.out.str()) == json{{"app", "music"},
                                           {"verb", "pause"},
                                           {"granted", false},
                                           {"reason", "Paused"},
                                           {"message", "it is paused already"}});
}

TEST_CASE("verbs: unknown app 1, no daemon 69, wrong usage 64") {
    stage s;
    CHECK(s.run({"abort", "film"}) == 1);
    s.daemon.down = true;
    CHECK(s.run({"abort", "music"}) == 69);
    CHECK(s.run({"abort"}) == 64);
    CHECK(s.run({"abort", "music", "film"}) == 64);
    CHECK(s.run({"promote", "music", "-o", "xml"}) == 64);
}

TEST_CASE("verbs: -o json prints the daemon's answer") {
    stage s;
    s.daemon.answers["/v1/apps/mu%20sic/wishes/retry"] = {granted("retry")};
    CHECK(s.run({"retry", "mu sic", "-o", "json"}) == 0);
    CHECK(json::parse(s.out.str()) == granted("retry"));
}

TEST_CASE("verbs: --help says what it does, what it remembers, the codes and an example") {
    for (const auto& verb : cli::verbs()) {
        stage s;
        CHECK(s.run({verb.name, "--help"}) == 0);
        for (const auto* part : {verb.help, "Exit codes: 1 refused", "Example:", "NAME"})
            CHECK(s.out.str().find(part) != std::string::npos);
    }
}
