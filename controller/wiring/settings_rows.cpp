#include "controller/wiring/settings.hpp"

#include "reconcilers/model/durations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace alcedo {

namespace {

using problem = std::optional<std::string>;
using words = std::vector<std::string>;

words one(const std::string& value) {
    return value.empty() ? words{} : words{value};
}

problem take_one_of(std::string& into, const std::string& value, const words& allowed) {
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end())
        return fmt::format("\"{}\" is none of its values: write {}", value,
                           fmt::join(allowed, ", "));
    into = value;
    return {};
}

problem take_path(std::string& into, const std::string& value) {
    if (value.find('\0') != value.npos || value.empty())
        return "the path is empty: write one like /var/lib/alcedo";
    into = value;
    return {};
}

problem take_duration(milliseconds& into, const std::string& value, milliseconds least) {
    const auto parsed = duration_from(value);
    if (!parsed) return fmt::format("\"{}\" is no duration: {}", value, duration_remedy(value));
    if (*parsed < least)
        return fmt::format("{} is too short: at least {}", value, to_string(least));
    into = *parsed;
    return {};
}

bool is_url(const std::string& value) {
    const bool scheme = value.starts_with("http://") || value.starts_with("https://");
    const auto host = value.find("://") + 3;
    return scheme && host < value.size() && value[host] != '/' && value[host] != ':' &&
           value.find_first_of(" \t\r\n") == value.npos;
}

problem take_source(settings& s, const std::string& value) {
    const bool directory = value.starts_with("dir:") && value.size() > 4;
    const bool git = value.starts_with("git+") && value.size() > 4;
    if (!directory && !git)
        return fmt::format("\"{}\" is no source: write dir:PATH[?prune=true] or "
                           "git+URL[//subdir][?ref=BRANCH&every=30s]",
                           value);
    s.sources.push_back(value);
    return {};
}

problem take_docker(settings& s, const std::string& value) {
    if (!value.starts_with("unix:///") && !value.starts_with("tcp://"))
        return fmt::format("\"{}\" is no engine address Alcedo can use: write "
                           "unix:///var/run/docker.sock or tcp://HOST:PORT",
                           value);
    s.docker = value;
    return {};
}

problem take_entry_point(settings& s, const std::string& value) {
    const auto equals = value.find('=');
    if (equals == value.npos || equals == 0 || !is_url(value.substr(equals + 1)))
        return fmt::format("\"{}\" is no NAME=URL: write the entry point's name and where to reach "
                           "it from here, like web=http://127.0.0.1:80",
                           value);
    entry_point_url point{value.substr(0, equals), value.substr(equals + 1)};
    for (const auto& known : s.entry_points)
        if (known.name == point.name)
            return fmt::format("entry point \"{}\" is named twice: write it once", point.name);
    s.entry_points.push_back(std::move(point));
    return {};
}

problem take_pool(settings& s, const std::string& value) {
    if (value == "engine") {
        s.network_pool = value;
        return {};
    }
    std::array<int, 5> parts{};
    const char* at = value.data();
    const char* const end = at + value.size();
    constexpr std::string_view separators = ".../";
    bool good = true;
    for (std::size_t i = 0; i < parts.size() && good; ++i) {
        const auto read = std::from_chars(at, end, parts[i]);
        good = read.ec == std::errc() && parts[i] >= 0 && parts[i] <= (i == 4 ? 32 : 255);
        at = read.ptr;
        if (good && i < 4) good = at != end && *at++ == separators[i];
    }
    if (!good || at != end || parts[4] < 8 || parts[4] > 27)
        return fmt::format("\"{}\" is no pool: write an IPv4 network of /8 to /27 like "
                           "10.213.0.0/16, or engine for the engine's own pools",
                           value);
    s.network_pool = value;
    return {};
}

problem take_listen(std::string& into, const std::string& value, int least_port) {
    const auto colon = value.rfind(':');
    int port = -1;
    if (colon != value.npos && colon > 0) {
        const char* const end = value.data() + value.size();
        const auto read = std::from_chars(value.data() + colon + 1, end, port);
        if (read.ec != std::errc() || read.ptr != end) port = -1;
    }
    if (port < least_port || port > 65535)
        return fmt::format("\"{}\" is no ADDRESS:PORT: write one like 127.0.0.1:9644", value);
    into = value;
    return {};
}

problem take_socket(settings& s, const std::string& value) {
    // sockaddr_un holds 108 bytes with the terminating zero.
    if (value.size() > 107) return "the path is longer than 107 bytes: write a shorter one";
    return take_path(s.socket, value);
}

problem take_instance(settings& s, const std::string& value) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (value.empty() || value.size() > 32 || value[0] < 'a' || value[0] > 'z' ||
        value.back() == '-' || !std::all_of(value.begin(), value.end(), good))
        return fmt::format("\"{}\" is no instance name: write up to 32 of a-z, 0-9 and -, a letter "
                           "first",
                           value);
    s.instance = value;
    return {};
}

/// The engine's own grammar of names.
problem take_network(settings& s, const std::string& value) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto good = [&](char c) { return plain(c) || c == '-' || c == '_' || c == '.'; };
    if (value.empty() || value.size() > 63 || !plain(value[0]) ||
        !std::all_of(value.begin(), value.end(), good))
        return fmt::format("\"{}\" is no network name: write up to 63 letters, digits, -, _ and .",
                           value);
    s.network = value;
    return {};
}

problem take_api(settings& s, const std::string& value) {
    if (!is_url(value))
        return fmt::format("\"{}\" is no URL: write one like http://127.0.0.1:8080", value);
    s.traefik_api = value;
    return {};
}

words show_entry_points(const settings& s) {
    words out;
    for (const auto& point : s.entry_points)
        out.push_back(point.name + "=" + point.url);
    return out;
}

constexpr std::array rows{
    setting_row{"source", "ALCEDO_SOURCE", "", "SOURCE", true, take_source,
                [](const settings& s) { return s.sources; },
                "where manifests come from: dir:PATH[?prune=true] or "
                "git+URL[//subdir][?ref=BRANCH&every=30s&prune=true]; repeatable"},
    setting_row{"docker", "ALCEDO_DOCKER", "DOCKER_HOST", "ADDRESS", false, take_docker,
                [](const settings& s) { return one(s.docker); }, "the engine's socket"},
    setting_row{"traefik-dir", "ALCEDO_TRAEFIK_DIR", "", "DIR", false,
                [](settings& s, const std::string& v) { return take_path(s.traefik_dir, v); },
                [](const settings& s) { return one(s.traefik_dir); },
                "holds dynamic/, which Traefik watches, and staging/"},
    setting_row{"traefik-api", "ALCEDO_TRAEFIK_API", "", "URL", false, take_api,
                [](const settings& s) { return one(s.traefik_api); }, "Traefik's API"},
    setting_row{"traefik-entrypoint", "ALCEDO_TRAEFIK_ENTRYPOINT", "", "NAME=URL", true,
                take_entry_point, show_entry_points,
                "an entry point that routes use and where to reach it from here; repeatable"},
    setting_row{"traefik-provider", "ALCEDO_TRAEFIK_PROVIDER", "", "file|http", false,
                [](settings& s, const std::string& v) {
                    return take_one_of(s.traefik_provider, v, {"file", "http"});
                },
                [](const settings& s) { return one(s.traefik_provider); },
                "how Traefik gets its document: it watches --traefik-dir, or polls "
                "--traefik-http-listen"},
    setting_row{
        "traefik-http-listen", "ALCEDO_TRAEFIK_HTTP_LISTEN", "", "ADDRESS:PORT", false,
        [](settings& s, const std::string& v) { return take_listen(s.traefik_http_listen, v, 1); },
        [](const settings& s) { return one(s.traefik_http_listen); },
        "where Traefik polls its document, with --traefik-provider http: an address of "
        "this host that its container reaches"},
    setting_row{"traefik-deadline", "ALCEDO_TRAEFIK_DEADLINE", "", "DURATION", false,
                [](settings& s, const std::string& v) {
                    return take_duration(s.traefik_deadline, v, milliseconds(100));
                },
                [](const settings& s) { return words{to_string(s.traefik_deadline)}; },
                "how long Traefik may take to confirm a document; 8s with --traefik-provider "
                "http (write its poll interval and 3s)"},
    setting_row{"network", "ALCEDO_NETWORK", "", "NAME", false, take_network,
                [](const settings& s) { return one(s.network); },
                "the network that Traefik shares with routed services"},
    setting_row{"network-pool", "ALCEDO_NETWORK_POOL", "", "CIDR", false, take_pool,
                [](const settings& s) { return one(s.network_pool); },
                "where networks of colours get their subnets from, or engine"},
    setting_row{"state-dir", "ALCEDO_STATE_DIR", "", "DIR", false,
                [](settings& s, const std::string& v) { return take_path(s.state_dir, v); },
                [](const settings& s) { return one(s.state_dir); },
                "records, receipts, keys, Git clones"},
    setting_row{"socket", "ALCEDO_SOCKET", "", "PATH", false, take_socket,
                [](const settings& s) { return one(s.socket); }, "where clients reach the daemon"},
    setting_row{"listen", "ALCEDO_LISTEN", "", "ADDRESS:PORT", false,
                [](settings& s, const std::string& v) { return take_listen(s.listen, v, 0); },
                [](const settings& s) { return one(s.listen); }, "/metrics, /healthz and /readyz"},
    setting_row{"instance", "ALCEDO_INSTANCE", "", "NAME", false, take_instance,
                [](const settings& s) { return one(s.instance); },
                "whose containers are ours, on an engine with several"},
    setting_row{
        "resync", "ALCEDO_RESYNC", "", "DURATION", false,
        [](settings& s, const std::string& v) { return take_duration(s.resync, v, seconds(1)); },
        [](const settings& s) { return words{to_string(s.resync)}; },
        "everything is looked at again this often"},
    setting_row{"log-format", "ALCEDO_LOG_FORMAT", "", "console|json", false,
                [](settings& s, const std::string& v) {
                    return take_one_of(s.log_format, v, {"console", "json"});
                },
                [](const settings& s) { return one(s.log_format); }, "for people or for machines"},
    setting_row{"log-level", "ALCEDO_LOG_LEVEL", "", "debug|info|warning|error", false,
                [](settings& s, const std::string& v) {
                    return take_one_of(s.log_level, v, {"debug", "info", "warning", "error"});
                },
                [](const settings& s) { return one(s.log_level); },
                "debug, info, warning or error"},
    setting_row{"proc", "ALCEDO_PROC", "", "DIR", false,
                [](settings& s, const std::string& v) { return take_path(s.proc, v); },
                [](const settings& s) { return one(s.proc); },
                "the host's proc, where connections are counted"},
};

} // namespace

std::span<const setting_row> setting_rows() {
    return rows;
}

} // namespace alcedo
