#include "reconcilers/manifest/cross_field.hpp"
#include "reconcilers/manifest/places.hpp"

namespace alcedo::manifest {

namespace {

constexpr std::size_t most_ports = 1000;

void check_tmpfs(const json& spec, const service_spec& service, color c, report& out) {
    const auto tmpfs = service.compose.value("tmpfs", json::object());
    item_places places(spec, c, service.name, "tmpfs");
    for (const auto& mount : service.volumes)
        if (tmpfs.contains(mount.target))
            out.error(places.of(mount.target), "a tmpfs and a volume at \"" + mount.target + "\"",
                      "remove one of them");
}

void check_ports(const json& spec, const service_spec& service, color c, report& out) {
    if (service.compose.value("expose", json::array()).size() > most_ports)
        out.error(service_pointer(spec, c, service.name, "expose"),
                  "more than 1,000 ports in " + to_string(c),
                  "write fewer; services of a colour reach each other on every port without it");
}

} // namespace

void check_merged(const json& spec, const app_spec& app, report& out) {
    for (const auto c : both_colors)
        for (const auto& service : app.of(c).services) {
            check_tmpfs(spec, service, c, out);
            check_ports(spec, service, c, out);
        }
}

} // namespace alcedo::manifest
