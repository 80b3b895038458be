#pragma once
// A spawned program in a process group of its own. Owns the child: whoever destroys this kills the
// whole group and leaves no zombie. Blocks nowhere but in that last reaping of a killed child.

#include "controller/net/process.hpp"

#include <utility>

#include <sys/types.h>

namespace alcedo::net {

/// A file descriptor that is closed once.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int number) : number_(number) {}
    ~descriptor() { close(); }
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        close();
        number_ = std::exchange(other.number_, -1);
        return *this;
    }

    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }
    void close();

private:
    int number_ = -1;
};

class child {
public:
    child() = default;
    ~child();
    child(const child&) = delete;
    child& operator=(const child&) = delete;

    /// retry, reason "spawn": which program, and what the system said.
    result<void> start(const command&);
    void kill_group();
    /// Exit code, or 128 + signal; only once `ended` is readable.
    int reap();

    descriptor out;
    descriptor err;
    descriptor ended; ///< a pidfd: readable once the child has exited

private:
    pid_t id_ = -1;
};

} // namespace alcedo::net
