#include "reconcilers/model/service_keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace alcedo;

namespace {

json normal(const char* key, const json& written) {
    const auto row = find_service_key(key);
    REQUIRE(row != nullptr);
    const auto done = row->normalize(written);
    INFO(std::string(key), written.dump());
    REQUIRE(done.has_value());
    return *done;
}

std::string fault(const char* key, const json& written) {
    const auto done = find_service_key(key)->normalize(written);
    INFO(std::string(key), written.dump());
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().next == next_step::invalid);
    return done.error().message;
}

} // namespace

TEST_CASE("service keys: the table") {
    std::set<std::string_view> seen;
    for (const auto& row : service_keys()) {
        CHECK(seen.insert(row.name).second);
        CHECK(unsupported_service_key(row.name).empty());
        CHECK(find_service_key(row.name) == &row);
        // A number or a wrong block is nothing that any key takes, except a user's id.
        if (row.name != "user" && row.name != "stop_signal")
            CHECK_FALSE(row.normalize(json(3.5)).has_value());
    }
    CHECK(std::is_sorted(service_keys().begin(), service_keys().end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; }));
    CHECK(find_service_key("ports") == nullptr);
    CHECK_FALSE(unsupported_service_key("ports").empty());
    CHECK(unsupported_service_key("bogus").empty());
    const auto revision = [](const char* key) { return find_service_key(key)->in_revision; };
    CHECK(revision("image"));
    CHECK_FALSE(revision("pull_policy"));
    CHECK_FALSE(revision("depends_on"));
    CHECK_FALSE(revision("x-alcedo"));
}

TEST_CASE("service keys: a normal form is its own normal form where it can be written") {
    const json written{{"command", {"a", "b"}},
                       {"environment", {{"A", "1"}, {"B", nullptr}}},
                       {"expose", {"80/tcp"}},
                       {"cap_add", {"ALL"}},
                       {"extra_hosts", {"a:1.1.1.1"}},
                       {"labels", {{"a", "b"}}},
                       {"restart", "on-failure:3"},
                       {"ulimits", {{"nproc", {{"soft", 1}, {"hard", 2}}}}},
                       {"env_file", {{{"path", "a"}, {"required", false}}}},
                       {"networks", {{"n", {{"aliases", {"x"}}}}}},
                       {"depends_on", {{"a", {{"condition", "service_healthy"}}}}}};
    for (const auto& [key, value] : written.items())
        CHECK(normal(key.c_str(), value) == value);
}

TEST_CASE("service keys: scalars") {
    CHECK(normal("image", "ghcr.io/acme/web:1.0@sha256:ab") == "ghcr.io/acme/web:1.0@sha256:ab");
    for (const auto* bad : {"", "a b", "-a", "a:", "a\nb", "https://a?b"})
        CHECK(fault("image", bad).find("is not an image: write name:tag") != std::string::npos);
    CHECK(normal("user", 1000) == "1000");
    CHECK(normal("user", "1000:1000") == "1000:1000");
    CHECK(normal("pull_policy", "if_not_present") == "missing");
    CHECK(fault("pull_policy", "daily") ==
          "\"daily\" is not supported yet: write missing, always or never");
    CHECK(fault("pull_policy", "sometimes") ==
          "\"sometimes\" is not a pull policy: write missing, always or never");
    CHECK(normal("restart", "always") == "unless-stopped");
    CHECK(normal("restart", "on-failure:05") == "on-failure:5");
    for (const auto* bad : {"on-failure:0", "on-failure:x", "on-failure:", "never", ""})
        CHECK(fault("restart", bad).find("is not a restart policy") != std::string::npos);
    CHECK(fault("restart", false) == "false is not a restart policy: write \"no\" in quotes");
    CHECK(normal("stop_signal", "sigint") == "SIGINT");
    CHECK(normal("stop_signal", "TERM") == "SIGTERM");
    CHECK(normal("stop_signal", 9) == "9");
    CHECK(normal("stop_signal", "SIGRTMIN+3") == "SIGRTMIN+3");
    CHECK(fault("stop_signal", "a b").find("is not a signal") != std::string::npos);
    CHECK(normal("stop_grace_period", "1m30s") == 90'000'000'000);
    CHECK(fault("stop_grace_period", "25h").find("up to 24h") != std::string::npos);
    CHECK(fault("stop_grace_period", 10).find("is not a duration") != std::string::npos);
    CHECK(fault("working_dir", "app").find("absolute") != std::string::npos);
    CHECK(fault("init", "yes").find("is not true or false") != std::string::npos);
}

TEST_CASE("service keys: command lines") {
    CHECK(normal("command", "a 'b c' \"d\\\"e\" f\\ g") == json{"a", "b c", "d\"e", "f g"});
    CHECK(normal("command", "") == json::array());
    CHECK(normal("command", nullptr) == nullptr);
    CHECK(normal("entrypoint", json::array()) == json::array());
    CHECK(fault("command", "a 'b") == "a quote is not closed: close it, or write a list of words");
    CHECK(fault("command", json{"a", 1}) == "/1: 1 is not text: put it in quotes");
    CHECK(fault("command", json{{"a", "b"}}).find("is not a command line") != std::string::npos);
}

TEST_CASE("service keys: environment and labels") {
    CHECK(normal(
              "environment",
              json{{"A", 1}, {"B", true}, {"C", 1.5}, {"D", 1000.0}, {"E", nullptr}, {"F", "x"}}) ==
          json{{"A", "1"}, {"B", "true"}, {"C", "1.5"}, {"D", "1000"}, {"E", nullptr}, {"F", "x"}});
    CHECK(normal("environment", json{"A=1", "B", "C=", "D=a=b", "A=2"}) ==
          json{{"A", "2"}, {"B", nullptr}, {"C", ""}, {"D", "a=b"}});
    CHECK(fault("environment", json{"=x"}) == "/0: no name before =: write NAME=value");
    CHECK(fault("environment", json{{"A", json::array()}}).find("/A: a list is not text") == 0);
    CHECK(fault("environment", "A=1").find("a map or a list of NAME=value") != std::string::npos);
    CHECK(fault("environment", json{{"ALCEDO_REVISION", "x"}}).find("is set by alcedo") !=
          std::string::npos);
    CHECK(normal("labels", json{"a", "b=c"}) == json{{"a", ""}, {"b", "c"}});
}

TEST_CASE("service keys: env_file") {
    CHECK(normal("env_file", "a") == json::array({{{"path", "a"}, {"required", true}}}));
    CHECK(normal("env_file", json{"a", {{"path", "b"}, {"required", false}}}) ==
          json{{{"path", "a"}, {"required", true}}, {{"path", "b"}, {"required", false}}});
    CHECK(fault("env_file", json::array({{{"path", "b"}, {"format", "raw"}}})) ==
          "/0/format: not supported yet: remove it");
    CHECK(fault("env_file", json::array({json::object()})) == "/0: no path: write the file's path");
    CHECK(fault("env_file", "") == "no path: write the file's path");
    // A list may hold maps; Compose knows no single one.
    CHECK(fault("env_file", json{{"path", "a"}}) ==
          "a map is not an env_file: write a list, [{path: file}]");
}

TEST_CASE("service keys: lists") {
    CHECK(normal("expose", json{80, "81/udp", "82-84"}) ==
          json{"80/tcp", "81/udp", "82/tcp", "83/tcp", "84/tcp"});
    for (const auto& bad : {json("x"), json("0"), json("65536"), json("9-8"), json("80/foo"),
                            json(nullptr), json("1-2000000")})
        CHECK(fault("expose", json::array({bad})).find("is not a port") != std::string::npos);
    CHECK(normal("cap_add", json{"cap_net_admin", "SYS_TIME", "NET_ADMIN"}) ==
          json{"NET_ADMIN", "SYS_TIME"});
    CHECK(normal("tmpfs", "/run") == json{{"/run", ""}});
    CHECK(normal("tmpfs", json{"/run", "/tmp:size=1m,mode=1777"}) ==
          json{{"/run", ""}, {"/tmp", "size=1m,mode=1777"}});
    CHECK(fault("tmpfs", "run").find("is not an absolute path") != std::string::npos);
    CHECK(normal("extra_hosts",
                 json{"a:1.1.1.1", "b=::1", "c:[fe80::1]", "d:host-gateway", "a:1.1.1.1"}) ==
          json{"a:1.1.1.1", "b:::1", "c:fe80::1", "d:host-gateway"});
    CHECK(normal("extra_hosts", json{{"a", {"1.1.1.1", "2.2.2.2"}}, {"b", "3.3.3.3"}}) ==
          json{"a:1.1.1.1", "a:2.2.2.2", "b:3.3.3.3"});
    for (const auto* bad : {"a:b.c", "a", "a:1.1.1", "a:1.1.1.256", "a:1.1.1.1.1", "a:host", "a:"})
        CHECK(fault("extra_hosts", json{bad}).find("is not an address") != std::string::npos);
    CHECK(normal("ulimits", json{{"nofile", 5}, {"nproc", {{"soft", -1}, {"hard", -1}}}}) ==
          json{{"nofile", {{"soft", 5}, {"hard", 5}}}, {"nproc", {{"soft", -1}, {"hard", -1}}}});
    for (const int soft : {-1, 3})
        CHECK(fault("ulimits", json{{"nofile", {{"soft", soft}, {"hard", 2}}}}) ==
              "/nofile/soft: above the hard limit: write at most 2");
    CHECK(fault("ulimits", json{{"nofile", -2}}).find("/nofile: -2 is not a whole number") == 0);
    CHECK(fault("ulimits", json{{"nofile", {{"soft", 1}}}}).find("/nofile/hard") == 0);
}

TEST_CASE("service keys: nothing in a list is a slip, not an entry") {
    const auto nothing = json::array({""});
    for (const auto* key : {"tmpfs", "extra_hosts", "environment", "labels", "cap_add", "cap_drop"})
        CHECK(fault(key, nothing) == "/0: nothing here: remove it");
    CHECK(fault("environment", json{"A=1", ""}) == "/1: nothing here: remove it");
    CHECK(fault("tmpfs", "") == "nothing here: remove it");
    CHECK(fault("networks", json{{"n", {{"aliases", {""}}}}}) ==
          "/n/aliases/0: nothing here: remove it");
}

TEST_CASE("service keys: expose is a thousand ports at most") {
    CHECK(normal("expose", json{"1-1000", "1-500", 7}).size() == 1000);
    CHECK(fault("expose", json{"1-1000", 1001}).find("more than 1,000 ports: write fewer") == 0);
    CHECK(fault("expose", json{"1-65535"}).find("more than 1,000 ports") == 0);
}

TEST_CASE("service keys: where a mount may be") {
    CHECK(normal("tmpfs", json{"/run/", "//tmp/./x:size=1m"}) ==
          json{{"/run", ""}, {"/tmp/x", "size=1m"}});
    CHECK(fault("tmpfs", json{"/run", "/run/:size=1m"}) ==
          "/1: two tmpfs at \"/run\": remove one of them");
    for (const auto* root : {"/", "//", "/a/.."}) {
        CHECK(fault("tmpfs", root) ==
              "a mount at / would hide the whole image: write a folder, such as /data");
        CHECK(fault("volumes", json::array({"aa:" + std::string(root)})).find("/0: a mount at /") ==
              0);
    }
    for (const auto& bad : {json("no"), json(nullptr), json{"propagation"}})
        CHECK(fault("volumes",
                    json::array(
                        {{{"type", "bind"}, {"source", "/a"}, {"target", "/b"}, {"bind", bad}}}))
                  .find("/0/bind: ") == 0);
}

TEST_CASE("service keys: volumes") {
    const auto mount = [](const char* type, const char* source, const char* target, bool ro) {
        return json{{"type", type}, {"source", source}, {"target", target}, {"read_only", ro}};
    };
    CHECK(normal("volumes", json{"data:/d", "/a//b/../c/:/e/:ro", "data:/f:rw"}) ==
          json{mount("volume", "data", "/d", false), mount("bind", "/a/c", "/e", true),
               mount("volume", "data", "/f", false)});
    auto strict = mount("bind", "/a", "/b", true);
    strict["bind"] = {{"create_host_path", false}};
    CHECK(normal("volumes", json::array({{{"type", "bind"},
                                          {"source", "/a"},
                                          {"target", "/b"},
                                          {"read_only", true},
                                          {"bind", {{"create_host_path", false}}}}})) ==
          json::array({strict}));
    const auto said = [](const json& one) { return fault("volumes", json::array({one})); };
    CHECK(said("/data") == "/0: an anonymous volume is not supported yet: name it: data:/data");
    CHECK(said("./x:/y") == "/0: \"./x\" is relative to nothing on the server: write an absolute "
                            "path of the host");
    CHECK(said("~/x:/y").find("relative to nothing") != std::string::npos);
    CHECK(said("data:y").find("is not a path in the container") != std::string::npos);
    CHECK(said("a b:/y").find("is not a volume name") != std::string::npos);
    CHECK(said("data:/y:z") == "/0: \"z\" is not supported yet: write ro or rw");
    CHECK(said("data:/y:ro,nocopy").find("\"nocopy\" is not supported yet") != std::string::npos);
    for (const auto* bad : {"", ":", "a:", ":/b", "a:/b:ro:x"})
        CHECK(said(bad).find("is not a volume") != std::string::npos);
    CHECK(said(json{{"type", "tmpfs"}, {"target", "/x"}}) ==
          "/0/type: \"tmpfs\" is not supported yet: use the service's tmpfs key");
    CHECK(said(json{{"source", "aa"}, {"target", "/x"}}) ==
          "/0/type: no type: write volume or bind");
    CHECK(said(json{{"type", "bind"}, {"source", "aa"}, {"target", "/x"}}) ==
          "/0/source: not the source of a bind: write an absolute path");
    CHECK(said(json{{"type", "volume"}, {"source", "aa"}, {"target", "/x"}, {"volume", {}}}) ==
          "/0/volume: not supported yet: remove it");
    CHECK(fault("volumes", json{"aa:/x", "bb:/x/"}) ==
          "/1: two volumes at \"/x\": remove one of them");
    CHECK(said(3).find("is not a volume") != std::string::npos);
}

TEST_CASE("service keys: networks and depends_on") {
    CHECK(normal("networks", json{"a", "b"}) == json{{"a", json::object()}, {"b", json::object()}});
    CHECK(fault("networks", json{{"a", {{"ipv4_address", "1.1.1.1"}}}}) ==
          "/a/ipv4_address: not supported yet: remove it");
    CHECK(fault("networks", json{{"a", {{"aliases", {1}}}}}).find("/a/aliases") == 0);
    CHECK(fault("networks", json{{"a", 1}}).find("/a: 1 is not a map") == 0);
    CHECK(normal("depends_on", json{"a"}) == json{{"a", {{"condition", "service_started"}}}});
    CHECK(fault("depends_on", json{{"a", {{"condition", "up"}}}}).find("/a/condition") == 0);
}

TEST_CASE("service keys: healthcheck") {
    CHECK(normal("healthcheck", json{{"test", "curl x"},
                                     {"interval", "1m"},
                                     {"timeout", "1.5s"},
                                     {"retries", 2},
                                     {"start_period", "0s"},
                                     {"disable", false}}) == json{{"test", {"CMD-SHELL", "curl x"}},
                                                                  {"interval", 60'000'000'000},
                                                                  {"timeout", 1'500'000'000},
                                                                  {"retries", 2},
                                                                  {"start_period", 0},
                                                                  {"disable", false}});
    for (const auto& bad : {json(""), json::array(), json{"ls"}, json{"CMD"}, json{"NONE", "x"},
                            json{"CMD", 1}, json(1)})
        CHECK(fault("healthcheck", json{{"test", bad}}).find("/test: ") == 0);
    CHECK(fault("healthcheck", json{{"interval", "1us"}}).find("/interval: ") == 0);
    CHECK(fault("healthcheck", json{{"interval", 5}}).find("/interval: ") == 0);
    CHECK(fault("healthcheck", json{{"retries", "3"}}) ==
          "/retries: \"3\" is not a whole number: write 0 to 1000, without quotes");
    CHECK(fault("healthcheck", json{{"start_interval", "1s"}}) ==
          "/start_interval: not supported yet: remove it");
    CHECK(fault("healthcheck", json{{"tests", "x"}}).find("/tests: unknown key") == 0);
}

TEST_CASE("service keys: deploy, logging, x-alcedo") {
    CHECK(
        normal("deploy", json{{"replicas", 2},
                              {"resources",
                               {{"limits", {{"cpus", "1.5"}, {"memory", "1g"}, {"pids", 9}}}}}}) ==
        json{{"replicas", 2},
             {"resources",
              {{"limits", {{"cpus", 1'500'000'000}, {"memory", 1LL << 30}, {"pids", 9}}}}}});
    const auto limit = [](const char* key, const json& value) {
        return fault("deploy", json{{"resources", {{"limits", {{key, value}}}}}});
    };
    CHECK(limit("cpus", 0).find("is not a number of CPUs") != std::string::npos);
    CHECK(limit("cpus", "x").find("is not a number of CPUs") != std::string::npos);
    CHECK(limit("memory", "5M").find("at least 6M") != std::string::npos);
    CHECK(limit("memory", "1x").find("is not a size") != std::string::npos);
    CHECK(limit("pids", 0).find("/pids: 0 is out of bounds: write 1 to 4194304") !=
          std::string::npos);
    CHECK(limit("pids", 1.5).find("is not a whole number") != std::string::npos);
    CHECK(fault("deploy", json{{"replicas", 0}}) ==
          "/replicas: 0 is out of bounds: write 1 to 100");
    for (const auto& bad : {json(0), json(101), json("2"), json(1.5)})
        CHECK(fault("deploy", json{{"replicas", bad}}).find("/replicas: ") == 0);
    CHECK(fault("deploy", json{{"resources", {{"reservations", json::object()}}}}) ==
          "/resources/reservations: not supported yet: remove it");
    CHECK(normal("logging", json{{"driver", "local"}, {"options", {{"max-file", 3}}}}) ==
          json{{"driver", "local"}, {"options", {{"max-file", "3"}}}});
    CHECK(fault("logging", json{{"driver", ""}}).find("/driver: ") == 0);
    CHECK(normal("x-alcedo", json{{"warm", true}}) == json{{"warm", true}});
    CHECK(normal("x-alcedo", json{{"exclusive", true}, {"handoverTimeout", "1m30s"}}) ==
          json{{"exclusive", true}, {"handoverTimeout", 90'000'000'000}});
    CHECK(fault("x-alcedo", json{{"exclusive", "yes"}}).find("/exclusive: ") == 0);
    CHECK(fault("x-alcedo", json{{"handoverTimeout", "10ms"}}) ==
          "/handoverTimeout: \"10ms\" is out of bounds: write 1s to 24h");
    CHECK(fault("x-alcedo", json{{"handoverTimeout", 5}}).find("is not a duration") !=
          std::string::npos);
}

TEST_CASE("service keys: rehearse lays over env_file and environment, and nothing else") {
    const auto rehearse = [](json over) { return json{{"rehearse", std::move(over)}}; };
    CHECK(normal("x-alcedo", rehearse({{"env_file", ".env.staging"}, {"environment", {"A=1"}}})) ==
          rehearse({{"env_file", {{{"path", ".env.staging"}, {"required", true}}}},
                    {"environment", {{"A", "1"}}}}));
    CHECK(fault("x-alcedo", rehearse({{"image", "bot:2"}})).find("/rehearse/image: unknown key") ==
          0);
    CHECK(fault("x-alcedo", rehearse({{"env_file", {{{"path", "x"}, {"required", false}}}}}))
              .find("/rehearse/env_file/0/required: a rehearsal without its file") == 0);
    CHECK(fault("x-alcedo", rehearse({{"environment", {{"ALCEDO_COLOR", "x"}}}}))
              .find("/rehearse/environment/ALCEDO_COLOR: ") == 0);
    CHECK(fault("x-alcedo", rehearse({{"env_file", {1}}})).find("/rehearse/env_file/0: ") == 0);
    CHECK(fault("x-alcedo", rehearse(true)).find("/rehearse: true is not a map") == 0);
}

TEST_CASE("service keys: every fault of a value, not only the first") {
    std::vector<shape_problem> problems;
    find_service_key("command")->shape(json{1, "a", 2}, problems);
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].at == "/0");
    CHECK(problems[1].at == "/2");
}
