// Every route of the socket's API against a fake daemon.
#include "controller/api/control_api.hpp"
#include "controller/api/path.hpp"
#include "controller/api/users.hpp"
#include "controller/api/version.hpp"

#include "tests/unit/api/fake_control.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

struct service {
    fake_control door;
    net::handler handler = api::make_control_handler(door);

    net::response get(const std::string& path,
                      std::vector<std::pair<std::string, std::string>> query = {}) {
        return ask(handler, "GET", path, std::move(query));
    }
};

json body_of(const net::response& answer) {
    return json::parse(answer.body);
}

} // namespace

TEST_CASE("api: apps") {
    service s;
    CHECK(s.get("/v1/apps").status == 200);
    CHECK(body_of(s.get("/v1/apps"))["kind"] == "BlueGreenList");
    CHECK(s.get("/v1/apps").header("content-type") == "application/json");
    CHECK(body_of(s.get("/v1/apps/music"))["metadata"]["name"] == "music");
    const auto missing = s.get("/v1/apps/film");
    CHECK(missing.status == 404);
    CHECK(body_of(missing) == json{{"reason", "NotFound"}, {"message", "app film is not known"}});
}

TEST_CASE("api: plan, history, judged reach the door with their arguments") {
    service s;
    CHECK(body_of(s.get("/v1/apps/music/plan"))["app"] == "music");
    CHECK(s.get("/v1/apps/music/history").status == 200);
    CHECK(s.door.last == "history music");
    CHECK(s.get("/v1/apps/music/judged", {{"commit", "3f9c2e1"}}).status == 200);
    CHECK(s.door.last == "judged music 3f9c2e1");
    CHECK(s.get("/v1/apps/music/judged").status == 200); // whatever was read last
}

TEST_CASE("api: plan of files") {
    service s;
    const auto post = [&](const std::string& body) {
        return ask(s.handler, "POST", "/v1/plan", {}, body);
    };
    CHECK(post(R"({"files": [{"name": "a.yaml", "text": "x"}]})").status == 200);
    CHECK(s.door.last == "plan_files a.yaml=x");
    for (const auto* wrong :
         {"", "x", "[]", "{}", R"({"files": []})", R"({"files": [1]})",
          R"({"files": [{"name": 1, "text": "x"}]})", R"({"files": [{"name": "a"}]})"}) {
        CAPTURE(wrong);
        CHECK(post(wrong).status == 400);
        CHECK(body_of(post(wrong))["reason"] == "BadRequest");
    }
    s.door.failure = error(next_step::invalid, "ManifestInvalid", "a.yaml:1:1: x: y: z");
    const auto refused = post(R"({"files": [{"name": "a.yaml", "text": "x"}]})");
    CHECK(refused.status == 422);
    CHECK(body_of(refused)["reason"] == "ManifestInvalid");
    CHECK(body_of(refused)["message"] == "a.yaml:1:1: x: y: z");
}

TEST_CASE("api: a wish reaches the door with its verb and with who is behind the socket") {
    service s;
    net::server_request asked;
    asked.method = "POST";
    asked.path = "/v1/apps/music/wishes/promote";
    asked.from = {0, 0, 77};
    const auto granted = ask(s.handler, asked);
    CHECK(granted.status == 200);
    CHECK(body_of(granted)["message"] == "it moves");
    CHECK(s.door.last == "promote music by 0 root");
    CHECK(s.door.said_by.gid == 0);
    CHECK(s.door.said_by.pid == 77);
    s.door.grants = false;
    const auto refused = ask(s.handler, asked);
    CHECK(refused.status == 409);
    CHECK(body_of(refused)["granted"] == false);
    s.door.failure = error(next_step::gone, "NotFound", "no such app");
    CHECK(ask(s.handler, asked).status == 404);
    CHECK(s.get("/v1/apps/music/wishes/promote").status == 405);
}

TEST_CASE("api: the name of a user, as far as passwd has one") {
    const std::string file = "/tmp/alcedo-passwd-" + std::to_string(::getpid());
    std::ofstream(file) << "root:x:0:0::/root:/bin/sh\nbroken\nerin:x:1000:1000::/:/bin/sh\n";
    CHECK(api::user_name_of(0, file) == "root");
    CHECK(api::user_name_of(1000, file) == "erin");
    CHECK(api::user_name_of(100, file).empty());
    CHECK(api::user_name_of(-1, file).empty());
    CHECK(api::user_name_of(0, file + "-not-there").empty());
    std::remove(file.c_str());
}

TEST_CASE("api: what an error asks for decides the status") {
    service s;
    const std::vector<std::pair<next_step, int>> table{
        {next_step::retry, 503},    {next_step::wait, 503},    {next_step::unknown, 503},
        {next_step::conflict, 409}, {next_step::invalid, 422}, {next_step::gone, 404}};
    for (const auto& [next, status] : table) {
        s.door.failure = error(next, "no");
        CHECK(s.get("/v1/apps/music/plan").status == status);
    }
}

TEST_CASE("api: a long poll answers at once when something changed, else at its end") {
    service s;
    auto answer = body_of(s.get("/v1/changes", {{"app", "music"}, {"seen", "3"}}));
    CHECK(answer == json{{"seen", 7}, {"changed", true}});
    CHECK(s.door.last == "changed music 3");
    CHECK(body_of(s.get("/v1/changes"))["changed"] == true);
    const auto before = std::chrono::steady_clock::now();
    answer = body_of(s.get("/v1/changes", {{"seen", "7"}, {"wait", "0"}}));
    CHECK(answer == json{{"seen", 7}, {"changed", false}});
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
    CHECK(s.get("/v1/changes", {{"seen", "x"}}).status == 400);
    CHECK(s.get("/v1/changes", {{"seen", "-1"}}).status == 400);
    CHECK(s.get("/v1/changes", {{"wait", "1s"}}).status == 400);
}

TEST_CASE("api: ready and version") {
    service s;
    CHECK(body_of(s.get("/v1/ready"))["ready"] == true);
    s.door.readiness["ready"] = false;
    CHECK(s.get("/v1/ready").status == 200);
    CHECK(body_of(s.get("/v1/version"))["version"] == program_version);
}

TEST_CASE("api: unknown paths and methods") {
    service s;
    for (const auto* path : {"/", "", "/v1", "/v1/apps/", "/v1/apps//plan", "/v1/apps/a/b/c",
                             "/v2/apps", "/metrics"}) {
        CAPTURE(path);
        CHECK(s.get(path).status == 404);
    }
    const auto wrong = ask(s.handler, "DELETE", "/v1/apps/music");
    CHECK(wrong.status == 405);
    CHECK(wrong.header("allow") == "GET");
    CHECK(ask(s.handler, "GET", "/v1/plan").header("allow") == "POST");
}

TEST_CASE("match_path") {
    using api::match_path;
    CHECK(match_path("/v1/apps", "/v1/apps") == std::vector<std::string>{});
    CHECK(match_path("/v1/apps/{name}", "/v1/apps/a.b") == std::vector<std::string>{"a.b"});
    CHECK_FALSE(match_path("/v1/apps/{name}", "/v1/apps"));
    CHECK_FALSE(match_path("/v1/apps", "/v1/apps/x"));
    CHECK_FALSE(match_path("/v1/apps/{name}", "/v1/apps/x/"));
    CHECK_FALSE(match_path("/v1/apps", "v1/apps"));
}

TEST_CASE("version: the program says the build's number") {
    std::ifstream file(ALCEDO_SOURCE_DIR "/CMakeLists.txt");
    std::stringstream text;
    text << file.rdbuf();
    CHECK(text.str().find("VERSION " + std::string(program_version) + " ") != std::string::npos);
}
