#include "reconcilers/manifest/cross_field.hpp"
#include "reconcilers/manifest/places.hpp"

#include <algorithm>

namespace alcedo::manifest {

namespace {

const json::json_pointer timeout_key("/x-alcedo/handoverTimeout");

void check_alone(const json& spec, color c, const service_spec& service, report& out) {
    if (service.replicas > 1)
        out.error(service_pointer(spec, c, service.name, "deploy"),
                  "\"" + service.name +
                      "\" is exclusive: it never runs twice, so it has one replica",
                  "write replicas: 1, or remove exclusive");
    if (service.warm)
        out.error(service_pointer(spec, c, service.name, "x-alcedo"),
                  "\"" + service.name + "\" is exclusive: it cannot stay up with the standby",
                  "remove warm, or exclusive");
}

/// Where `rehearse` is written for that colour.
std::string rehearse_pointer(const json& spec, color c, const std::string& service) {
    const auto own = service_pointer(spec, c, service, "x-alcedo") + "/rehearse";
    const auto inside = own.substr(std::string("/spec").size());
    if (spec.contains(json::json_pointer(inside))) return own;
    return child(child("/spec/services", service), "x-alcedo") + "/rehearse";
}

void check_rehearsal(const json& spec, color c, const service_spec& service, report& out) {
    if (!service.rehearsal) return;
    const auto here = rehearse_pointer(spec, c, service.name);
    if (!service.exclusive)
        out.error(here, "rehearse of a service that is not exclusive: both colours run it anyway",
                  "remove it, or write exclusive: true");
    else if (service.rehearsal->env_files.empty() && service.rehearsal->environment.empty())
        out.error(here,
                  "it lays nothing over: \"" + service.name +
                      "\" would run twice with the same settings",
                  "write env_file or environment");
}

/// The other colour's own writing of it, where the two part.
void check_both_colors(const json& spec, const app_spec& app, const service_spec& blue,
                       report& out) {
    const auto* green = app.of(color::green).find(blue.name);
    if (!green || green->exclusive == blue.exclusive) return;
    const auto sober = blue.exclusive ? color::green : color::blue;
    out.error(
        service_pointer(spec, sober, blue.name, "x-alcedo"),
        "\"" + blue.name + "\" is exclusive in " + to_string(other(sober)) + " only",
        "write x-alcedo: {exclusive: true} under spec.services, so that both colours have it");
}

/// Nothing else can wait for it: a new colour is verified before its exclusive services exist.
void check_waiting(const json& spec, color c, const color_spec& colored,
                   const service_spec& service, report& out) {
    item_places places(spec, c, service.name, "depends_on");
    for (const auto& needed : service.depends_on) {
        const auto* found = colored.find(needed.service);
        if (!found || !found->exclusive) continue;
        if (needed.until == dependency::condition::completed)
            out.error(places.of(needed.service),
                      "\"" + needed.service + "\" is exclusive: it runs, and never completes",
                      "remove exclusive from it, or write condition: service_started");
        else if (!service.exclusive)
            out.error(places.of(needed.service),
                      "\"" + needed.service +
                          "\" is exclusive: it starts after everything else of a new colour",
                      "remove it here, or make \"" + service.name + "\" exclusive too");
    }
}

void check_routes(const app_spec& app, report& out) {
    if (!app.traffic) return;
    for (std::size_t i = 0; i < app.traffic->routes.size(); ++i) {
        const auto& name = app.traffic->routes[i].service;
        const bool exclusive = std::any_of(both_colors.begin(), both_colors.end(), [&](color c) {
            const auto* found = app.of(c).find(name);
            return found && found->exclusive;
        });
        if (exclusive)
            out.error(child(child("/spec/traffic/routes", i), "service"),
                      "\"" + name +
                          "\" is exclusive: a route switches between two colours that are both up",
                      "remove the route, or exclusive");
    }
}

} // namespace

void check_exclusive(const json& spec, const app_spec& app, report& out) {
    for (const auto& service : app.of(color::blue).services)
        check_both_colors(spec, app, service, out);
    for (const auto c : both_colors)
        for (const auto& service : app.of(c).services) {
            if (service.exclusive)
                check_alone(spec, c, service, out);
            else if (service.compose.contains(timeout_key))
                out.error(service_pointer(spec, c, service.name, "x-alcedo"),
                          "handoverTimeout of a service that is not exclusive",
                          "remove it, or write exclusive: true");
            check_rehearsal(spec, c, service, out);
            check_waiting(spec, c, app.of(c), service, out);
        }
    check_routes(app, out);
}

} // namespace alcedo::manifest
