#pragma once
// What the command line's words are parsed into, and what is checked of a word by itself.

#include "controller/cli/commands.hpp"
#include "controller/cli/world.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace alcedo::cli {

/// The flags that every client command takes.
struct client_words {
    std::string socket;
    std::string output;
    bool no_color = false;
};

/// One for all commands, since only one of them is ever meant.
struct parsed_words {
    client_words client;   ///< behind the command: these win
    client_words in_front; ///< before it
    std::string app;
    std::vector<std::string> files;
    bool follow = false;
    bool explain = false;
    bool print_config = false;
    std::string config;
    std::map<std::string, std::vector<std::string>> flags; ///< of `run`, by setting key
    std::string until;
    std::string commit;
    std::uint64_t generation = 0;
    std::string timeout;
    std::uint64_t receipt = 0;
    std::string shell; ///< of `completion`
};

client_options client_options_of(const world&, const parsed_words&);
run_request run_request_of(const parsed_words&);
plan_request plan_request_of(const parsed_words&);
watch_request watch_request_of(const parsed_words&);

/// "" or what is wrong, as CLI11 wants it.
std::string check_duration(const std::string&);
std::string check_commit(const std::string&);

} // namespace alcedo::cli
