#include "reconcilers/manifest/cross_field.hpp"

#include "reconcilers/manifest/places.hpp"
#include "reconcilers/manifest/services.hpp"

#include <algorithm>

namespace alcedo::manifest {

namespace {

constexpr std::size_t longest_name = 40;

void need_service(const app_spec& app, const std::string& service, const std::string& pointer,
                  report& out) {
    if (service.empty()) return;
    const bool blue = app.of(color::blue).find(service) != nullptr;
    const bool green = app.of(color::green).find(service) != nullptr;
    if (!blue && !green)
        out.error(pointer, "there is no service \"" + service + "\"", "name one of spec.services");
    else if (!blue || !green)
        out.error(pointer,
                  "service \"" + service + "\" exists in " + (blue ? "blue" : "green") + " only",
                  "write it under spec.services, so that both colours have it");
}

void check_networks(const json& spec, const app_spec& app, color c, report& out) {
    for (const auto& service : app.of(c).services) {
        item_places places(spec, c, service.name, "networks");
        for (const auto& use : service.networks)
            if (use.name != "default" && !app.of(c).networks.contains(use.name))
                out.error(places.of(use.name), "there is no network \"" + use.name + "\"",
                          "write spec.networks: {" + use.name +
                              ": {}}, or {external: true} for "
                              "one that exists");
    }
}

bool declares_check(const app_spec& app, const std::string& service) {
    return std::any_of(app.health.checks.begin(), app.health.checks.end(),
                       [&](const check_spec& check) { return check.service == service; });
}

} // namespace

void check_references(const json& spec, const app_spec& app, report& out) {
    if (app.traffic)
        for (std::size_t i = 0; i < app.traffic->routes.size(); ++i)
            need_service(app, app.traffic->routes[i].service,
                         child(child("/spec/traffic/routes", i), "service"), out);
    for (std::size_t i = 0; i < app.health.checks.size(); ++i) {
        const auto& check = app.health.checks[i];
        need_service(app, check.service,
                     child(child(child("/spec/health/checks", i), check.kind), "service"), out);
    }
    for (const auto c : both_colors) {
        check_networks(spec, app, c, out);
        for (const auto& service : app.of(c).services)
            if (app.name.size() + service.name.size() > longest_name)
                out.error_at_key(service_pointer(spec, c, service.name),
                                 "app and service name are " +
                                     std::to_string(app.name.size() + service.name.size()) +
                                     " characters together, and a container's name is a DNS label",
                                 "shorten one, to at most 40 together");
    }
    if (spec.value("services", json()) == json::object())
        out.error("/spec/services", "no service", "write at least one");
}

void check_health_sources(const json& spec, const app_spec& app, report& out) {
    const bool accepted = app.accept.contains("NoHealthCheck");
    for (const auto c : both_colors)
        for (const auto& service : app.of(c).services) {
            if (service.health == service_spec::health_source::declared ||
                declares_check(app, service.name))
                continue;
            const auto pointer = service_pointer(spec, c, service.name);
            if (accepted)
                out.warning(pointer,
                            "without a health check it counts as ready once it has run for " +
                                alcedo::to_string(app.health.min_ready),
                            "write a healthcheck, or a check in spec.health.checks");
            else if (service.health == service_spec::health_source::disabled)
                out.error(pointer, "no health check of any kind",
                          "write a check in spec.health.checks, or accept: [NoHealthCheck]");
            else
                out.warning(pointer, "no health check here: its image must bring one",
                            "write a healthcheck, or a check in spec.health.checks");
        }
}

void check_auto(const json& spec, report& out) {
    if (spec.value("activeColor", json()) != "auto") return;
    report ignored = out;
    const auto blue = render_color(spec, color::blue, color::blue, ignored);
    const auto green = render_color(spec, color::green, color::blue, ignored);
    const std::string remedy =
        "write it under spec.services, with ${ALCEDO_COLOR} where it must differ";
    for (const auto& service : blue.services) {
        const auto other = green.find(service.name);
        if (other == nullptr || *other != service)
            out.error("/spec/colors",
                      "under auto both colours must be the same, and service \"" + service.name +
                          "\" differs",
                      remedy);
    }
    for (const auto& service : green.services)
        if (blue.find(service.name) == nullptr)
            out.error("/spec/colors",
                      "under auto both colours must be the same, and service \"" + service.name +
                          "\" differs",
                      remedy);
    if (blue.networks != green.networks || blue.volumes != green.volumes)
        out.error("/spec/colors",
                  "under auto both colours must be the same, and networks or volumes differ",
                  remedy);
}

} // namespace alcedo::manifest
