#pragma once
// Open connections from the proxy to a container, read from the socket tables of the container's
// network namespace (SPEC §4 "Drained"). A table that cannot be proved to be that container's is
// no answer: never zero.

#include "controller/ports/traffic.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <string>

namespace alcedo {

/// `proc_root` is "/proc", or where the host's is mounted. Reads on the pool: 5 to 50 ms each.
std::unique_ptr<connection_counter> make_proc_connections(boost::asio::thread_pool&,
                                                          std::string proc_root);

/// The texts of /proc/<pid>/net/{tcp,tcp6,fib_trie}; tcp6 is empty where IPv6 is off.
struct socket_tables {
    std::string tcp;
    std::string tcp6;
    std::string fib_trie;
};
std::optional<int> count_connections(const socket_tables&, const connection_counter::where&);

} // namespace alcedo
