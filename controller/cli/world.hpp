#pragma once
// All that the command line touches besides its arguments, so that a test can be the terminal, the
// daemon and the clock.

#include "controller/cli/daemon_client.hpp"
#include "controller/wiring/settings.hpp"

#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>

namespace alcedo::cli {

struct world {
    std::ostream& out;
    std::ostream& err;
    bool terminal = false; ///< `out` is one
    std::map<std::string, std::string> environment;
    std::function<int(const settings&)> daemon;
    std::function<std::unique_ptr<daemon_client>(const std::string& socket)> connect;
    std::function<milliseconds()> wall;   ///< since the epoch
    std::function<milliseconds()> steady; ///< never jumps
    std::function<void(milliseconds)> sleep;
};

/// What most commands share.
struct client_options {
    std::string socket;
    std::string output = "table"; ///< table | wide | json | yaml | name
    bool color = false;
};

} // namespace alcedo::cli
