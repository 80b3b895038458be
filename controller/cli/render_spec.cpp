#include "controller/cli/render_spec.hpp"

#include "controller/cli/fields.hpp"
#include "controller/telemetry/plain_text.hpp"

#include <fmt/format.h>

namespace alcedo::cli {

namespace {

std::string line(const std::string& title, const std::string& value) {
    return value.empty() ? "" : fmt::format("  {:<10}{}\n", title, value);
}

std::string replicas_text(const json& service) {
    const auto count = number_at(service, "deploy.replicas");
    return count > 1 ? fmt::format(" × {}", count) : "";
}

std::string render_services(const json& spec) {
    std::string out;
    const auto& services = at(spec, "services");
    if (!services.is_object()) return out;
    for (const auto& [name, service] : services.items())
        out += line(out.empty() ? "services" : "",
                    fmt::format("{}: {}{}", printable(name), text_at(service, "image", "-"),
                                replicas_text(service)));
    return out;
}

/// What a colour lays over the services, in one line.
std::string render_overrides(const json& spec) {
    std::string out;
    for (const std::string color : {"blue", "green"}) {
        const auto& services = at(spec, "colors." + color + ".services");
        if (!services.is_object()) continue;
        for (const auto& [name, service] : services.items()) {
            const auto image = text_at(service, "image");
            const auto what = image.empty() ? "other settings" + replicas_text(service)
                                            : image + replicas_text(service);
            out += line(color, fmt::format("{}: {}", printable(name), what));
        }
    }
    return out;
}

std::string render_routes(const json& spec) {
    std::string out;
    for (const auto& route : items_at(spec, "traffic.routes"))
        out += line(out.empty() ? "routes" : "",
                    fmt::format("{}: {} → {}:{}", text_at(route, "name"), text_at(route, "rule"),
                                text_at(route, "service"), text_at(route, "port")));
    return out;
}

std::string steps_text(const json& spec) {
    const auto& steps = at(spec, "traffic.steps");
    if (!steps.is_array()) return {};
    std::string out;
    for (const auto& step : steps)
        out += fmt::format("{} % for {}, ", text_at(step, "weight"), text_at(step, "hold", "0s"));
    return out + "100 %";
}

std::string watch_text(const json& spec) {
    const auto& watch = at(spec, "watch");
    if (!watch.is_object()) return {};
    std::string out;
    for (const auto& [key, value] : watch.items())
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", printable(key),
                           value.is_primitive() ? text_at(value, "") : printable(value.dump()));
    return out;
}

std::string checks_text(const json& spec) {
    std::string out;
    for (const auto& check : items_at(spec, "health.checks"))
        out += (out.empty() ? "" : ", ") + text_at(check, "name");
    return out;
}

} // namespace

std::string render_spec(const json& spec, const palette&) {
    if (!spec.is_object()) return {};
    auto out = line("active", text_at(spec, "activeColor"));
    if (flag_at(spec, "paused")) out += line("paused", "true");
    out += render_services(spec) + render_overrides(spec) + render_routes(spec);
    out += line("steps", steps_text(spec));
    out += line("checks", checks_text(spec));
    out += line("health", text_at(spec, "health.timeout"));
    out += line("watch", watch_text(spec));
    if (const auto keep = text_at(spec, "standby.for"); !keep.empty())
        out += line("standby",
                    fmt::format("for {}, then {}", keep, text_at(spec, "standby.then", "Stop")));
    return out;
}

} // namespace alcedo::cli
