#pragma once
// Blocking reads of small files, and the rule that says when a file may be believed. Follows no
// path out of the folder it was given; opens nothing but regular files.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

inline constexpr std::size_t largest_file = 1u << 20; ///< bytes (SPEC §1)

struct file_stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t mtime = 0; ///< ns
    bool operator==(const file_stamp&) const = default;
};

struct file_read {
    file_stamp stamp; ///< as of the end of the read
    std::string text;
    std::string problem; ///< text is then empty
};

/// `gone` if absent; a file that is there and cannot be used is a value with a problem.
result<file_read> read_file(const std::string& absolute_path);
/// Below the folder only, links included: leading out of it is `invalid`.
result<file_read> read_file_below(const std::string& folder, const std::string& relative_path);

/// Without "." parts and doubled slashes; none if it is absolute, empty, has control characters
/// or climbs out by "..".
std::optional<std::string> normal_relative(const std::string& path);

struct listing {
    struct file {
        std::string name;
        file_read content;
    };
    std::vector<file> manifests;              ///< *.yaml|yml|json, no leading dot, sorted by name
    std::map<std::string, file_stamp> others; ///< the other regular files
};
/// The files directly in a folder. `retry` with SourceUnreadable if it cannot be read wholly.
result<listing> list_folder(const std::string& path);

/// May that name in a source's folder be a manifest?
bool is_manifest_name(const std::string& name);

/// When was each file first seen as it is now? Settled = unchanged for a second on the boot
/// clock: the mtime alone would believe `cp -p` and a clock that was set.
class stamp_book {
public:
    static constexpr milliseconds quiet{1000};

    bool settled(const std::string& name, const file_stamp&, milliseconds now);
    void forget(const std::string& name) { seen_.erase(name); }
    void keep_only(const std::set<std::string>& names);
    /// The boot time at which the first of the files that are not settled may be.
    std::optional<milliseconds> next_look(milliseconds now) const;

private:
    struct sight {
        file_stamp stamp;
        milliseconds since{0};
    };
    std::map<std::string, sight> seen_;
};

} // namespace alcedo
