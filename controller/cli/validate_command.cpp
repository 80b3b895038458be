#include "controller/cli/checked_files.hpp"
#include "controller/cli/commands.hpp"
#include "controller/cli/exit_code.hpp"
#include "controller/cli/output.hpp"
#include "controller/telemetry/plain_text.hpp"

namespace alcedo::cli {

namespace {

const char* kind_text(const checked_file& file) {
    if (!file.unreadable.empty()) return "unreadable";
    switch (file.parsed.is) {
    case manifest::parsed::kind::manifest:
        return "manifest";
    case manifest::parsed::kind::not_a_manifest:
        return "not a manifest";
    case manifest::parsed::kind::broken:
        return "broken";
    }
    return "broken";
}

json to_json_of(const std::vector<manifest::diagnostic>& diagnostics) {
    json out = json::array();
    for (const auto& each : diagnostics)
        out.push_back({{"file", each.file},
                       {"line", each.line},
                       {"column", each.column},
                       {"path", each.path},
                       {"problem", each.problem},
                       {"remedy", each.remedy}});
    return out;
}

json to_json_of(const std::vector<checked_file>& files, bool valid) {
    json out{{"valid", valid}, {"files", json::array()}};
    for (const auto& file : files) {
        json entry{{"file", file.path},
                   {"valid", is_valid(file)},
                   {"kind", kind_text(file)},
                   {"name", file.parsed.name},
                   {"errors", to_json_of(file.parsed.errors)},
                   {"warnings", to_json_of(file.parsed.warnings)}};
        if (!file.unreadable.empty()) entry["message"] = file.unreadable;
        out["files"].push_back(std::move(entry));
    }
    return out;
}

} // namespace

int validate_command(world& at_hand, const client_options& options,
                     const std::vector<std::string>& paths) {
    const auto files = check_files(paths);
    const bool valid = are_valid(files);
    std::vector<std::string> names;
    std::string text;
    for (const auto& file : files) {
        if (!is_for_machines(options.output)) print_findings(at_hand, file);
        if (!is_valid(file)) continue;
        names.push_back(resource_name(file.parsed.name));
        text += "OK  " + printable(file.path) + ": " + printable(file.parsed.name) + "\n";
    }
    at_hand.out << formatted(options.output, to_json_of(files, valid), names, [&] { return text; });
    return valid ? exit_code::done : exit_code::failed;
}

} // namespace alcedo::cli
