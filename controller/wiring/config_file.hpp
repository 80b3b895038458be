#pragma once
// The daemon's config file: a flat YAML mapping of setting keys to a value, a list of values, or a
// mapping (NAME: URL). Text in, values with their lines out; it knows no setting by name.

#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

struct config_value {
    std::string text; ///< an entry of a mapping reads "name=value"
    int line = 0;
    bool operator==(const config_value&) const = default;
};
struct config_entry {
    std::string key;
    int line = 0;
    std::vector<config_value> values;
    bool operator==(const config_entry&) const = default;
};
struct config_file {
    std::vector<config_entry> entries;
    std::vector<std::string> problems; ///< "file:line: what: fix"
};

config_file read_config(const std::string& name, std::string_view text);

} // namespace alcedo
