#include "controller/wiring/preflight.hpp"

#include "controller/net/http_client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace alcedo {

namespace {

readiness_point good(std::string name, std::string message) {
    return {std::move(name), true, std::move(message), ""};
}

readiness_point bad(std::string name, std::string message, std::string fix) {
    return {std::move(name), false, std::move(message), std::move(fix)};
}

/// The mount's id where the kernel tells it (5.8), else the device's: two bind mounts of one
/// filesystem have one device.
std::optional<std::uint64_t> mount_of(const std::string& path) {
    struct statx found{};
    if (::statx(AT_FDCWD, path.c_str(), 0, STATX_BASIC_STATS | STATX_MNT_ID, &found) != 0)
        return std::nullopt;
    if (found.stx_mask & STATX_MNT_ID) return found.stx_mnt_id;
    return (std::uint64_t{found.stx_dev_major} << 32) | found.stx_dev_minor;
}

readiness_point network_point(const settings& chosen, const result<network_info>& shared) {
    if (!shared)
        return bad("network", to_string(shared.error()), "docker network create " + chosen.network);
    const auto subnet = shared->subnets.empty() ? "no subnet" : shared->subnets.front();
    return good("network", chosen.network + ", " + subnet);
}

/// Where the operator says that Traefik is.
net::endpoint proxy_endpoint(const settings& chosen) {
    auto url = chosen.traefik_api;
    for (const auto& one : chosen.entry_points)
        if (url.empty()) url = one.url;
    const auto to = net::parse_endpoint(url.substr(0, url.find('/', url.find("://") + 3)));
    return to ? *to : net::endpoint{};
}

std::string join_command(const settings& chosen) {
    return "docker network connect " + chosen.network +
           " TRAEFIK (its container's name), or run Traefik in a container on " + chosen.network;
}

bool is_at(const network_member& member, const net::endpoint& to) {
    return !to.host.empty() && (member.address == to.host || member.name == to.host);
}

task<std::vector<std::string>> ids_of_ours(runtime* docker) {
    std::vector<std::string> ids;
    const auto all = co_await docker->list("");
    if (all)
        for (const auto& one : *all)
            ids.push_back(one.id);
    co_return ids;
}

/// Which ports of the host lead into whom.
task<network_info> with_ports(runtime* docker, network_info shared) {
    for (auto& member : shared.members) {
        const auto id = member.container_id;
        const auto seen = co_await docker->inspect(id);
        if (seen) member.published = seen->published;
    }
    co_return shared;
}

} // namespace

std::string marker_fix(const settings& chosen, const std::optional<network_info>& shared) {
    if (chosen.traefik_provider == "http") return "traefik " + endpoint_option(chosen, shared);
    return "docker run --volume " + chosen.traefik_dir +
           "/dynamic:/dynamic:ro TRAEFIK --providers.file.directory=/dynamic; docker restart "
           "TRAEFIK if dynamic/ was made after its start";
}

std::string engine_fix(const std::string& address) {
    constexpr std::string_view unix_prefix = "unix://";
    if (!address.starts_with(unix_prefix))
        return "curl http" + address.substr(address.find("://")) +
               "/_ping must answer OK (tcp:// is plain HTTP, without TLS), or "
               "--docker unix:///var/run/docker.sock";
    const auto path = address.substr(unix_prefix.size());
    if (access(path.c_str(), F_OK) != 0)
        return "systemctl start docker, or --docker unix://PATH of the engine's socket";
    if (access(path.c_str(), R_OK | W_OK) != 0)
        return "usermod --append --groups docker $(id -un), and log in anew: this user may not "
               "open " +
               path;
    return "systemctl restart docker; journalctl --unit docker tells why it does not answer";
}

readiness_point check_rename(const std::string& dir) {
    const auto dynamic = dir + "/dynamic", staging = dir + "/staging";
    const auto a = mount_of(staging), b = mount_of(dynamic);
    if (!a || !b)
        return bad("rename", dir + " has no staging/ and dynamic/",
                   "mkdir -p " + dynamic + " " + staging + " && docker restart TRAEFIK");
    if (access(staging.c_str(), W_OK) != 0 || access(dynamic.c_str(), W_OK) != 0)
        return bad("rename", dir + " cannot be written: " + std::strerror(errno),
                   "chown -R $(id -un) " + dir + ", as the user that runs Alcedo");
    if (*a != *b)
        return bad("rename", "staging/ and dynamic/ are two mounts: a rename between them fails",
                   "umount " + (mount_of(dir) == a ? dynamic : staging) +
                       "; a container gets only " + dir + ": --volume " + dir + ":" + dir);
    return good("rename", dir + ": staging/ and dynamic/ are one mount");
}

std::string to_line(const readiness_point& point) {
    std::string line = point.ok ? "ok    " : "FAIL  ";
    line += point.name;
    line.resize(std::max<std::size_t>(line.size() + 1, 24), ' ');
    line += point.message;
    if (!point.ok && !point.fix.empty()) line += "; fix: " + point.fix;
    return line;
}

readiness_point place_of_proxy(const settings& chosen, const network_info& shared,
                               const std::vector<std::string>& ours) {
    const auto to = proxy_endpoint(chosen);
    const bool on_this_host = to.host.starts_with("127.") || to.host == "localhost";
    std::string strangers;
    for (const auto& member : shared.members) {
        if (is_at(member, to))
            return good(placement, "container " + member.name + " on " + chosen.network);
        if (std::find(ours.begin(), ours.end(), member.container_id) != ours.end()) continue;
        if (on_this_host && !member.published.contains(to.port)) continue;
        strangers += (strangers.empty() ? "" : ", ") + member.name;
    }
    // Behind a name, or another address, it cannot be told which of them it is.
    if (!strangers.empty())
        return good(placement, (on_this_host ? "container " : "one of the containers ") +
                                   strangers + " on " + chosen.network);
    return bad(placement,
               "Traefik answers at " + to.host + ":" + std::to_string(to.port) +
                   ", but is no container on the network " + chosen.network +
                   ": a host process cannot resolve the names of containers",
               join_command(chosen));
}

/// What no API tells and every operator should know (traefik-measured, consequences).
constexpr const char* advice =
    "for Traefik: a default certificate, else each reload makes an RSA key; "
    "--providers.providersThrottleDuration=200ms; API and metrics on an entry point of their own "
    "that only this host reaches; requestAcceptGraceTimeout and graceTimeOut longer than a request";

task<std::vector<readiness_point>> run_preflight(settings chosen, runtime& docker,
                                                 traffic_provider* proxy, const poll_door* polls,
                                                 color_networks& networks) {
    std::vector<readiness_point> out;
    const auto engine = co_await docker.info();
    if (engine)
        out.push_back(good("engine", engine->version + ", API " + engine->api_version));
    else
        out.push_back(bad("engine", to_string(engine.error()), engine_fix(chosen.docker)));
    std::optional<network_info> shared;
    if (engine) {
        auto found = co_await networks.shared();
        out.push_back(network_point(chosen, found));
        if (found) shared = std::move(*found);
    }
    if (!proxy) {
        out.push_back(good(
            "traefik",
            "not used: apps with routes will wait (--traefik-dir, or --traefik-provider http)"));
        co_return out;
    }
    out.push_back(polls ? polled_point(chosen, polls->state(), shared)
                        : check_rename(chosen.traefik_dir));
    if (chosen.entry_points.empty() && chosen.traefik_api.empty()) {
        out.push_back(bad("traefik", "neither --traefik-api nor an entry point's URL was given",
                          "alcedo run --traefik-api http://TRAEFIK:8080 "
                          "--traefik-entrypoint web=http://TRAEFIK:80"));
        co_return out;
    }
    bool answers = false;
    const auto doors = co_await proxy->doors();
    for (const auto& door : doors) {
        answers = answers || door.ok;
        const bool needs_document = !door.ok && door.fix.empty();
        auto fix = needs_document ? marker_fix(chosen, shared) : door.fix;
        out.push_back({door.name, door.ok, door.message, std::move(fix)});
    }
    if (answers && shared) {
        const auto to = proxy_endpoint(chosen);
        const bool told = std::any_of(shared->members.begin(), shared->members.end(),
                                      [&](const network_member& m) { return is_at(m, to); });
        // Both look at every container, and the address mostly tells without them.
        std::vector<std::string> ours;
        if (!told) {
            ours = co_await ids_of_ours(&docker);
            shared = co_await with_ports(&docker, *shared);
        }
        out.push_back(place_of_proxy(chosen, *shared, ours));
    }
    out.push_back(good("advice", advice));
    co_return out;
}

} // namespace alcedo
