#include "catalogue_world.hpp"

#include <doctest/doctest.h>

using namespace catalogue_world;

TEST_CASE("env files of both colours are read at the commit and enter the digests") {
    world w;
    fake_source a("a");
    a.commit = "c1";
    a.put("music.yaml",
          manifest_text("music", "app:1", "      env_file: [\".env.${ALCEDO_COLOR}\", /etc/x]\n"));
    a.beside.emplace(".env.blue", std::string("A=1\n"));
    w.host.emplace("/etc/x", std::string("X=1\n"));
    w.accept(a);
    CHECK(a.asked == names{"c1:.env.blue", "c1:.env.green"});
    CHECK(w.of("music").files ==
          manifest::file_contents{{".env.blue", "A=1\n"}, {"/etc/x", "X=1\n"}});
    CHECK(w.why("music") == "SourceSynced"); // a missing one is for Preparing to say
    const auto before = *w.of("music").desired;
    CHECK(w.accept(a).empty());
    a.beside.at(".env.blue") = std::string("A=2\n");
    CHECK(w.accept(a) == names{"music"});
    const auto after = *w.of("music").desired;
    CHECK(after.of(color::blue).spec_digest != before.of(color::blue).spec_digest);
    CHECK(after.of(color::green).spec_digest == before.of(color::green).spec_digest);
    CHECK(after.of(color::blue).open_digest == before.of(color::blue).open_digest);
    CHECK(after.manifest_digest != before.manifest_digest);
    w.host.at("/etc/x") = std::string("X=2\n");
    w.accept(a);
    CHECK(w.of("music").desired->of(color::green).spec_digest !=
          after.of(color::green).spec_digest);
}

TEST_CASE("an env file that cannot be read just now changes no digest") {
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music", "app:1", "      env_file: [.env]\n"));
    a.beside.emplace(".env", std::string("A=1\n"));
    w.accept(a);
    const auto good = *w.of("music").desired;
    SUBCASE("still being written") {
        a.beside.at(".env") = error(next_step::wait, "still being written");
        CHECK(w.accept(a).empty());
        CHECK(w.specs.settling("dir:/a"));
        CHECK(w.why("music") == "SourceSynced");
    }
    SUBCASE("I/O") {
        a.beside.at(".env") = error(next_step::retry, "input/output error");
        w.accept(a);
        CHECK(w.why("music") == "SourceUnreadable");
        CHECK(w.of("music").condition.message.find(".env") != std::string::npos);
    }
    SUBCASE("a path out of the folder") {
        a.beside.at(".env") = error(next_step::invalid, "leads out of its folder");
        w.accept(a);
        CHECK(w.why("music") == "ManifestInvalid");
    }
    CHECK(*w.of("music").desired == good);
    a.beside.at(".env") = std::string("A=1\n");
    w.accept(a);
    CHECK(w.why("music") == "SourceSynced");
    CHECK(*w.of("music").desired == good);
}
