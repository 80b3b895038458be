#include "reconcilers/manifest/merge.hpp"
#include "support.hpp"

#include <chrono>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

/// One key of `web`, written in `services` and again in `colors.green`; what green gets.
json merged(const std::string& base_value, const std::string& over_value, const std::string& key) {
    auto text = app("  accept: [SharedVolume]\n  networks: {n1: {}, n2: {}}\n"
                    "  colors: {green: {services: {web: {" +
                        key + ": " + over_value + "}}}}\n",
                    "      " + key + ": " + base_value +
                        "\n    s1: {image: x, healthcheck: {test: y}}\n"
                        "    s2: {image: x, healthcheck: {test: y}}\n");
    if (key == "healthcheck") text.erase(text.find("      healthcheck: {test: \"true\"}\n"), 34);
    return spec_of(text).of(color::green).find("web")->compose.value(key, json("absent"));
}

} // namespace

TEST_CASE("merge: values and command lines are replaced") {
    CHECK(merged("a", "b", "user") == "b");
    CHECK(merged("true", "false", "init") == false);
    CHECK(merged("[a, b]", "[c]", "command") == json{"c"});
    CHECK(merged("a b", "'c \"d e\"'", "command") == json{"c", "d e"});
    CHECK(merged("[a]", "[]", "entrypoint") == json::array());
    // As compose-go: null resets these two, and changes nothing elsewhere.
    CHECK(merged("[a]", "null", "command") == "absent");
    CHECK(merged("[a]", "null", "entrypoint") == "absent");
    CHECK(merged("a", "null", "user") == "a");
    CHECK(merged("{A: b}", "null", "environment") == json{{"A", "b"}});
}

TEST_CASE("merge: maps by key, whichever way they are written") {
    CHECK(merged("{A: 1, B: 2}", "[B=3, C=4]", "environment") ==
          json{{"A", "1"}, {"B", "3"}, {"C", "4"}});
    CHECK(merged("[A=1]", "[A]", "environment") == json{{"A", nullptr}});
    CHECK(merged("{a: x}", "[b=y]", "labels") == json{{"a", "x"}, {"b", "y"}});
    CHECK(merged("/run", "[\"/run:size=1m\", /tmp]", "tmpfs") ==
          json{{"/run", "size=1m"}, {"/tmp", ""}});
    CHECK(merged("{nofile: 5, nproc: 1}", "{nofile: {soft: 1, hard: 2}}", "ulimits") ==
          json{{"nofile", {{"soft", 1}, {"hard", 2}}}, {"nproc", {{"soft", 1}, {"hard", 1}}}});
}

TEST_CASE("merge: lists grow, without repeats") {
    CHECK(merged("a", "[b, a, c]", "env_file") == json{{{"path", "a"}, {"required", true}},
                                                       {{"path", "b"}, {"required", true}},
                                                       {{"path", "c"}, {"required", true}}});
    CHECK(merged("a", "[{path: a, required: false}]", "env_file") ==
          json::array({{{"path", "a"}, {"required", false}}}));
    CHECK(merged("[80]", "[\"80\", 81/udp]", "expose") == json{"80/tcp", "81/udp"});
    CHECK(merged("[a]", "[B, CAP_A]", "cap_add") == json{"A", "B"});
    CHECK(merged("[\"h:10.0.0.1\"]", "{h: 10.0.0.2, i: 10.0.0.1}", "extra_hosts") ==
          json{"h:10.0.0.1", "h:10.0.0.2", "i:10.0.0.1"});
}

TEST_CASE("merge: what has no order is the same whichever colour writes it") {
    CHECK(merged("[90]", "[80]", "expose") == merged("[80]", "[90]", "expose"));
    CHECK(merged("[90]", "[80]", "expose") == json{"80/tcp", "90/tcp"});
    CHECK(merged("[B]", "[a]", "cap_add") == json{"A", "B"});
    CHECK(merged("[B]", "[a, b]", "cap_drop") == json{"A", "B"});
}

TEST_CASE("merge: thousands of entries are no more than thousands of steps") {
    const auto many = [](const std::string& before, const std::string& after) {
        std::string out;
        for (int i = 0; i < 4000; ++i)
            out += (i == 0 ? "\"" : ", \"") + before + std::to_string(i) + after + "\"";
        return out;
    };
    const auto began = std::chrono::steady_clock::now();
    CHECK(merged("[" + many("h", ":10.0.0.1") + "]", "[" + many("i", ":10.0.0.1") + "]",
                 "extra_hosts")
              .size() == 8000);
    CHECK(merged("[" + many("aa:/x", ":ro") + "]", "[" + many("bb:/y", ":ro") + "]", "volumes")
              .size() == 8000);
    // A thousand of each, and each once: what one service may expose, and what both colours may.
    CHECK(says(app("  colors: {green: {services: {web: {expose: [\"1-1000/udp\"]}}}}\n",
                   "      expose: [1-1000]\n"),
               "app.yaml:11:45: spec.colors.green.services.web.expose: more than 1,000 ports in "
               "green: write fewer"));
    CHECK(says(app("", "      expose: [\"1-1000\", \"1001-2000\", \"2001-3000\"]\n"),
               "app.yaml:9:15: spec.services.web.expose: more than 1,000 ports: write fewer"));
    // By comparing all with all each of them took minutes.
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(30));
}

TEST_CASE("merge: volumes by their place in the container") {
    const auto list = merged("[\"aa:/x\", \"bb:/y\"]", "[\"cc:/x/:ro\", \"dd:/z\"]", "volumes");
    REQUIRE(list.size() == 3);
    CHECK(list[0]["source"] == "cc");
    CHECK(list[0]["read_only"] == true);
    CHECK(list[1]["source"] == "bb");
    CHECK(list[2]["source"] == "dd");
}

TEST_CASE("merge: blocks key by key, deeply") {
    CHECK(merged("{test: [CMD, a], interval: 5s}", "{test: b, retries: 2}", "healthcheck") ==
          json{{"test", {"CMD-SHELL", "b"}}, {"interval", 5'000'000'000}, {"retries", 2}});
    CHECK(merged("{replicas: 2, resources: {limits: {cpus: 1, memory: 64m}}}",
                 "{resources: {limits: {cpus: 2}}}", "deploy") ==
          json{{"replicas", 2},
               {"resources", {{"limits", {{"cpus", 2'000'000'000}, {"memory", 67'108'864}}}}}});
    CHECK(merged("[s1]", "{s2: {condition: service_healthy}}", "depends_on") ==
          json{{"s1", {{"condition", "service_started"}}},
               {"s2", {{"condition", "service_healthy"}}}});
    CHECK(merged("{n1: {aliases: [a]}}", "{n1: {aliases: [b, a]}, n2: }", "networks") ==
          json{{"n1", {{"aliases", {"a", "b"}}}}, {"n2", json::object()}});
    CHECK(merged("[n1]", "[n2]", "networks") ==
          json{{"n1", json::object()}, {"n2", json::object()}});
}

TEST_CASE("merge: options of one logging driver mean nothing to another") {
    CHECK(merged("{driver: json-file, options: {a: b}}", "{options: {c: d}}", "logging") ==
          json{{"driver", "json-file"}, {"options", {{"a", "b"}, {"c", "d"}}}});
    CHECK(merged("{driver: json-file, options: {a: b}}", "{driver: local}", "logging") ==
          json{{"driver", "local"}});
}

TEST_CASE("merge: services, networks and volumes of one colour only") {
    const auto spec =
        spec_of(app("  networks: {n: {driver: a, labels: {x: y}}}\n"
                    "  colors:\n    green:\n      services: {side: {image: s, healthcheck: {test: "
                    "y}}}\n      networks: {n: {driver: b}, m: {}}\n      volumes: {vv: {}}\n"
                    "    blue:\n"));
    CHECK(spec.of(color::blue).find("side") == nullptr);
    CHECK(spec.of(color::green).find("side")->image == "s");
    CHECK(spec.of(color::green).networks ==
          json{{"n", {{"driver", "b"}, {"labels", {{"x", "y"}}}}}, {"m", json::object()}});
    CHECK(spec.of(color::blue).volumes == json::object());
    CHECK(spec.of(color::green).services[0].name == "side");
}
