#include "controller/wiring/host.hpp"

#include <arpa/inet.h>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <ifaddrs.h>
#include <random>
#include <sstream>
#include <sys/socket.h>

namespace alcedo {

namespace {

std::mt19937_64& generator() {
    static std::mt19937_64 engine{std::random_device{}()};
    return engine;
}

// The kernel prints addresses as hex of a number in network order read by a little-endian machine.
std::string print_address(std::uint32_t raw) {
    char text[16];
    std::snprintf(text, sizeof text, "%u.%u.%u.%u", raw & 255, raw >> 8 & 255, raw >> 16 & 255,
                  raw >> 24 & 255);
    return text;
}

} // namespace

std::vector<std::string> parse_routes(std::string_view text) {
    std::vector<std::string> out;
    std::istringstream lines{std::string(text)};
    std::string line;
    std::getline(lines, line); // the heading
    while (std::getline(lines, line)) {
        std::istringstream fields(line);
        std::string device, destination, gateway, mask, skip;
        fields >> device >> destination >> gateway;
        for (int i = 0; i < 4; ++i)
            fields >> skip; // flags, refcnt, use, metric
        fields >> mask;
        if (mask.size() != 8 || destination.size() != 8) continue;
        const auto net = static_cast<std::uint32_t>(std::stoul(destination, nullptr, 16));
        const auto bits = static_cast<std::uint32_t>(std::stoul(mask, nullptr, 16));
        if (bits == 0) continue;
        out.push_back(print_address(net) + "/" + std::to_string(std::popcount(bits)));
    }
    return out;
}

std::vector<std::string> host_routes(const std::string& proc) {
    std::ifstream file(proc + "/net/route");
    std::stringstream text;
    text << file.rdbuf();
    return parse_routes(text.str());
}

std::vector<std::string> own_addresses() {
    std::vector<std::string> out;
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return out;
    for (const auto* one = all; one; one = one->ifa_next) {
        if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET) continue;
        char text[INET_ADDRSTRLEN];
        const auto* address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
        if (::inet_ntop(AF_INET, &address->sin_addr, text, sizeof text)) out.emplace_back(text);
    }
    ::freeifaddrs(all);
    return out;
}

double random_fraction() {
    return std::uniform_real_distribution<double>(0.0, 1.0)(generator());
}

std::string random_uuid() {
    const std::uint64_t a = generator()(), b = generator()();
    char text[40];
    std::snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%012llx", static_cast<unsigned>(a >> 32),
                  static_cast<unsigned>(a >> 16 & 0xffff), static_cast<unsigned>(a & 0xfff),
                  static_cast<unsigned>((b >> 48 & 0x3fff) | 0x8000),
                  static_cast<unsigned long long>(b & 0xffffffffffff));
    return text;
}

} // namespace alcedo
