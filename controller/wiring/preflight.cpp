#include "controller/wiring/preflight.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
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

/// staging/ and dynamic/ on one filesystem and one mount: rename between two mounts is EXDEV. Only
/// looks: a file made to try it would be a write at rest, and one in dynamic/ a reload of Traefik.
readiness_point check_rename(const std::string& dir) {
    const auto dynamic = dir + "/dynamic", staging = dir + "/staging";
    struct stat a{}, b{};
    if (stat(staging.c_str(), &a) != 0 || stat(dynamic.c_str(), &b) != 0)
        return bad("rename", dir + " has no staging/ and dynamic/", "mkdir -p " + dynamic);
    if (access(staging.c_str(), W_OK) != 0 || access(dynamic.c_str(), W_OK) != 0)
        return bad("rename", dir + " cannot be written: " + std::strerror(errno),
                   "run alcedo as a user that may write to " + dir);
    if (a.st_dev != b.st_dev)
        return bad("rename", "staging/ and dynamic/ are two mounts: a rename between them fails",
                   "mount " + dir + " as one volume; Traefik mounts only dynamic/");
    return good("rename", dir + ": staging/ and dynamic/ are one filesystem");
}

readiness_point network_point(const settings& chosen, const result<network_info>& shared) {
    if (!shared)
        return bad("network", to_string(shared.error()), "docker network create " + chosen.network);
    const auto subnet = shared->subnets.empty() ? "no subnet" : shared->subnets.front();
    return good("network", chosen.network + ", " + subnet);
}

std::vector<readiness_point> proxy_points(const settings& chosen, const ack_answer& answer) {
    std::vector<readiness_point> out;
    if (chosen.entry_points.empty() && chosen.traefik_api.empty()) {
        out.push_back(bad("traefik", "neither --traefik-api nor an entry point's URL was given",
                          "alcedo run --traefik-api http://TRAEFIK:8080 "
                          "--traefik-entrypoint web=http://TRAEFIK:80"));
        return out;
    }
    if (answer.what == ack::seen)
        out.push_back(good("marker", "round trip: " + answer.detail));
    else
        out.push_back(bad("marker", answer.detail,
                          "Traefik needs --providers.file.directory pointing at the mounted " +
                              chosen.traefik_dir + "/dynamic, which must exist before it starts"));
    return out;
}

} // namespace

std::string to_line(const readiness_point& point) {
    std::string line = point.ok ? "ok    " : "FAIL  ";
    line += point.name;
    line.resize(std::max<std::size_t>(line.size() + 1, 18), ' ');
    line += point.message;
    if (!point.ok && !point.fix.empty()) line += "\n                  fix: " + point.fix;
    return line;
}

task<std::vector<readiness_point>>
run_preflight(settings chosen, runtime& docker, traffic_provider* proxy, color_networks& networks) {
    std::vector<readiness_point> out;
    const auto engine = co_await docker.info();
    if (engine)
        out.push_back(good("engine", engine->version + ", API " + engine->api_version));
    else
        out.push_back(bad("engine", to_string(engine.error()),
                          "is dockerd running, and may this user open " + chosen.docker + "?"));
    if (engine) {
        const auto shared = co_await networks.shared();
        out.push_back(network_point(chosen, shared));
    }
    if (!proxy) {
        out.push_back(good("traefik", "not used: apps with routes will wait (--traefik-dir)"));
        co_return out;
    }
    out.push_back(check_rename(chosen.traefik_dir));
    const auto on_disk = co_await proxy->read();
    std::uint64_t generation = 0;
    if (on_disk) generation = on_disk->document.generation;
    const auto answer = co_await proxy->acknowledged(generation);
    for (auto& point : proxy_points(chosen, answer))
        out.push_back(std::move(point));
    co_return out;
}

} // namespace alcedo
