#include "controller/net/service_manager.hpp"

#include <charconv>
#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace alcedo::net {

namespace {

std::string value_of(const std::map<std::string, std::string>& environment, const char* name) {
    const auto at = environment.find(name);
    return at == environment.end() ? "" : at->second;
}

std::optional<std::int64_t> number_in(const std::string& text) {
    std::int64_t out = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, out);
    if (problem != std::errc{} || rest != end || out <= 0) return std::nullopt;
    return out;
}

std::optional<milliseconds> watchdog_in(const std::map<std::string, std::string>& environment,
                                        int own_pid) {
    const auto whose = value_of(environment, "WATCHDOG_PID");
    if (!whose.empty() && number_in(whose) != own_pid) return std::nullopt;
    const auto microseconds = number_in(value_of(environment, "WATCHDOG_USEC"));
    if (!microseconds) return std::nullopt;
    return milliseconds{*microseconds / 1000};
}

} // namespace

service_manager::service_manager(const std::map<std::string, std::string>& environment, int own_pid)
    : address_(value_of(environment, "NOTIFY_SOCKET")) {
    const bool is_address = address_.starts_with('/') || address_.starts_with('@');
    if (!is_address || address_.size() >= sizeof(sockaddr_un::sun_path)) return;
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ >= 0) watchdog_ = watchdog_in(environment, own_pid);
}

service_manager::~service_manager() {
    if (socket_ >= 0) ::close(socket_);
}

void service_manager::ready() {
    send("READY=1");
}

void service_manager::stopping() {
    send("STOPPING=1");
}

void service_manager::alive() {
    if (watchdog_) send("WATCHDOG=1");
}

void service_manager::status(std::string_view text) {
    std::string line(text.substr(0, text.find('\n')));
    if (line == last_) return;
    last_ = std::move(line);
    send("STATUS=" + last_);
}

/// Never waits: a manager that does not read is no reason to stand still.
void service_manager::send(std::string_view text) const {
    if (socket_ < 0) return;
    sockaddr_un there{};
    there.sun_family = AF_UNIX;
    std::memcpy(there.sun_path, address_.data(), address_.size());
    const bool is_abstract = address_.front() == '@';
    if (is_abstract) there.sun_path[0] = '\0';
    const auto size = offsetof(sockaddr_un, sun_path) + address_.size() + (is_abstract ? 0 : 1);
    (void)::sendto(socket_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr*>(&there), static_cast<socklen_t>(size));
}

} // namespace alcedo::net
