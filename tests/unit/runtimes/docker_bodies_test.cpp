#include "controller/runtimes/docker_bodies.hpp"
#include "tests/unit/runtimes/fake_engine.hpp"
#include "tests/unit/runtimes/shown.hpp"

using namespace alcedo;
using namespace alcedo::docker;

namespace {

create_request request() {
    create_request out;
    out.name = "music-blue-bot-0a1b2c3d-1";
    out.image_id = "sha256:11";
    out.service = json::parse(R"({"image":"ghcr.io/acme/bot:1","restart":"on-failure:3"})");
    out.env = {"A=b"};
    out.labels = {{"alcedo.dev/name", "music"}};
    out.networks = {{"n1", {}}, {"n2", {"bot"}}};
    return out;
}

} // namespace

TEST_CASE("1.44 takes all networks in the create") {
    const auto plan = creation_from(request(), 44);
    REQUIRE(plan);
    CHECK(plan->connect.empty());
    CHECK(plan->body["Image"] == "sha256:11");
    CHECK(plan->body["Env"] == json{"A=b"});
    CHECK(plan->body["Labels"] == json{{"alcedo.dev/name", "music"}});
    CHECK(plan->body["HostConfig"]["NetworkMode"] == "n1");
    CHECK(plan->body["HostConfig"]["RestartPolicy"] ==
          json{{"Name", "on-failure"}, {"MaximumRetryCount", 3}});
    CHECK(plan->body["NetworkingConfig"]["EndpointsConfig"] ==
          json::parse(R"({"n1":{},"n2":{"Aliases":["bot"]}})"));
}

TEST_CASE("1.41 takes one, and the rest is remembered on the container") {
    const auto plan = creation_from(request(), 41);
    REQUIRE(plan);
    CHECK(plan->connect == std::vector<network_attachment>{{"n2", {"bot"}}});
    CHECK(plan->body["NetworkingConfig"]["EndpointsConfig"] == json::parse(R"({"n1":{}})"));
    CHECK(json::parse(plan->body["Labels"]["alcedo.dev/connect"].get<std::string>()) ==
          json::parse(R"([{"id":"n2","aliases":["bot"]}])"));
}

TEST_CASE("one network needs no label") {
    auto one = request();
    one.networks.pop_back();
    const auto plan = creation_from(one, 41);
    REQUIRE(plan);
    CHECK_FALSE(plan->body["Labels"].contains("alcedo.dev/connect"));
}

TEST_CASE("named volumes get their engine's names, binds stay as they are") {
    auto one = request();
    one.service["volumes"] = json::parse(R"([
        {"type":"volume","source":"data","target":"/data","read_only":false},
        {"type":"bind","source":"/etc/bot","target":"/conf","read_only":true}])");
    one.volume_names = {{"data", "music_data"}};
    const auto plan = creation_from(one, 44);
    REQUIRE(plan);
    const auto& host = plan->body["HostConfig"];
    CHECK(host["Mounts"] == json::parse(R"([{"Type":"volume","Source":"music_data",
                                             "Target":"/data","ReadOnly":false}])"));
    CHECK(host["Binds"] == json::parse(R"(["/etc/bot:/conf:ro"])"));
    one.volume_names.clear();
    const auto nameless = creation_from(one, 44);
    REQUIRE_FALSE(nameless);
    CHECK(nameless.error().reason == "VolumeMissing");
}

TEST_CASE("volumes and binds with options") {
    auto one = request();
    one.service["volumes"] = json::parse(R"([
        {"type":"volume","source":"data","target":"/data","read_only":true},
        {"type":"bind","source":"/a:b","target":"/c","read_only":false},
        {"type":"bind","source":"/x","target":"/y","read_only":true,"bind":{"create_host_path":false}}])");
    one.volume_names = {{"data", "music_data"}};
    const auto plan = creation_from(one, 44);
    REQUIRE(plan);
    CHECK(plan->body["HostConfig"]["Mounts"] == json::parse(R"([
        {"Type":"volume","Source":"music_data","Target":"/data","ReadOnly":true},
        {"Type":"bind","Source":"/a:b","Target":"/c","ReadOnly":false},
        {"Type":"bind","Source":"/x","Target":"/y","ReadOnly":true}])"));
    CHECK_FALSE(plan->body["HostConfig"].contains("Binds"));
}

TEST_CASE("the first probe is not left to engines from 27 on") {
    auto one = request();
    one.service["healthcheck"] = {
        {"test", {"CMD", "true"}}, {"interval", 1000000000}, {"start_period", 20000000000}};
    const auto newer = creation_from(one, 44);
    REQUIRE(newer);
    CHECK(newer->body["Healthcheck"]["StartInterval"] == 1000000000);
    CHECK_FALSE(creation_from(one, 41)->body["Healthcheck"].contains("StartInterval"));
    one.service["healthcheck"]["interval"] = 30000000000;
    CHECK(creation_from(one, 44)->body["Healthcheck"]["StartInterval"] == 5000000000);
    one.service["healthcheck"]["start_period"] = 0;
    CHECK_FALSE(creation_from(one, 44)->body["Healthcheck"].contains("StartInterval"));
}

TEST_CASE("networks: subnet, Compose options, labels of ours last") {
    network_request wanted{"music-blue", {{"alcedo.dev/name", "music"}}, "10.213.0.0/27", {}};
    const auto plain = network_from_request(wanted);
    CHECK(plain["CheckDuplicate"] == true);
    CHECK(plain["Driver"] == "bridge");
    CHECK(plain["IPAM"]["Config"] == json::parse(R"([{"Subnet":"10.213.0.0/27"}])"));
    wanted.options = json::parse(R"({"driver":"macvlan","internal":true,"driver_opts":{"a":"b"},
        "labels":{"alcedo.dev/name":"x","team":"bots"},
        "ipam":{"driver":"own","config":[{"subnet":"10.1.0.0/16","gateway":"10.1.0.1"}]}})");
    const auto full = network_from_request(wanted);
    CHECK(full["Driver"] == "macvlan");
    CHECK(full["Internal"] == true);
    CHECK(full["Options"] == json{{"a", "b"}});
    CHECK(full["Labels"] == json{{"alcedo.dev/name", "music"}, {"team", "bots"}});
    CHECK(full["IPAM"] == json::parse(R"({"Driver":"own",
        "Config":[{"Subnet":"10.1.0.0/16","Gateway":"10.1.0.1"}]})"));
    CHECK_FALSE(network_from_request({"n", {}, "", {}}).contains("IPAM"));
}

TEST_CASE("volumes carry our labels") {
    const auto body = volume_from_request("music_data", json::parse(R"({"driver_opts":{"o":"x"},
        "labels":{"team":"bots"}})"),
                                          {{"alcedo.dev/name", "music"}});
    CHECK(body == json::parse(R"({"Name":"music_data","Driver":"local","DriverOpts":{"o":"x"},
        "Labels":{"team":"bots","alcedo.dev/name":"music"}})"));
}

TEST_CASE("filters are encoded JSON") {
    const testing::asked call{"GET", "/x?filters=" + container_filters("a&b", "music"), {}, ""};
    CHECK(json::parse(call.query("filters")) ==
          json::parse(R"({"label":["alcedo.dev/instance=a&b","alcedo.dev/name=music"]})"));
    const testing::asked events{"GET", "/x?filters=" + event_filters("alcedo"), {}, ""};
    const auto filters = json::parse(events.query("filters"));
    CHECK(filters["type"] == json{"container"});
    CHECK(filters["label"] == json{"alcedo.dev/instance=alcedo"});
    CHECK(filters["event"].dump().find("exec") == std::string::npos);
}
