#include "catalogue_world.hpp"

#include "controller/engine/naming.hpp"

#include <doctest/doctest.h>

using namespace catalogue_world;

TEST_CASE("missing on two whole reads, far enough apart, is orphaned and goes on") {
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    const auto good = *w.of("music").desired;
    a.files.erase("music.yaml");
    w.accept(a);
    CHECK(w.why("music") == "SourceSynced");
    w.later(2 * resync - milliseconds(1));
    w.accept(a);
    CHECK(!w.of("music").orphaned);
    w.later(milliseconds(1));
    CHECK(w.accept(a) == names{"music"});
    CHECK(w.of("music").orphaned);
    CHECK(w.why("music") == "ManifestMissing");
    CHECK(*w.of("music").desired == good);
    w.later(10 * resync);
    CHECK(w.accept(a).empty());
    CHECK(w.accept(a, down()) == names{"music", "radio"});
    CHECK(w.why("music") == "SourceUnreadable");
    w.accept(a);
    CHECK(w.why("music") == "ManifestMissing");
    a.put("back.yaml", manifest_text("music"));
    CHECK(w.accept(a) == names{"music"});
    CHECK(!w.of("music").orphaned);
    CHECK(w.why("music") == "SourceSynced");
}

TEST_CASE("any doubt starts the count of missing reads anew") {
    world w;
    fake_source a("a", true);
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    a.files.erase("music.yaml");
    w.accept(a);
    w.later(2 * resync);
    SUBCASE("unreadable") {
        w.accept(a, down());
    }
    SUBCASE("another file in error") {
        a.put("x.yaml", "[");
        w.accept(a);
        a.files.erase("x.yaml");
    }
    SUBCASE("another file being written") {
        a.files["x.yaml"] = manifest_file{"x.yaml", "", "", false};
        w.accept(a);
        a.files.erase("x.yaml");
    }
    SUBCASE("empty") {
        auto kept = std::exchange(a.files, {});
        w.accept(a);
        a.files = kept;
    }
    w.accept(a);
    CHECK(!w.of("music").orphaned);
    CHECK(!w.of("music").desired->deleting);
    w.later(2 * resync);
    w.accept(a);
    CHECK(w.of("music").orphaned);
}

TEST_CASE("prune deletes what is confirmed missing, and nothing else") {
    world w;
    fake_source a("a", true);
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    auto twice = [&] {
        w.accept(a);
        w.later(2 * resync);
        w.accept(a);
    };
    SUBCASE("the file is gone") {
        a.files.erase("music.yaml");
        twice();
        CHECK(w.of("music").desired->deleting);
        CHECK(w.of("music").pruned);
        CHECK(w.accept(a).empty());
        a.put("music.yaml", manifest_text("music"));
        w.accept(a);
        CHECK(!w.of("music").desired->deleting);
        CHECK(!w.of("music").pruned);
    }
    SUBCASE("the file names another app") {
        a.put("music.yaml", manifest_text("video"));
        twice();
        CHECK(w.of("music").desired->deleting);
    }
    SUBCASE("the file is no manifest any more") {
        a.put("music.yaml", "services: {}\n");
        twice();
        CHECK(!w.of("music").desired->deleting);
        CHECK(w.why("music") == "ManifestInvalid");
    }
    SUBCASE("the file is empty") {
        a.put("music.yaml", "");
        twice();
        CHECK(!w.of("music").desired->deleting);
    }
    SUBCASE("it was the last manifest") {
        a.files.clear();
        twice();
        CHECK(!w.of("music").desired->deleting);
        CHECK(!w.of("radio").desired->deleting);
    }
    SUBCASE("the app moved to another source") {
        fake_source b("b");
        a.files.erase("music.yaml");
        b.put("music.yaml", manifest_text("music"));
        w.accept(a);
        w.accept(b);
        w.later(2 * resync);
        w.accept(a);
        CHECK(!w.of("music").desired->deleting);
        CHECK(w.of("music").source_id == "dir:/b");
    }
}

TEST_CASE("after a restart: what the store remembers is known, but not desired") {
    world w;
    fake_source a("a", true);
    source_ref from = a.origin();
    from.path = "music.yaml";
    w.specs.remember("music", from);
    CHECK(w.specs.entries().empty());
    SUBCASE("the source is down") {
        CHECK(w.accept(a, down()) == names{"music"});
        CHECK(w.why("music") == "SourceUnreadable");
        CHECK(!w.of("music").desired);
        a.put("music.yaml", manifest_text("music"));
        w.accept(a);
        CHECK(w.why("music") == "SourceSynced");
    }
    SUBCASE("its file is broken") {
        a.put("music.yaml", "cut: [");
        w.accept(a);
        CHECK(w.why("music") == "ManifestInvalid");
        CHECK(!w.of("music").desired);
    }
    SUBCASE("its file is empty") {
        a.put("music.yaml", "");
        w.accept(a);
        CHECK(w.why("music") == "ManifestInvalid");
    }
    SUBCASE("its file is still being written") {
        a.files["music.yaml"] = manifest_file{"music.yaml", "", "", false};
        CHECK(w.accept(a).empty());
        CHECK(w.specs.entries().empty());
    }
    SUBCASE("it is gone") {
        a.put("radio.yaml", manifest_text("radio"));
        w.accept(a);
        CHECK(w.why("music") == "ManifestMissing");
        CHECK(!w.of("music").orphaned);
        w.later(2 * resync);
        w.accept(a);
        CHECK(w.of("music").orphaned);
        CHECK(w.of("music").pruned);
        CHECK(!w.of("music").desired);
    }
    SUBCASE("it moved") {
        a.put("other.yaml", manifest_text("music"));
        w.accept(a);
        w.later(2 * resync);
        w.accept(a);
        CHECK(w.why("music") == "SourceSynced");
        CHECK(!w.of("music").pruned);
    }
    SUBCASE("it moved to another source, while the old one is down") {
        fake_source b("b");
        b.put("music.yaml", manifest_text("music"));
        w.accept(a, down());
        w.accept(b);
        CHECK(w.image("music") == "app:1");
        CHECK(w.why("music") == "SourceSynced");
    }
    SUBCASE("the source is not configured any more") {
        fake_source b("b");
        b.put("radio.yaml", manifest_text("radio"));
        w.accept(b);
        CHECK(w.specs.find("music") == nullptr);
    }
}

TEST_CASE("a deleted app is forgotten until a file names it again") {
    world w;
    fake_source a("a", true);
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    a.files.erase("music.yaml");
    w.accept(a);
    w.later(2 * resync);
    w.accept(a);
    w.specs.forget("music");
    CHECK(w.accept(a).empty());
    CHECK(w.specs.find("music") == nullptr);
    a.put("music.yaml", manifest_text("music"));
    CHECK(w.accept(a) == names{"music"});
}

TEST_CASE("who names an app, as far as `delete` is concerned") {
    using is = alcedo::naming::is;
    world w;
    fake_source a("a");
    a.put("music.yaml", manifest_text("music"));
    a.put("radio.yaml", manifest_text("radio"));
    w.accept(a);
    const auto music = [&] { return alcedo::naming_of(w.specs, "music"); };
    CHECK(music().standing == is::named);
    CHECK(music().where.starts_with("music.yaml of "));
    CHECK(alcedo::naming_of(w.specs, "nobody").standing == is::orphan);
    a.put("music.yaml", "[");
    w.accept(a);
    CHECK(music().standing == is::unsure);
    a.files.erase("music.yaml");
    w.accept(a);
    CHECK(music().standing == is::unsure); // seen once
    w.later(2 * resync);
    w.accept(a);
    CHECK(music().standing == is::orphan);
    w.accept(a, down());
    CHECK(music().standing == is::unsure);
    CHECK(music().where.size() > 5);
    w.accept(a);
    CHECK(music().standing == is::orphan);
}
