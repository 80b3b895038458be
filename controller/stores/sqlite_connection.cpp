#include "controller/stores/sqlite_connection.hpp"

namespace alcedo {

sqlite_connection::sqlite_connection(const std::string& path) : path_(path) {
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    code_ = sqlite3_open_v2(path.c_str(), &raw_, flags, nullptr);
    if (code_ != SQLITE_OK) return;
    sqlite3_extended_result_codes(raw_, 1);
    sqlite3_busy_timeout(raw_, 5000);
    sqlite3_db_config(raw_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(raw_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

sqlite_connection::~sqlite_connection() {
    sqlite3_close(raw_);
}

void sqlite_connection::keep() {
    sqlite3_db_config(raw_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

error sqlite_connection::failure(int code) const {
    const auto what = path_ + ": " + (raw_ ? sqlite3_errmsg(raw_) : sqlite3_errstr(code));
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error(next_step::conflict, what + ": another process has the store open");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error(next_step::invalid, what + ": the store is damaged; nothing was changed. "
                                                "Restore the file, or move it away, with those "
                                                "that begin with its name, to have the records "
                                                "rebuilt from what runs");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return error(next_step::invalid, what + ": the daemon must be able to write the store");
    case SQLITE_FULL:
        return error(next_step::retry,
                     what +
                         ": free space on that filesystem; nothing is done that is not recorded");
    default:
        return error(next_step::retry, what);
    }
}

result<void> sqlite_connection::run(const char* sql) {
    auto code = sqlite3_exec(raw_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failure(code);
    return {};
}

result<std::int64_t> sqlite_connection::number(const char* sql) {
    sqlite_statement asked(*this, sql);
    std::int64_t out = 0;
    if (asked.row()) out = static_cast<std::int64_t>(asked.number(0));
    auto done = asked.done();
    if (!done) return done.error();
    return out;
}

result<std::string> sqlite_connection::text(const char* sql) {
    sqlite_statement asked(*this, sql);
    std::string out;
    if (asked.row()) out = asked.text(0);
    auto done = asked.done();
    if (!done) return done.error();
    return out;
}

sqlite_statement::sqlite_statement(sqlite_connection& connection, const char* sql)
    : connection_(connection) {
    code_ = sqlite3_prepare_v2(connection.raw(), sql, -1, &raw_, nullptr);
}

sqlite_statement::~sqlite_statement() {
    sqlite3_finalize(raw_);
}

sqlite_statement& sqlite_statement::bind(std::string_view value) {
    if (code_ == SQLITE_OK)
        code_ = sqlite3_bind_text64(raw_, ++bound_, value.data(), value.size(), SQLITE_TRANSIENT,
                                    SQLITE_UTF8);
    return *this;
}

sqlite_statement& sqlite_statement::bind(std::uint64_t value) {
    if (code_ == SQLITE_OK)
        code_ = sqlite3_bind_int64(raw_, ++bound_, static_cast<sqlite3_int64>(value));
    return *this;
}

bool sqlite_statement::row() {
    if (code_ != SQLITE_OK && code_ != SQLITE_ROW) return false;
    code_ = sqlite3_step(raw_);
    return code_ == SQLITE_ROW;
}

std::string sqlite_statement::text(int column) const {
    const auto* data = sqlite3_column_text(raw_, column);
    const auto size = sqlite3_column_bytes(raw_, column);
    if (!data) return "";
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

std::uint64_t sqlite_statement::number(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(raw_, column));
}

result<void> sqlite_statement::done() {
    while (row()) {
    }
    if (code_ != SQLITE_DONE) return connection_.failure(code_);
    return {};
}

} // namespace alcedo
