// The commands that ask once and print once.
#include "controller/api/version.hpp"
#include "controller/cli/checked_files.hpp"
#include "controller/cli/commands.hpp"
#include "controller/cli/completion.hpp"
#include "controller/cli/exit_code.hpp"
#include "controller/cli/fields.hpp"
#include "controller/cli/output.hpp"
#include "controller/cli/render_describe.hpp"
#include "controller/cli/render_history.hpp"
#include "controller/cli/render_plan.hpp"
#include "controller/telemetry/plain_text.hpp"
#include "reconcilers/model/api_version.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace alcedo::cli {

namespace {

result<std::vector<std::string>> all_apps(daemon_client& daemon) {
    const auto list = daemon.get("/v1/apps");
    if (!list) return list.error();
    std::vector<std::string> names;
    for (const auto& app : items_at(*list, "items"))
        names.push_back(text_at(app, "metadata.name"));
    return names;
}

result<std::vector<json>> plans_of_files(daemon_client& daemon,
                                         const std::vector<checked_file>& files) {
    json body{{"files", json::array()}};
    for (const auto& file : files) {
        // The daemon reads env files beside the manifest, and it has another working directory.
        const auto place = std::filesystem::absolute(file.path).lexically_normal();
        body["files"].push_back({{"name", place.string()}, {"text", file.text}});
    }
    const auto planned = daemon.post("/v1/plan", body);
    if (!planned) return planned.error();
    return plans_in(*planned);
}

result<std::vector<json>> plans_of_apps(daemon_client& daemon, const std::string& app) {
    std::vector<std::string> names{app};
    if (app.empty()) {
        auto known = all_apps(daemon);
        if (!known) return known.error();
        names = std::move(*known);
    }
    std::vector<json> plans;
    for (const auto& name : names) {
        const auto planned = daemon.get("/v1/apps/" + encoded(name) + "/plan");
        if (!planned) return planned.error();
        for (auto& each : plans_in(*planned))
            plans.push_back(std::move(each));
    }
    return plans;
}

result<std::vector<json>> receipts_of(world& at_hand, const client_options& options,
                                      const std::string& app) {
    const auto daemon = at_hand.connect(options.socket);
    const auto receipts = daemon->get("/v1/apps/" + encoded(app) + "/history");
    if (!receipts) return receipts.error();
    if (!receipts->is_array()) return items_at(*receipts, "items");
    return receipts->get<std::vector<json>>();
}

} // namespace

int complain(world& at_hand, const error& problem) {
    at_hand.err << "alcedo: " << printable_lines(problem.message) << "\n";
    return exit_code_of(problem);
}

int plan_command(world& at_hand, const client_options& options, const plan_request& request) {
    const auto files = check_files(request.files);
    for (const auto& file : files)
        print_findings(at_hand, file);
    if (!are_valid(files)) return exit_code::failed;
    const auto daemon = at_hand.connect(options.socket);
    const auto plans = request.files.empty() ? plans_of_apps(*daemon, request.app)
                                             : plans_of_files(*daemon, files);
    if (!plans) return complain(at_hand, plans.error());
    const palette paint(options.color);
    bool to_do = false;
    std::vector<std::string> names;
    std::string text;
    for (const auto& plan : *plans) {
        to_do = to_do || changes_anything(plan);
        names.push_back(resource_name(text_at(plan, "app")));
        text += render_plan(plan, request.explain, paint);
    }
    const auto whole = plans->size() == 1 ? plans->front() : json(*plans);
    at_hand.out << formatted(options.output, whole, names, [&] { return text; });
    return to_do ? exit_code::to_do : exit_code::done;
}

int describe_command(world& at_hand, const client_options& options, const std::string& app) {
    const auto daemon = at_hand.connect(options.socket);
    const auto found = daemon->get("/v1/apps/" + encoded(app));
    if (!found) return complain(at_hand, found.error());
    at_hand.out << formatted(options.output, *found, {resource_name(app)}, [&] {
        return render_description(*found, at_hand.wall(), palette(options.color));
    });
    return exit_code::done;
}

int history_command(world& at_hand, const client_options& options, const std::string& app) {
    const auto receipts = receipts_of(at_hand, options, app);
    if (!receipts) return complain(at_hand, receipts.error());
    if (receipts->empty() && is_for_people(options.output))
        at_hand.err << "no rollout of " << printable(app) << " has ended yet\n";
    at_hand.out << formatted(options.output, json(*receipts), {resource_name(app)}, [&] {
        return receipts->empty()
                   ? ""
                   : render_history(*receipts, at_hand.wall(), palette(options.color));
    });
    return exit_code::done;
}

int receipt_command(world& at_hand, const client_options& options, const std::string& app,
                    std::uint64_t number) {
    const auto receipts = receipts_of(at_hand, options, app);
    if (!receipts) return complain(at_hand, receipts.error());
    for (const auto& receipt : *receipts) {
        if (number_at(receipt, "number") != number) continue;
        at_hand.out << formatted(options.output, receipt, {resource_name(app)}, [&] {
            return render_receipt(receipt, at_hand.wall(), palette(options.color));
        });
        return exit_code::done;
    }
    return complain(at_hand, {next_step::gone, app + " has no receipt " + std::to_string(number) +
                                                   ": `alcedo history " + app + "` lists them"});
}

int completion_command(world& at_hand, const client_options& options, const std::string& shell) {
    const auto script = completion_script(shell).value_or("");
    const json whole{{"shell", shell}, {"script", script}};
    at_hand.out << formatted(options.output, whole, {shell}, [&] { return script; });
    return exit_code::done;
}

int version_command(world& at_hand, const client_options& options) {
    const json version{{"version", program_version}, {"apiVersion", api_version}};
    at_hand.out << formatted(options.output, version, {"alcedo"}, [] {
        return fmt::format("alcedo {} ({})\n", program_version, api_version);
    });
    return exit_code::done;
}

} // namespace alcedo::cli
