#pragma once
// inotify on one folder and on its name in the parent, so that a folder that is removed, replaced
// or made again is noticed too. Hints only: without it (no watches left) the poll remains.

#include "controller/ports/clock.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>
#include <string>

namespace alcedo {

class folder_watch {
public:
    explicit folder_watch(std::string path);
    folder_watch(const folder_watch&) = delete;
    folder_watch& operator=(const folder_watch&) = delete;
    ~folder_watch();

    /// Watches whatever is at the path now. Call before each read: events from then on are kept.
    void arm();
    /// True as soon as something happened in or to the folder since it was armed, after a pause in
    /// which the rest of a burst passes; false when the time is over.
    task<bool> wait(clock_source& clock, milliseconds limit);

private:
    bool drain();
    bool take_events(const char* from, std::size_t size);

    std::string path_;
    std::string parent_;
    std::string name_;
    int fd_ = -1;
    int folder_ = -1; ///< watch descriptors
    int above_ = -1;
    std::optional<boost::asio::posix::stream_descriptor> events_; ///< owns fd_ once it exists
};

} // namespace alcedo
