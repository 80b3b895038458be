#include "reconcilers/model/service_keys.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

json normal(const char* key, const json& written) {
    const auto done = find_service_key(key)->normalize(written);
    REQUIRE(done.has_value());
    return *done;
}

json body(const char* key, const json& written) {
    return create_body(json{{key, normal(key, written)}, {"restart", "no"}});
}
json host(const char* key, const json& written) {
    auto host = body(key, written)["HostConfig"];
    host.erase("RestartPolicy");
    return host;
}

} // namespace

TEST_CASE("create body: what each key becomes") {
    CHECK(create_body(json::object()) ==
          json{{"HostConfig", {{"RestartPolicy", {{"Name", "unless-stopped"}}}}}});
    CHECK(body("command", "a b")["Cmd"] == json{"a", "b"});
    CHECK(body("entrypoint", json::array())["Entrypoint"] == json::array());
    CHECK(body("user", 7)["User"] == "7");
    CHECK(body("working_dir", "/x")["WorkingDir"] == "/x");
    CHECK(body("stop_signal", "int")["StopSignal"] == "SIGINT");
    CHECK(body("stop_grace_period", "1500ms")["StopTimeout"] == 2);
    CHECK(body("expose", json{80})["ExposedPorts"] == json{{"80/tcp", json::object()}});
    CHECK(host("init", true) == json{{"Init", true}});
    CHECK(host("read_only", true) == json{{"ReadonlyRootfs", true}});
    CHECK(host("tmpfs", "/run:size=1m") == json{{"Tmpfs", {{"/run", "size=1m"}}}});
    CHECK(host("cap_add", json{"a"}) == json{{"CapAdd", {"A"}}});
    CHECK(host("cap_drop", json{"all"}) == json{{"CapDrop", {"ALL"}}});
    CHECK(host("extra_hosts", json{"a:1.1.1.1"}) == json{{"ExtraHosts", {"a:1.1.1.1"}}});
    CHECK(host("ulimits", json{{"nproc", 5}}) ==
          json{{"Ulimits", json::array({{{"Name", "nproc"}, {"Soft", 5}, {"Hard", 5}}})}});
    CHECK(host("logging", json{{"driver", "local"}, {"options", {{"a", "b"}}}}) ==
          json{{"LogConfig", {{"Type", "local"}, {"Config", {{"a", "b"}}}}}});
    CHECK(host("deploy", json{{"replicas", 3},
                              {"resources",
                               {{"limits", {{"cpus", "0.5"}, {"memory", "6M"}, {"pids", 9}}}}}}) ==
          json{{"NanoCpus", 500'000'000}, {"Memory", 6 << 20}, {"PidsLimit", 9}});
    CHECK(host("deploy", json{{"replicas", 3}}).empty());
    const auto policy = [](const char* written) {
        return create_body(
            json{{"restart", normal("restart", written)}})["HostConfig"]["RestartPolicy"];
    };
    CHECK(policy("always") == json{{"Name", "unless-stopped"}});
    CHECK(policy("no") == json{{"Name", "no"}});
    CHECK(policy("on-failure:3") == json{{"Name", "on-failure"}, {"MaximumRetryCount", 3}});
}

TEST_CASE("create body: healthcheck") {
    CHECK(body("healthcheck",
               json{{"test", "x"}, {"interval", "5s"}, {"retries", 2}})["Healthcheck"] ==
          json{{"Test", {"CMD-SHELL", "x"}}, {"Interval", 5'000'000'000}, {"Retries", 2}});
    CHECK(body("healthcheck", json{{"interval", "5s"}})["Healthcheck"] ==
          json{{"Interval", 5'000'000'000}});
    CHECK(body("healthcheck", json{{"disable", true}, {"test", "x"}})["Healthcheck"] ==
          json{{"Test", {"NONE"}}});
    CHECK(body("healthcheck", json{{"test", {"NONE"}}, {"interval", "5s"}})["Healthcheck"] ==
          json{{"Test", {"NONE"}}});
}

TEST_CASE("create body: leaves to the caller what is the caller's") {
    const auto made = create_body(json{{"image", "web:1"},
                                       {"environment", {{"A", "b"}}},
                                       {"labels", {{"a", "b"}}},
                                       {"networks", {{"n", json::object()}}},
                                       {"volumes", normal("volumes", json{"data:/d"})},
                                       {"env_file", normal("env_file", "a")},
                                       {"depends_on", normal("depends_on", json{"a"})},
                                       {"command", nullptr},
                                       {"restart", "no"}});
    CHECK(made == json{{"HostConfig", {{"RestartPolicy", {{"Name", "no"}}}}}});
}
