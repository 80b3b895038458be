#include "controller/stores/secrets.hpp"

#include "controller/stores/trouble.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace alcedo {

namespace {

error failed(const std::string& path) {
    return error(next_step::retry, trouble_of(path, errno));
}

error unusable(const std::string& path, const std::string& problem) {
    return error(next_step::invalid, path + ": " + problem);
}

struct descriptor {
    int fd = -1;
    explicit descriptor(int opened) : fd(opened) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

std::string in_hex(std::string_view raw) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned char c : raw) {
        out += digits[c >> 4];
        out += digits[c & 15];
    }
    return out;
}

/// None if there is no such file.
result<std::optional<std::string>> read_secret(const std::string& path, std::size_t size,
                                               bool hex) {
    descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.fd < 0 && errno == ENOENT) return std::optional<std::string>();
    if (file.fd < 0) return failed(path);
    struct stat st{};
    if (::fstat(file.fd, &st) != 0) return failed(path);
    if (!S_ISREG(st.st_mode)) return unusable(path, "is not a regular file");
    if (st.st_mode & 077) return unusable(path, "is open to other users: chmod 600 it");
    std::array<char, 4096> buffer;
    auto got = ::read(file.fd, buffer.data(), buffer.size());
    if (got < 0) return failed(path);
    std::string out(buffer.data(), static_cast<std::size_t>(got));
    if (hex && out.ends_with('\n')) out.pop_back();
    if (out.size() != size)
        return unusable(path, "holds " + std::to_string(out.size()) + " bytes instead of " +
                                  std::to_string(size) + ": restore it from a backup");
    if (hex && out.find_first_not_of("0123456789abcdef") != std::string::npos)
        return unusable(path, "holds something else than hex digits: restore it from a backup");
    return std::optional<std::string>(std::move(out));
}

result<void> write_all(int fd, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        auto put = ::write(fd, text.data(), text.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return failed(path);
        text.remove_prefix(static_cast<std::size_t>(put));
    }
    if (::fsync(fd) != 0) return failed(path);
    return {};
}

/// Written aside and linked into place: it is there wholly or not at all, and never replaces one.
result<void> make_secret(const std::string& path, const std::string& text) {
    const auto aside = path + ".new-" + std::to_string(::getpid());
    const auto slash = path.rfind('/');
    const auto folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    ::unlink(aside.c_str());
    result<void> written;
    {
        descriptor file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file.fd < 0) return failed(aside);
        written = write_all(file.fd, text, aside);
    }
    if (written && ::link(aside.c_str(), path.c_str()) != 0 && errno != EEXIST)
        written = failed(path);
    ::unlink(aside.c_str());
    if (!written) return written;
    descriptor above(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (above.fd < 0 || ::fsync(above.fd) != 0) return failed(folder);
    return {};
}

} // namespace

result<std::string> secret_file(const std::string& path, std::size_t bytes, bool hex) {
    const auto size = hex ? 2 * bytes : bytes;
    auto known = read_secret(path, size, hex);
    if (!known) return known.error();
    if (*known) return std::move(**known);
    std::string raw(bytes, '\0');
    for (std::size_t have = 0; have < bytes;) {
        auto got = ::getrandom(raw.data() + have, bytes - have, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("getrandom");
        have += static_cast<std::size_t>(got);
    }
    auto made = make_secret(path, hex ? in_hex(raw) + "\n" : raw);
    if (!made) return made.error();
    known = read_secret(path, size, hex); // whoever made it first
    if (!known) return known.error();
    if (!*known) return error(next_step::retry, path + ": vanished while it was made");
    return std::move(**known);
}

} // namespace alcedo
