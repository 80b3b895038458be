// Pulls through a real engine, from a registry that answers 200, 401, 404 and 503.

#include "tests/contract/runtime_contract_engine.hpp"
#include "tests/unit/runtimes/shown.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

/// A config.json with those credentials for that registry.
struct credentials {
    credentials(const std::string& registry, const std::string& password) {
        path = std::filesystem::temp_directory_path() /
               ("alcedo-contract-" + std::to_string(::getpid()) + ".json");
        const json entry = {{"username", registry_stand_in::user}, {"password", password}};
        std::ofstream(path) << json{{"auths", {{registry, entry}}}}.dump();
    }
    ~credentials() { std::filesystem::remove(path); }
    std::filesystem::path path;
};

} // namespace

TEST_CASE("200: pulled, and then it is there with its digest") {
    contract_engine engine;
    registry_stand_in registry(engine.io.get_executor(), mood::open);
    CHECK(engine.run(engine.docker->image(registry.image())).error().next == next_step::gone);
    std::vector<std::string> progress;
    const auto pulled = engine.run(engine.docker->pull(
        registry.image(), [&](std::string line) { progress.push_back(std::move(line)); }));
    REQUIRE(pulled);
    CHECK_FALSE(progress.empty());
    const auto there = engine.run(engine.docker->image(registry.image()));
    REQUIRE(there);
    CHECK(there->id.starts_with("sha256:"));
    CHECK(there->repo_digests ==
          std::vector<std::string>{registry.address() + "/tenant@" + registry.digest()});
    CHECK_FALSE(there->has_healthcheck);
    // By digest, with a tag that says something else; and by id.
    const auto exact = registry.address() + "/tenant:other@" + registry.digest();
    CHECK(engine.run(engine.docker->pull(exact, nullptr)));
    CHECK(engine.run(engine.docker->image(exact)).value() == *there);
    CHECK(engine.run(engine.docker->image(there->id)).value() == *there);
    // A second pull is as good.
    CHECK(engine.run(engine.docker->pull(registry.image(), nullptr)));
}

TEST_CASE("404: the tag, the repository") {
    contract_engine engine;
    registry_stand_in registry(engine.io.get_executor(), mood::open);
    for (const std::string rest : {"/tenant:2", "/nobody:1"}) {
        const auto got = engine.run(engine.docker->pull(registry.address() + rest, nullptr));
        REQUIRE_FALSE(got);
        INFO(to_string(got.error()));
        CHECK(got.error().next == next_step::invalid);
        CHECK(got.error().reason == "ImageNotFound");
    }
}

TEST_CASE("401: without credentials, with wrong ones, with the right ones") {
    contract_engine plain;
    registry_stand_in registry(plain.io.get_executor(), mood::guarded);
    const auto none = plain.run(plain.docker->pull(registry.image(), nullptr));
    REQUIRE_FALSE(none);
    INFO(to_string(none.error()));
    CHECK(none.error().next == next_step::invalid);
    CHECK(none.error().reason == "ImageDenied");
    {
        const credentials wrong(registry.address(), "wrong");
        plain.docker = make_docker_runtime(*plain.http, plain.clock,
                                           {plain.host, plain.instance, wrong.path}, plain.events);
        const auto denied = plain.run(plain.docker->pull(registry.image(), nullptr));
        REQUIRE_FALSE(denied);
        INFO(to_string(denied.error()));
        CHECK(denied.error().reason == "ImageDenied");
        // The registry's own no, not the engine's for want of credentials: ours were sent.
        CHECK(denied.error().message.find("no basic auth") == std::string::npos);
    }
    const credentials right(registry.address(), registry_stand_in::password);
    plain.docker = make_docker_runtime(*plain.http, plain.clock,
                                       {plain.host, plain.instance, right.path}, plain.events);
    const auto pulled = plain.run(plain.docker->pull(registry.image(), nullptr));
    CHECK(pulled);
}

TEST_CASE("503, and nobody there: later, perhaps") {
    contract_engine engine;
    std::string nobody;
    {
        registry_stand_in registry(engine.io.get_executor(), mood::ailing);
        nobody = registry.image();
        const auto got = engine.run(engine.docker->pull(registry.image(), nullptr));
        REQUIRE_FALSE(got);
        INFO(to_string(got.error()));
        CHECK(got.error().next == next_step::retry);
        CHECK(got.error().reason == "ImagePullFailing");
    }
    const auto got = engine.run(engine.docker->pull(nobody, nullptr));
    REQUIRE_FALSE(got);
    INFO(to_string(got.error()));
    CHECK(got.error().next == next_step::retry);
    CHECK(got.error().reason == "ImagePullFailing");
}

TEST_CASE("a reference that is none") {
    contract_engine engine;
    const auto got = engine.run(engine.docker->pull("127.0.0.1:1/Upper:1", nullptr));
    REQUIRE_FALSE(got);
    INFO(to_string(got.error()));
    CHECK(got.error().reason == "ImageNotFound");
}
