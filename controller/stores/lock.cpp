#include "controller/stores/lock.hpp"

#include "controller/stores/trouble.hpp"
#include "reconcilers/model/moment.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace alcedo {

namespace {

error failed(const std::string& path) {
    return error(next_step::retry, trouble_of(path, errno));
}

/// "pid 123, instance alcedo, since …", as its owner wrote it.
std::string owner_of(int fd) {
    std::array<char, 512> buffer;
    auto got = ::pread(fd, buffer.data(), buffer.size(), 0);
    std::string out;
    for (ssize_t i = 0; i < got; ++i) {
        auto c = buffer[static_cast<std::size_t>(i)];
        if (c == '\n')
            out += ", ";
        else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
            out += c;
    }
    while (out.ends_with(", "))
        out.resize(out.size() - 2);
    return out.empty() ? "a process that has not said its pid yet" : out;
}

} // namespace

file_lock::~file_lock() {
    ::close(fd_);
}

result<std::unique_ptr<file_lock>> single_writer_lock(const std::string& path,
                                                      const std::string& description) {
    auto fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return failed(path);
    auto held = std::make_unique<file_lock>(fd);
    struct flock whole{};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(fd, F_OFD_SETLK, &whole) != 0) {
        if (errno != EAGAIN && errno != EACCES) return failed(path);
        return error(next_step::conflict, path + " is held by " + owner_of(fd));
    }
    const auto now = std::chrono::duration_cast<milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const auto text =
        "pid " + std::to_string(::getpid()) + "\n" + description + "\nsince " + rfc3339(now) + "\n";
    // Over what stands there before it is cut: on a full disk that still works.
    if (::pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) ||
        ::ftruncate(fd, static_cast<off_t>(text.size())) != 0)
        return failed(path);
    return held;
}

} // namespace alcedo
