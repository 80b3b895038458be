#pragma once
// What git prints, as values. Pure text in, values out; runs nothing.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

struct git_head {
    std::string commit;
    std::string ref; ///< branch name, or the full ref if it is no branch
    bool operator==(const git_head&) const = default;
};

struct git_file {
    std::string text;
    std::string problem; ///< there, but not to be used
    bool absent = false;
};

struct git_blob {
    std::string path;
    std::size_t size = 0;
};

bool is_hex(std::string_view);
std::vector<std::string_view> split(std::string_view text, char by);
/// Without control characters, at most `limit` bytes.
std::string one_line(std::string_view text, std::size_t limit);

/// "" = "HEAD", "main" = "refs/heads/main", "refs/…" as it is.
std::string full_ref(const std::string& ref);

/// Of `ls-remote --symref`, where `wanted` is a full ref or HEAD. Lines of other refs are
/// skipped: its pattern also matches longer names that end in it.
std::optional<git_head> head_among(std::string_view said, const std::string& wanted);

/// Names of the files and links directly in `folder`, of `ls-tree -z`.
std::vector<std::string> names_in(std::string_view said, const std::string& folder);

/// Answers of `cat-file --batch-check --follow-symlinks` in the order asked: what can be read, at
/// most 1 MiB each; why the rest cannot is put in `into`.
std::vector<git_blob> readable_among(std::string_view said, const std::vector<std::string>& paths,
                                     std::map<std::string, git_file>& into);

/// Answers of `cat-file --batch`; false if they are not what the check had said.
bool take_blobs(std::string_view said, const std::vector<std::string>& paths,
                std::map<std::string, git_file>& into);

/// The last line that git said, without user and password of any URL in it.
std::string last_words(std::string_view stderr_text);

} // namespace alcedo
