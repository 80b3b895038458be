#pragma once
// Shapes of Compose's service keys: any accepted writing → the one normal form, with every fault
// of it. The table in service_keys.cpp says which key has which shape; nobody else calls these.

#include "reconcilers/model/service_keys.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

/// The faults of one value, collected with their place inside it.
class shape_report {
public:
    explicit shape_report(std::vector<shape_problem>& out) : out_(out) {}
    void add(const std::string& at, std::string problem, std::string remedy) const {
        out_.push_back({at, std::move(problem), std::move(remedy)});
    }
    void unknown_key(const std::string& at, std::span<const std::string_view> known) const {
        out_.push_back({at, "unknown key", "", known});
    }

private:
    std::vector<shape_problem>& out_;
};

namespace shapes {

// Scalars.
json image(const json&, const shape_report&);
json boolean(const json&, const shape_report&);
json text(const json&, const shape_report&);
json working_dir(const json&, const shape_report&);
json pull_policy(const json&, const shape_report&);
json restart(const json&, const shape_report&);
json stop_grace_period(const json&, const shape_report&);
json stop_signal(const json&, const shape_report&);

// Lists and maps.
json command(const json&, const shape_report&);
json environment(const json&, const shape_report&);
json labels(const json&, const shape_report&);
json env_file(const json&, const shape_report&);
json expose(const json&, const shape_report&);
json tmpfs(const json&, const shape_report&);
json capabilities(const json&, const shape_report&);
json extra_hosts(const json&, const shape_report&);
json ulimits(const json&, const shape_report&);

// Blocks with keys of their own.
json volumes(const json&, const shape_report&);
json networks(const json&, const shape_report&);
json depends_on(const json&, const shape_report&);
json healthcheck(const json&, const shape_report&);
json logging(const json&, const shape_report&);
json deploy(const json&, const shape_report&);
json alcedo(const json&, const shape_report&);

} // namespace shapes

/// "/a" + "b" → "/a/b"
std::string below(const std::string& at, std::string_view key);
std::string below(const std::string& at, std::size_t index);

/// Reports an entry of a list that is empty: nobody meant it, and dropping it would hide a slip.
void empty_item(const std::string& at, const shape_report&);

/// A path in a container, so that one directory has one spelling: no "//", "/./", "/..", no
/// slash at the end. Reports what no mount can cover.
std::string mount_target(const std::string& written, const std::string& at, const shape_report&);
/// The same, lexically, of any absolute path.
std::string tidy_path(const std::string&);

/// Text by name, as drivers take their options.
json options_of(const json& written, const std::string& at, const shape_report&);

/// Reports "x is not WHAT: write WHAT".
void wrong_shape(const json&, const std::string& at, const std::string& what, const shape_report&);

/// The text, or "" with a report.
std::string text_item_of(const json&, const std::string& at, const shape_report&);

/// How a message names a value that is not what was wanted.
std::string shown_value(const json&);

/// A scalar as Compose prints it into an environment or a label: 8080, true, 1.5.
std::optional<std::string> scalar_text(const json&);

/// Refuses every key of `object` that is not in the block's row of service_blocks().
void check_block_keys(std::string_view block, const json& object, const std::string& at,
                      const shape_report&);

} // namespace alcedo
