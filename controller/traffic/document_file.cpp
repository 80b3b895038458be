#include "controller/traffic/document_file.hpp"

#ifdef ALCEDO_FAILPOINTS
#include "controller/ports/failpoint.hpp"
#endif

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace alcedo::traefik {

namespace {

constexpr std::size_t longest_document = 64u << 20;

class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    ~descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }

private:
    int fd_;
};

/// Between two steps of a write: the daemon may end here, the machine too.
void between([[maybe_unused]] const char* steps) {
#ifdef ALCEDO_FAILPOINTS
    failpoint(steps);
#endif
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

} // namespace

error failed(const std::string& what, int code) {
    return error(next_step::retry, what + ": " + std::strerror(code));
}

error document_file::rename_failed(int code) const {
    if (code == EXDEV)
        return error(next_step::invalid,
                     where_.staged + " and " + where_.folder +
                         " are on two mounts, so nothing can be renamed between them: mount the "
                         "folder that holds both as a whole");
    if (code == ENOENT)
        return error(next_step::retry, where_.folder +
                                           " is gone: make it again and restart Traefik, which is "
                                           "blind to a folder that was made anew");
    return failed("renaming into " + where_.folder, code);
}

result<std::optional<std::string>> document_file::read() const {
    const descriptor file(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        if (errno == ENOENT) return std::optional<std::string>();
        return failed(path(), errno);
    }
    std::string text;
    std::string chunk(1 << 16, '\0');
    for (;;) {
        const auto n = ::read(file.get(), chunk.data(), chunk.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed(path(), errno);
        if (n == 0) return std::optional(std::move(text));
        text.append(chunk, 0, static_cast<std::size_t>(n));
        if (text.size() > longest_document)
            return error(next_step::invalid, path() + " is over 64 MiB: not a document of ours");
    }
}

result<void> document_file::replace(const std::string& text) const {
    const auto& staged = where_.staged;
    {
        const descriptor file(::open(
            staged.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, where_.mode));
        if (!file.is_open()) return failed(staged, errno);
        const bool written = ::fchmod(file.get(), where_.mode) == 0 && write_all(file.get(), text);
        if (written) between("document written");
        if (!written || ::fsync(file.get()) != 0) {
            const int code = errno;
            ::unlink(staged.c_str());
            return failed(staged, code);
        }
    }
    between("document synced");
    if (::rename(staged.c_str(), path().c_str()) != 0) {
        const int code = errno;
        ::unlink(staged.c_str());
        return rename_failed(code);
    }
    between("document renamed");
    const descriptor folder(::open(where_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open() || ::fsync(folder.get()) != 0) return failed(where_.folder, errno);
    return {};
}

} // namespace alcedo::traefik
