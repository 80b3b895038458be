#include "controller/net/service_manager.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace alcedo;

namespace {

/// What systemd is to a service: a datagram socket that is read now and then.
class manager {
public:
    explicit manager(const std::string& abstract) : fd_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un here{};
        here.sun_family = AF_UNIX;
        std::memcpy(here.sun_path + 1, abstract.data(), abstract.size());
        const auto size = offsetof(sockaddr_un, sun_path) + 1 + abstract.size();
        bound_ = ::bind(fd_, reinterpret_cast<sockaddr*>(&here), static_cast<socklen_t>(size)) == 0;
    }
    ~manager() { ::close(fd_); }
    manager(const manager&) = delete;
    manager& operator=(const manager&) = delete;

    bool bound() const { return bound_; }
    std::string heard() const {
        std::string out;
        std::array<char, 256> buffer;
        for (;;) {
            const auto got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got < 0) return out;
            out.append(buffer.data(), static_cast<std::size_t>(got));
            out += '|';
        }
    }

private:
    int fd_;
    bool bound_ = false;
};

} // namespace

TEST_CASE("service manager: what is said arrives, a status only when it is another one") {
    const auto name = "alcedo-unit-" + std::to_string(::getpid());
    manager systemd(name);
    REQUIRE(systemd.bound());
    net::service_manager said({{"NOTIFY_SOCKET", "@" + name},
                               {"WATCHDOG_USEC", "90000000"},
                               {"WATCHDOG_PID", std::to_string(::getpid())}},
                              ::getpid());
    CHECK(said.is_there());
    CHECK(said.watchdog() == milliseconds{90000});
    said.ready();
    said.status("1 app; ready");
    said.status("1 app; ready");
    said.status("two\nlines");
    said.alive();
    said.stopping();
    CHECK(systemd.heard() == "READY=1|STATUS=1 app; ready|STATUS=two|WATCHDOG=1|STOPPING=1|");
}

TEST_CASE("service manager: nobody there, nobody watching, or somebody else watched") {
    net::service_manager none({}, 7);
    CHECK(!none.is_there());
    CHECK(!none.watchdog());
    none.ready(); // and nothing happens
    net::service_manager relative({{"NOTIFY_SOCKET", "run/notify"}}, 7);
    CHECK(!relative.is_there());
    net::service_manager long_one({{"NOTIFY_SOCKET", "/" + std::string(200, 'n')}}, 7);
    CHECK(!long_one.is_there());
    net::service_manager other(
        {{"NOTIFY_SOCKET", "/nowhere"}, {"WATCHDOG_USEC", "1000"}, {"WATCHDOG_PID", "8"}}, 7);
    CHECK(other.is_there());
    CHECK(!other.watchdog());
    net::service_manager wrong({{"NOTIFY_SOCKET", "/nowhere"}, {"WATCHDOG_USEC", "soon"}}, 7);
    CHECK(!wrong.watchdog());
}
