// Arguments → a command → its exit code.
#include "controller/cli/cli.hpp"
#include "controller/wiring/daemon.hpp"

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <thread>

namespace {

alcedo::milliseconds wall() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch());
}

alcedo::milliseconds steady() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
}

std::map<std::string, std::string> environment_of(char** entries) {
    std::map<std::string, std::string> out;
    for (char** entry = entries; *entry != nullptr; ++entry) {
        const std::string text(*entry);
        const auto equals = text.find('=');
        if (equals != text.npos) out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

} // namespace

int main(int count, char** arguments) {
    alcedo::cli::world here{std::cout,
                            std::cerr,
                            ::isatty(STDOUT_FILENO) == 1,
                            environment_of(environ),
                            alcedo::run_daemon,
                            alcedo::cli::make_daemon_client,
                            wall,
                            steady,
                            [](alcedo::milliseconds pause) { std::this_thread::sleep_for(pause); }};
    return alcedo::cli::run_cli(here, {arguments + 1, arguments + count});
}
