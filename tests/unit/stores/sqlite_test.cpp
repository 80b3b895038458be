#include "controller/stores/stores.hpp"
#include "support.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace stores_world;

namespace {

struct world {
    folder place;
    std::vector<std::unique_ptr<asio::thread_pool>> pools;
    std::unique_ptr<record_store> store;

    world() { open(); }
    std::string path() const { return place / "alcedo.db"; }
    void close() { // the connection is closed by its last job
        store.reset();
        for (auto& pool : pools)
            pool->join();
    }
    void open() {
        close();
        auto made = make_sqlite_store(path(), fresh());
        REQUIRE(made.has_value());
        store = std::move(*made);
    }
    asio::thread_pool& fresh() {
        pools.push_back(std::make_unique<asio::thread_pool>(1));
        return *pools.back();
    }
};

record with_uid(const std::string& uid) {
    record out;
    out.uid = uid;
    out.now_in = phase::watching;
    out.traffic.number = 7;
    return out;
}

void on_database(const std::string& path, const char* sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
}

} // namespace

TEST_CASE("a record survives a restart, with its version") {
    world w;
    auto version = run(w.store->save("music", 0, with_uid("u1"), json()));
    REQUIRE(version.has_value());
    CHECK(*version == 1);
    w.open();
    auto all = run(w.store->load_all());
    REQUIRE(all.has_value());
    REQUIRE(all->size() == 1);
    CHECK(all->front().app == "music");
    CHECK(all->front().version == 1);
    CHECK(all->front().content == with_uid("u1"));
}

TEST_CASE("versions are one counter for the whole store") {
    world w;
    CHECK(*run(w.store->save("a", 0, with_uid("1"), json())) == 1);
    CHECK(*run(w.store->save("b", 0, with_uid("2"), json())) == 2);
    CHECK(*run(w.store->save("a", 1, with_uid("3"), json())) == 3);
    w.open();
    CHECK(*run(w.store->save("b", 2, with_uid("4"), json())) == 4);
}

TEST_CASE("save is compare-and-set") {
    world w;
    CHECK(run(w.store->save("a", 5, with_uid("x"), json())).error().next == next_step::conflict);
    REQUIRE(run(w.store->save("a", 0, with_uid("1"), json())).has_value());
    CHECK(run(w.store->save("a", 0, with_uid("2"), json())).error().next == next_step::conflict);
    CHECK(run(w.store->save("a", 9, with_uid("2"), json())).error().next == next_step::conflict);
    CHECK(run(w.store->load_all())->front().content.uid == "1");
}

TEST_CASE("the same content again writes nothing and keeps the version") {
    world w;
    REQUIRE(run(w.store->save("a", 0, with_uid("1"), json())).has_value());
    const auto log = w.path() + "-wal";
    const auto before = bytes_of(log);
    REQUIRE(!before.empty());
    for (int i = 0; i < 100; ++i)
        CHECK(*run(w.store->save("a", 1, with_uid("1"), json())) == 1);
    REQUIRE(run(w.store->set_number("generation", 0)).has_value());
    CHECK(bytes_of(log) == before);
    REQUIRE(run(w.store->set_number("generation", 4)).has_value());
    const auto counted = bytes_of(log);
    CHECK(counted != before);
    REQUIRE(run(w.store->set_number("generation", 4)).has_value());
    CHECK(bytes_of(log) == counted);
}

TEST_CASE("a receipt is written with its record, numbered per app, the last 200 stay") {
    world w;
    std::uint64_t version = 0;
    for (int i = 1; i <= 203; ++i) {
        auto saved = run(w.store->save("a", version, with_uid("1"), json{{"run", i}}));
        REQUIRE(saved.has_value());
        version = *saved;
    }
    REQUIRE(run(w.store->save("b", 0, with_uid("2"), json{{"run", "b"}})).has_value());
    auto rows = run(w.store->receipts("a"));
    REQUIRE(rows.has_value());
    CHECK(rows->size() == 200);
    CHECK(rows->front().number == 4);
    CHECK(rows->back().number == 203);
    CHECK(rows->back().content["run"] == 203);
    CHECK(run(w.store->receipts("b"))->front().number == 1);
    CHECK(run(w.store->receipts("nobody"))->empty());
}

TEST_CASE("a refused save leaves no receipt") {
    world w;
    CHECK(!run(w.store->save("a", 3, with_uid("1"), json{{"run", 1}})).has_value());
    CHECK(run(w.store->receipts("a"))->empty());
}

TEST_CASE("forgetting an app keeps its receipts and goes on counting them") {
    world w;
    REQUIRE(run(w.store->save("a", 0, with_uid("1"), json{{"run", 1}})).has_value());
    REQUIRE(run(w.store->forget("a")).has_value());
    CHECK(run(w.store->load_all())->empty());
    REQUIRE(run(w.store->save("a", 0, with_uid("2"), json{{"run", 2}})).has_value());
    auto rows = run(w.store->receipts("a"));
    REQUIRE(rows->size() == 2);
    CHECK(rows->back().number == 2);
}

TEST_CASE("numbers: 0 until set; the store's own are not for others") {
    world w;
    CHECK(*run(w.store->number("generation")) == 0);
    REQUIRE(run(w.store->set_number("generation", 42)).has_value());
    w.open();
    CHECK(*run(w.store->number("generation")) == 42);
    CHECK(run(w.store->set_number(".resourceVersion", 1)).error().next == next_step::invalid);
}

TEST_CASE("the file is for the daemon's user only") {
    world w;
    struct stat st{};
    REQUIRE(::stat(w.path().c_str(), &st) == 0);
    CHECK((st.st_mode & 0777) == 0600);
}

TEST_CASE("a store of a newer version is refused, naming both, and not touched") {
    world w;
    REQUIRE(run(w.store->save("a", 0, with_uid("1"), json())).has_value());
    w.close();
    on_database(w.path(), "PRAGMA user_version = 9");
    const auto before = bytes_of(w.path());
    auto refused = make_sqlite_store(w.path(), w.fresh());
    REQUIRE(!refused.has_value());
    CHECK(refused.error().next == next_step::invalid);
    CHECK(refused.error().message.find("version 9") != std::string::npos);
    CHECK(refused.error().message.find("knows 1") != std::string::npos);
    CHECK(bytes_of(w.path()) == before);
}

TEST_CASE("a newer version that is only in the write-ahead log is refused too") {
    world w;
    w.close();
    const auto child = ::fork();
    if (child == 0) { // dies without closing, so that nothing is checkpointed
        sqlite3* db = nullptr;
        sqlite3_open(w.path().c_str(), &db);
        sqlite3_exec(db, "PRAGMA user_version = 9", nullptr, nullptr, nullptr);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    const auto before = bytes_of(w.path());
    const auto log = bytes_of(w.path() + "-wal");
    REQUIRE(!log.empty());
    auto refused = make_sqlite_store(w.path(), w.fresh());
    REQUIRE(!refused.has_value());
    CHECK(refused.error().message.find("version 9") != std::string::npos);
    CHECK(bytes_of(w.path()) == before);
    CHECK(bytes_of(w.path() + "-wal") == log);
}

TEST_CASE("a damaged store is refused and not touched") {
    world w;
    for (int i = 0; i < 60; ++i) {
        auto content = with_uid(std::string(3000, 'x') + std::to_string(i));
        REQUIRE(run(w.store->save("app" + std::to_string(i), 0, content, json())).has_value());
    }
    w.close();
    auto bytes = bytes_of(w.path());
    REQUIRE(bytes.size() > 40000);
    SUBCASE("a page in the middle") {
        bytes.replace(8192, 8192, std::string(8192, '\x5a'));
    }
    SUBCASE("the header") {
        bytes.replace(0, 100, std::string(100, 'x'));
    }
    SUBCASE("cut in half") {
        bytes.resize(bytes.size() / 2);
    }
    write(w.path(), bytes);
    auto refused = make_sqlite_store(w.path(), w.fresh());
    REQUIRE(!refused.has_value());
    CHECK(refused.error().next == next_step::invalid);
    CHECK(refused.error().message.find("damaged") != std::string::npos);
    CHECK(bytes_of(w.path()) == bytes);
}

TEST_CASE("a database of another program is refused and not touched") {
    folder place;
    asio::thread_pool pool{1};
    on_database(place / "x.db", "CREATE TABLE mine(a); INSERT INTO mine VALUES(1)");
    const auto before = bytes_of(place / "x.db");
    auto refused = make_sqlite_store(place / "x.db", pool);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().message.find("another program") != std::string::npos);
    CHECK(bytes_of(place / "x.db") == before);
}

TEST_CASE("a record that is not readable stops the load as a whole") {
    world w;
    REQUIRE(run(w.store->save("a", 0, with_uid("1"), json())).has_value());
    REQUIRE(run(w.store->save("b", 0, with_uid("2"), json())).has_value());
    w.close();
    on_database(w.path(), "UPDATE records SET body = '{\"uid\":' WHERE app = 'b'");
    auto again = make_sqlite_store(w.path(), w.fresh());
    REQUIRE(again.has_value());
    auto all = run((*again)->load_all());
    REQUIRE(!all.has_value());
    CHECK(all.error().message.find("record of b is damaged") != std::string::npos);
}

TEST_CASE("a flipped bit inside a record's text stops the load, though the pages are in order") {
    world w;
    REQUIRE(run(w.store->save("a", 0, with_uid("u1"), json())).has_value());
    w.close();
    on_database(w.path(), "UPDATE records SET body = replace(body, '\"u1\"', '\"u3\"')");
    auto again = make_sqlite_store(w.path(), w.fresh());
    REQUIRE(again.has_value());
    auto all = run((*again)->load_all());
    REQUIRE(!all.has_value());
    CHECK(all.error().next == next_step::invalid);
    CHECK(all.error().message.find("record of a is damaged (its checksum") != std::string::npos);
}

TEST_CASE("a record from before there were checksums is read, and sealed at its next write") {
    world w;
    REQUIRE(run(w.store->save("a", 0, with_uid("u1"), json())).has_value());
    w.close();
    on_database(w.path(), "UPDATE records SET body = substr(body, 1, length(body) - 17)");
    w.open();
    CHECK(run(w.store->load_all())->front().content == with_uid("u1"));
    CHECK(*run(w.store->save("a", 1, with_uid("u1"), json())) == 2);
    w.open();
    CHECK(run(w.store->load_all())->front().content == with_uid("u1"));
}

TEST_CASE(
    "an empty store, or a lone write-ahead log, was cut by somebody: refused, not made anew") {
    world w;
    REQUIRE(run(w.store->save("a", 0, with_uid("1"), json())).has_value());
    w.close();
    std::string what;
    SUBCASE("empty") {
        write(w.path(), "");
        what = "is empty: it was cut; nothing was changed. Restore the file";
    }
    SUBCASE("only the log") {
        ::unlink(w.path().c_str());
        write(w.path() + "-wal", "anything");
        what = "its write-ahead log is there; nothing was changed";
    }
    auto refused = make_sqlite_store(w.path(), w.fresh());
    REQUIRE(!refused.has_value());
    CHECK(refused.error().next == next_step::invalid);
    CHECK(refused.error().message.find(what) != std::string::npos);
    CHECK(bytes_of(w.path()).empty());
}

TEST_CASE("what an aborted first start left is no store") {
    folder place;
    write(place / "alcedo.db.new", "half");
    asio::thread_pool pool{1};
    CHECK(make_sqlite_store(place / "alcedo.db", pool).has_value());
    CHECK(::access((place / "alcedo.db.new").c_str(), F_OK) != 0);
}

TEST_CASE("every answered write is there after the process was killed") {
    world w;
    w.close();
    int said[2];
    REQUIRE(::pipe(said) == 0);
    const auto child = ::fork();
    if (child == 0) {
        asio::thread_pool pool{1};
        auto store = make_sqlite_store(w.path(), pool);
        for (std::uint64_t version = 0;;) {
            auto saved = run((*store)->save("a", version, with_uid(std::to_string(version)),
                                            json{{"n", version}}));
            version = *saved;
            if (::write(said[1], &version, sizeof version) < 0) ::_exit(1);
        }
    }
    std::uint64_t last = 0;
    while (last < 50)
        REQUIRE(::read(said[0], &last, sizeof last) == sizeof last);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(said[1]);
    while (::read(said[0], &last, sizeof last) == sizeof last) {
    }
    ::close(said[0]);
    auto again = make_sqlite_store(w.path(), w.fresh());
    REQUIRE(again.has_value());
    auto all = run((*again)->load_all());
    REQUIRE(all->size() == 1);
    CHECK(all->front().version >= last);
    CHECK(run((*again)->receipts("a"))->size() == all->front().version);
}
