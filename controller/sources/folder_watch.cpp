#include "controller/sources/folder_watch.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace asio = boost::asio;

namespace alcedo {

namespace {

// Any event of content; not IN_OPEN or IN_ACCESS, which our own reads would raise.
constexpr std::uint32_t inside = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE |
                                 IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
                                 IN_ONLYDIR;
constexpr std::uint32_t name_only =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;
constexpr milliseconds burst{200};

} // namespace

folder_watch::folder_watch(std::string path)
    : path_(std::move(path)), fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    auto cut = path_.rfind('/');
    parent_ = cut == 0 || cut == std::string::npos ? "/" : path_.substr(0, cut);
    name_ = cut == std::string::npos ? path_ : path_.substr(cut + 1);
}

folder_watch::~folder_watch() {
    if (!events_ && fd_ >= 0) ::close(fd_);
}

void folder_watch::arm() {
    if (fd_ < 0) return;
    // The same folder gives the same descriptor again; another one at that path a new one.
    auto now = ::inotify_add_watch(fd_, path_.c_str(), inside);
    if (folder_ >= 0 && folder_ != now) ::inotify_rm_watch(fd_, folder_);
    folder_ = now;
    auto above = name_.empty() ? -1 : ::inotify_add_watch(fd_, parent_.c_str(), name_only);
    if (above_ >= 0 && above_ != above) ::inotify_rm_watch(fd_, above_);
    above_ = above;
}

task<bool> folder_watch::wait(clock_source& clock, milliseconds limit) {
    using namespace asio::experimental::awaitable_operators;
    auto executor = co_await asio::this_coro::executor;
    const auto until = clock.now().boot + limit;
    if (fd_ < 0) {
        co_await clock.sleep_for(limit);
        co_return false;
    }
    if (!events_) events_.emplace(executor, fd_);
    for (;;) {
        auto left = until - clock.now().boot;
        if (left <= milliseconds(0)) co_return false;
        auto readable = events_->async_wait(asio::posix::stream_descriptor::wait_read,
                                            asio::as_tuple(asio::use_awaitable));
        auto timer = clock.sleep_for(left);
        auto first = co_await (std::move(readable) || std::move(timer));
        auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return false;
        if (first.index() == 1) co_return false;
        if (!drain()) continue;
        co_await clock.sleep_for(burst);
        drain();
        co_return true;
    }
}

/// Reads all that is queued; true if some of it is about us.
bool folder_watch::drain() {
    alignas(inotify_event) std::array<char, 16384> buffer;
    bool ours = false;
    for (;;) {
        auto got = ::read(fd_, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return ours;
        ours = take_events(buffer.data(), static_cast<std::size_t>(got)) || ours;
    }
}

bool folder_watch::take_events(const char* from, std::size_t size) {
    bool ours = false;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
        inotify_event event{};
        std::memcpy(&event, from + at, sizeof event);
        const char* name = from + at + sizeof event;
        at += sizeof event + event.len;
        if (event.mask & IN_Q_OVERFLOW) ours = true;
        if (event.wd == folder_) {
            ours = true;
            if (event.mask & IN_IGNORED) folder_ = -1;
        } else if (event.wd == above_) {
            if (event.mask & IN_IGNORED) above_ = -1;
            if (event.len > 0 && name_ == name) ours = true;
        }
    }
    return ours;
}

} // namespace alcedo
