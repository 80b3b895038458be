#pragma once
// The commands, each with what it was asked: they print to the world's streams and answer the exit
// code. Parsing the command line is cli.cpp's; the text itself is made by the renderers.

#include "controller/cli/watch_verdict.hpp"
#include "controller/cli/world.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alcedo::cli {

struct run_request {
    std::map<std::string, std::vector<std::string>> flags;
    std::string config;
    bool print_config = false;
};
int run_command(world&, const run_request&);

int validate_command(world&, const client_options&, const std::vector<std::string>& files);

struct plan_request {
    std::string app; ///< empty without files = every app
    std::vector<std::string> files;
    bool explain = false;
};
int plan_command(world&, const client_options&, const plan_request&);

/// `app` empty = all; `follow` goes on until the daemon is gone.
int get_command(world&, const client_options&, const std::string& app, bool follow);

int describe_command(world&, const client_options&, const std::string& app);

struct watch_request {
    watch_wish wish;
    std::optional<milliseconds> timeout;
};
int watch_command(world&, const client_options&, const watch_request&);

int history_command(world&, const client_options&, const std::string& app);
int receipt_command(world&, const client_options&, const std::string& app, std::uint64_t number);

/// Prints the script of that shell.
int completion_command(world&, const client_options&, const std::string& shell);
/// A verb and how its --help teaches it.
struct verb_words {
    const char* name;
    const char* help;
    const char* more;
};
std::span<const verb_words> verbs();
int verb_command(world&, const client_options&, const std::string& verb, const std::string& app);

int version_command(world&, const client_options&);

/// Prints "alcedo: message" to the error stream; answers the exit code that fits.
int complain(world&, const error&);

} // namespace alcedo::cli
