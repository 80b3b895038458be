#pragma once
// Runs a program: argv only, no shell, its own process group, closed descriptors, bounded output,
// a deadline after which the whole group is killed.

#include "controller/ports/task.hpp"
#include "reconcilers/model/moment.hpp"

#include <string>
#include <vector>

namespace alcedo::net {

struct command {
    std::vector<std::string> argv;        ///< the program is looked up in our PATH
    std::vector<std::string> environment; ///< "K=V"; exactly these
    std::string directory;                ///< empty = ours
    std::string input;                    ///< stdin; empty = /dev/null
    milliseconds deadline{60000};
    std::size_t output_limit = 16u << 20; ///< bytes of each of the two outputs; more is dropped
};

struct finished {
    int exit_code = 0; ///< 128 + signal if killed
    std::string out;
    std::string err;
    bool truncated = false;
};

/// retry (reason "timeout" or "spawn"). A non-zero exit is an answer, not an error. Whatever the
/// program leaves running in its process group is killed. Cancelled: the group is killed.
task<result<finished>> run_process(command);

} // namespace alcedo::net
