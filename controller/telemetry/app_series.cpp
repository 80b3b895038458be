#include "controller/telemetry/app_series.hpp"

#include <array>

namespace alcedo {

namespace {

using label = prometheus::ClientMetric::Label;

constexpr std::array phases{
    phase::idle,     phase::preparing, phase::starting, phase::verifying, phase::awaiting_approval,
    phase::shifting, phase::handover,  phase::draining, phase::watching,  phase::reverting,
    phase::held,     phase::deleting};

prometheus::MetricFamily phase_family(const std::map<std::string, app_changed>& apps) {
    auto family = gauge_family("alcedo_app_phase", "1 for the phase the app is in, 0 for others.");
    for (const auto& [name, app] : apps)
        for (const auto each : phases)
            add_sample(family, {label{"app", name}, label{"phase", to_string(each)}},
                       each == app.now_in ? 1 : 0);
    return family;
}

prometheus::MetricFamily weight_family(const std::map<std::string, app_changed>& apps) {
    auto family = gauge_family("alcedo_app_weight", "Percent of the app's traffic, as promised "
                                                    "and as Traefik confirmed it.");
    const auto add = [&](const std::string& app, const char* color, const char* state, int value) {
        add_sample(family, {label{"app", app}, label{"color", color}, label{"state", state}},
                   value);
    };
    for (const auto& [name, app] : apps) {
        // An app without routes has no weights: a 0 would read as "serves nobody".
        const bool confirmed = app.blue_confirmed || app.green_confirmed;
        if (app.blue_desired + app.green_desired == 0 && !confirmed) continue;
        add(name, "blue", "desired", app.blue_desired);
        add(name, "green", "desired", app.green_desired);
        if (app.blue_confirmed) add(name, "blue", "confirmed", *app.blue_confirmed);
        if (app.green_confirmed) add(name, "green", "confirmed", *app.green_confirmed);
    }
    return family;
}

prometheus::MetricFamily hold_family(const std::map<std::string, app_changed>& apps) {
    auto family = gauge_family("alcedo_app_hold", "1 while the app is held: what is desired does "
                                                  "not serve, by decision.");
    for (const auto& [name, app] : apps)
        if (app.held)
            add_sample(family,
                       {label{"app", name}, label{"kind", to_string(app.held->kind)},
                        label{"reason", app.held->reason}},
                       1);
    return family;
}

} // namespace

prometheus::MetricFamily gauge_family(std::string name, std::string help) {
    prometheus::MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = prometheus::MetricType::Gauge;
    return family;
}

void add_sample(prometheus::MetricFamily& family, std::vector<label> labels, double value) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    family.metric.push_back(std::move(metric));
}

void app_series::set(const app_changed& app) {
    if (app.gone)
        apps_.erase(app.app);
    else
        apps_.insert_or_assign(app.app, app);
}

std::vector<prometheus::MetricFamily> app_series::Collect() const {
    return {phase_family(apps_), weight_family(apps_), hold_family(apps_)};
}

} // namespace alcedo
