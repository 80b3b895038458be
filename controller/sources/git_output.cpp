#include "controller/sources/git_output.hpp"

#include "controller/sources/files.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace alcedo {

namespace {

std::string branch_name(std::string_view ref) {
    constexpr std::string_view heads = "refs/heads/";
    return std::string(ref.starts_with(heads) ? ref.substr(heads.size()) : ref);
}

/// One header of cat-file: "<oid> <type> <size>", "<input> missing", "dangling <n>\n<path>", ….
struct object_header {
    std::string type;
    std::size_t size = 0;
};
object_header parse_header(std::string_view line) {
    auto words = split(line, ' ');
    object_header out;
    if (words.size() < 2) return out;
    out.type = words.size() == 3 && is_hex(words[0]) ? words[1] : words[0];
    if (words.back() == "missing" || words.back() == "ambiguous") out.type = "missing";
    std::from_chars(words.back().data(), words.back().data() + words.back().size(), out.size);
    return out;
}

/// For these, cat-file adds the path that it could not follow on a line of its own.
bool is_unfollowed(const std::string& type) {
    return type == "symlink" || type == "dangling" || type == "loop" || type == "notdir";
}

} // namespace

bool is_hex(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        auto part = text.substr(0, text.find(by));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        out.push_back(part);
    }
    return out;
}

std::string full_ref(const std::string& ref) {
    if (ref.empty()) return "HEAD";
    return ref.starts_with("refs/") ? ref : "refs/heads/" + ref;
}

// "<sha>\t<ref>" lines, and "ref: <ref>\tHEAD" before them.
std::optional<git_head> head_among(std::string_view said, const std::string& wanted) {
    git_head out;
    out.ref = branch_name(wanted);
    for (auto line : split(said, '\n')) {
        auto tab = line.find('\t');
        if (tab == std::string_view::npos || line.substr(tab + 1) != wanted) continue;
        auto first = line.substr(0, tab);
        if (first.starts_with("ref: ")) out.ref = branch_name(first.substr(5));
        if (is_hex(first) && first.size() >= 40) out.commit = first;
    }
    if (out.commit.empty()) return std::nullopt;
    return out;
}

std::string one_line(std::string_view text, std::size_t limit) {
    std::string out;
    for (char c : text.substr(0, limit))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    return out;
}

std::vector<git_blob> readable_among(std::string_view said, const std::vector<std::string>& paths,
                                     std::map<std::string, git_file>& into) {
    std::vector<git_blob> readable;
    for (const auto& path : paths) {
        auto line = said.substr(0, said.find('\n'));
        said.remove_prefix(std::min(said.size(), line.size() + 1));
        auto header = parse_header(line);
        auto& file = into[path];
        if (is_unfollowed(header.type)) {
            said.remove_prefix(std::min(said.size(), header.size + 1));
            file.absent = header.type == "notdir";
            if (header.type != "notdir") file.problem = "a symbolic link out of the repository";
            if (header.type == "dangling") file.problem = "a symbolic link to nothing";
        } else if (header.type == "missing" || header.type.empty()) {
            file.absent = true;
        } else if (header.type != "blob") {
            file.problem = "not a file";
        } else if (header.size > largest_file) {
            file.problem = "larger than 1 MiB";
        } else {
            readable.push_back({path, header.size});
        }
    }
    return readable;
}

std::vector<std::string> names_in(std::string_view said, const std::string& folder) {
    std::vector<std::string> names;
    for (auto entry : split(said, '\0')) {
        auto tab = entry.find('\t');
        if (tab == std::string_view::npos || entry.find(" blob ") > tab) continue;
        auto path = entry.substr(tab + 1);
        if (!folder.empty() && !path.starts_with(folder + "/")) continue;
        names.emplace_back(path.substr(folder.empty() ? 0 : folder.size() + 1));
    }
    return names;
}

bool take_blobs(std::string_view said, const std::vector<std::string>& paths,
                std::map<std::string, git_file>& into) {
    for (const auto& path : paths) {
        auto line = said.substr(0, said.find('\n'));
        auto header = parse_header(line);
        if (header.type != "blob" || said.size() < line.size() + header.size + 2) return false;
        into[path].text = said.substr(line.size() + 1, header.size);
        said.remove_prefix(line.size() + header.size + 2);
    }
    return true;
}

std::string last_words(std::string_view stderr_text) {
    std::string last = "git said nothing";
    // After the cause git often goes on with advice.
    for (auto line : split(stderr_text, '\n')) {
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        last = one_line(line, 300);
        if (line.starts_with("fatal:") || line.starts_with("error:")) break;
    }
    for (std::size_t from = last.find("://"); from != std::string::npos;
         from = last.find("://", from + 3)) {
        auto end = last.find_first_of("/ '\"", from + 3);
        auto at = last.rfind('@', end);
        if (at != std::string::npos && at > from) last.erase(from + 3, at - from - 2);
    }
    return last;
}

} // namespace alcedo
