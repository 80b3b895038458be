#include "controller/traffic/proc_connections.hpp"
#include "traffic_world.hpp"

#include <doctest/doctest.h>

using namespace traffic_world;

namespace {

// Taken from a container at 172.31.240.9 with a server on 2333 (0x091D), the proxy at 172.31.240.2,
// Alcedo at the gateway 172.31.240.1; shortened to the columns that count.
const std::string heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n";
const std::string listen4 = "   0: 00000000:091D 00000000:0000 0A 00000000:00000000 00:00000000\n";
const std::string proxy4 = "   1: 09F01FAC:091D 02F01FAC:C350 01 00000000:00000000 00:00000000\n";
const std::string closing4 = "   2: 09F01FAC:091D 02F01FAC:C351 06 00000000:00000000 00:00000000\n";
const std::string alcedo4 = "   3: 09F01FAC:091D 01F01FAC:C352 01 00000000:00000000 00:00000000\n";
const std::string outside4 = "   4: 09F01FAC:091D 0105A8C0:C353 01 00000000:00000000 00:00000000\n";
const std::string other_port4 =
    "   5: 09F01FAC:1F90 02F01FAC:C354 01 00000000:00000000 00:00000000\n";
const std::string outgoing4 =
    "   6: 09F01FAC:D431 02F01FAC:091D 01 00000000:00000000 00:00000000\n";
const std::string listen6 = "   0: 00000000000000000000000000000000:091D "
                            "00000000000000000000000000000000:0000 0A 00000000:00000000\n";
const std::string proxy6 = "   1: 0000000000000000FFFF000009F01FAC:091D "
                           "0000000000000000FFFF000002F01FAC:C350 01 00000000:00000000\n";
const std::string real6 = "   2: 000080FE00000000FF424202020011AC:091D "
                          "000080FE00000000FF424202030011AC:C350 01 00000000:00000000\n";
const std::string own6 = "   3: 00000000000000000000000001000000:091D "
                         "00000000000000000000000001000000:C350 01 00000000:00000000\n";
const std::string trie = R"(Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 127.0.0.1
        /32 host LOCAL
     +-- 172.31.240.0/24 2 0 2
        |-- 172.31.240.0
           /24 link UNICAST
        |-- 172.31.240.9
           /32 host LOCAL
        |-- 172.31.240.255
           /32 link BROADCAST
)";

connection_counter::where container() {
    connection_counter::where w;
    w.pid = 4711;
    w.address = "172.31.240.9";
    w.ports = {2333};
    w.subnet = "172.31.240.0/24";
    w.excluded = {"172.31.240.1"};
    return w;
}

std::optional<int> count(const std::string& tcp, const std::string& tcp6,
                         const connection_counter::where& w = container(),
                         const std::string& fib = trie) {
    socket_tables t;
    t.tcp = heading + tcp;
    t.tcp6 = tcp6.empty() ? "" : heading + tcp6;
    t.fib_trie = fib;
    return count_connections(t, w);
}

} // namespace

TEST_CASE("established connections from the proxy to the service's port are counted") {
    CHECK(count(listen4, "") == 0);
    CHECK(count(listen4 + proxy4 + proxy4, "") == 2);
    CHECK(count(listen4 + closing4 + other_port4 + outgoing4, "") == 0);
}

TEST_CASE("gateway, Alcedo and remotes outside the shared network are not the proxy") {
    CHECK(count(listen4 + proxy4 + alcedo4 + outside4, "") == 1);
}

TEST_CASE("a server on :: has its connections in tcp6, as mapped addresses") {
    CHECK(count("", listen6 + proxy6) == 1);
    CHECK(count("", listen6 + own6) == 0);
    CHECK(count("", listen6 + real6) == 1); // better one too many than one overlooked
}

TEST_CASE("two routes lead to two ports of one container: connections to either are counted") {
    const std::string listen_too = "   8: 00000000:0050 00000000:0000 0A\n";
    const std::string proxy_too = "   9: 09F01FAC:0050 02F01FAC:C002 01\n";
    auto w = container();
    CHECK(count(listen4 + listen_too + proxy_too, "", w) == 0);
    w.ports = {2333, 80};
    CHECK(count(listen4 + listen_too + proxy4 + proxy_too, "", w) == 2);
    CHECK_FALSE(count(listen4 + proxy4, "", w).has_value()); // on 80 nobody listens
    w.ports.clear();
    CHECK_FALSE(count(listen4, "", w).has_value());
}

TEST_CASE("a table that may be somebody else's is no answer") {
    CHECK_FALSE(count(proxy4, "").has_value()); // nobody listens
    auto w = container();
    w.address = "172.31.240.10";
    CHECK_FALSE(count(listen4 + proxy4, "", w).has_value());
    w.address = "172.31.240.0"; // in the trie, but nobody's own address
    CHECK_FALSE(count(listen4 + proxy4, "", w).has_value());
    w.address = "";
    CHECK_FALSE(count(listen4, "", w).has_value());
    w = container();
    w.subnet = "nonsense";
    CHECK_FALSE(count(listen4, "", w).has_value());
    CHECK_FALSE(count(listen4, "", container(), "").has_value());
    CHECK_FALSE(count(listen4 + "   7: what is this\n", "").has_value());
}

TEST_CASE("read from a proc of one's own; what is not there is no answer") {
    folder proc;
    asio::io_context io{1};
    asio::thread_pool pool{1};
    const auto counter = make_proc_connections(pool, proc.path);
    const auto ask = [&](int pid) {
        auto w = container();
        w.pid = pid;
        std::optional<std::optional<int>> out;
        asio::co_spawn(io, keep(counter->count(w), out), [](std::exception_ptr) {});
        io.restart();
        io.run();
        return out.value();
    };
    put(proc / "4711/net/tcp", heading + listen4 + proxy4);
    put(proc / "4711/net/fib_trie", trie);
    CHECK(ask(4711) == 1);
    put(proc / "4711/net/tcp6", heading + proxy6);
    CHECK(ask(4711) == 2);
    CHECK_FALSE(ask(4712).has_value());
    CHECK_FALSE(ask(0).has_value());
    std::filesystem::remove(proc / "4711/net/fib_trie");
    CHECK_FALSE(ask(4711).has_value());
    pool.join();
}
