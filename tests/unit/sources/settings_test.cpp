#include "controller/sources/sources.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace alcedo;

namespace {

source_settings parsed(const std::string& text) {
    auto out = parse_source(text);
    INFO(text);
    REQUIRE(out.has_value());
    return *out;
}

std::string refusal(const std::string& text) {
    auto out = parse_source(text);
    INFO(text);
    REQUIRE(!out.has_value());
    CHECK(out.error().next == next_step::invalid);
    return out.error().message;
}

} // namespace

TEST_CASE("a directory") {
    auto plain = parsed("dir:/etc/alcedo/");
    CHECK(plain.is == source_settings::kind::directory);
    CHECK(plain.path == "/etc/alcedo");
    CHECK(!plain.prune);
    CHECK(plain.given == "dir:/etc/alcedo");
    CHECK(parsed("dir:/etc/alcedo?prune=true").prune);
    CHECK(parsed("dir:/etc/./x/../alcedo").path == "/etc/alcedo");
    CHECK(parsed("dir:apps").path == (std::filesystem::current_path() / "apps").string());
}

TEST_CASE("a Git repository, remote") {
    auto all = parsed("git+https://git.example.com/ops/deploy.git//hosts/a?ref=main&every=2m&"
                      "prune=true");
    CHECK(all.is == source_settings::kind::git);
    CHECK(all.url == "https://git.example.com/ops/deploy.git");
    CHECK(all.subdir == "hosts/a");
    CHECK(all.ref == "main");
    CHECK(all.every == seconds(120));
    CHECK(all.prune);
    CHECK(!all.local);
    CHECK(parsed("git+ssh://git@example.com:22/ops.git").url == "ssh://git@example.com:22/ops.git");
    auto scp = parsed("git+git@example.com:ops/deploy.git//x");
    CHECK(scp.url == "git@example.com:ops/deploy.git");
    CHECK(scp.subdir == "x");
    CHECK(parsed("git+https://e.com/a?ref=feature%2Fx%26y").ref == "feature/x&y");
    CHECK(parsed("git+http://127.0.0.1:8080/a").url == "http://127.0.0.1:8080/a");
}

TEST_CASE("a Git repository on this host") {
    auto plain = parsed("git+/srv/deploy.git//apps");
    CHECK(plain.local);
    CHECK(plain.url == "/srv/deploy.git");
    CHECK(plain.subdir == "apps");
    auto file = parsed("git+file:///srv/deploy.git//apps/");
    CHECK(file.local);
    CHECK(file.url == "file:///srv/deploy.git");
    CHECK(file.subdir == "apps");
}

TEST_CASE("user and password leave the URL and are never shown") {
    auto out = parsed("git+https://bot:s%40cret@example.com/a.git//x?ref=main");
    CHECK(out.url == "https://example.com/a.git");
    CHECK(out.credentials == "bot:s@cret");
    CHECK(out.given == "git+https://example.com/a.git//x?ref=main");
    CHECK(to_string(out).find("cret") == std::string::npos);
    CHECK(parsed("git+https://token@example.com/a.git").credentials == "token:");
    CHECK(refusal("git+ssh://git:pw@example.com/a").find("key") != std::string::npos);
}

TEST_CASE("errors say what to write instead") {
    CHECK(refusal("/etc/alcedo").find("dir:PATH") != std::string::npos);
    CHECK(refusal("").find("dir:PATH") != std::string::npos);
    CHECK(refusal("svn+https://x").find("git+URL") != std::string::npos);
    CHECK(refusal("dir:").find("names no directory") != std::string::npos);
    CHECK(refusal("dir:/x?prune=yes").find("prune=true") != std::string::npos);
    CHECK(refusal("dir:/x?ref=main").find("it takes prune") != std::string::npos);
    CHECK(refusal("dir:/x?prune").find("no value") != std::string::npos);
    CHECK(refusal("dir:/x?prune=true&prune=false").find("twice") != std::string::npos);
    CHECK(refusal("git+https://e.com/a?branch=x").find("ref, every, prune") != std::string::npos);
    CHECK(parsed("git+https://e.com/a?every=1m30s").every == seconds(90));
    CHECK(refusal("git+https://e.com/a?every=25h").find("every=25h") != std::string::npos);
    CHECK(refusal("git+https://e.com/a?every=500ms").find("every=500ms") != std::string::npos);
    CHECK(refusal("git+https://e.com/a?every=0s").find("every=0s") != std::string::npos);
    CHECK(refusal("git+https://e.com/a?every=9999999999999h").find("every") != std::string::npos);
    for (const std::string far :
         {"example.com", "8.8.8.8", "172.32.0.1", "192.169.0.1", "[2001:db8::1]"})
        CHECK(refusal("git+http://" + far + "/a").find("https or ssh") != std::string::npos);
    for (const std::string near : {"localhost", "git", "gitea:3000", "10.0.0.1", "172.16.0.1:8080",
                                   "192.168.1.5", "[::1]:80", "[fd00::1]"})
        CHECK(parsed("git+http://" + near + "/a").url == "http://" + near + "/a");
    CHECK(refusal("git+ftp://example.com/a").find("no repository") != std::string::npos);
    CHECK(refusal("git+./a").find("no repository") != std::string::npos);
    CHECK(refusal("git+https:///a").find("no host") != std::string::npos);
}

TEST_CASE("nothing that git could take for an option or a way out") {
    for (auto ref : {"-x", "--upload-pack=x", "a..b", "a b", "a:b", "a^", "a~1", "@{1}", "x.lock",
                     "/a", "a/", ".a", "a\\b", "+a", "@"})
        CHECK(refusal("git+/srv/a?ref=" + std::string(ref)).find("branch") != std::string::npos);
    for (auto folder : {"../x", "a/../b", "a//b", "-a", "./a"})
        CHECK(refusal("git+/srv/a//" + std::string(folder)).find("folder") != std::string::npos);
    CHECK(refusal("git+ssh://-oProxyCommand=x/a").find("no host") != std::string::npos);
    CHECK(refusal("git+-oProxyCommand=x:a").find("no host") != std::string::npos);
    CHECK(refusal("git+--upload-pack=x").find("no repository") != std::string::npos);
    CHECK(refusal("dir:/x\n").find("control character") != std::string::npos);
    CHECK(refusal("git+/srv/a?ref=%0a").find("no usable value") != std::string::npos);
}
