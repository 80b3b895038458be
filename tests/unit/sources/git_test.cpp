#include <doctest/doctest.h>

#include "git_world.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <map>

using namespace sources_world;

namespace {

std::map<std::string, std::string> texts(const snapshot& all) {
    std::map<std::string, std::string> out;
    for (const auto& file : all.files)
        out[file.name] = file.text;
    return out;
}

snapshot read(world& w, manifest_source& source) {
    auto out = w.run(source.read());
    if (!out) FAIL(out.error().message);
    return *out;
}

error refusal(world& w, manifest_source& source) {
    auto out = w.run(source.read());
    REQUIRE(!out.has_value());
    CHECK(out.error().reason == "SourceUnreadable");
    return out.error();
}

std::map<std::string, files::file_time_type> times_below(const std::string& path) {
    std::map<std::string, files::file_time_type> out;
    for (const auto& entry : files::recursive_directory_iterator(path))
        out[entry.path()] = files::last_write_time(entry.path());
    return out;
}

} // namespace

TEST_CASE("content comes from the commit, with who and what") {
    world w;
    repository r;
    r.place.write("a.yaml", "a: 1\n");
    r.place.write("b.json", "{}\n");
    r.place.write(".hidden.yaml", "x\n");
    r.place.write("compose.txt", "x\n");
    r.place.write("deep/c.yaml", "x\n");
    files::create_symlink("deep/c.yaml", r.place / "link.yaml");
    const auto commit = r.commit("Ship 1.5");
    r.place.write("a.yaml", "not committed\n");
    auto source = w.open("git+" + r.path());
    auto all = read(w, *source);
    CHECK(texts(all) == std::map<std::string, std::string>{
                            {"a.yaml", "a: 1\n"}, {"b.json", "{}\n"}, {"link.yaml", "x\n"}});
    CHECK(all.ref.kind == "git");
    CHECK(all.ref.url == r.path());
    CHECK(all.ref.ref == "main");
    CHECK(all.ref.commit == commit);
    CHECK(all.ref.author == "Ann Author");
    CHECK(all.ref.subject == "Ship 1.5");
    CHECK(all.ref.path.empty());
    for (const auto& file : all.files)
        CHECK(file.settled);
}

TEST_CASE("a branch and a folder of it") {
    world w;
    repository r;
    r.place.write("hosts/a/x.yaml", "main\n");
    r.commit("one");
    r.git("checkout -q -b release/1");
    r.place.write("hosts/a/x.yaml", "release\n");
    const auto commit = r.commit("two");
    r.git("checkout -q main");
    auto source = w.open("git+file://" + r.path() + "//hosts/a?ref=release/1");
    auto all = read(w, *source);
    CHECK(texts(all).at("x.yaml") == "release\n");
    CHECK(all.ref.commit == commit);
    CHECK(all.ref.ref == "release/1");
    CHECK(all.ref.path == "hosts/a");
    CHECK(source->origin().path == "hosts/a");
}

TEST_CASE("a folder that the commit does not have is an empty reading of that commit") {
    world w;
    repository r;
    r.place.write("a.yaml", "a\n");
    r.place.write("plain", "a\n");
    const auto commit = r.commit("one");
    for (auto folder : {"gone", "plain"}) {
        auto source = w.open("git+" + r.path() + "//" + folder);
        auto all = read(w, *source);
        CHECK(all.files.empty());
        CHECK(all.ref.commit == commit);
    }
}

TEST_CASE("nothing is fetched or written while the head stays") {
    world w;
    repository r;
    r.place.write("a.yaml", "a\n");
    r.commit("one");
    auto source = w.open("git+" + r.path());
    const auto first = read(w, *source);
    const auto before = times_below(w.state.path());
    for (int i = 0; i < 5; ++i)
        CHECK(read(w, *source) == first);
    CHECK(times_below(w.state.path()) == before);
}

TEST_CASE("commits, force-pushes and restarts") {
    world w;
    repository r;
    r.place.write("a.yaml", "1\n");
    const auto first = r.commit("one");
    auto source = w.open("git+" + r.path());
    CHECK(read(w, *source).ref.commit == first);
    r.place.write("a.yaml", "2\n");
    const auto second = r.commit("two");
    CHECK(texts(read(w, *source)).at("a.yaml") == "2\n");
    CHECK(w.run(source->contains(first)).value());
    CHECK(w.run(source->contains(second)).value());
    r.place.write("a.yaml", "3\n");
    r.git("add -A");
    r.git("commit -q --amend -m three");
    const auto third = r.git("rev-parse HEAD");
    CHECK(texts(read(w, *source)).at("a.yaml") == "3\n");
    CHECK(w.run(source->contains(first)).value());
    CHECK(!w.run(source->contains(second)).value());
    r.git("reset -q --hard " + first);
    CHECK(read(w, *source).ref.commit == first);
    CHECK(!w.run(source->contains(third)).value());
    auto again = w.open("git+" + r.path());
    CHECK(texts(read(w, *again)).at("a.yaml") == "1\n");
}

TEST_CASE("contains: abbreviated, unknown, nonsense") {
    world w;
    repository r;
    const auto first = r.commit("one");
    auto source = w.open("git+" + r.path());
    CHECK(!w.run(source->contains(first)).value()); // nothing was read yet
    const auto second = r.commit("two");
    read(w, *source);
    CHECK(w.run(source->contains(first.substr(0, 10))).value());
    CHECK(w.run(source->contains(second.substr(0, 7))).value());
    auto upper = second;
    for (auto& c : upper)
        c = static_cast<char>(std::toupper(c));
    CHECK(w.run(source->contains(upper)).value());
    CHECK(!w.run(source->contains("0123456789")).value());
    CHECK(!w.run(source->contains(std::string(40, 'a'))).value());
    const auto later = r.commit("not read yet");
    CHECK(!w.run(source->contains(later)).value());
    for (auto text : {"HEAD", "main", "-n", "abc", "", "abcd^", "--all"})
        CHECK(w.run(source->contains(text)).error().next == next_step::invalid);
}

TEST_CASE("ancestry reaches back 256 commits, and a long history does not hinder") {
    world w;
    repository r;
    std::string stream;
    for (int i = 1; i <= 400; ++i)
        stream += "commit refs/heads/main\nmark :" + std::to_string(i) + "\ncommitter A <a@b> " +
                  std::to_string(1700000000 + i) +
                  " +0000\ndata 1\nx\nM 100644 inline a.yaml\ndata 2\n" + std::to_string(i % 10) +
                  "\n\n";
    r.place.write("stream", stream);
    r.git("fast-import --quiet < stream");
    auto source = w.open("git+" + r.path());
    CHECK(texts(read(w, *source)).at("a.yaml") == "0\n");
    CHECK(w.run(source->contains(r.git("rev-parse main~200"))).value());
    CHECK(!w.run(source->contains(r.git("rev-parse main~399"))).value());
}

TEST_CASE("what cannot be read is SourceUnreadable with git's own words, and heals") {
    world w;
    repository r;
    r.place.write("a.yaml", "a\n");
    r.commit("one");
    SUBCASE("a vanished branch") {
        auto source = w.open("git+" + r.path() + "?ref=feature");
        CHECK(refusal(w, *source).message.find("no branch feature") != std::string::npos);
        r.git("branch feature");
        read(w, *source);
        r.git("branch -D feature");
        refusal(w, *source);
    }
    SUBCASE("a branch whose name only ends like it") {
        r.git("update-ref refs/other/refs/heads/feature HEAD");
        auto source = w.open("git+" + r.path() + "?ref=feature");
        refusal(w, *source);
    }
    SUBCASE("a deleted repository") {
        auto source = w.open("git+" + r.path());
        const auto first = read(w, *source);
        files::rename(r.place / ".git", r.place / "away");
        CHECK(refusal(w, *source).message.find(r.path()) != std::string::npos);
        files::rename(r.place / "away", r.place / ".git");
        CHECK(read(w, *source) == first);
    }
    SUBCASE("an empty repository") {
        repository empty;
        auto source = w.open("git+" + empty.path());
        CHECK(refusal(w, *source).message.find("no commit") != std::string::npos);
    }
    SUBCASE("a server that refuses, without the credentials in the message") {
        auto source = w.open("git+http://bot:hunter2@127.0.0.1:1/a.git");
        auto said = refusal(w, *source);
        CHECK(said.message.find("127.0.0.1") != std::string::npos);
        CHECK(said.message.find("hunter2") == std::string::npos);
        CHECK(source->describe().find("hunter2") == std::string::npos);
        CHECK(source->origin().url.find("bot") == std::string::npos);
    }
}

TEST_CASE("files beside the manifests, at a commit") {
    world w;
    repository r;
    r.place.write("apps/a.yaml", "a\n");
    r.place.write("apps/.env.blue", "A=1\n");
    r.place.write("apps/sub/.env", "B=1\n");
    r.place.write("apps/empty.env", "");
    r.place.write("secret", "S=1\n");
    const auto first = r.commit("one");
    auto source = w.open("git+" + r.path() + "//apps");
    auto ask = [&](const std::string& commit, const std::string& path) {
        return w.run(source->file(commit, path));
    };
    CHECK(ask("", ".env.blue").error().next == next_step::retry); // not read yet
    read(w, *source);
    r.place.write("apps/.env.blue", "A=2\n");
    files::remove(r.place / "apps/sub/.env");
    const auto second = r.commit("two");
    CHECK(ask("", ".env.blue").value() == "A=1\n");
    read(w, *source);
    CHECK(ask("", ".env.blue").value() == "A=2\n");
    CHECK(ask(second, "./.env.blue").value() == "A=2\n");
    CHECK(ask(first, ".env.blue").value() == "A=1\n");
    CHECK(ask(first, "sub/.env").value() == "B=1\n");
    CHECK(ask(second, "sub/.env").error().next == next_step::gone);
    CHECK(ask(second, "sub/.env").error().next == next_step::gone);
    CHECK(ask(second, ".env.blue/x").error().next == next_step::gone);
    CHECK(ask(second, "empty.env").value().empty());
    for (auto path : {"../secret", "sub/../../secret", "/etc/passwd", "", "a\nb"})
        CHECK(ask(second, path).error().next == next_step::invalid);
}

TEST_CASE("problems of one file are said of that file") {
    world w;
    repository r;
    r.place.write("big.yaml", std::string((1 << 20) + 1, 'x'));
    r.place.write("just.yaml", std::string(1 << 20, 'x'));
    r.place.write("a b 'c.yaml", "odd\n");
    r.place.write("a\nb.yaml", "line\n");
    files::create_symlink("/etc/hostname", r.place / "out.yaml");
    files::create_symlink("nowhere", r.place / "dangling.yaml");
    r.commit("one");
    auto source = w.open("git+" + r.path());
    auto all = read(w, *source);
    std::map<std::string, std::string> problems;
    for (const auto& file : all.files)
        problems[file.name] = file.problem;
    CHECK(problems == std::map<std::string, std::string>{
                          {"a\nb.yaml", "a control character in its name"},
                          {"a b 'c.yaml", ""},
                          {"big.yaml", "larger than 1 MiB"},
                          {"dangling.yaml", "a symbolic link to nothing"},
                          {"just.yaml", ""},
                          {"out.yaml", "a symbolic link out of the repository"}});
    CHECK(texts(all).at("a b 'c.yaml") == "odd\n");
    CHECK(texts(all).at("just.yaml").size() == 1 << 20);
}

TEST_CASE("many files come in several answers") {
    world w;
    repository r;
    for (int i = 0; i < 10; ++i)
        r.place.write("m" + std::to_string(i) + ".yaml",
                      std::string(1000000, static_cast<char>('a' + i)));
    r.commit("one");
    auto all = read(w, *w.open("git+" + r.path()));
    REQUIRE(all.files.size() == 10);
    CHECK(texts(all).at("m9.yaml") == std::string(1000000, 'j'));
}

TEST_CASE("the host's Git settings and the daemon's environment do not reach in") {
    world w;
    repository r;
    r.place.write("a.yaml", "a\n");
    r.commit("one");
    ::setenv("GIT_DIR", "/nonexistent", 1);
    ::setenv("GIT_CONFIG_COUNT", "1", 1);
    ::setenv("GIT_CONFIG_KEY_0", "protocol.file.allow", 1);
    ::setenv("GIT_CONFIG_VALUE_0", "never", 1);
    auto all = w.run(w.open("git+" + r.path())->read());
    for (auto name : {"GIT_DIR", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"})
        ::unsetenv(name);
    REQUIRE(all.has_value());
    CHECK(all->files.size() == 1);
}

TEST_CASE("a repository of another user is read") {
    if (::geteuid() != 0) return;
    world w;
    repository r;
    r.place.write("a.yaml", "a\n");
    r.commit("one");
    for (const auto& entry : files::recursive_directory_iterator(r.path()))
        REQUIRE(::lchown(entry.path().c_str(), 12345, 12345) == 0);
    REQUIRE(::chown(r.path().c_str(), 12345, 12345) == 0);
    auto all = w.run(w.open("git+" + r.path())->read());
    if (!all) FAIL(all.error().message);
    CHECK(all->files.size() == 1);
}

TEST_CASE("the clone and its settings are for the daemon's user, credentials only there") {
    world w;
    auto source = w.open("git+http://bot:s%40cret@127.0.0.1:1/a.git");
    refusal(w, *source);
    int configs = 0;
    for (const auto& entry : files::directory_iterator(w.state / "git")) {
        struct stat st{};
        REQUIRE(::stat(entry.path().c_str(), &st) == 0);
        CHECK((st.st_mode & 0777) == 0700);
        REQUIRE(::stat((entry.path() / "config").c_str(), &st) == 0);
        CHECK((st.st_mode & 0777) == 0600);
        std::ifstream file(entry.path() / "config");
        std::string text{std::istreambuf_iterator<char>(file), {}};
        CHECK(text.find("[http \"http://127.0.0.1:1/\"]") != std::string::npos);
        CHECK(text.find("Authorization: Basic Ym90OnNAY3JldA==") != std::string::npos);
        ++configs;
    }
    CHECK(configs == 1);
}

TEST_CASE("a damaged clone is a cache: it is made anew after three failures") {
    world w;
    repository r;
    r.place.write("a.yaml", "a\n");
    r.commit("one");
    read(w, *w.open("git+" + r.path()));
    for (const auto& entry : files::recursive_directory_iterator(w.state.path()))
        if (entry.path().extension() == ".pack") {
            files::permissions(entry.path(), files::perms::owner_all);
            files::resize_file(entry.path(), 40);
        }
    auto source = w.open("git+" + r.path());
    for (int i = 0; i < 3; ++i)
        refusal(w, *source);
    CHECK(read(w, *source).files.size() == 1);
}

TEST_CASE("a clone that vanished is made again") {
    world w;
    repository r;
    r.place.write("a.yaml", "a\n");
    r.commit("one");
    auto source = w.open("git+" + r.path());
    read(w, *source);
    files::remove_all(w.state / "git");
    r.commit("two");
    CHECK(read(w, *source).ref.subject == "two");
}

TEST_CASE("polls by its own interval") {
    world w;
    repository r;
    w.clock.run_at(200);
    auto span = [&](const std::string& text) {
        auto source = w.open(text);
        const auto start = w.clock.now().boot;
        REQUIRE(w.run(source->changed()).has_value());
        return w.clock.now().boot - start;
    };
    CHECK(span("git+" + r.path()) >= seconds(2));
    CHECK(span("git+" + r.path()) < seconds(20));
    CHECK(span("git+" + r.path() + "?every=7s") >= seconds(7));
    CHECK(span("git+ssh://example.com/a") >= seconds(30));
}
