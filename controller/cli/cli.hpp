#pragma once
// The command line: words to commands, everything wrong with the words is exit code 64.

#include "controller/cli/world.hpp"

#include <string>
#include <vector>

namespace alcedo::cli {

/// `arguments` without the program's name.
int run_cli(world&, std::vector<std::string> arguments);

} // namespace alcedo::cli
