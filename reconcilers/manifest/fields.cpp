#include "reconcilers/manifest/fields.hpp"

#include "reconcilers/model/api_version.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace alcedo::manifest {

namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t hour = 3600 * second;
constexpr std::int64_t day = 24 * hour;
constexpr std::string_view no_default{};
constexpr std::string_view any{};
constexpr std::optional<std::int64_t> none{};
using enum field_type;

struct known_pattern {
    std::string_view text;
    std::string_view remedy;
};

constexpr std::array patterns{
    known_pattern{app_name_pattern, "write lower-case letters, digits and dashes, a letter first, "
                                    "no dash last"},
    known_pattern{label_pattern,
                  "write lower-case letters, digits and dashes, no dash first or last"},
    known_pattern{url_path_pattern, "write a path that starts with /, without spaces"},
    known_pattern{proxy_name_pattern, "write letters, digits, dots, dashes and underscores, a "
                                      "letter or digit first, at most 63"},
    known_pattern{proxy_reference_pattern,
                  "write a name of letters, digits, dots, dashes and underscores, with its "
                  "provider behind an @, such as auth@file"},
    known_pattern{domain_pattern, "write a name such as example.com or *.example.com (punycode for "
                                  "others)"},
};

constexpr field later(std::string_view path, std::string_view remedy) {
    return {path, object, false, no_default, none, none, any, any, remedy};
}

constexpr std::array table{
    field{"apiVersion", choice, true, no_default, none, none, api_version},
    field{"kind", choice, true, no_default, none, none, app_kind},
    field{"metadata", object, true},
    field{"metadata.name", text, true, no_default, 2, 32, any, app_name_pattern},
    field{"metadata.labels", text_map, false, "{}"},
    field{"spec", object, true},

    field{"spec.activeColor", choice, true, no_default, none, none, "blue|green|auto"},
    field{"spec.paused", boolean, false, "false"},
    field{"spec.accept", choices, false, "[]", none, none, "NoHealthCheck|Stateful|SharedVolume"},
    later("spec.composeFiles", "write the services under spec.services"),
    field{"spec.services", services, true},
    field{"spec.networks", networks, false, "{}"},
    field{"spec.volumes", volumes, false, "{}"},
    field{"spec.colors", object, false, "{}"},
    field{"spec.colors.blue", object, false, "{}"},
    field{"spec.colors.blue.services", services, false, "{}"},
    field{"spec.colors.blue.networks", networks, false, "{}"},
    field{"spec.colors.blue.volumes", volumes, false, "{}"},
    field{"spec.colors.green", object, false, "{}"},
    field{"spec.colors.green.services", services, false, "{}"},
    field{"spec.colors.green.networks", networks, false, "{}"},
    field{"spec.colors.green.volumes", volumes, false, "{}"},

    field{"spec.traffic", object},
    field{"spec.traffic.routes", objects, false, "[]"},
    field{"spec.traffic.routes[].name", text, true, no_default, 1, 32, any, label_pattern},
    field{"spec.traffic.routes[].service", text, true, no_default, 1, 38, any, label_pattern},
    field{"spec.traffic.routes[].port", integer, true, no_default, 1, 65535},
    field{"spec.traffic.routes[].rule", text, true, no_default, 1, 1024},
    field{"spec.traffic.routes[].entryPoints", texts, false, "[]"},
    // Traefik takes 0 for "no priority given"; the try router needs room above.
    field{"spec.traffic.routes[].priority", integer, false, no_default, 1, 9007199254740991},
    field{"spec.traffic.routes[].tls", object},
    field{"spec.traffic.routes[].tls.certResolver", text, false, no_default, 1, 63, any,
          proxy_name_pattern},
    field{"spec.traffic.routes[].tls.options", text, false, no_default, 1, 95, any,
          proxy_reference_pattern},
    field{"spec.traffic.routes[].tls.domains", objects, false, "[]"},
    field{"spec.traffic.routes[].tls.domains[].main", text, true, no_default, 1, 253, any,
          domain_pattern},
    field{"spec.traffic.routes[].tls.domains[].sans", texts, false, "[]", none, none, any,
          domain_pattern},
    field{"spec.traffic.routes[].middlewares", texts, false, "[]", none, none, any,
          proxy_reference_pattern},
    field{"spec.traffic.steps", objects, false, R"([{"hold":"30s","weight":50}])"},
    field{"spec.traffic.steps[].weight", integer, true, no_default, 1, 99},
    field{"spec.traffic.steps[].hold", duration, false, "\"30s\"", 0, day},
    field{"spec.traffic.approval", choice, false, "\"Automatic\"", none, none, "Automatic|Manual"},
    field{"spec.traffic.approvalTimeout", duration, false, no_default, second, none},
    field{"spec.traffic.drain", object, false, "{}"},
    field{"spec.traffic.drain.grace", duration, false, "\"1s\"", 500, none},
    field{"spec.traffic.drain.timeout", duration, false, "\"30s\"", 0, day},

    field{"spec.health", object, false, "{}"},
    field{"spec.health.timeout", duration, false, "\"120s\"", second, none},
    field{"spec.health.interval", duration, false, "\"5s\"", 200, none},
    field{"spec.health.minReady", duration, false, no_default, 0, none},
    field{"spec.health.checks", objects, false, "[]"},
    field{"spec.health.checks[].name", text, true, no_default, 1, 63, any, label_pattern},
    field{"spec.health.checks[].timeout", duration, false, "\"3s\"", 1, none},
    field{"spec.health.checks[].within", duration, false, no_default, 1, none},
    field{"spec.health.checks[].attempts", integer, false, "1", 1, 100},
    field{"spec.health.checks[].successThreshold", integer, false, "1", 1, 1000},
    field{"spec.health.checks[].failureThreshold", threshold, false, no_default, 1, 1000},
    field{"spec.health.checks[].stages", choices, false, R"(["preSwitch","postSwitch"])", none,
          none, "preSwitch|postSwitch"},
    later("spec.health.checks[].minSamples", "remove it"),
    later("spec.health.checks[].onNoData", "remove it"),
    later("spec.health.checks[].dryRun", "remove it"),
    field{"spec.health.checks[].http", object},
    field{"spec.health.checks[].http.service", text, true, no_default, 1, 38, any, label_pattern},
    field{"spec.health.checks[].http.port", integer, true, no_default, 1, 65535},
    field{"spec.health.checks[].http.path", text, false, "\"/\"", 1, 1024, any, url_path_pattern},
    field{"spec.health.checks[].http.method", choice, false, "\"GET\"", none, none,
          "GET|HEAD|POST|PUT|OPTIONS"},
    field{"spec.health.checks[].http.headers", text_map, false, "{}"},
    field{"spec.health.checks[].http.status", statuses, false, no_default, 100, 599},
    field{"spec.health.checks[].http.body", text, false, no_default, 1, 4096},
    field{"spec.health.checks[].tcp", object},
    field{"spec.health.checks[].tcp.service", text, true, no_default, 1, 38, any, label_pattern},
    field{"spec.health.checks[].tcp.port", integer, true, no_default, 1, 65535},
    field{"spec.health.checks[].route", object},
    field{"spec.health.checks[].route.name", text, true, no_default, 1, 32, any, label_pattern},
    field{"spec.health.checks[].route.path", text, false, no_default, 1, 1024, any,
          url_path_pattern},
    field{"spec.health.checks[].route.status", statuses, false, no_default, 100, 599},
    field{"spec.health.checks[].docker", object},
    field{"spec.health.checks[].docker.service", text, true, no_default, 1, 38, any, label_pattern},
    later("spec.health.checks[].websocket", "check the same service by http"),
    later("spec.health.checks[].exec", "write it as the service's healthcheck"),
    later("spec.health.checks[].logs", "remove it"),
    later("spec.health.checks[].resources", "remove it"),
    later("spec.health.checks[].grpc", "check the port by tcp"),
    later("spec.health.checks[].run", "write it as the service's healthcheck"),
    later("spec.health.checks[].traefik", "remove it"),
    later("spec.health.checks[].prometheus", "remove it"),

    field{"spec.watch", object, false, "{}"},
    field{"spec.watch.window", window, false, "\"10m\"", second, 7 * day},
    field{"spec.watch.failureThreshold", threshold, false, "3", 1, 1000},
    field{"spec.watch.onFailure", choice, false, "\"Revert\"", none, none, "Revert|Freeze|Notify"},
    field{"spec.standby", object, false, "{}"},
    field{"spec.standby.for", duration, false, no_default, 0, none},
    field{"spec.standby.then", choice, false, "\"Stop\"", none, none, "Stop|Remove|Keep"},
    later("spec.secrets", "write env_file in the service"),
    later("spec.configs", "mount a file read-only under the service's volumes"),
    later("spec.include", "write the services under spec.services"),
    later("spec.name", "remove it; metadata.name names the app"),
    later("spec.version", "remove it"),
    later("spec.notify", "alert on the metrics of alcedo instead"),
};

} // namespace

std::span<const field> fields() {
    return table;
}

const field* find_field(std::string_view path) {
    const auto it =
        std::find_if(table.begin(), table.end(), [&](const field& f) { return f.path == path; });
    return it == table.end() ? nullptr : &*it;
}

bool is_key(std::string_view name) {
    return name.find_first_of(".[") == std::string_view::npos;
}

std::string joined(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

const field* find_child(const std::string& path, std::string_view name) {
    return is_key(name) ? find_field(joined(path, name)) : nullptr;
}

std::vector<std::string_view> names_below(std::string_view path) {
    std::vector<std::string_view> names;
    for (const auto& row : table) {
        auto rest = row.path;
        if (!path.empty()) {
            if (!rest.starts_with(path) || rest.size() == path.size() || rest[path.size()] != '.')
                continue;
            rest.remove_prefix(path.size() + 1);
        }
        if (is_key(rest) && row.later.empty()) names.push_back(rest);
    }
    return names;
}

bool matches(std::string_view pattern, const std::string& text) {
    static const auto compiled = [] {
        std::map<std::string_view, std::unique_ptr<RE2>> all;
        for (const auto& known : patterns)
            all[known.text] =
                std::make_unique<RE2>(re2::StringPiece(known.text.data(), known.text.size()));
        return all;
    }();
    return RE2::FullMatch(text, *compiled.at(pattern));
}

std::string remedy_of(std::string_view pattern) {
    for (const auto& known : patterns)
        if (known.text == pattern) return std::string(known.remedy);
    return {};
}

std::vector<std::string_view> split_choices(std::string_view choices) {
    std::vector<std::string_view> out;
    while (!choices.empty()) {
        const auto end = std::min(choices.find('|'), choices.size());
        out.push_back(choices.substr(0, end));
        choices.remove_prefix(std::min(end + 1, choices.size()));
    }
    return out;
}

} // namespace alcedo::manifest
