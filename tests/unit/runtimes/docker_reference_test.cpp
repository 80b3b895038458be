#include "controller/runtimes/docker_reference.hpp"
#include "tests/unit/runtimes/shown.hpp"

using namespace alcedo;
using namespace alcedo::docker;

TEST_CASE("references as docker pull reads them") {
    const auto digest = "sha256:" + std::string(64, 'a');
    const std::pair<std::string, image_reference> cases[] = {
        {"redis", {"docker.io", "redis", "redis", "latest", ""}},
        {"redis:7", {"docker.io", "redis", "redis", "7", ""}},
        {"acme/bot:1.4.0", {"docker.io", "acme/bot", "acme/bot", "1.4.0", ""}},
        {"ghcr.io/acme/bot", {"ghcr.io", "ghcr.io/acme/bot", "acme/bot", "latest", ""}},
        {"127.0.0.1:5000/x:1", {"127.0.0.1:5000", "127.0.0.1:5000/x", "x", "1", ""}},
        {"localhost/x", {"localhost", "localhost/x", "x", "latest", ""}},
        {"ghcr.io/a/b@" + digest, {"ghcr.io", "ghcr.io/a/b", "a/b", "", digest}},
        {"ghcr.io/a/b:1@" + digest, {"ghcr.io", "ghcr.io/a/b", "a/b", "1", digest}},
    };
    for (const auto& [written, wanted] : cases) {
        CAPTURE(written);
        const auto got = parse_reference(written);
        REQUIRE(got);
        CHECK(*got == wanted);
    }
    CHECK(parse_reference("a/b:1@" + digest)->name() == "a/b@" + digest);
    CHECK(parse_reference("sha256:" + std::string(64, 'a'))->name() == digest);
}

TEST_CASE("what could leave its place in a URL is no reference") {
    for (const std::string bad :
         {"", "/x", "x/", "a//b", "../containers/x", "a/../b", "a b", "a?b=c", "a#b", "a%2fb",
          "a:", "a@b", "a@sha256:1@sha256:2", "@sha256:1", "a\nb"}) {
        CAPTURE(bad);
        const auto got = parse_reference(bad);
        REQUIRE_FALSE(got);
        CHECK(got.error().next == next_step::invalid);
        CHECK(got.error().reason == "ImageNotFound");
    }
}
