#pragma once
// A file as it was read: its value as JSON, where every key and value stands, and what was wrong
// with it as YAML. Knows nothing of manifests.

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::manifest {

using json = nlohmann::json;

/// 1-based, columns in characters; line 0 = the file as a whole, which is shown as its beginning.
struct mark {
    int line = 0;
    int column = 0;
    bool operator==(const mark&) const = default;
};

struct place {
    mark key; ///< equals `value` for list items
    mark value;
    bool operator==(const place&) const = default;
};

/// A fault of the file as YAML.
struct fault {
    mark at;
    std::string pointer;
    std::string problem;
    std::string remedy;
    /// False: only our own manifests are held to it (tags, merge keys, several documents).
    bool in_any_file = true;
    bool operator==(const fault&) const = default;
};

struct document {
    json root;
    std::map<std::string, place> places; ///< JSON pointer → where it stands
    std::vector<std::string> lines;      ///< source text, for pointing into scalars
    std::vector<fault> faults;
    bool readable = false; ///< `root` holds a document (perhaps with faults)
    bool salvaged = false; ///< not readable, but `root` holds what stood before the syntax error

    /// Where `pointer` stands, or the nearest thing around it that stands somewhere.
    place find(const std::string& pointer) const;
};

/// "/a/b" + "c" → "/a/b/c", escaped.
std::string child(const std::string& pointer, std::string_view key);
std::string child(const std::string& pointer, std::size_t index);
/// "/spec/traffic/routes/0/rule" → "spec.traffic.routes[0].rule"
std::string shown(std::string_view pointer);

/// Never throws, ends quickly on any input (limits of SPEC §1).
document read_document(std::string_view text);

} // namespace alcedo::manifest
