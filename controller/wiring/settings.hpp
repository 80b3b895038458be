#pragma once
// Every setting of `alcedo run` as one table and one plain value: flag over variable over config
// file over default. Reads no file and no environment itself; cross-checks stand apart, because
// the locks are tested before them.

#include "reconcilers/model/moment.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

/// `--traefik-entrypoint NAME=URL`: where requests to that entry point can be sent from here.
struct entry_point_url {
    std::string name;
    std::string url; ///< "http://host:port" or "https://host:port"
    bool operator==(const entry_point_url&) const = default;
};

struct settings {
    std::vector<std::string> sources; ///< "dir:PATH[?…]", "git+URL[//subdir][?…]", as written
    std::string docker = "unix:///var/run/docker.sock";
    std::string traefik_dir; ///< empty = none
    std::string traefik_api; ///< empty = none
    std::vector<entry_point_url> entry_points;
    std::string traefik_provider = "file"; ///< file | http
    std::string traefik_http_listen;       ///< empty = none; only with the provider http
    milliseconds traefik_deadline{5000};   ///< 8 s with the provider http, if not given
    std::string network = "alcedo";
    std::string network_pool = "10.213.0.0/16"; ///< or "engine"
    std::string state_dir = "/var/lib/alcedo";
    std::string socket = "/run/alcedo/alcedo.sock";
    std::string listen = "127.0.0.1:9644";
    std::string instance = "alcedo";
    milliseconds resync{30000};
    std::string log_format = "console"; ///< console | json
    std::string log_level = "info";     ///< debug | info | warning | error
    std::string proc = "/proc";
    bool operator==(const settings&) const = default;
};

/// Whether there is a Traefik to write for at all.
bool has_proxy(const settings&);

/// One row of the table. The flag is "--" + key, the config key is the key.
struct setting_row {
    std::string_view key;
    std::string_view variable;
    std::string_view also_variable; ///< a second name for the same, weaker; may be empty
    std::string_view value_name;    ///< for --help
    bool repeatable;
    /// Parses one value into the settings; answers what is wrong and what to write instead.
    std::optional<std::string> (*take)(settings&, const std::string&);
    /// The values as one would write them; empty = not set.
    std::vector<std::string> (*show)(const settings&);
    std::string_view help;
};
std::span<const setting_row> setting_rows();

/// What was given, still as text.
struct given_settings {
    std::map<std::string, std::vector<std::string>> flags; ///< key → values, in order
    std::map<std::string, std::string> variables;          ///< the environment; "" counts as unset
    std::string config_name;                               ///< for messages
    std::optional<std::string> config_text;                ///< YAML: a flat mapping of keys
};

struct shown_setting {
    std::string key;
    std::vector<std::string> values; ///< without credentials
    std::string from;                ///< "default", "flag --x", "variable X", "file.yaml:3"
    bool operator==(const shown_setting&) const = default;
};

struct loaded_settings {
    settings values;
    std::vector<shown_setting> shown;  ///< one per row, in the table's order
    std::vector<std::string> problems; ///< all of them, each naming its place and the fix
};
loaded_settings load_settings(const given_settings&);

/// The deadline with the provider http: Traefik's own default poll interval of 5 s, and 3 s to
/// apply what it got (traefik-measured, consequence 3).
inline constexpr milliseconds polled_deadline{8000};

/// What `--print-config` prints: a config file, each line with where its value came from.
std::string print_config(const loaded_settings&);

/// A watchdog that takes a daemon at rest for hung: passes end once a resync, and one of them may
/// take a while. What is wrong and what to write instead; none = it fits.
std::optional<std::string> check_watchdog(const settings&, std::optional<milliseconds> watchdog);

/// What does not fit together (called after the locks were tested); empty = fine.
std::vector<std::string> cross_check(const settings&);

} // namespace alcedo
