#pragma once
// A SQLite connection and its statements as values: an error sticks to the statement and is asked
// for once at its end. One thread at a time.

#include "reconcilers/model/result.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace alcedo {

class sqlite_connection {
public:
    /// Opens an existing file. Nothing is written to it, not even when it is closed again, before
    /// `keep()`.
    explicit sqlite_connection(const std::string& path);
    sqlite_connection(const sqlite_connection&) = delete;
    sqlite_connection& operator=(const sqlite_connection&) = delete;
    ~sqlite_connection();

    void keep();
    result<void> run(const char* sql); ///< statements without values
    result<std::int64_t> number(const char* sql);
    result<std::string> text(const char* sql);
    error failure(int code) const;
    bool opened() const { return code_ == SQLITE_OK; }
    error why_not_opened() const { return failure(code_); }
    sqlite3* raw() { return raw_; }

private:
    std::string path_;
    sqlite3* raw_ = nullptr;
    int code_ = SQLITE_OK;
};

class sqlite_statement {
public:
    sqlite_statement(sqlite_connection&, const char* sql);
    sqlite_statement(const sqlite_statement&) = delete;
    sqlite_statement& operator=(const sqlite_statement&) = delete;
    ~sqlite_statement();

    sqlite_statement& bind(std::string_view);
    sqlite_statement& bind(std::uint64_t);
    bool row(); ///< the next row; false at the end or on an error
    std::string text(int column) const;
    std::uint64_t number(int column) const;
    result<void> done(); ///< steps to the end; says what went wrong, if anything did

private:
    sqlite_connection& connection_;
    sqlite3_stmt* raw_ = nullptr;
    int code_ = SQLITE_OK;
    int bound_ = 0;
};

} // namespace alcedo
