#include "controller/cli/checked_files.hpp"

#include "controller/cli/file_text.hpp"
#include "controller/telemetry/plain_text.hpp"
#include "reconcilers/model/api_version.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace alcedo::cli {

namespace {

checked_file check(const std::string& path) {
    checked_file out;
    out.path = path;
    auto text = read_file(path);
    if (text) {
        out.text = std::move(*text);
        out.parsed = manifest::parse(path, out.text);
    } else {
        out.unreadable = text.error().message;
    }
    return out;
}

/// What two spellings of one file have in common.
std::string place_of(const std::string& path) {
    std::error_code failed;
    const auto place = std::filesystem::weakly_canonical(path, failed);
    return failed ? path : place.string();
}

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
            wrong.line = holder->parsed.name_line;
            wrong.column = holder->parsed.name_column;
            wrong.path = "metadata.name";
            wrong.problem =
                "\"" + name + "\" is also the name in " + other->path + " (DuplicateName)";
            wrong.remedy = "give each app a name of its own";
            holder->parsed.errors.push_back(std::move(wrong));
        }
    }
}

} // namespace

std::vector<checked_file> check_files(const std::vector<std::string>& paths) {
    std::vector<checked_file> files;
    std::set<std::string> places;
    for (const auto& path : paths)
        if (places.insert(place_of(path)).second) files.push_back(check(path));
    refuse_duplicates(files);
    return files;
}

bool is_valid(const checked_file& file) {
    return file.unreadable.empty() && file.parsed.is == manifest::parsed::kind::manifest &&
           file.parsed.errors.empty();
}

bool are_valid(const std::vector<checked_file>& files) {
    return std::all_of(files.begin(), files.end(),
                       [](const checked_file& file) { return is_valid(file); });
}

void print_findings(world& at_hand, const checked_file& file) {
    for (const auto& wrong : file.parsed.errors)
        at_hand.err << printable(to_string(wrong)) << "\n";
    for (const auto& warning : file.parsed.warnings)
        at_hand.err << "warning: " << printable(to_string(warning)) << "\n";
    if (!file.unreadable.empty())
        at_hand.err << printable(file.unreadable) << "\n";
    else if (file.parsed.is == manifest::parsed::kind::not_a_manifest)
        at_hand.err << printable(file.path)
                    << ": not a manifest: a manifest begins with apiVersion: " << api_version
                    << "\n";
}

} // namespace alcedo::cli
