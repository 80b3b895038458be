// An env file that cannot be read as one: the revision is Rejected, by file and line, and the next
// content of it is tried. It once stood in Starting for ever, as if the host were in trouble.

#include "tests/sim/guarded_bots.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

std::string with_file() {
    auto text = sim::web("green", "demo:1", "demo:2");
    const std::string green = "{image: \"demo:2\"}";
    return text.replace(text.find(green), green.size(), "{image: \"demo:2\", env_file: [.env]}");
}

/// Only green's commit names the file of the rehearsal.
std::string with_bot(const std::string& active) {
    const std::string over = active == "green" ? "env_file: [.env.staging]" : "environment: {A: b}";
    return sim::with_bot(active, "image: \"bot:1\", environment: {TOKEN: real}, depends_on: {web: "
                                 "{condition: service_healthy}}, x-alcedo: {exclusive: true, "
                                 "rehearse: {" +
                                     over + "}}");
}

std::string held_for(sim::world& w) {
    const auto hold = w.status("shop").value("hold", json::object());
    return hold.value("kind", "") + " " + hold.value("reason", "") + ": " +
           hold.value("message", "");
}

void check_is_rejected(sim::world& w, const std::string& place) {
    CHECK(w.phase("shop") == "Held");
    const auto why = held_for(w);
    CAPTURE(why);
    CHECK(why.starts_with("Rejected EnvFileInvalid"));
    CHECK(why.find(place) != std::string::npos);
    CHECK(w.serving("shop") == "blue");
}

struct rehearsing : sim::guarded_bots {
    rehearsing() : guarded_bots(with_bot) {}
};

} // namespace

TEST_CASE(
    "env files: a malformed one is Rejected in Preparing, with its line, until it is mended") {
    for (const std::string text : {"A=1\nPASSWORD=\"abc\n", "A=1\nA B=1\n", "A=1\nB='x' y\n"}) {
        CAPTURE(text);
        auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
        const auto made = w->docker.creates;
        w->commit(".env", text);
        w->commit("shop.yaml", with_file());
        w->run(10s);
        check_is_rejected(*w, "cannot be prepared: env file .env:2: ");
        CHECK(w->docker.creates == made);
        CHECK(w->events.heard("EnvFileInvalid"));
        w->commit(".env", "A=1\n");
        w->run(90s);
        CHECK(w->phase("shop") == "Idle");
        CHECK(w->serving("shop") == "green");
    }
}

TEST_CASE("env files: a rehearsal's, malformed, is Rejected, and its next content is tried") {
    rehearsing g;
    g.w->commit(".env.staging", "TOKEN='test\n");
    g.flip();
    g.w->run(10s);
    check_is_rejected(*g.w, "cannot be prepared: env file .env.staging:1: ");
    CHECK(g.rehearsals == 0);
    g.w->commit(".env.staging", "TOKEN=test\n");
    g.w->run(90s);
    g.check_is_on("green");
    CHECK(g.rehearsals == 1);
}

TEST_CASE("env files: one that is broken after Preparing is Rejected when it is needed") {
    rehearsing g;
    g.w->docker.images["demo:2"].healthy_after = 10s;
    g.w->commit(".env.staging", "TOKEN=test\n");
    g.flip();
    g.w->run(5s);
    REQUIRE(g.w->phase("shop") == "Starting");
    g.w->commit(".env.staging", "TOKEN=\"test\n");
    g.w->run(20s);
    check_is_rejected(*g.w, "create bot: .env.staging:1: ");
    g.check_is_on("blue");
}

TEST_CASE("env files: plan -f says what is wrong in one, as Preparing would") {
    auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
    const auto said = [&w](const std::string& text) {
        w->host_files["deploy/.env"] = text;
        return w->plan_file("deploy/shop.yaml", with_file());
    };
    CHECK(
        said("A=1\nA B=1\n").value("error", "").starts_with("deploy/shop.yaml: env file .env:2: "));
    CHECK(said("A=1\n")["plans"].size() == 1);
}
