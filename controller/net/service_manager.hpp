#pragma once
// systemd as our parent: what `Type=notify` and `WatchdogSec=` want to hear, as datagrams to
// $NOTIFY_SOCKET (sd_notify(3), "Notes": the protocol is stable and meant to be spoken without the
// library). libsystemd would bring four more libraries into the program and its image for one
// sendto(). Without that variable every call does nothing.

#include "reconcilers/model/moment.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alcedo::net {

class service_manager {
public:
    /// Nobody listens.
    service_manager() = default;
    /// `environment`: NOTIFY_SOCKET (a path, or '@' and an abstract name), WATCHDOG_USEC and
    /// WATCHDOG_PID, which names the process that is watched.
    service_manager(const std::map<std::string, std::string>& environment, int own_pid);
    ~service_manager();
    service_manager(const service_manager&) = delete;
    service_manager& operator=(const service_manager&) = delete;

    bool is_there() const { return socket_ >= 0; }
    /// How soon the process is taken for hung; none = it is not watched.
    std::optional<milliseconds> watchdog() const { return watchdog_; }

    void ready();
    void stopping();
    void alive(); ///< WATCHDOG=1, if watched
    /// One line for `systemctl status`; said only when it is another than the last.
    void status(std::string_view);

private:
    int socket_ = -1;
    std::string address_; ///< as in the variable
    std::optional<milliseconds> watchdog_;
    std::string last_;

    void send(std::string_view) const;
};

} // namespace alcedo::net
