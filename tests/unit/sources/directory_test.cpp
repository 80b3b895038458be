#include <doctest/doctest.h>

#include "support.hpp"

#include <boost/asio/detached.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace sources_world;

namespace {

const manifest_file* named(const snapshot& all, const std::string& name) {
    for (const auto& file : all.files)
        if (file.name == name) return &file;
    return nullptr;
}

snapshot settled(world& w, manifest_source& source) {
    REQUIRE(w.run(source.read()).has_value());
    w.clock.skip(seconds(1));
    auto out = w.run(source.read());
    REQUIRE(out.has_value());
    return *out;
}

/// Milliseconds of the fast clock until changed() came back.
milliseconds until_changed(world& w, manifest_source& source, std::function<void()> meanwhile) {
    asio::steady_timer later(w.io, milliseconds(20));
    later.async_wait([&](boost::system::error_code) { meanwhile(); });
    const auto start = w.clock.now().boot;
    REQUIRE(w.run(source.changed()).has_value());
    return w.clock.now().boot - start;
}

} // namespace

TEST_CASE("reads what may be a manifest, and nothing else") {
    world w;
    w.place.write("b.yaml", "b\n");
    w.place.write("a.yml", "a\n");
    w.place.write("c.json", "{}\n");
    w.place.write(".hidden.yaml", "x\n");
    w.place.write("notes.txt", "x\n");
    w.place.write("deep/d.yaml", "x\n");
    w.place.write("elsewhere", "linked\n");
    files::create_directory(w.place / "folder.yaml");
    files::create_symlink("elsewhere", w.place / "l.yaml");
    REQUIRE(::mkfifo((w.place / "pipe.yaml").c_str(), 0600) == 0);
    auto source = w.open("dir:" + w.place.path());
    auto read = settled(w, *source);
    REQUIRE(read.files.size() == 4);
    CHECK(read.files[0].name == "a.yml");
    CHECK(read.files[1].text == "b\n");
    CHECK(named(read, "l.yaml")->text == "linked\n");
    CHECK(read.ref.kind == "dir");
    CHECK(read.ref.url == w.place.path());
    CHECK(read.ref.commit.empty());
    CHECK(source->origin().url == w.place.path());
}

TEST_CASE("a file is believed once it has not changed for a second, and seen again then") {
    world w;
    w.place.write("a.yaml", "one\n");
    auto source = w.open("dir:" + w.place.path());
    auto first = w.run(source->read());
    CHECK(!named(*first, "a.yaml")->settled);
    CHECK(named(*first, "a.yaml")->text.empty());
    CHECK(until_changed(w, *source, [] {}) < seconds(5)); // and not the 30 s of the resync
    auto second = w.run(source->read());
    CHECK(named(*second, "a.yaml")->settled);
    CHECK(named(*second, "a.yaml")->text == "one\n");
    w.place.write("a.yaml", "two\n");
    auto third = w.run(source->read());
    CHECK(!named(*third, "a.yaml")->settled);
    w.clock.skip(seconds(1));
    CHECK(named(*w.run(source->read()), "a.yaml")->text == "two\n");
}

TEST_CASE("an old modification time does not make a new file settled") {
    world w;
    auto source = w.open("dir:" + w.place.path());
    REQUIRE(w.run(source->read()).has_value());
    w.place.write("a.yaml", "cut");
    files::last_write_time(w.place / "a.yaml",
                           files::file_time_type::clock::now() - std::chrono::hours(24));
    CHECK(!named(*w.run(source->read()), "a.yaml")->settled);
}

TEST_CASE("problems of one file are said of that file") {
    world w;
    w.place.write("big.yaml", std::string((1 << 20) + 1, 'x'));
    w.place.write("just.yaml", std::string(1 << 20, 'x'));
    files::create_symlink("nowhere", w.place / "dangling.yaml");
    auto source = w.open("dir:" + w.place.path());
    auto read = settled(w, *source);
    CHECK(named(read, "big.yaml")->problem == "larger than 1 MiB");
    CHECK(named(read, "big.yaml")->text.empty());
    CHECK(named(read, "just.yaml")->problem.empty());
    CHECK(named(read, "just.yaml")->text.size() == 1 << 20);
    CHECK(named(read, "dangling.yaml")->problem == "a symbolic link to nothing");
}

TEST_CASE("a folder that is not there is unreadable, not empty, and may come back") {
    world w;
    const auto path = w.place / "apps";
    auto source = w.open("dir:" + path);
    auto read = w.run(source->read());
    REQUIRE(!read.has_value());
    CHECK(read.error().reason == "SourceUnreadable");
    CHECK(read.error().message.find(path) != std::string::npos);
    CHECK(until_changed(w, *source, [&] { files::create_directory(path); }) < seconds(29));
    CHECK(w.run(source->read()).has_value());
    SUBCASE("removed") {
        CHECK(until_changed(w, *source, [&] { files::remove(path); }) < seconds(29));
        CHECK(w.run(source->read()).error().reason == "SourceUnreadable");
    }
    SUBCASE("replaced by another one") {
        w.place.write("next/a.yaml", "a\n");
        auto swap = [&] {
            files::rename(path, w.place / "old");
            files::rename(w.place / "next", path);
        };
        CHECK(until_changed(w, *source, swap) < seconds(29));
        CHECK(settled(w, *source).files.size() == 1);
        CHECK(until_changed(w, *source, [&] { w.place.write("apps/b.yaml", "b\n"); }) <
              seconds(29));
    }
    SUBCASE("a file in its place") {
        files::remove(path);
        w.place.write("apps", "x");
        CHECK(w.run(source->read()).error().reason == "SourceUnreadable");
    }
}

TEST_CASE("changed() comes with any change, and without one at the resync") {
    world w;
    w.place.write("a.yaml", "one\n");
    auto source = w.open("dir:" + w.place.path());
    settled(w, *source);
    const auto path = w.place / "a.yaml";
    w.clock.run_at(200);
    CHECK(until_changed(w, *source, [] {}) >= seconds(29));
    w.clock.run_at(20);
    auto in_place = [&] { w.place.write("a.yaml", "two\n"); };
    CHECK(until_changed(w, *source, in_place) < seconds(29));
    auto swapped = [&] {
        w.place.write("a.tmp", "three\n");
        files::rename(w.place / "a.tmp", path);
    };
    CHECK(until_changed(w, *source, swapped) < seconds(29));
    CHECK(until_changed(w, *source, [&] { files::remove(path); }) < seconds(29));
}

TEST_CASE("a change between a read and changed() is not lost") {
    world w;
    w.place.write("a.yaml", "one\n");
    auto source = w.open("dir:" + w.place.path());
    settled(w, *source);
    w.place.write("b.yaml", "two\n");
    CHECK(until_changed(w, *source, [] {}) < seconds(29));
}

TEST_CASE("files beside the manifests: below the folder only, and settled") {
    world w;
    w.place.write("apps/a.yaml", "a\n");
    w.place.write("apps/.env.blue", "A=1\n");
    w.place.write("apps/sub/.env", "B=1\n");
    w.place.write("secret", "S=1\n");
    files::create_symlink("../secret", w.place / "apps/out.env");
    files::create_symlink(".env.blue", w.place / "apps/in.env");
    auto source = w.open("dir:" + (w.place / "apps"));
    settled(w, *source);
    auto ask = [&](const std::string& path) { return w.run(source->file("", path)); };
    CHECK(ask(".env.blue").value() == "A=1\n");
    CHECK(ask("./.env.blue").value() == "A=1\n");
    CHECK(ask("in.env").value() == "A=1\n");
    CHECK(ask("sub/.env").error().next == next_step::wait);
    CHECK(until_changed(w, *source, [] {}) < seconds(5));
    CHECK(ask("sub/.env").value() == "B=1\n");
    CHECK(ask("sub/../sub/.env").value() == "B=1\n");
    CHECK(ask("missing.env").error().next == next_step::gone);
    CHECK(ask("sub/.env/x").error().next == next_step::gone);
    for (auto path : {"../secret", "sub/../../secret", "/etc/passwd", "out.env", "", "a\nb"})
        CHECK(ask(path).error().next == next_step::invalid);
    w.place.write("apps/.env.blue", "A=2\n");
    CHECK(ask(".env.blue").error().next == next_step::wait);
    w.clock.skip(seconds(1));
    CHECK(ask(".env.blue").value() == "A=2\n");
    CHECK(ask("sub").error().next == next_step::wait);
    w.clock.skip(seconds(1));
    CHECK(ask("sub").error().next == next_step::invalid);
    CHECK(w.run(source->contains("abcdef")).value() == false);
}

TEST_CASE("absolute files of the host") {
    world w;
    w.place.write("env", "A=1\n");
    w.place.write("big", std::string((1 << 20) + 1, 'x'));
    auto reader = make_host_reader(w.tools());
    CHECK(w.run(reader(w.place / "env")).error().next == next_step::wait);
    w.clock.skip(seconds(1));
    CHECK(w.run(reader(w.place / "env")).value() == "A=1\n");
    CHECK(w.run(reader(w.place / "none")).error().next == next_step::gone);
    CHECK(w.run(read_host_file(w.pool, w.place / "env")).value() == "A=1\n");
    CHECK(w.run(read_host_file(w.pool, w.place / "big")).error().next == next_step::invalid);
    CHECK(w.run(read_host_file(w.pool, w.place.path())).error().next == next_step::invalid);
    CHECK(w.run(read_host_file(w.pool, w.place / "none")).error().next == next_step::gone);
}
