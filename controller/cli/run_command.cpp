#include "controller/cli/commands.hpp"
#include "controller/cli/exit_code.hpp"
#include "controller/cli/file_text.hpp"
#include "controller/telemetry/plain_text.hpp"

namespace alcedo::cli {

namespace {

std::string config_path(const world& at_hand, const run_request& request) {
    if (!request.config.empty()) return request.config;
    const auto variable = at_hand.environment.find("ALCEDO_CONFIG");
    return variable == at_hand.environment.end() ? "" : variable->second;
}

} // namespace

int run_command(world& at_hand, const run_request& request) {
    given_settings given;
    given.flags = request.flags;
    given.variables = at_hand.environment;
    if (const auto path = config_path(at_hand, request); !path.empty()) {
        auto text = read_file(path);
        if (!text) {
            at_hand.err << "alcedo run: --config: " << printable(text.error().message) << "\n";
            return exit_code::usage;
        }
        given.config_name = path;
        given.config_text = std::move(*text);
    }
    const auto loaded = load_settings(given);
    for (const auto& problem : loaded.problems)
        at_hand.err << "alcedo run: " << problem << "\n";
    if (!loaded.problems.empty()) return exit_code::usage;
    if (request.print_config) {
        at_hand.out << print_config(loaded);
        return exit_code::done;
    }
    return at_hand.daemon(loaded.values);
}

} // namespace alcedo::cli
