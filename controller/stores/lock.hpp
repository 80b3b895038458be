#pragma once
// One writer per folder: an OFD lock on a file that says who has it. Released by the kernel when
// the process ends, however it ends; the file stays.

#include "reconcilers/model/result.hpp"

#include <memory>
#include <string>

namespace alcedo {

class file_lock {
public:
    explicit file_lock(int fd) : fd_(fd) {}
    file_lock(const file_lock&) = delete;
    file_lock& operator=(const file_lock&) = delete;
    ~file_lock(); ///< releases it

private:
    int fd_;
};

/// Takes the lock and writes "pid", `description` ("instance alcedo") and the start time inside.
/// `conflict` if somebody else has it, with their pid in the message; `retry` on I/O.
result<std::unique_ptr<file_lock>> single_writer_lock(const std::string& path,
                                                      const std::string& description);

} // namespace alcedo
