#include "controller/wiring/settings.hpp"

#include "controller/telemetry/plain_text.hpp"
#include "controller/wiring/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace alcedo {

namespace {

struct placed_value {
    std::string text;
    std::string place; ///< "--resync", "ALCEDO_RESYNC", "alcedo.yaml:4: resync"
};
struct choice {
    std::vector<placed_value> values;
    std::string from;
};

std::string flag_of(const setting_row& row) {
    return "--" + std::string(row.key);
}

const setting_row* row_of(std::string_view key) {
    const auto rows = setting_rows();
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const setting_row& row) { return row.key == key; });
    return found == rows.end() ? nullptr : &*found;
}

std::optional<choice> from_flag(const given_settings& given, const setting_row& row) {
    const auto found = given.flags.find(std::string(row.key));
    if (found == given.flags.end() || found->second.empty()) return {};
    choice chosen;
    chosen.from = "flag " + flag_of(row);
    for (const auto& value : found->second)
        chosen.values.push_back({value, flag_of(row)});
    return chosen;
}

std::optional<choice> from_variable(const given_settings& given, const setting_row& row) {
    for (const auto name : {row.variable, row.also_variable}) {
        const auto found = given.variables.find(std::string(name));
        if (name.empty() || found == given.variables.end() || found->second.empty()) continue;
        choice chosen;
        chosen.from = "variable " + found->first;
        if (!row.repeatable) {
            chosen.values.push_back({found->second, found->first});
            return chosen;
        }
        std::istringstream words(found->second);
        for (std::string word; words >> word;)
            chosen.values.push_back({word, found->first});
        if (!chosen.values.empty()) return chosen;
    }
    return {};
}

std::optional<choice> from_file(const std::string& name, const config_file& file,
                                const setting_row& row) {
    for (const auto& entry : file.entries) {
        if (entry.key != row.key || entry.values.empty()) continue;
        choice chosen;
        chosen.from = fmt::format("{}:{}", name, entry.line);
        for (const auto& value : entry.values)
            chosen.values.push_back(
                {value.text, fmt::format("{}:{}: {}", name, value.line, row.key)});
        return chosen;
    }
    return {};
}

/// Unknown keys are errors: a slip must not leave a default in force unseen.
void check_keys(const std::string& name, const config_file& file,
                std::vector<std::string>& problems) {
    std::vector<std::string_view> known;
    for (const auto& row : setting_rows())
        known.push_back(row.key);
    for (const auto& entry : file.entries)
        if (row_of(entry.key) == nullptr)
            problems.push_back(fmt::format("{}:{}: \"{}\" is no setting: write one of {}", name,
                                           entry.line, printable(entry.key),
                                           fmt::join(known, ", ")));
}

std::string from_default(const setting_row& row) {
    return row.show(settings{}).empty() ? "not set" : "default";
}

void take(const setting_row& row, const choice& chosen, loaded_settings& out) {
    if (!row.repeatable && chosen.values.size() > 1) {
        out.problems.push_back(fmt::format("{}: given {} times: write it once",
                                           chosen.values.back().place, chosen.values.size()));
        return;
    }
    for (const auto& value : chosen.values)
        if (const auto wrong = row.take(out.values, value.text))
            out.problems.push_back(value.place + ": " + printable(without_credentials(*wrong)));
}

std::string quoted(const std::string& value) {
    // JSON's quoting is YAML's double quoting; plain words stay plain.
    const bool plain =
        value.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:") == value.npos &&
        !value.ends_with(':') && !value.starts_with('-');
    if (plain) return value;
    std::string out = "\"";
    for (const char c : printable(value)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

void check_provider(const settings& s, std::vector<std::string>& out) {
    const auto& listen = s.traefik_http_listen;
    if (s.traefik_provider != "http") {
        if (!listen.empty())
            out.emplace_back("--traefik-http-listen: Traefik fetches nothing from the provider " +
                             s.traefik_provider +
                             ": leave it out, or write --traefik-provider http");
        return;
    }
    if (listen.empty())
        out.emplace_back("--traefik-http-listen: missing: with --traefik-provider http Traefik "
                         "fetches its document there; write an address of this host that "
                         "Traefik's container reaches, like the network's gateway: "
                         "172.20.0.1:9645");
    if (!listen.empty() && listen == s.listen)
        out.emplace_back("--traefik-http-listen: " + listen +
                         " is --listen already: write another port");
    if (!s.traefik_dir.empty())
        out.emplace_back("--traefik-dir: not used with --traefik-provider http, whose document is "
                         "kept in --state-dir: leave it out, or write --traefik-provider file");
}

} // namespace

bool has_proxy(const settings& s) {
    return s.traefik_provider == "http" || !s.traefik_dir.empty();
}

loaded_settings load_settings(const given_settings& given) {
    loaded_settings out;
    config_file file;
    if (given.config_text) file = read_config(given.config_name, *given.config_text);
    out.problems = file.problems;
    check_keys(given.config_name, file, out.problems);
    for (const auto& row : setting_rows()) {
        auto chosen = from_flag(given, row);
        if (!chosen) chosen = from_variable(given, row);
        if (!chosen) chosen = from_file(given.config_name, file, row);
        if (chosen) take(row, *chosen, out);
        // The table's order: the provider is known before its deadline.
        const bool is_polled = out.values.traefik_provider == "http";
        if (!chosen && is_polled && row.key == "traefik-deadline")
            out.values.traefik_deadline = polled_deadline;
        shown_setting shown;
        shown.key = row.key;
        shown.from = chosen ? chosen->from : from_default(row);
        for (const auto& value : row.show(out.values))
            shown.values.push_back(without_credentials(value));
        out.shown.push_back(std::move(shown));
    }
    return out;
}

std::string print_config(const loaded_settings& loaded) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const auto& setting : loaded.shown) {
        if (setting.values.empty()) {
            lines.emplace_back("# " + setting.key + ":", setting.from);
            continue;
        }
        const auto* const row = row_of(setting.key);
        if (row == nullptr || !row->repeatable) {
            lines.emplace_back(setting.key + ": " + quoted(setting.values.front()), setting.from);
            continue;
        }
        lines.emplace_back(setting.key + ":", setting.from);
        for (const auto& value : setting.values)
            lines.emplace_back("  - " + quoted(value), "");
    }
    std::size_t widest = 0;
    for (const auto& [left, from] : lines)
        if (!from.empty()) widest = std::max(widest, left.size());
    std::string out;
    for (const auto& [left, from] : lines)
        out += from.empty() ? left + "\n" : fmt::format("{:<{}}  # {}\n", left, widest, from);
    return out;
}

std::optional<std::string> check_watchdog(const settings& s, std::optional<milliseconds> watchdog) {
    if (!watchdog || *watchdog > 2 * s.resync) return std::nullopt;
    return fmt::format("WatchdogSec={:g} is too short for --resync {:g}s: at rest a pass ends once "
                       "a resync; write WatchdogSec={:g} or more into the unit, or a shorter "
                       "--resync",
                       static_cast<double>(watchdog->count()) / 1000,
                       static_cast<double>(s.resync.count()) / 1000,
                       static_cast<double>(3 * s.resync.count()) / 1000);
}

std::vector<std::string> cross_check(const settings& s) {
    std::vector<std::string> out;
    if (s.sources.empty())
        out.emplace_back("--source: nothing to follow: write --source dir:PATH or --source "
                         "git+URL (or ALCEDO_SOURCE, or `source:` in the config file)");
    if (!has_proxy(s) && (!s.traefik_api.empty() || !s.entry_points.empty()))
        out.emplace_back(
            "--traefik-dir: missing, but Traefik's API or an entry point was named: "
            "write the folder whose dynamic/ Traefik watches, or --traefik-provider http");
    check_provider(s, out);
    if (has_proxy(s) && s.traefik_api.empty())
        out.emplace_back("--traefik-api: missing: Alcedo compares what Traefik shows with what was "
                         "written; write --traefik-api http://127.0.0.1:8080");
    return out;
}

} // namespace alcedo
