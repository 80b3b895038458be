// Makes the network namespace before anything has a thread, then runs the cases.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr int skipped = 77;

bool has_own_network() {
    if (::unshare(CLONE_NEWNET) != 0) return false;
    const int s = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool is_up = ::ioctl(s, SIOCSIFFLAGS, &request) == 0;
    ::close(s);
    return is_up;
}

} // namespace

int main(int argc, char** argv) {
    const char* binary = std::getenv("TRAEFIK_BINARY");
    if (!binary || ::access(binary, X_OK) != 0) {
        std::puts("skipped: no Traefik binary; deploy/sandbox/fetch brings it");
        return skipped;
    }
    if (!has_own_network()) {
        std::puts("skipped: a network namespace of one's own needs root");
        return skipped;
    }
    doctest::Context context(argc, argv);
    return context.run();
}
