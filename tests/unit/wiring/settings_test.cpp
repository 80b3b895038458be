// Where a setting's value comes from, and what is said when it is wrong.
#include "controller/wiring/config_file.hpp"
#include "controller/wiring/settings.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace alcedo;

namespace {

std::string from(const loaded_settings& loaded, const std::string& key) {
    for (const auto& setting : loaded.shown)
        if (setting.key == key) return setting.from;
    return "no such setting";
}

given_settings with_file(const std::string& text) {
    given_settings given;
    given.config_name = "alcedo.yaml";
    given.config_text = text;
    return given;
}

std::string only_problem(const loaded_settings& loaded) {
    REQUIRE(loaded.problems.size() == 1);
    return loaded.problems.front();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

} // namespace

TEST_CASE("settings: defaults are the contract's") {
    const auto loaded = load_settings({});
    CHECK(loaded.problems.empty());
    CHECK(loaded.values == settings{});
    CHECK(loaded.values.docker == "unix:///var/run/docker.sock");
    CHECK(loaded.values.state_dir == "/var/lib/alcedo");
    CHECK(loaded.values.socket == "/run/alcedo/alcedo.sock");
    CHECK(loaded.values.listen == "127.0.0.1:9644");
    CHECK(loaded.values.network == "alcedo");
    CHECK(loaded.values.instance == "alcedo");
    CHECK(loaded.values.resync == seconds(30));
    CHECK(loaded.values.traefik_deadline == seconds(5));
    CHECK(loaded.values.network_pool == "10.213.0.0/16");
    CHECK(from(loaded, "resync") == "default");
    CHECK(from(loaded, "traefik-dir") == "not set");
}

TEST_CASE("settings: a flag beats a variable beats the file beats the default") {
    auto given = with_file("resync: 10s\n");
    CHECK(load_settings(given).values.resync == seconds(10));
    CHECK(from(load_settings(given), "resync") == "alcedo.yaml:1");
    given.variables["ALCEDO_RESYNC"] = "20s";
    CHECK(load_settings(given).values.resync == seconds(20));
    CHECK(from(load_settings(given), "resync") == "variable ALCEDO_RESYNC");
    given.flags["resync"] = {"40s"};
    CHECK(load_settings(given).values.resync == seconds(40));
    CHECK(from(load_settings(given), "resync") == "flag --resync");
}

TEST_CASE("settings: a repeatable setting is replaced as a whole by what stands above it") {
    auto given = with_file("source:\n  - dir:/a\n  - dir:/b\n");
    CHECK(load_settings(given).values.sources == std::vector<std::string>{"dir:/a", "dir:/b"});
    given.variables["ALCEDO_SOURCE"] = "dir:/c  git+https://example.com/x.git";
    CHECK(load_settings(given).values.sources ==
          std::vector<std::string>{"dir:/c", "git+https://example.com/x.git"});
    given.flags["source"] = {"dir:/d"};
    CHECK(load_settings(given).values.sources == std::vector<std::string>{"dir:/d"});
}

TEST_CASE("settings: DOCKER_HOST is weaker than ALCEDO_DOCKER, an empty variable is none") {
    given_settings given;
    given.variables["DOCKER_HOST"] = "unix:///tmp/docker.sock";
    CHECK(load_settings(given).values.docker == "unix:///tmp/docker.sock");
    given.variables["ALCEDO_DOCKER"] = "tcp://10.0.0.1:2375";
    CHECK(load_settings(given).values.docker == "tcp://10.0.0.1:2375");
    given.variables["ALCEDO_DOCKER"] = "";
    CHECK(from(load_settings(given), "docker") == "variable DOCKER_HOST");
}

TEST_CASE("settings: entry points as a list or as a mapping") {
    const std::vector<entry_point_url> want{{"web", "http://127.0.0.1:80"},
                                            {"websecure", "https://127.0.0.1:443"}};
    const auto mapping = load_settings(with_file(
        "traefik-entrypoint:\n  web: http://127.0.0.1:80\n  websecure: https://127.0.0.1:443\n"));
    CHECK(mapping.problems.empty());
    CHECK(mapping.values.entry_points == want);
    const auto list = load_settings(with_file("traefik-entrypoint: [web=http://127.0.0.1:80, "
                                              "\"websecure=https://127.0.0.1:443\"]\n"));
    CHECK(list.problems.empty());
    CHECK(list.values.entry_points == want);
}

TEST_CASE("settings: every error names its place and the fix, all in one run") {
    auto given = with_file("network: alcedo\nlog-format: xml\n");
    given.variables["ALCEDO_LISTEN"] = "9644";
    given.flags["resync"] = {"5"};
    const auto problems = load_settings(given).problems;
    REQUIRE(problems.size() == 3);
    CHECK(problems[0] == "ALCEDO_LISTEN: \"9644\" is no ADDRESS:PORT: write one like "
                         "127.0.0.1:9644");
    CHECK(problems[1] == "--resync: \"5\" is no duration: write 5s for seconds");
    CHECK(problems[2] == "alcedo.yaml:2: log-format: \"xml\" is none of its values: write "
                         "console, json");
}

TEST_CASE("settings: each parser refuses what it cannot mean") {
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"source", "/srv/apps"},
        {"source", "dir:"},
        {"docker", "ssh://host"},
        {"traefik-api", "127.0.0.1:8080"},
        {"traefik-entrypoint", "web"},
        {"traefik-entrypoint", "web=127.0.0.1:80"},
        {"traefik-provider", "consul"},
        {"traefik-http-listen", "9645"},
        {"traefik-http-listen", "172.20.0.1:0"},
        {"traefik-http-listen", "172.20.0.1:65536"},
        {"traefik-deadline", "0s"},
        {"network", "-x"},
        {"network-pool", "10.213.0.0"},
        {"network-pool", "10.213.0.0/28"},
        {"network-pool", "10.213.0.300/16"},
        {"socket", std::string(108, 'a')},
        {"listen", "127.0.0.1:99999"},
        {"instance", "Alcedo"},
        {"instance", "a-"},
        {"resync", "999ms"},
        {"log-level", "loud"},
    };
    for (const auto& [key, value] : wrong) {
        CAPTURE(key);
        CAPTURE(value);
        given_settings given;
        given.flags[key] = {value};
        CHECK(load_settings(given).problems.size() == 1);
        CHECK(load_settings(given).values == settings{});
    }
}

TEST_CASE("settings: a polled document has 8 s to be confirmed, unless a deadline is given") {
    given_settings given;
    given.flags["traefik-provider"] = {"http"};
    given.variables["ALCEDO_TRAEFIK_HTTP_LISTEN"] = "172.20.0.1:9645";
    auto loaded = load_settings(given);
    CHECK(loaded.problems.empty());
    CHECK(loaded.values.traefik_provider == "http");
    CHECK(loaded.values.traefik_http_listen == "172.20.0.1:9645");
    CHECK(loaded.values.traefik_deadline == seconds(8));
    CHECK(from(loaded, "traefik-deadline") == "default");
    const auto text = print_config(loaded);
    CHECK(has(text, "traefik-provider: http"));
    CHECK(has(text, "traefik-http-listen: 172.20.0.1:9645"));
    CHECK(has(text, "traefik-deadline: 8s"));
    CHECK(load_settings(with_file(text)).values == loaded.values);
    given.flags["traefik-deadline"] = {"5s"};
    CHECK(load_settings(given).values.traefik_deadline == seconds(5));
}

TEST_CASE("settings: cross-checks of the http provider") {
    settings s;
    s.sources = {"dir:/a"};
    s.traefik_api = "http://172.20.0.2:8080";
    s.traefik_provider = "http";
    REQUIRE(cross_check(s).size() == 1);
    CHECK(has(cross_check(s)[0], "--traefik-http-listen: missing"));
    s.traefik_http_listen = "172.20.0.1:9645";
    CHECK(cross_check(s).empty());
    s.traefik_api.clear();
    CHECK(has(cross_check(s).at(0), "--traefik-api: missing"));
    s.traefik_api = "http://172.20.0.2:8080";
    s.traefik_dir = "/srv/traefik";
    REQUIRE(cross_check(s).size() == 1);
    CHECK(has(cross_check(s)[0], "--traefik-dir: not used with --traefik-provider http"));
    s.traefik_provider = "file";
    REQUIRE(cross_check(s).size() == 1);
    CHECK(has(cross_check(s)[0], "--traefik-http-listen: Traefik fetches nothing"));
    s.traefik_provider = "http";
    s.traefik_dir.clear();
    s.listen = s.traefik_http_listen;
    CHECK(has(cross_check(s).at(0), "is --listen already"));
}

TEST_CASE("settings: a single setting given twice is an error") {
    given_settings given;
    given.flags["resync"] = {"10s", "20s"};
    CHECK(has(only_problem(load_settings(given)), "write it once"));
    given.flags = {{"traefik-entrypoint", {"web=http://a:1", "web=http://b:1"}}};
    CHECK(has(only_problem(load_settings(given)), "named twice"));
}

TEST_CASE("settings: the config file is strict and names lines") {
    CHECK(has(only_problem(load_settings(with_file("\nresynk: 10s\n"))), "alcedo.yaml:2: "));
    CHECK(has(only_problem(load_settings(with_file("resync: 10s\nresync: 20s\n"))),
              "alcedo.yaml:2: resync: already on line 1"));
    CHECK(has(only_problem(load_settings(with_file("resync: [10s\n"))), "does not parse"));
    CHECK(has(only_problem(load_settings(with_file("just words\n"))), "not a mapping"));
    CHECK(has(only_problem(load_settings(with_file("- a\n- b\n"))), "not a mapping"));
    CHECK(has(only_problem(load_settings(with_file("source:\n  - [dir:/a]\n"))),
              "nested too deeply"));
    CHECK(has(only_problem(load_settings(with_file("resync: 10s\n---\n"))), "second document"));
    CHECK(load_settings(with_file("# nothing\n")).problems.empty());
    CHECK(load_settings(with_file("")).problems.empty());
    CHECK(load_settings(with_file("traefik-dir:\n")).values == settings{});
}

TEST_CASE("settings: --print-config is a config file again and shows no credentials") {
    given_settings given;
    given.flags["source"] = {"git+https://me:t0ken@example.com/x.git?ref=main", "dir:/a b"};
    given.flags["traefik-entrypoint"] = {"web=http://127.0.0.1:80"};
    given.variables["ALCEDO_RESYNC"] = "90s";
    const auto loaded = load_settings(given);
    const auto text = print_config(loaded);
    CHECK_FALSE(has(text, "t0ken"));
    CHECK(has(text, "git+https://***@example.com/x.git?ref=main"));
    CHECK(has(text, "# variable ALCEDO_RESYNC"));
    CHECK(has(text, "# flag --source"));
    CHECK(has(text, "# default"));
    const auto again = load_settings(with_file(text));
    CHECK(again.problems.empty());
    CHECK(again.values.resync == seconds(90));
    CHECK(again.values.entry_points == loaded.values.entry_points);
    CHECK(again.values.sources[1] == "dir:/a b");
}

TEST_CASE("settings: the table's names are unique and follow from the key") {
    std::set<std::string_view> keys;
    for (const auto& row : setting_rows()) {
        CAPTURE(row.key);
        CHECK(keys.insert(row.key).second);
        std::string variable = "ALCEDO_";
        for (const char c : row.key)
            variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
        CHECK(row.variable == variable);
        CHECK_FALSE(row.help.empty());
    }
}

TEST_CASE("settings: every default is accepted by its own parser") {
    for (const auto& row : setting_rows()) {
        settings fresh;
        for (const auto& value : row.show(settings{}))
            CHECK_FALSE(row.take(fresh, value));
        CHECK(fresh == settings{});
    }
}

TEST_CASE("settings: cross-checks name what is missing") {
    settings s;
    REQUIRE(cross_check(s).size() == 1);
    CHECK(has(cross_check(s)[0], "--source"));
    s.sources = {"dir:/a"};
    CHECK(cross_check(s).empty());
    s.traefik_api = "http://127.0.0.1:8080";
    CHECK(has(cross_check(s).at(0), "--traefik-dir"));
    s.traefik_dir = "/srv/traefik";
    CHECK(cross_check(s).empty());
    s.traefik_api.clear();
    CHECK(has(cross_check(s).at(0), "--traefik-api"));
}

TEST_CASE("a watchdog that is not longer than two resyncs is refused with what to write") {
    settings s;
    s.resync = milliseconds{30000};
    CHECK(!check_watchdog(s, std::nullopt));
    CHECK(!check_watchdog(s, milliseconds{60001}));
    const auto wrong = check_watchdog(s, milliseconds{60000});
    REQUIRE(wrong);
    CHECK(wrong->find("WatchdogSec=60 is too short for --resync 30s") != std::string::npos);
    CHECK(wrong->find("write WatchdogSec=90 or more") != std::string::npos);
}
