#include "controller/runtimes/docker_json.hpp"
#include "tests/unit/runtimes/rig.hpp"
#include "tests/unit/runtimes/shown.hpp"

#include <sstream>

using namespace alcedo;
using namespace alcedo::docker;
using testing::recorded;

namespace {

json recorded_json(const std::string& name) {
    return *json_in(recorded(name));
}

json state_of(const std::string& status, int code, const std::string& text,
              const std::string& started) {
    return {{"Id", "c1"},
            {"State",
             {{"Status", status}, {"ExitCode", code}, {"Error", text}, {"StartedAt", started}}}};
}

constexpr auto never = "0001-01-01T00:00:00Z";

} // namespace

TEST_CASE("a running, healthy container of each engine") {
    for (const std::string engine : {"engine_20", "engine_26"}) {
        CAPTURE(engine);
        const auto c = container_from(recorded_json(engine + "/healthy.json"));
        const auto network = network_from(recorded_json(engine + "/network.json"));
        REQUIRE(c);
        REQUIRE(network);
        CHECK(c->id.size() == 64);
        CHECK(c->name == "music-blue-bot-0a1b2c3d-1");
        CHECK(c->state == life::running);
        CHECK(c->health == docker_health::healthy);
        CHECK(c->labels.at("alcedo.dev/name") == "music");
        CHECK(c->image_id.starts_with("sha256:"));
        CHECK(c->pid > 0);
        CHECK(c->started_at.starts_with("2026-11-22T"));
        CHECK_FALSE(c->never_started);
        REQUIRE(c->addresses.contains(network->id));
        CHECK(c->addresses.at(network->id).starts_with("172.31."));
    }
}

TEST_CASE("the same container before its start, right after it, paused, and stopped") {
    for (const std::string engine : {"engine_20", "engine_26"}) {
        CAPTURE(engine);
        const auto created = container_from(recorded_json(engine + "/created.json"));
        REQUIRE(created);
        CHECK(created->state == life::created);
        CHECK(created->never_started);
        CHECK(created->addresses.empty()); // engines know no network id before the first start

        const auto starting = container_from(recorded_json(engine + "/starting.json"));
        REQUIRE(starting);
        CHECK(starting->health == docker_health::starting);

        // Both say "unhealthy" while paused or stopped, without a probe having failed.
        const auto paused = container_from(recorded_json(engine + "/paused.json"));
        REQUIRE(paused);
        CHECK(paused->state == life::paused);
        CHECK(paused->health == docker_health::none);

        const auto exited = container_from(recorded_json(engine + "/exited.json"));
        REQUIRE(exited);
        CHECK(exited->state == life::exited);
        CHECK(exited->health == docker_health::none);
        CHECK_FALSE(exited->never_started);
        REQUIRE(exited->addresses.size() == 1);
        CHECK(exited->addresses.begin()->second.empty());
    }
}

TEST_CASE("not started yet is not crashed") {
    const std::string started = "2026-11-22T08:45:25Z";
    struct {
        json body;
        bool never_started;
    } const cases[] = {
        {state_of("created", 0, "", never), true},
        {state_of("created", 127, "exec: not found", never), true},
        {state_of("exited", 128, "context canceled", never), true},
        {state_of("exited", 128, "Canceled: context canceled", started), true}, // Engine ≥ 28
        {state_of("exited", 128, "", started), false},
        {state_of("exited", 1, "context canceled", started), false},
        {state_of("exited", 0, "", started), false},
        {state_of("running", 0, "", started), false},
    };
    for (const auto& one : cases) {
        CAPTURE(one.body.dump());
        const auto c = container_from(one.body);
        REQUIRE(c);
        CHECK(c->never_started == one.never_started);
    }
}

TEST_CASE("every word for a state, Podman's too; an unknown one is no answer") {
    const std::pair<std::string, life> words[] = {
        {"created", life::created},       {"configured", life::created},
        {"running", life::running},       {"stopping", life::running},
        {"paused", life::paused},         {"removing", life::removing},
        {"restarting", life::restarting}, {"exited", life::exited},
        {"stopped", life::exited},        {"dead", life::dead},
    };
    for (const auto& [word, state] : words) {
        CAPTURE(word);
        const auto c = container_from(state_of(word, 0, "", "2026-11-22T08:45:25Z"));
        REQUIRE(c);
        CHECK(c->state == state);
    }
    const auto odd = container_from(state_of("levitating", 0, "", never));
    REQUIRE_FALSE(odd);
    CHECK(odd.error().next == next_step::retry);
    CHECK(odd.error().reason == "malformed");
}

TEST_CASE("health of a running container without a health check is none") {
    auto body = state_of("running", 0, "", "2026-11-22T08:45:25Z");
    CHECK(container_from(body)->health == docker_health::none);
    body["State"]["Health"] = nullptr;
    CHECK(container_from(body)->health == docker_health::none);
    body["State"]["Health"] = {{"Status", ""}, {"Log", nullptr}}; // Podman
    CHECK(container_from(body)->health == docker_health::none);
    body["State"]["Health"] = {{"Status", "unhealthy"}};
    CHECK(container_from(body)->health == docker_health::unhealthy);
    body["State"]["Status"] = "restarting"; // with Running: true
    CHECK(container_from(body)->health == docker_health::none);
}

TEST_CASE("null, missing and wrongly typed fields are alike, missing needed ones are not") {
    const auto bare = container_from({{"Id", "c1"},
                                      {"Name", nullptr},
                                      {"Config", {{"Labels", nullptr}}},
                                      {"NetworkSettings", {{"Networks", nullptr}}},
                                      {"RestartCount", "three"},
                                      {"State", {{"Status", "running"}, {"Pid", nullptr}}}});
    REQUIRE(bare);
    CHECK(bare->labels.empty());
    CHECK(bare->restart_count == 0);
    CHECK_FALSE(container_from({{"Id", "c1"}}));
    CHECK_FALSE(container_from({{"State", {{"Status", "running"}}}}));
    CHECK_FALSE(container_from(nullptr));
    CHECK_FALSE(container_from(json::array()));
}

TEST_CASE("lists give full ids and leave swarm's containers out") {
    const auto recorded_ids = ids_from(recorded_json("engine_20/list.json"));
    REQUIRE(recorded_ids);
    CHECK(recorded_ids->size() == 2);
    const auto mixed = ids_from(json::parse(
        R"([{"Id":"a","Labels":null},{"Id":"b","Labels":{"com.docker.swarm.task.id":"t"}}])"));
    REQUIRE(mixed);
    CHECK(*mixed == std::vector<std::string>{"a"});
    CHECK_FALSE(ids_from(json::parse(R"([{"Names":["/x"]}])")));
    CHECK_FALSE(ids_from(json::parse(R"({"message":"no"})")));
}

TEST_CASE("images: id, digests, and whether they bring a health check") {
    const auto local = image_from(recorded_json("engine_26/image.json"));
    REQUIRE(local);
    CHECK(local->id.starts_with("sha256:"));
    CHECK(local->repo_digests.empty());
    CHECK_FALSE(local->has_healthcheck);
    auto body = recorded_json("engine_20/image.json");
    body["RepoDigests"] = {"ghcr.io/acme/bot@sha256:11"};
    body["Config"]["Healthcheck"] = {{"Test", {"CMD-SHELL", "true"}}};
    CHECK(image_from(body)->has_healthcheck);
    CHECK(image_from(body)->repo_digests.size() == 1);
    body["Config"]["Healthcheck"] = {{"Test", {"NONE"}}};
    CHECK_FALSE(image_from(body)->has_healthcheck);
    body["Config"] = nullptr; // 1.52 leaves empty parts out
    CHECK_FALSE(image_from(body)->has_healthcheck);
    CHECK(image_from({{"Id", std::string(64, 'a')}})->id == "sha256:" + std::string(64, 'a'));
}

TEST_CASE("networks: IPv4 ranges first") {
    const auto one = network_from(recorded_json("engine_26/network.json"));
    REQUIRE(one);
    CHECK(one->name == "music-blue");
    CHECK(one->driver == "bridge");
    CHECK(one->labels.at("alcedo.dev/instance") == "alcedo");
    CHECK(one->subnets.size() == 1);
    CHECK(one->gateways.size() == 1);
    const auto both = network_from(json::parse(R"({"Id":"n","Name":"n","IPAM":{"Config":[
        {"Subnet":"fd00::/64","Gateway":"fd00::1"},{"Subnet":"10.0.0.0/8"}]}})"));
    REQUIRE(both);
    CHECK(both->subnets == std::vector<std::string>{"10.0.0.0/8", "fd00::/64"});
    CHECK(both->gateways == std::vector<std::string>{"fd00::1"});
    CHECK(network_from(json::parse(R"({"Id":"n","Name":"host","IPAM":{"Config":null}})")));
    CHECK_FALSE(network_from(json::parse(R"({"Name":"n"})")));
}

TEST_CASE("events: containers of an app, no probes") {
    for (const std::string engine : {"engine_20", "engine_26"}) {
        CAPTURE(engine);
        std::istringstream lines(recorded(engine + "/events.ndjson"));
        std::vector<std::string> actions;
        for (std::string line; std::getline(lines, line);)
            if (const auto change = change_from(*json_in(line))) {
                CHECK(change->app == "music");
                CHECK(change->id.size() == 64);
                actions.push_back(change->action);
            }
        // Engine 26 says die and stop the other way round.
        std::ranges::sort(actions);
        CHECK(actions == std::vector<std::string>{"create", "destroy", "die",
                                                  "health_status: healthy", "kill", "pause",
                                                  "start", "stop", "unpause"});
    }
    const auto podman = change_from(json::parse(
        R"({"Type":"container","Action":"health_status","HealthStatus":"healthy",
            "Actor":{"ID":"a","Attributes":{"alcedo.dev/name":"music"}}})"));
    REQUIRE(podman);
    CHECK(podman->action == "health_status: healthy");
    // Without an app it would look like a broken stream.
    CHECK_FALSE(change_from(json::parse(
        R"({"Type":"container","Action":"start","Actor":{"ID":"a","Attributes":{}}})")));
    CHECK_FALSE(change_from(json::parse(R"({"Type":"container"})")));
    CHECK_FALSE(change_from(nullptr));
}

TEST_CASE("networks that a crash left out are named by the label") {
    auto body = json::parse(R"({"Id":"c","State":{"Status":"created"},
        "Config":{"Labels":{"alcedo.dev/connect":"[{\"id\":\"n2\",\"aliases\":[\"bot\"]}]"}},
        "NetworkSettings":{"Networks":{"one":{}}}})");
    const auto missing = missing_networks(body);
    REQUIRE(missing.size() == 1);
    CHECK(missing.front() == network_attachment{"n2", {"bot"}});
    body["NetworkSettings"]["Networks"]["two"] = json::object();
    CHECK(missing_networks(body).empty());
    body["Config"]["Labels"] = nullptr;
    CHECK(missing_networks(body).empty());
}

TEST_CASE("text that is no JSON, is cut, or is too deep, is nothing") {
    CHECK_FALSE(json_in(""));
    CHECK_FALSE(json_in("{\"Id\":\"a\""));
    CHECK_FALSE(json_in("client version 1.23 is too old"));
    CHECK_FALSE(json_in(std::string(100000, '[')));
    CHECK_FALSE(json_in(std::string(65, '[') + std::string(65, ']')));
    CHECK(json_in(std::string(64, '[') + std::string(64, ']')));
    CHECK(json_in("\"" + std::string(1000, '[') + "\"")); // brackets in a string are no depth
    CHECK(answer_in("list", "{").error().next == next_step::retry);
}

TEST_CASE("bytes that are not UTF-8 are replaced") {
    CHECK(valid_utf8("häh") == "häh");
    CHECK(valid_utf8("a\xff\xfe"
                     "b") == "a\xEF\xBF\xBD\xEF\xBF\xBD"
                             "b");
    CHECK(valid_utf8("cut \xc3") == "cut \xEF\xBF\xBD");
}
