#include "controller/wiring/host.hpp"

#include <doctest/doctest.h>

#include <algorithm>

TEST_CASE("host routes: hex of /proc/net/route becomes CIDRs, the default route is left out") {
    const auto routes = alcedo::parse_routes(
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
        "br\t0002D50A\t00000000\t0001\t0\t0\t0\tE0FFFFFF\t0\t0\t0\n");
    REQUIRE(routes.size() == 2);
    CHECK(routes[0] == "172.17.0.0/16");
    CHECK(routes[1] == "10.213.2.0/27");
}

TEST_CASE("own addresses: the loopback's is among them") {
    const auto own = alcedo::own_addresses();
    CHECK(std::find(own.begin(), own.end(), "127.0.0.1") != own.end());
}
