#include "controller/stores/sqlite_file.hpp"

#include "controller/stores/sqlite_connection.hpp"
#include "controller/stores/trouble.hpp"

#include <array>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alcedo {

namespace {

constexpr std::size_t seal_size = 17; // a line feed and 16 hex digits

error failed(const std::string& path) {
    return error(next_step::retry, trouble_of(path, errno));
}

error damaged(const std::string& path, const std::string& what) {
    return error(next_step::invalid,
                 path + ": " + what +
                     "; nothing was changed. Restore the file, or move it away, with those that "
                     "begin with its name, to have the records rebuilt from what runs");
}

result<void> fill(const std::string& path, const char* schema) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return failed(path);
    ::close(fd);
    sqlite_connection db(path);
    if (!db.opened()) return db.why_not_opened();
    db.keep();
    return db.run(schema);
}

/// The new name is durable.
result<void> sync_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const auto folder = slash == path.npos ? "." : path.substr(0, slash + 1);
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed(folder);
    const bool synced = ::fsync(fd) == 0;
    const auto why = failed(folder);
    ::close(fd);
    if (!synced) return why;
    return {};
}

std::string checksum(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325; // FNV-1a
    for (const unsigned char c : text)
        hash = (hash ^ c) * 0x100000001b3;
    std::array<char, 17> out{};
    std::snprintf(out.data(), out.size(), "%016llx", static_cast<unsigned long long>(hash));
    return out.data();
}

} // namespace

result<void> make_store_file(const std::string& path, const char* schema) {
    struct stat there{};
    if (::stat(path.c_str(), &there) == 0) {
        if (there.st_size == 0) return damaged(path, "the store is empty: it was cut");
        return {};
    }
    if (errno != ENOENT) return failed(path);
    struct stat log{};
    if (::stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0)
        return damaged(path, "the store is gone, and its write-ahead log is there");
    const auto aside = path + ".new";
    ::unlink(aside.c_str());
    ::unlink((aside + "-journal").c_str());
    auto filled = fill(aside, schema);
    if (filled && ::rename(aside.c_str(), path.c_str()) != 0) filled = failed(path);
    if (!filled) {
        ::unlink(aside.c_str());
        return filled;
    }
    return sync_folder_of(path);
}

std::string sealed(std::string text) {
    const auto sum = checksum(text);
    return std::move(text) + "\n" + sum;
}

bool unseal(std::string& text) {
    if (text.size() < seal_size || text[text.size() - seal_size] != '\n') return true;
    const auto sum = text.substr(text.size() - seal_size + 1);
    text.resize(text.size() - seal_size);
    return sum == checksum(text);
}

} // namespace alcedo
