// Pulls: the stream's verdict, credentials from config.json, helpers.

#include "controller/runtimes/docker_credentials.hpp"
#include "controller/runtimes/docker_images.hpp"
#include "tests/unit/runtimes/rig.hpp"
#include "tests/unit/runtimes/shown.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

using strings = std::vector<std::string>;

constexpr auto reference = "127.0.0.1:5000/acme/bot:1";

std::string line(const json& body) {
    return body.dump() + "\r\n";
}

const std::string downloading = line({{"status", "Downloading"}, {"id", "1f2e"}});
const std::string good_end = line({{"status", "Digest: sha256:11"}}) +
                             line({{"status", "Status: Downloaded newer image for x"}});

std::string failed_line(const std::string& text) {
    return line({{"errorDetail", {{"message", text}}}, {"error", text}});
}

peer_server::handler engine(answered pull, bool has_image = true, std::string server = "Docker/1") {
    return [=](const asked& call) {
        if (call.target == "/_ping")
            return server == "Docker/1"
                       ? pong("1.41", server)
                       : reply(200, "OK", {{"Api-Version", "1.41"}, {"Libpod-Api-Version", "5"}});
        if (call.what() == "POST /images/create") return pull;
        if (!has_image) return reply(404, json{{"message", "No such image"}});
        return reply(200, json{{"Id", "sha256:11"}});
    };
}

struct config_file {
    explicit config_file(const std::string& text) {
        path = std::filesystem::temp_directory_path() /
               ("alcedo-config-" + std::to_string(::getpid()) + ".json");
        std::ofstream(path) << text;
    }
    ~config_file() { std::filesystem::remove(path); }
    std::filesystem::path path;
};

json auth_sent(rig& r) {
    for (const auto& call : r.engine.calls())
        if (call.what() == "POST /images/create") {
            const auto header = call.headers.find("x-registry-auth");
            if (header == call.headers.end()) return nullptr;
            auto text = header->second;
            std::ranges::replace(text, '-', '+');
            std::ranges::replace(text, '_', '/');
            return json::parse(docker::from_base64(text).value());
        }
    return "not pulled";
}

} // namespace

TEST_CASE("a pull: reference, progress, and the image afterwards") {
    rig r(engine(streamed({downloading, downloading, good_end})));
    strings progress;
    const auto got = r.run(
        r.docker->pull(reference, [&](std::string text) { progress.push_back(std::move(text)); }));
    REQUIRE(got);
    const auto& call = r.engine.calls().at(1);
    CHECK(call.query("fromImage") == "127.0.0.1:5000/acme/bot");
    CHECK(call.query("tag") == "1");
    CHECK(r.engine.heard().back() == "GET /images/127.0.0.1:5000/acme/bot:1/json");
    REQUIRE(progress.size() >= 2);
    CHECK(progress.front() == "1f2e: Downloading");
    CHECK(progress.back() == "Status: Downloaded newer image for x");
    CHECK(auth_sent(r).is_null());
}

TEST_CASE("a digest beats the tag; nothing written is latest, never all tags") {
    const std::string digest = "sha256:" + std::string(64, 'a');
    rig r(engine(streamed({good_end})));
    REQUIRE(r.run(r.docker->pull("ghcr.io/a/b:1@" + digest, nullptr)));
    CHECK(r.engine.calls().at(1).query("fromImage") == "ghcr.io/a/b");
    CHECK(r.engine.calls().at(1).query("tag") == digest);
    REQUIRE(r.run(r.docker->pull("redis", nullptr)));
    CHECK(r.engine.calls().at(3).query("tag") == "latest");
}

TEST_CASE("pulls that fail: before the headers, in the stream, and by its end") {
    const struct {
        std::string name;
        answered answer;
        next_step next;
        std::string_view why;
    } cases[] = {
        {"status", reply(500, json{{"message", "manifest unknown: manifest unknown"}}),
         next_step::invalid, "ImageNotFound"},
        {"404",
         reply(404, json{{"message", "pull access denied for x, repository does not exist"}}),
         next_step::invalid, "ImageDenied"},
        {"stream", streamed({downloading, failed_line("unauthorized: authentication required")}),
         next_step::invalid, "ImageDenied"},
        {"old words only", streamed({line({{"error", "toomanyrequests: slow down"}})}),
         next_step::retry, "ImagePullFailing"},
        {"then cut",
         answered{chunk(failed_line("manifest unknown")).insert(0, stream_head().bytes)},
         next_step::invalid, "ImageNotFound"},
        {"cut", answered{stream_head().bytes + chunk(downloading)}, next_step::retry,
         "ImagePullFailing"},
        {"no end", streamed({downloading}), next_step::retry, "ImagePullFailing"},
        {"silence", stream_head(), next_step::retry, "ImagePullFailing"},
        {"no headers", hang(), next_step::retry, "ImagePullFailing"},
        {"garbage", streamed({"{\"status\":\r\n", "\xff\xfe\r\n"}), next_step::retry,
         "ImagePullFailing"},
        {"proxy", reply(403, "<h1>403 Forbidden</h1>"), next_step::retry, "ImagePullFailing"},
        {"engine", reply(403, json{{"message", "denied: requested access"}}), next_step::invalid,
         "ImageDenied"},
    };
    for (const auto& one : cases) {
        CAPTURE(one.name);
        rig r(engine(one.answer));
        const auto got = r.run(r.docker->pull(reference, nullptr));
        REQUIRE_FALSE(got);
        CHECK(to_string(got.error().next) == to_string(one.next));
        CHECK(got.error().reason == one.why);
    }
}

TEST_CASE("a good end without the image is none; Podman has no such end") {
    rig lost(engine(streamed({good_end}), false));
    const auto got = lost.run(lost.docker->pull(reference, nullptr));
    REQUIRE_FALSE(got);
    CHECK(got.error().next == next_step::retry);
    rig podman(engine(streamed({line({{"status", "Download complete"}, {"id", "11"}})}), true,
                      "Libpod/5"));
    CHECK(podman.run(podman.docker->pull(reference, nullptr)));
}

TEST_CASE("an engine that is not there, or too old, says nothing about the image") {
    rig r(engine(streamed({good_end})));
    r.engine.stop_listening();
    CHECK(r.run(r.docker->pull(reference, nullptr)).error().next == next_step::retry);
    rig old([](const asked&) { return pong("1.30", "Docker/1"); });
    const auto got = old.run(old.docker->pull(reference, nullptr));
    REQUIRE_FALSE(got);
    CHECK(got.error().next == next_step::retry);
    CHECK(got.error().reason == "ImagePullFailing");
}

TEST_CASE("images: absent is gone, not an error of the engine") {
    rig r(engine({}, false));
    CHECK(r.run(r.docker->image("redis")).error().next == next_step::gone);
    CHECK(r.engine.heard().back() == "GET /images/redis:latest/json");
    CHECK(r.run(r.docker->image("sha256:11")).error().next == next_step::gone);
    CHECK(r.engine.heard().back() == "GET /images/sha256:11/json");
    CHECK(r.run(r.docker->image("../info")).error().reason == "ImageNotFound");
}

TEST_CASE("credentials come from config.json, read at each pull") {
    // "bot:pass:word"
    config_file config(R"({"auths":{"127.0.0.1:5000":{"auth":"Ym90OnBhc3M6d29yZA=="}}})");
    rig r(engine(streamed({good_end})), {"", "alcedo", config.path});
    REQUIRE(r.run(r.docker->pull(reference, nullptr)));
    CHECK(auth_sent(r) == json::parse(R"({"username":"bot","password":"pass:word",
                                          "serveraddress":"127.0.0.1:5000"})"));
    std::ofstream(config.path) << "{ half";
    const auto got = r.run(r.docker->pull(reference, nullptr));
    REQUIRE_FALSE(got);
    CHECK(got.error().next == next_step::retry);
    CHECK(got.error().reason == "ImagePullFailing");
}

TEST_CASE("the entry of a registry, however it is written") {
    using docker::credentials_in;
    const auto config = json::parse(R"({"auths":{
        "https://index.docker.io/v1/":{"username":"hub","password":"p"},
        "https://ghcr.io/v2/":{"auth":"YTpi"},
        "quay.io":{"identitytoken":"t","auth":"YTpi"},
        "empty.io":{}, "odd.io":{"auth":"%%%"}}})");
    CHECK(credentials_in(config, "docker.io") ==
          json::parse(R"({"username":"hub","password":"p"})"));
    CHECK(credentials_in(config, "ghcr.io") == json::parse(R"({"username":"a","password":"b"})"));
    CHECK(credentials_in(config, "quay.io") == json::parse(R"({"identitytoken":"t"})"));
    CHECK(credentials_in(config, "empty.io").is_null());
    CHECK(credentials_in(config, "odd.io").is_null());
    CHECK(credentials_in(config, "other.io").is_null());
    CHECK(credentials_in(json::object(), "ghcr.io").is_null());
    const auto helpers = json::parse(R"({"credsStore":"pass","credHelpers":{"ghcr.io":"gh"}})");
    CHECK(docker::helper_in(helpers, "ghcr.io") == "gh");
    CHECK(docker::helper_in(helpers, "docker.io") == "pass");
    CHECK(docker::helper_in(json::object(), "docker.io").empty());
}

TEST_CASE("credential helpers are asked, and keep their secrets when they fail") {
    const auto folder =
        std::filesystem::temp_directory_path() / ("alcedo-helpers-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    const auto helper = [&](const std::string& name, const std::string& script) {
        const auto path = folder / ("docker-credential-" + name);
        std::ofstream(path) << "#!/bin/sh\nread -r server\n" << script << "\n";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    };
    helper("good",
           R"(echo "{\"ServerURL\":\"$server\",\"Username\":\"u\",\"Secret\":\"s3cret\"}")");
    helper("token", R"(echo '{"Username":"<token>","Secret":"s3cret"}')");
    helper("none", "echo 'credentials not found in native keychain'; exit 1");
    helper("bad", "echo s3cret; echo s3cret >&2; exit 3");
    const std::string before = std::getenv("PATH");
    ::setenv("PATH", (folder.string() + ":" + before).c_str(), 1);
    const auto pull_with = [&](const std::string& name) {
        config_file config(R"({"credsStore":")" + name + R"("})");
        rig r(engine(streamed({good_end})), {"", "alcedo", config.path});
        const auto got = r.run(r.docker->pull(reference, nullptr));
        return got ? auth_sent(r) : json(to_string(got.error()));
    };
    CHECK(pull_with("good") == json::parse(R"({"username":"u","password":"s3cret",
                                               "serveraddress":"127.0.0.1:5000"})"));
    CHECK(pull_with("token")["identitytoken"] == "s3cret");
    CHECK(pull_with("none").is_null());
    const auto bad = pull_with("bad").get<std::string>();
    CHECK(bad.find("exit code 3") != std::string::npos);
    CHECK(bad.find("s3cret") == std::string::npos);
    CHECK(pull_with("../../bin/sh").is_string());
    CHECK(pull_with("missing").is_string());
    ::setenv("PATH", before.c_str(), 1);
    std::filesystem::remove_all(folder);
}

TEST_CASE("one line of a pull's stream") {
    using docker::pull_line_from;
    CHECK(pull_line_from(R"({"status":"Pulling fs layer","id":"a"})").progress ==
          "a: Pulling fs layer");
    CHECK(pull_line_from(R"({"errorDetail":{"message":"no"}})").failure == "no");
    CHECK(pull_line_from(R"({"status":"Status: Image is up to date for x"})").finished);
    CHECK(pull_line_from("{") == docker::pull_line{});
}
