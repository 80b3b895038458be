#include "controller/sources/files.hpp"

#include <linux/openat2.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace alcedo {

namespace {

constexpr std::size_t most_files = 1000;

class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_;
};

std::string said(int number) {
    return std::generic_category().message(number);
}

file_stamp stamp_of(const struct stat& st) {
    file_stamp out;
    out.device = st.st_dev;
    out.inode = st.st_ino;
    out.size = st.st_size;
    out.mtime = std::int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec;
    return out;
}

// O_NONBLOCK: opening a FIFO must not wait for a writer.
constexpr int read_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

result<file_read> read_open(int fd) {
    file_read out;
    struct stat st{};
    if (::fstat(fd, &st) != 0) return error(next_step::retry, said(errno));
    out.stamp = stamp_of(st);
    if (!S_ISREG(st.st_mode)) {
        out.problem = "not a regular file";
        return out;
    }
    std::string text;
    std::array<char, 65536> buffer;
    while (text.size() <= largest_file) {
        auto got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            out.problem = "cannot be read: " + said(errno);
            return out;
        }
        if (got == 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    // The stamp of the end: if it was written meanwhile, nobody has seen this stamp before.
    if (::fstat(fd, &st) != 0) return error(next_step::retry, said(errno));
    out.stamp = stamp_of(st);
    if (text.size() > largest_file) {
        out.problem = "larger than 1 MiB";
    } else {
        out.text = std::move(text);
    }
    return out;
}

result<file_read> read_failed(int number, const std::string& path) {
    if (number == ENOENT || number == ENOTDIR)
        return error(next_step::gone, path + ": " + said(number));
    if (number == EXDEV || number == ELOOP)
        return error(next_step::invalid, path + " leads out of its folder");
    if (number == EACCES || number == EPERM || number == ENAMETOOLONG || number == ENXIO) {
        file_read out;
        out.problem = "cannot be read: " + said(number);
        return out;
    }
    return error(next_step::retry, path + ": " + said(number));
}

/// Kernels and sandboxes without openat2: resolve first, then open what was resolved.
int open_resolved(const std::string& folder, const std::string& path) {
    std::unique_ptr<char, decltype(&std::free)> root(::realpath(folder.c_str(), nullptr),
                                                     &std::free);
    auto wanted = folder + "/" + path;
    std::unique_ptr<char, decltype(&std::free)> real(::realpath(wanted.c_str(), nullptr),
                                                     &std::free);
    if (!root || !real) return -1;
    if (!std::string(real.get()).starts_with(std::string(root.get()) + "/")) {
        errno = EXDEV;
        return -1;
    }
    return ::open(real.get(), read_flags | O_NOFOLLOW);
}

struct folder_closer {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

error unreadable(const std::string& path, int number) {
    return error(next_step::retry, "SourceUnreadable", "cannot read " + path + ": " + said(number));
}

/// One entry of a folder into the listing; vanished ones are skipped.
result<void> take_entry(int folder, const std::string& path, const std::string& name,
                        listing& into) {
    struct stat st{};
    if (::fstatat(folder, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? result<void>() : unreadable(path + "/" + name, errno);
    bool link = S_ISLNK(st.st_mode);
    if (!link && !S_ISREG(st.st_mode)) return {};
    struct stat target = st;
    bool dangling = link && ::fstatat(folder, name.c_str(), &target, 0) != 0;
    if (!dangling && !S_ISREG(target.st_mode)) return {};
    if (!is_manifest_name(name)) {
        into.others[name] = stamp_of(target);
        return {};
    }
    if (dangling) {
        into.manifests.push_back({name, {stamp_of(st), "", "a symbolic link to nothing"}});
        return {};
    }
    descriptor file(::openat(folder, name.c_str(), read_flags));
    auto content = file ? read_open(file.get()) : read_failed(errno, name);
    if (content.has_error()) {
        if (content.error().next == next_step::gone && !link) return {};
        return error(next_step::retry, "SourceUnreadable", path + ": " + content.error().message);
    }
    if (!file) content->stamp = stamp_of(target);
    into.manifests.push_back({name, std::move(*content)});
    if (into.manifests.size() > most_files)
        return error(next_step::invalid, "SourceUnreadable",
                     path + " holds more than 1000 manifests");
    return {};
}

} // namespace

result<file_read> read_file(const std::string& absolute_path) {
    descriptor file(::open(absolute_path.c_str(), read_flags));
    if (!file) return read_failed(errno, absolute_path);
    return read_open(file.get());
}

result<file_read> read_file_below(const std::string& folder, const std::string& relative_path) {
    descriptor root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) return unreadable(folder, errno);
    struct open_how how{};
    how.flags = read_flags;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    auto opened = ::syscall(SYS_openat2, root.get(), relative_path.c_str(), &how, sizeof how);
    auto number = errno;
    if (opened < 0 && (number == ENOSYS || number == EPERM)) {
        opened = open_resolved(folder, relative_path);
        number = errno;
    }
    descriptor file(static_cast<int>(opened));
    if (!file) return read_failed(number, relative_path);
    return read_open(file.get());
}

std::optional<std::string> normal_relative(const std::string& path) {
    if (path.empty() || path.starts_with('/')) return std::nullopt;
    std::vector<std::string> parts;
    std::string part;
    for (std::size_t i = 0; i <= path.size(); ++i) {
        if (i < path.size() && path[i] != '/') {
            if (static_cast<unsigned char>(path[i]) < 0x20 || path[i] == 0x7f) return std::nullopt;
            part += path[i];
            continue;
        }
        if (part == "..") {
            if (parts.empty()) return std::nullopt;
            parts.pop_back();
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        part.clear();
    }
    std::string out;
    for (const auto& one : parts)
        out += (out.empty() ? "" : "/") + one;
    if (out.empty()) return std::nullopt;
    return out;
}

bool is_manifest_name(const std::string& name) {
    if (name.starts_with('.')) return false;
    return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

result<listing> list_folder(const std::string& path) {
    descriptor opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return unreadable(path, errno);
    auto fd = opened.get();
    std::unique_ptr<DIR, folder_closer> folder(::fdopendir(fd));
    if (!folder) return unreadable(path, errno);
    opened.release();
    listing out;
    for (;;) {
        errno = 0;
        const auto* entry = ::readdir(folder.get());
        if (!entry && errno != 0) return unreadable(path, errno);
        if (!entry) break;
        auto taken = take_entry(fd, path, entry->d_name, out);
        if (!taken) return taken.error();
    }
    std::ranges::sort(out.manifests, {}, &listing::file::name);
    return out;
}

bool stamp_book::settled(const std::string& name, const file_stamp& stamp, milliseconds now) {
    auto [known, fresh] = seen_.try_emplace(name, sight{stamp, now});
    if (!fresh && known->second.stamp != stamp) known->second = sight{stamp, now};
    return now - known->second.since >= quiet;
}

void stamp_book::keep_only(const std::set<std::string>& names) {
    std::erase_if(seen_, [&](const auto& known) { return !names.contains(known.first); });
}

std::optional<milliseconds> stamp_book::next_look(milliseconds now) const {
    std::optional<milliseconds> first;
    for (const auto& [name, known] : seen_) {
        auto ready = known.since + quiet;
        if (ready > now && (!first || ready < *first)) first = ready;
    }
    return first;
}

} // namespace alcedo
