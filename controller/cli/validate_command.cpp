#include "controller/cli/commands.hpp"
#include "controller/cli/exit_code.hpp"
#include "controller/cli/file_text.hpp"
#include "controller/cli/output.hpp"
#include "controller/telemetry/plain_text.hpp"
#include "reconcilers/manifest/manifest.hpp"

#include <map>

namespace alcedo::cli {

namespace {

struct checked_file {
    std::string path;
    manifest::parsed parsed;
    std::string unreadable; ///< why it could not be read
};

checked_file check(const std::string& path) {
    checked_file out;
    out.path = path;
    const auto text = read_file(path);
    if (text)
        out.parsed = manifest::parse(path, *text);
    else
        out.unreadable = text.error().message;
    return out;
}

/// A name in two files would be refused by a source as well (SPEC §1).
void refuse_duplicates(std::vector<checked_file>& files) {
    std::map<std::string, std::vector<checked_file*>> by_name;
    for (auto& file : files)
        if (!file.parsed.name.empty()) by_name[file.parsed.name].push_back(&file);
    for (auto& [name, holders] : by_name) {
        if (holders.size() < 2) continue;
        for (auto* holder : holders) {
            const auto* other = holder == holders.front() ? holders.back() : holders.front();
            manifest::diagnostic wrong;
            wrong.file = holder->path;
            wrong.path = "metadata.name";
            wrong.problem =
                "\"" + name + "\" is also the name in " + other->path + " (DuplicateName)";
            wrong.remedy = "give each app a name of its own";
            holder->parsed.errors.push_back(std::move(wrong));
        }
    }
}

bool is_valid(const checked_file& file) {
    return file.unreadable.empty() && file.parsed.is == manifest::parsed::kind::manifest &&
           file.parsed.errors.empty();
}

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

void print(world& at_hand, const checked_file& file) {
    for (const auto& wrong : file.parsed.errors)
        at_hand.err << printable(to_string(wrong)) << "\n";
    for (const auto& warning : file.parsed.warnings)
        at_hand.err << "warning: " << printable(to_string(warning)) << "\n";
    if (!file.unreadable.empty())
        at_hand.err << printable(file.unreadable) << "\n";
    else if (file.parsed.is == manifest::parsed::kind::not_a_manifest)
        at_hand.err << printable(file.path)
                    << ": not a manifest: a manifest begins with apiVersion: "
                       "alcedo.dev/v1alpha1\n";
    else if (is_valid(file))
        at_hand.out << "OK  " << printable(file.path) << ": " << printable(file.parsed.name)
                    << "\n";
}

} // namespace

int validate_command(world& at_hand, const client_options& options,
                     const std::vector<std::string>& paths) {
    std::vector<checked_file> files;
    for (const auto& path : paths)
        files.push_back(check(path));
    refuse_duplicates(files);
    bool valid = true;
    for (const auto& file : files)
        valid = valid && is_valid(file);
    if (options.output == "json" || options.output == "yaml")
        at_hand.out << to_machine_text(to_json_of(files, valid), options.output);
    else
        for (const auto& file : files)
            print(at_hand, file);
    return valid ? exit_code::done : exit_code::failed;
}

} // namespace alcedo::cli
