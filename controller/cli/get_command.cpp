#include "controller/cli/commands.hpp"
#include "controller/cli/exit_code.hpp"
#include "controller/cli/fields.hpp"
#include "controller/cli/output.hpp"
#include "controller/cli/render_get.hpp"

namespace alcedo::cli {

namespace {

std::string target_of(const std::string& app) {
    return app.empty() ? "/v1/apps" : "/v1/apps/" + encoded(app);
}

std::string text_of(const json& answer, const client_options& options, milliseconds now) {
    const auto apps = apps_in(answer);
    std::vector<std::string> names;
    for (const auto& app : apps)
        names.push_back(resource_name(text_at(app, "metadata.name")));
    return formatted(options.output, answer, names, [&] {
        return render_apps(apps, options.output == "wide", now, palette(options.color));
    });
}

/// Only what a person would notice: ages go on by themselves and are no change.
bool looks_alike(const json& before, const json& after, const client_options& options) {
    return text_of(before, options, milliseconds(0)) == text_of(after, options, milliseconds(0));
}

void print(world& at_hand, const json& answer, const client_options& options) {
    if (is_for_people(options.output))
        if (apps_in(answer).empty()) {
            at_hand.err << "no apps: nothing was read from the sources yet, or they hold no "
                           "manifest\n";
            return;
        }
    at_hand.out << text_of(answer, options, at_hand.wall()) << std::flush;
}

/// A terminal shows the present state; a pipe gets each state once, one after the other.
int follow(world& at_hand, daemon_client& daemon, const client_options& options,
           const std::string& app, json shown) {
    std::uint64_t seen = 0;
    const std::string clear = at_hand.terminal ? "\x1b[H\x1b[2J" : "";
    for (;;) {
        const auto change =
            daemon.get("/v1/changes?app=" + encoded(app) + "&seen=" + std::to_string(seen));
        if (!change) return complain(at_hand, change.error());
        seen = number_at(*change, "seen");
        const auto answer = daemon.get(target_of(app));
        if (!answer) return complain(at_hand, answer.error());
        if (!at_hand.terminal && looks_alike(shown, *answer, options)) continue;
        at_hand.out << clear;
        print(at_hand, *answer, options);
        shown = *answer;
    }
}

} // namespace

int get_command(world& at_hand, const client_options& options, const std::string& app,
                bool following) {
    const auto daemon = at_hand.connect(options.socket);
    const auto answer = daemon->get(target_of(app));
    if (!answer) return complain(at_hand, answer.error());
    print(at_hand, *answer, options);
    if (!following) return exit_code::done;
    return follow(at_hand, *daemon, options, app, *answer);
}

} // namespace alcedo::cli
