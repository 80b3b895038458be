// The record store on SQLite.

#include "controller/net/pool.hpp"
#include "controller/stores/sqlite_connection.hpp"
#include "controller/stores/sqlite_file.hpp"
#include "controller/stores/stores.hpp"

#include <algorithm>
#include <utility>

namespace alcedo {

namespace {

constexpr std::int64_t our_version = 1;
constexpr std::int64_t our_application = 0x416c6364; // "Alcd"

constexpr auto schema = R"(
BEGIN IMMEDIATE;
CREATE TABLE records(app TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE receipts(app TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL,
                      PRIMARY KEY(app, number)) STRICT, WITHOUT ROWID;
CREATE TABLE numbers(key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
PRAGMA application_id = 1097622372;
PRAGMA user_version = 1;
COMMIT;
)";

// Not a key anybody else can ask for: number() refuses a leading dot.
constexpr std::string_view version_key = ".resourceVersion";

error with_path(const std::string& path, const std::string& problem) {
    return error(next_step::invalid, path + ": " + problem);
}

/// Is the file ours, whole, and of a version we know? Reads only.
result<void> inspect(sqlite_connection& db, const std::string& path) {
    auto version = db.number("PRAGMA user_version");
    if (!version) return version.error();
    auto application = db.number("PRAGMA application_id");
    if (!application) return application.error();
    if (*application != our_application)
        return with_path(path, "is a database of another program; nothing was changed");
    if (*version > our_version)
        return with_path(path, "was written by a newer Alcedo (store version " +
                                   std::to_string(*version) + "; this one knows " +
                                   std::to_string(our_version) +
                                   "); nothing was changed. Run that version again");
    auto checked = db.text("PRAGMA quick_check(1)");
    if (!checked) return checked.error();
    std::replace(checked->begin(), checked->end(), '\n', ' ');
    if (*checked != "ok")
        return with_path(path, "the store is damaged (" + *checked +
                                   "); nothing was changed. Restore the file, or move it away, "
                                   "with those that begin with its name, to have the records "
                                   "rebuilt from what runs");
    return {};
}

class database {
public:
    explicit database(const std::string& path)
        : path_(path), made_(make_store_file(path, schema)), db_(path) {}

    result<void> open();
    result<std::vector<stored_record>> load_all();
    result<std::uint64_t> save(const std::string& app, std::uint64_t expected, const record&,
                               const json& receipt);
    result<void> forget(const std::string& app);
    result<std::vector<receipt_row>> receipts(const std::string& app);
    result<std::uint64_t> number(std::string_view key);
    result<void> set_number(std::string_view key, std::uint64_t value);

private:
    template <class Work>
    auto in_transaction(Work work) -> decltype(work());
    result<void> append_receipt(const std::string& app, const json& receipt);

    std::string path_;
    result<void> made_;
    sqlite_connection db_;
};

result<void> database::open() {
    if (!made_) return made_;
    if (!db_.opened()) return db_.why_not_opened();
    // Exclusive before the first access to the WAL: then its index lives in memory only. Records
    // are read once, at the start: a larger cache would keep them in memory twice for good.
    auto locked = db_.run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; "
                          "PRAGMA cache_size=-256;");
    if (!locked) return locked;
    auto inspected = inspect(db_, path_);
    if (!inspected) return inspected;
    auto mode = db_.text("PRAGMA journal_mode=WAL");
    if (!mode) return mode.error();
    if (*mode != "wal") return with_path(path_, "cannot use a write-ahead log (" + *mode + ")");
    auto durable = db_.run("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
    if (!durable) return durable;
    // Takes the lock for good now, so that a second process fails at its start.
    auto taken = db_.run("BEGIN EXCLUSIVE; COMMIT;");
    if (!taken) return taken;
    db_.keep();
    return {};
}

template <class Work>
auto database::in_transaction(Work work) -> decltype(work()) {
    auto begun = db_.run("BEGIN IMMEDIATE");
    if (!begun) return begun.error();
    auto out = work();
    auto ended = db_.run(out.has_value() ? "COMMIT" : "ROLLBACK");
    if (out.has_value() && !ended) {
        (void)db_.run("ROLLBACK");
        return ended.error();
    }
    return out;
}

result<std::vector<stored_record>> database::load_all() {
    std::vector<stored_record> out;
    sqlite_statement rows(db_, "SELECT app, version, body FROM records ORDER BY app");
    while (rows.row()) {
        stored_record one;
        one.app = rows.text(0);
        one.version = rows.number(1);
        auto body = rows.text(2);
        if (!unseal(body))
            return with_path(path_, "the record of " + one.app +
                                        " is damaged (its checksum is another); nothing was "
                                        "changed. Restore the file from a backup");
        try {
            json::parse(body).get_to(one.content);
        } catch (const std::exception& wrong) {
            return with_path(path_, "the record of " + one.app + " is damaged (" + wrong.what() +
                                        "); nothing was changed");
        }
        out.push_back(std::move(one));
    }
    auto done = rows.done();
    if (!done) return done.error();
    return out;
}

result<void> database::append_receipt(const std::string& app, const json& receipt) {
    sqlite_statement last(db_, "SELECT max(number) FROM receipts WHERE app = ?");
    last.bind(app);
    const std::uint64_t number = last.row() ? last.number(0) + 1 : 1;
    auto asked = last.done();
    if (!asked) return asked;
    const auto body = receipt.dump(-1, ' ', false, json::error_handler_t::replace);
    sqlite_statement added(db_, "INSERT INTO receipts(app, number, body) VALUES(?, ?, ?)");
    auto done = added.bind(app).bind(number).bind(body).done();
    if (!done) return done;
    sqlite_statement old(db_, "DELETE FROM receipts WHERE app = ? AND number + 200 <= ?");
    return old.bind(app).bind(number).done();
}

result<std::uint64_t> database::save(const std::string& app, std::uint64_t expected,
                                     const record& content, const json& receipt) {
    std::uint64_t found = 0;
    std::string before;
    {
        sqlite_statement known(db_, "SELECT version, body FROM records WHERE app = ?");
        known.bind(app);
        if (known.row()) {
            found = known.number(0);
            before = known.text(1);
        }
        auto done = known.done();
        if (!done) return done.error();
    }
    if (found != expected)
        return error(next_step::conflict, "the record of " + app + " is at version " +
                                              std::to_string(found) + ", not " +
                                              std::to_string(expected));
    const auto body = sealed(json(content).dump(-1, ' ', false, json::error_handler_t::replace));
    if (found != 0 && body == before && receipt.empty()) return found;
    return in_transaction([&]() -> result<std::uint64_t> {
        auto newest = number(version_key);
        if (!newest) return newest.error();
        const auto next = *newest + 1;
        auto counted = set_number(version_key, next);
        if (!counted) return counted.error();
        sqlite_statement put(db_, "INSERT INTO records(app, version, body) VALUES(?, ?, ?) "
                                  "ON CONFLICT(app) DO UPDATE SET version = excluded.version, "
                                  "body = excluded.body");
        auto written = put.bind(app).bind(next).bind(body).done();
        if (!written) return written.error();
        if (!receipt.empty()) {
            auto appended = append_receipt(app, receipt);
            if (!appended) return appended.error();
        }
        return next;
    });
}

result<void> database::forget(const std::string& app) {
    sqlite_statement gone(db_, "DELETE FROM records WHERE app = ?");
    return gone.bind(app).done();
}

result<std::vector<receipt_row>> database::receipts(const std::string& app) {
    std::vector<receipt_row> out;
    sqlite_statement rows(db_, "SELECT number, body FROM receipts WHERE app = ? ORDER BY number");
    rows.bind(app);
    while (rows.row()) {
        receipt_row one;
        one.number = rows.number(0);
        one.content = json::parse(rows.text(1), nullptr, false);
        if (one.content.is_discarded())
            return with_path(path_, "receipt " + std::to_string(one.number) + " of " + app +
                                        " is damaged");
        out.push_back(std::move(one));
    }
    auto done = rows.done();
    if (!done) return done.error();
    return out;
}

result<std::uint64_t> database::number(std::string_view key) {
    sqlite_statement asked(db_, "SELECT value FROM numbers WHERE key = ?");
    asked.bind(key);
    const std::uint64_t out = asked.row() ? asked.number(0) : 0;
    auto done = asked.done();
    if (!done) return done.error();
    return out;
}

result<void> database::set_number(std::string_view key, std::uint64_t value) {
    auto before = number(key);
    if (!before) return before.error();
    if (*before == value) return {};
    sqlite_statement put(db_, "INSERT INTO numbers(key, value) VALUES(?, ?) "
                              "ON CONFLICT(key) DO UPDATE SET value = excluded.value");
    return put.bind(key).bind(value).done();
}

bool is_reserved(const std::string& key) {
    return key.empty() || key.starts_with('.');
}

error reserved(const std::string& key) {
    return error(next_step::invalid, "'" + key + "' is no key for a number");
}

/// Every call is one job for the thread that owns the connection; the jobs hold the database, so
/// that it outlives a call that nobody waits for any more.
class sqlite_store final : public record_store {
public:
    sqlite_store(std::shared_ptr<database> db, boost::asio::thread_pool& pool)
        : db_(std::move(db)), pool_(pool) {}

    task<result<std::vector<stored_record>>> load_all() override {
        std::function<result<std::vector<stored_record>>()> work = [db = db_] {
            return db->load_all();
        };
        co_return co_await net::on_pool(pool_, std::move(work));
    }
    task<result<std::uint64_t>> save(std::string app, std::uint64_t expected, record content,
                                     json receipt) override {
        auto kept = std::make_shared<const record>(std::move(content));
        std::function<result<std::uint64_t>()> work = [db = db_, app, expected, kept, receipt] {
            return db->save(app, expected, *kept, receipt);
        };
        co_return co_await net::on_pool(pool_, std::move(work));
    }
    task<result<void>> forget(std::string app) override {
        std::function<result<void>()> work = [db = db_, app] { return db->forget(app); };
        co_return co_await net::on_pool(pool_, std::move(work));
    }
    task<result<std::vector<receipt_row>>> receipts(std::string app) override {
        std::function<result<std::vector<receipt_row>>()> work = [db = db_, app] {
            return db->receipts(app);
        };
        co_return co_await net::on_pool(pool_, std::move(work));
    }
    task<result<std::uint64_t>> number(std::string key) override {
        std::function<result<std::uint64_t>()> work = [db = db_, key] { return db->number(key); };
        if (is_reserved(key)) co_return reserved(key);
        co_return co_await net::on_pool(pool_, std::move(work));
    }
    task<result<void>> set_number(std::string key, std::uint64_t value) override {
        std::function<result<void>()> work = [db = db_, key, value] {
            return db->set_number(key, value);
        };
        if (is_reserved(key)) co_return reserved(key);
        co_return co_await net::on_pool(pool_, std::move(work));
    }

private:
    std::shared_ptr<database> db_;
    boost::asio::thread_pool& pool_;
};

} // namespace

result<std::unique_ptr<record_store>> make_sqlite_store(const std::string& path,
                                                        boost::asio::thread_pool& pool) {
    auto db = std::make_shared<database>(path);
    auto opened = db->open();
    if (!opened) return opened.error();
    return std::unique_ptr<record_store>(std::make_unique<sqlite_store>(std::move(db), pool));
}

} // namespace alcedo
