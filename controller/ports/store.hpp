#pragma once
// Durable memory: one record per app, receipts, a few numbers. Every answered write is on disk.

#include "controller/ports/task.hpp"
#include "reconcilers/model/record.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace alcedo {

struct stored_record {
    std::string app;
    std::uint64_t version = 0; ///< resourceVersion: grows by every effective write of the store
    record content;
};

struct receipt_row {
    std::uint64_t number = 0; ///< per app, from 1
    json content;
};

class record_store {
public:
    virtual ~record_store() = default;
    virtual task<result<std::vector<stored_record>>> load_all() = 0;
    /// Compare-and-set: `expected` is the version last seen (0 = new). Returns the new version;
    /// `conflict` if somebody else wrote. A receipt is appended in the same transaction.
    virtual task<result<std::uint64_t>> save(std::string app, std::uint64_t expected,
                                             record content, json receipt) = 0;
    virtual task<result<void>> forget(std::string app) = 0; ///< the record; receipts stay
    virtual task<result<std::vector<receipt_row>>> receipts(std::string app) = 0;
    virtual task<result<std::uint64_t>> number(std::string key) = 0; ///< 0 if never set
    virtual task<result<void>> set_number(std::string key, std::uint64_t value) = 0;
};

} // namespace alcedo
