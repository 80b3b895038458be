#include "support.hpp"

#include <set>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

const std::string key(32, 'k');

color_digests digest_of(const std::string& text, const manifest::file_contents& files = {}) {
    return manifest::digest(spec_of(text).of(color::blue), files, key);
}
std::string open_of(const std::string& text) {
    return digest_of(text).open_digest;
}

} // namespace

TEST_CASE("digest: known hashes") {
    CHECK(manifest::sha256("") ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    // RFC 4231, case 2.
    CHECK(manifest::hmac_sha256("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("digest: golden; if this changes, every running app is rolled out anew") {
    CHECK(open_of(app("")) ==
          "v1:" +
              manifest::sha256(R"({"services":{"web":{"healthcheck":{"test":["CMD-SHELL","true"]},)"
                               R"("image":"web:1"}}})"));
    const auto all =
        manifest::parse("golden", file_text("tests/unit/manifest/golden_v1.yaml")).spec;
    REQUIRE(all);
    CHECK(manifest::digest(all->of(color::green), {}, key).open_digest ==
          "v1:e9d577e9390716c1c35c31aa3bd2830291a9bf662bb01b2fead7a5e995de5c81");
}

TEST_CASE("digest: what is written as its default is not written") {
    const auto plain = open_of(app(""));
    for (const auto* line :
         {"restart: unless-stopped", "restart: always", "init: false", "read_only: false",
          "stop_grace_period: 10s", "environment: {}", "labels: []", "command: []", "command: null",
          "env_file: []", "volumes: []", "cap_add: []", "tmpfs: []", "ulimits: {}", "logging: {}",
          "deploy: {resources: {limits: {}}}", "networks: []", "expose: []", "extra_hosts: {}"}) {
        INFO(std::string(line));
        CHECK(open_of(web(line)) == plain);
    }
    const auto check = [](const std::string& keys) {
        return open_of("apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\nmetadata: {name: app}\n"
                       "spec: {activeColor: blue, services: {web: {image: \"web:1\", healthcheck: "
                       "{test: \"true\"" +
                       keys + "}}}}\n");
    };
    CHECK(check(", interval: 30s, timeout: 30s, retries: 3, start_period: 0s, disable: false") ==
          plain);
    CHECK(check(", interval: 31s") != plain);
    CHECK(open_of(web("volumes: [\"v-${ALCEDO_COLOR}:/v\"]")) ==
          open_of(web("volumes: [{type: volume, source: \"v-${ALCEDO_COLOR}\", target: /v, "
                      "read_only: false}]")));
    CHECK(open_of(web("env_file: a")) == open_of(web("env_file: [{path: a, required: true}]")));
    CHECK(open_of(app("  networks: {n: {internal: false}}\n")) ==
          open_of(app("  networks: {n: }\n")));
    CHECK(open_of(app("  networks: {n: {driver: bridge}}\n")) ==
          open_of(app("  networks: {n: }\n")));
    CHECK(open_of(app("  volumes: {vv: {driver: local}}\n")) ==
          open_of(app("  volumes: {vv: }\n")));
}

TEST_CASE("digest: one thing has one digest, however it is written") {
    CHECK(open_of(web("environment: {A: 1, B: \"2\"}")) == open_of(web("environment: [B=2, A=1]")));
    CHECK(open_of(web("command: a 'b c'")) == open_of(web("command: [a, b c]")));
    CHECK(open_of(web("stop_grace_period: 1m30s")) == open_of(web("stop_grace_period: 90s")));
    CHECK(open_of(web("deploy: {resources: {limits: {memory: 1g, cpus: 1}}}")) ==
          open_of(web("deploy: {resources: {limits: {memory: 1024M, cpus: \"1.0\"}}}")));
    CHECK(open_of(web("cap_add: [b, CAP_A]")) == open_of(web("cap_add: [A, B]")));
    CHECK(open_of(app("  colors: {blue: {services: {web: {user: u}}}}\n")) ==
          open_of(web("user: u")));
}

TEST_CASE("digest: what is not of the revision") {
    const auto plain = open_of(app(""));
    for (const auto* line :
         {"deploy: {replicas: 5}", "pull_policy: always", "x-alcedo: {warm: true}"})
        CHECK(open_of(web(line)) == plain);
    for (const auto* line :
         {"paused: true", "accept: [Stateful]", "traffic: {steps: []}", "health: {timeout: 5m}",
          "watch: {window: 1m}", "standby: {then: Keep}",
          "traffic: {routes: [{name: r, service: web, port: 80, rule: Host(`a`), tls: {}, "
          "middlewares: [auth@file]}]}"})
        CHECK(open_of(app(std::string("  ") + line + "\n")) == plain);
    CHECK(open_of(app("", "", "green")) == plain);
    const std::string side = "    side: {image: s, healthcheck: {test: y}}\n";
    CHECK(open_of(app("", side)) == open_of(app("", "      depends_on: [side]\n" + side)));
}

TEST_CASE("digest: what is of the revision") {
    std::set<std::string> seen{open_of(app(""))};
    for (const auto* line : {"user: u",
                             "command: x",
                             "entrypoint: []",
                             "entrypoint: x",
                             "environment: {A: b}",
                             "environment: [A]",
                             "networks: {default: {aliases: [a]}}",
                             "environment: {A: \"\"}",
                             "env_file: a",
                             "labels: {a: b}",
                             "restart: \"no\"",
                             "init: true",
                             "read_only: true",
                             "stop_grace_period: 9s",
                             "stop_signal: SIGINT",
                             "working_dir: /x",
                             "tmpfs: /x",
                             "cap_add: [A]",
                             "cap_drop: [A]",
                             "extra_hosts: [\"a:1.1.1.1\"]",
                             "logging: {driver: local}",
                             "ulimits: {nproc: 1}",
                             "expose: [1]",
                             "volumes: [\"vv:/v:ro\"]",
                             "networks: [default]",
                             "deploy: {resources: {limits: {pids: 1}}}"}) {
        INFO(std::string(line));
        CHECK(seen.insert(open_of(web(line))).second);
    }
    CHECK(seen.insert(open_of(app("  networks: {n: }\n"))).second);
    CHECK(seen.insert(open_of(app("  volumes: {vv: }\n"))).second);
}

TEST_CASE("digest: env files count by content, under the key, and not in the open digest") {
    const auto text = web("env_file: [a.env, {path: b.env, required: false}]");
    const auto none = digest_of(text);
    const auto one = digest_of(text, {{"a.env", "A=1\n"}});
    CHECK(none.spec_digest == none.open_digest);
    CHECK(one.open_digest == none.open_digest);
    CHECK(one.spec_digest != none.spec_digest);
    CHECK(digest_of(text, {{"a.env", "A=2\n"}}).spec_digest != one.spec_digest);
    CHECK(digest_of(text, {{"b.env", "A=1\n"}}).spec_digest != one.spec_digest);
    CHECK(digest_of(text, {{"a.env", "A=1\n"}, {"c.env", "x"}}).spec_digest == one.spec_digest);
    const auto blue = spec_of(text).of(color::blue);
    CHECK(manifest::digest(blue, {{"a.env", "A=1\n"}}, "other").spec_digest != one.spec_digest);
    CHECK(manifest::env_files_of(blue) == std::vector<env_file>{{"a.env", true}, {"b.env", false}});
}

TEST_CASE("digest: env files of several services, each once, required if one needs it") {
    const auto blue = spec_of(app("", "      env_file: [{path: x, required: false}]\n"
                                      "    side: {image: s, healthcheck: {test: y}, env_file: "
                                      "[x, y]}\n"))
                          .of(color::blue);
    CHECK(manifest::env_files_of(blue) == std::vector<env_file>{{"x", true}, {"y", true}});
}

TEST_CASE("digest: the revision adds the images") {
    const auto blue = spec_of(app("")).of(color::blue);
    const auto one = manifest::revision(blue, {}, key, {{"web", "sha256:1"}});
    CHECK(one.size() == 3 + 64);
    CHECK(one.starts_with("v1:"));
    CHECK(one != manifest::revision(blue, {}, key, {{"web", "sha256:2"}}));
    CHECK(one != manifest::digest(blue, {}, key).spec_digest);
    CHECK(one == manifest::revision(blue, {}, key, {{"web", "sha256:1"}}));
}

TEST_CASE("digest: a new generation is a change of what is written, not of how") {
    const auto of = [](const std::string& text) { return manifest::spec_digest(spec_of(text)); };
    CHECK(of(app("  paused: true\n")) != of(app("")));
    CHECK(of(app("  # nothing\n")) == of(app("")));
    CHECK(of(app("", "      user: u\n      init: true\n")) ==
          of(app("", "      init: true\n      user: \"u\"\n")));
    CHECK(of(app("")).size() == 64);
}
