#include "reconcilers/manifest/cross_field.hpp"
#include "reconcilers/manifest/places.hpp"

#include <algorithm>
#include <map>

namespace alcedo::manifest {

namespace {

class cycle_search {
public:
    explicit cycle_search(const color_spec& spec) : spec_(spec) {}

    // "a → b → a", or "" if there is none that starts at `service`.
    std::string from(const std::string& service) {
        if (const auto on_path = std::find(path_.begin(), path_.end(), service);
            on_path != path_.end()) {
            std::string cycle;
            for (auto it = on_path; it != path_.end(); ++it)
                cycle += *it + " → ";
            return cycle + service;
        }
        if (done_[service]) return {};
        path_.push_back(service);
        const auto found = spec_.find(service);
        if (found != nullptr)
            for (const auto& needed : found->depends_on)
                if (auto cycle = from(needed.service); !cycle.empty()) return cycle;
        path_.pop_back();
        done_[service] = true;
        return {};
    }

private:
    const color_spec& spec_;
    std::vector<std::string> path_;
    std::map<std::string, bool> done_;
};

void check_condition(const service_spec& needed, dependency::condition until, item_places& places,
                     report& out) {
    const auto restart = needed.compose.value("restart", std::string("unless-stopped"));
    if (until == dependency::condition::healthy &&
        needed.health == service_spec::health_source::disabled)
        out.error(places.of(needed.name),
                  "\"" + needed.name + "\" has no health check and cannot become healthy",
                  "write a healthcheck for it, or condition: service_started");
    if (until == dependency::condition::completed && restart == "unless-stopped")
        out.error(places.of(needed.name),
                  "\"" + needed.name + "\" is restarted whenever it ends, so it never completes",
                  "write restart: \"no\" for it");
}

} // namespace

void check_dependencies(const json& spec, const app_spec& app, report& out) {
    for (const auto c : both_colors) {
        const auto& colored = app.of(c);
        for (const auto& service : colored.services) {
            item_places places(spec, c, service.name, "depends_on");
            for (const auto& needed : service.depends_on) {
                if (const auto found = colored.find(needed.service))
                    check_condition(*found, needed.until, places, out);
                else
                    out.error(places.of(needed.service),
                              "there is no service \"" + needed.service + "\"",
                              "name one of spec.services");
            }
        }
        cycle_search search(colored);
        for (const auto& service : colored.services)
            if (const auto cycle = search.from(service.name); !cycle.empty()) {
                out.error(service_pointer(spec, c, service.name, "depends_on"),
                          "services wait for each other: " + cycle, "remove one of them");
                break;
            }
    }
}

} // namespace alcedo::manifest
