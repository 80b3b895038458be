#include "catalogue_world.hpp"

#include <doctest/doctest.h>

using namespace catalogue_world;

TEST_CASE("a valid manifest becomes desired state, once") {
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music"));
    a.put("compose.yaml", "services: {}\n");
    CHECK(w.accept(a) == names{"music"});
    const auto& music = w.of("music");
    CHECK(w.why("music") == "SourceSynced");
    CHECK(music.valid);
    CHECK(music.source_id == "dir:/a");
    CHECK(music.desired->source.path == "music.yaml");
    CHECK(music.desired->source.url == "/a");
    CHECK(music.desired->of(color::blue).spec_digest ==
          manifest::digest(music.desired->spec.of(color::blue), {}, std::string(32, 'k'))
              .spec_digest);
    const auto before = music;
    w.later(seconds(30));
    CHECK(w.accept(a).empty());
    CHECK(w.of("music") == before);
    a.put("music.yaml", manifest_text("music", "app:2"));
    CHECK(w.accept(a) == names{"music"});
    CHECK(w.of("music").desired->manifest_digest != before.desired->manifest_digest);
    CHECK(w.of("music").desired->source.observed_wall == w.at);
}

TEST_CASE("a new commit that leaves the manifest alone is a new source, not a new generation") {
    world w;
    fake_source a("a");
    a.commit = "c1";
    a.put("music.yaml", manifest_text("music"));
    w.accept(a);
    const auto digest = w.of("music").desired->manifest_digest;
    a.commit = "c2";
    w.later(seconds(5));
    CHECK(w.accept(a) == names{"music"});
    CHECK(w.of("music").desired->source.commit == "c2");
    CHECK(w.of("music").desired->source.observed_wall == w.at);
    CHECK(w.of("music").desired->manifest_digest == digest);
}

TEST_CASE("moving the file changes nothing that is desired") {
    world w;
    fake_source a("a", true);
    a.put("music.yaml", manifest_text("music"));
    w.accept(a);
    auto digest = w.of("music").desired->manifest_digest;
    a.files.clear();
    a.put("renamed.yml", manifest_text("music"));
    for (int i = 0; i < 5; ++i, w.later(resync))
        w.accept(a);
    CHECK(w.of("music").desired->manifest_digest == digest);
    CHECK(w.of("music").desired->source.path == "renamed.yml");
    CHECK(!w.of("music").orphaned);
    CHECK(!w.of("music").desired->deleting);
}

TEST_CASE("a bad file keeps the last good spec of the app it named, and says why") {
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    const auto good = *w.of("music").desired;
    std::string text;
    SUBCASE("cut") {
        text = manifest_text("music", "app:2").substr(0, 60);
    }
    SUBCASE("empty") {
        text = "";
    }
    SUBCASE("comments only") {
        text = "# nothing\n";
    }
    SUBCASE("not YAML") {
        text = "a: [\n";
    }
    SUBCASE("an unknown key") {
        text = manifest_text("music", "app:2") + "  wrong: 1\n";
    }
    SUBCASE("no longer a manifest") {
        text = "services: {}\n";
    }
    a.put("music.yaml", text);
    CHECK(w.accept(a) == names{"music"});
    CHECK(w.why("music") == "ManifestInvalid");
    CHECK(w.of("music").condition.message.find("music.yaml") != std::string::npos);
    CHECK(!w.of("music").errors.empty());
    CHECK(!w.of("music").valid);
    CHECK(*w.of("music").desired == good);
    CHECK(w.why("radio") == "SourceSynced");
    for (int i = 0; i < 5; ++i, w.later(resync))
        CHECK(w.accept(a).empty());
    CHECK(!w.of("music").orphaned);
    a.put("music.yaml", manifest_text("music", "app:3"));
    CHECK(w.accept(a) == names{"music"});
    CHECK(w.why("music") == "SourceSynced");
    CHECK(w.of("music").errors.empty());
    CHECK(w.image("music") == "app:3");
}

TEST_CASE("a bad file that was never good marks the app it names, without a desired state") {
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music") + "  wrong: 1\n");
    CHECK(w.accept(a) == names{"music"});
    CHECK(w.why("music") == "ManifestInvalid");
    CHECK(!w.of("music").desired);
}

TEST_CASE("a bad file that renames its app marks both") {
    world w;
    fake_source a("a", true);
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    a.put("music.yaml", manifest_text("musik") + "  wrong: 1\n");
    for (int i = 0; i < 5; ++i, w.later(resync))
        w.accept(a);
    CHECK(w.why("music") == "ManifestInvalid");
    CHECK(w.why("musik") == "ManifestInvalid");
    CHECK(!w.of("music").desired->deleting);
}

TEST_CASE("a file that cannot be used keeps the last good spec") {
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music"));
    w.accept(a);
    a.files["music.yaml"] = manifest_file{"music.yaml", "", "larger than 1 MiB", true};
    w.accept(a);
    CHECK(w.why("music") == "ManifestInvalid");
    CHECK(w.of("music").condition.message.find("1 MiB") != std::string::npos);
    CHECK(w.image("music") == "app:1");
}

TEST_CASE("an unsettled file keeps its last reading") {
    world w;
    fake_source a("a", true);
    a.files["music.yaml"] = manifest_file{"music.yaml", "", "", false};
    CHECK(w.accept(a).empty());
    CHECK(w.specs.entries().empty());
    CHECK(w.specs.reports().front().state.ok); // may well hold a manifest
    CHECK(w.specs.settling("dir:/a"));
    a.put("music.yaml", manifest_text("music"));
    w.accept(a);
    CHECK(!w.specs.settling("dir:/a"));
    a.files["music.yaml"] = manifest_file{"music.yaml", "", "", false};
    for (int i = 0; i < 5; ++i, w.later(resync))
        CHECK(w.accept(a).empty());
    CHECK(w.why("music") == "SourceSynced");
    CHECK(w.image("music") == "app:1");
}

TEST_CASE("a source that cannot be read or is empty changes nothing, and marks its apps") {
    world w;
    fake_source a("a", true);
    fake_source b("b");
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    b.put("other.yaml", manifest_text("other"));
    w.accept(a);
    w.accept(b);
    const auto good = *w.of("music").desired;
    result<snapshot> read = down();
    std::string reason = "SourceUnreadable";
    SUBCASE("unreadable") {}
    SUBCASE("no files") {
        a.files.clear();
        read = a.now();
        reason = "SourceEmpty";
    }
    SUBCASE("no manifest among the files") {
        a.files.clear();
        a.put("compose.yaml", "services: {}\n");
        read = a.now();
        reason = "SourceEmpty";
    }
    CHECK(w.accept(a, read) == names{"music", "radio"});
    for (int i = 0; i < 5; ++i, w.later(resync))
        CHECK(w.accept(a, read).empty());
    CHECK(w.why("music") == reason);
    CHECK(w.why("radio") == reason);
    CHECK(w.why("other") == "SourceSynced");
    CHECK(*w.of("music").desired == good);
    CHECK(!w.of("music").orphaned);
    CHECK(w.specs.reports().front().state.reason == reason);
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    CHECK(w.accept(a) == names{"music", "radio"});
    CHECK(w.why("music") == "SourceSynced");
}

TEST_CASE("a name in two files is refused in both; the last good spec stays") {
    world w;
    fake_source a("a");
    fake_source b("b");
    a.put("music.yaml", manifest_text("music"));
    w.accept(a);
    const auto good = *w.of("music").desired;
    auto& second = [&]() -> fake_source& {
        fake_source* out = &b;
        SUBCASE("of one source") {
            out = &a;
        }
        SUBCASE("of two sources") {
            out = &b;
        }
        return *out;
    }();
    second.put("copy.yaml", manifest_text("music", "app:2"));
    CHECK(w.accept(second) == names{"music"});
    CHECK(w.why("music") == "DuplicateName");
    const auto message = w.of("music").condition.message;
    CHECK(message.find("music.yaml of dir:/a") != std::string::npos);
    CHECK(message.find("copy.yaml of " + second.describe()) != std::string::npos);
    CHECK(w.of("music").errors.size() == 2);
    for (const auto& wrong : w.of("music").errors)
        CHECK(wrong.line == 3); // where metadata.name stands
    CHECK(*w.of("music").desired == good);
    a.files.erase("music.yaml");
    w.accept(a, down()); // says nothing about who names it
    CHECK(w.image("music") == "app:1");
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    CHECK(w.image("music") == "app:2");
    CHECK(w.why("music") == "SourceSynced");
    CHECK(w.of("music").source_id == second.describe());
}

TEST_CASE("a source that went empty does not give its names away") {
    world w;
    fake_source a("a");
    fake_source b("b");
    a.put("music.yaml", manifest_text("music"));
    b.put("copy.yaml", manifest_text("music", "app:2"));
    w.accept(a);
    w.accept(b);
    a.files.clear();
    w.accept(a);
    CHECK(w.image("music") == "app:1");
    CHECK(w.why("music") == "SourceEmpty");
}

TEST_CASE("two files that name a new app: neither is taken") {
    world w;
    fake_source a("a");
    a.put("1.yaml", manifest_text("music"));
    a.put("2.yaml", manifest_text("music", "app:2"));
    w.accept(a);
    CHECK(w.why("music") == "DuplicateName");
    CHECK(!w.of("music").desired);
}

TEST_CASE("a copy beside a broken original is not taken for a move") {
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music"));
    w.accept(a);
    a.put("music.yaml", "cut: [");
    a.put("radio.yaml", manifest_text("music", "app:2"));
    w.accept(a);
    CHECK(w.why("music") == "DuplicateName");
    CHECK(w.image("music") == "app:1");
    a.put("music.yaml", "services: {}\n"); // whole, and plainly something else now
    w.accept(a);
    CHECK(w.why("music") == "SourceSynced");
    CHECK(w.image("music") == "app:2");
}

TEST_CASE("judged: what the newest snapshot says of an app") {
    world w;
    fake_source a("a");
    CHECK(!w.specs.judged("music", "dir:/a").has_value());
    w.accept(a, down());
    CHECK(!w.specs.judged("music", "dir:/a").has_value());
    a.commit = "c1";
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    CHECK(w.specs.judged("music", "dir:/a")->commit == "c1");
    CHECK(w.specs.judged("music", "dir:/a")->valid);
    a.commit = "c2";
    SUBCASE("invalid") {
        a.put("music.yaml", manifest_text("music") + "  wrong: 1\n");
        w.accept(a);
        auto said = w.specs.judged("music", "dir:/a");
        CHECK(said->commit == "c2");
        CHECK(!said->valid);
        CHECK(said->errors.front().path.find("wrong") != std::string::npos);
        CHECK(w.specs.judged("radio", "dir:/a")->valid);
        a.commit = "c3";
        w.accept(a, down());
        CHECK(w.specs.judged("music", "dir:/a")->commit == "c2");
    }
    SUBCASE("removed") {
        a.files.erase("music.yaml");
        w.accept(a);
        auto said = w.specs.judged("music", "dir:/a");
        CHECK(!said->valid);
        CHECK(said->errors.front().problem.find("no manifest names music") != std::string::npos);
    }
    SUBCASE("emptied") {
        a.files.clear();
        w.accept(a);
        auto said = w.specs.judged("music", "dir:/a");
        CHECK(said->commit == "c2");
        CHECK(!said->valid);
    }
    SUBCASE("an app that nobody knows, and a file that cannot say whose it is") {
        a.put("new.yaml", "cut: [");
        w.accept(a);
        auto said = w.specs.judged("new", "dir:/a");
        CHECK(!said->valid);
        REQUIRE(!said->errors.empty());
        CHECK(said->errors.front().file == "new.yaml");
    }
    SUBCASE("an env file that is still being written: not judged yet") {
        a.put("music.yaml", manifest_text("music", "app:2", "      env_file: [.env]\n"));
        a.beside.emplace(".env", error(next_step::wait, "still being written"));
        w.accept(a);
        CHECK(!w.specs.judged("music", "dir:/a").has_value());
    }
}

TEST_CASE("reports name every error of every file") {
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music") + "  wrong: 1\n  worse: 2\n");
    a.put("x.yaml", "[");
    w.accept(a);
    auto said = w.specs.reports();
    REQUIRE(said.size() == 1);
    int music = 0;
    int x = 0;
    for (const auto& one : said.front().errors) {
        INFO(to_string(one));
        music += one.file == "music.yaml";
        x += one.file == "x.yaml";
        CHECK(!one.problem.empty());
    }
    CHECK(music >= 2);
    CHECK(x >= 1);
    CHECK(said.front().state.ok);
}
