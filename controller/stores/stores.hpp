#pragma once
// The durable memory of one instance: one SQLite file in STATE, written by exactly one process.
// Refuses, and touches nothing, when the file is damaged, foreign or of a newer version.

#include "controller/ports/store.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <string>

namespace alcedo {

/// Opens or makes the store (0600; its folder must exist and be local). Blocking, for start-up.
/// `pool` has one thread, which owns the connection from then on, and outlives the store. Errors:
/// `conflict` another process has it, `invalid` damaged, foreign or newer (S24), `retry` I/O.
/// Every answered write is on disk (WAL, synchronous=FULL). The last 200 receipts per app stay.
/// save() with the content that is there already and no receipt writes nothing.
result<std::unique_ptr<record_store>> make_sqlite_store(const std::string& path,
                                                        boost::asio::thread_pool& pool);

} // namespace alcedo
