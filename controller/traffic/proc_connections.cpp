#include "controller/traffic/proc_connections.hpp"

#include "controller/net/pool.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

namespace alcedo {

namespace {

constexpr int established = 0x01;
constexpr int listening = 0x0A;

/// 16 bytes in network order; IPv4 as ::ffff:a.b.c.d.
using address = std::array<unsigned char, 16>;

struct socket_row {
    int local_port = 0;
    address remote{};
    int state = 0;
};

address mapped(const unsigned char* four) {
    address a{};
    a[10] = a[11] = 0xff;
    std::memcpy(&a[12], four, 4);
    return a;
}

bool is_v4(const address& a) {
    static const address prefix = mapped(std::array<unsigned char, 4>{}.data());
    return std::memcmp(a.data(), prefix.data(), 12) == 0;
}

std::uint32_t v4_of(const address& a) {
    return std::uint32_t{a[12]} << 24 | std::uint32_t{a[13]} << 16 | std::uint32_t{a[14]} << 8 |
           std::uint32_t{a[15]};
}

std::optional<address> address_from(const std::string& text) {
    address a{};
    std::array<unsigned char, 4> four{};
    if (::inet_pton(AF_INET, text.c_str(), four.data()) == 1) return mapped(four.data());
    if (::inet_pton(AF_INET6, text.c_str(), a.data()) == 1) return a;
    return std::nullopt;
}

template <class T>
bool parse(std::string_view digits, T& out, int base) {
    const auto end = digits.data() + digits.size();
    const auto [stop, problem] = std::from_chars(digits.data(), end, out, base);
    return problem == std::errc{} && stop == end;
}

/// The kernel prints each 32-bit word as a number in the machine's byte order.
std::optional<address> address_from_table(std::string_view hex) {
    std::array<unsigned char, 16> bytes{};
    if (hex.size() != 8 && hex.size() != 32) return std::nullopt;
    for (std::size_t word = 0; word * 8 < hex.size(); ++word) {
        std::uint32_t value = 0;
        if (!parse(hex.substr(word * 8, 8), value, 16)) return std::nullopt;
        std::memcpy(&bytes[word * 4], &value, 4);
    }
    return hex.size() == 8 ? mapped(bytes.data()) : bytes;
}

/// "  0: 0100007F:1F90 00000000:0000 0A …": slot, local, remote, state.
std::optional<socket_row> row_from(const std::string& line) {
    std::istringstream words(line);
    std::string slot, local, remote, state;
    if (!(words >> slot >> local >> remote >> state)) return std::nullopt;
    const auto colon = local.find(':');
    const auto remote_colon = remote.find(':');
    if (colon == local.npos || remote_colon == remote.npos) return std::nullopt;
    socket_row row;
    const auto from = address_from_table(std::string_view(remote).substr(0, remote_colon));
    if (!from || !parse(std::string_view(local).substr(colon + 1), row.local_port, 16) ||
        !parse(std::string_view(state), row.state, 16))
        return std::nullopt;
    row.remote = *from;
    return row;
}

/// None if a line is not what the kernel prints: then nothing of it is to be trusted.
std::optional<std::vector<socket_row>> rows_of(const std::string& table) {
    std::vector<socket_row> rows;
    std::istringstream lines(table);
    std::string line;
    std::getline(lines, line); // the heading
    while (std::getline(lines, line)) {
        if (line.find_first_not_of(" \t") == line.npos) continue;
        const auto row = row_from(line);
        if (!row) return std::nullopt;
        rows.push_back(*row);
    }
    return rows;
}

struct subnet {
    std::uint32_t network = 0;
    std::uint32_t mask = 0;
    bool holds(std::uint32_t a) const { return (a & mask) == network; }
};

std::optional<subnet> subnet_from(const std::string& cidr) {
    const auto slash = cidr.find('/');
    if (slash == cidr.npos) return std::nullopt;
    const auto base = address_from(cidr.substr(0, slash));
    unsigned length = 0;
    if (!base || !is_v4(*base) || !parse(std::string_view(cidr).substr(slash + 1), length, 10) ||
        length > 32)
        return std::nullopt;
    subnet s;
    s.mask = length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
    s.network = v4_of(*base) & s.mask;
    return s;
}

/// A leaf "|-- ADDRESS" with "host LOCAL" below it: the address is this namespace's own.
bool is_own_address(const std::string& fib_trie, const std::string& wanted) {
    std::istringstream lines(fib_trie);
    std::string line;
    bool is_here = false;
    while (std::getline(lines, line)) {
        const auto leaf = line.find("|-- ");
        if (leaf != line.npos)
            is_here = line.substr(leaf + 4) == wanted;
        else if (line.find("+-- ") != line.npos)
            is_here = false;
        else if (is_here && line.find("host LOCAL") != line.npos)
            return true;
    }
    return false;
}

/// From the proxy, as far as can be told: IPv6 remotes are counted, since a shared network may have
/// both and a connection too many only costs time.
bool counts(const socket_row& row, const subnet& shared, const std::vector<address>& excluded) {
    for (const auto& one : excluded)
        if (row.remote == one) return false;
    if (is_v4(row.remote)) return shared.holds(v4_of(row.remote));
    static const auto loopback = address_from("::1");
    return row.remote != loopback;
}

std::optional<std::string> read_whole(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    if (file.bad() || text.bad()) return std::nullopt;
    return std::move(text).str();
}

std::optional<int> count_from(const std::string& root, const connection_counter::where& where) {
    if (where.pid <= 0) return std::nullopt;
    const auto folder = root + "/" + std::to_string(where.pid) + "/net/";
    const auto tcp = read_whole(folder + "tcp");
    const auto tcp6 = read_whole(folder + "tcp6"); // not there where IPv6 is off
    // Last: it proves that the pid was still this container's when the tables were read.
    const auto fib_trie = read_whole(folder + "fib_trie");
    if (!tcp || !fib_trie) return std::nullopt;
    socket_tables tables;
    tables.tcp = *tcp;
    tables.tcp6 = tcp6.value_or("");
    tables.fib_trie = *fib_trie;
    return count_connections(tables, where);
}

class proc_connections final : public connection_counter {
public:
    proc_connections(boost::asio::thread_pool& pool, std::string root)
        : pool_(pool), root_(std::move(root)) {}

    task<std::optional<int>> count(where from) override {
        std::function<std::optional<int>()> work = [root = root_, from] {
            return count_from(root, from);
        };
        co_return co_await net::on_pool(pool_, std::move(work));
    }

private:
    boost::asio::thread_pool& pool_;
    std::string root_;
};

} // namespace

std::optional<int> count_connections(const socket_tables& tables,
                                     const connection_counter::where& where) {
    const auto shared = subnet_from(where.subnet);
    if (!shared || where.address.empty() || !is_own_address(tables.fib_trie, where.address))
        return std::nullopt;
    std::vector<address> excluded;
    for (const auto& text : where.excluded)
        if (const auto one = address_from(text)) excluded.push_back(*one);
    int open = 0;
    std::set<int> silent(where.ports.begin(), where.ports.end());
    const auto asked = silent;
    for (const auto* table : {&tables.tcp, &tables.tcp6}) {
        const auto rows = rows_of(*table);
        if (!rows) return std::nullopt;
        for (const auto& row : *rows) {
            if (!asked.contains(row.local_port)) continue;
            if (row.state == listening) silent.erase(row.local_port);
            if (row.state == established && counts(row, *shared, excluded)) ++open;
        }
    }
    if (asked.empty() || !silent.empty()) return std::nullopt;
    return open;
}

std::unique_ptr<connection_counter> make_proc_connections(boost::asio::thread_pool& pool,
                                                          std::string proc_root) {
    return std::make_unique<proc_connections>(pool, std::move(proc_root));
}

} // namespace alcedo
