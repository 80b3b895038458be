#include "controller/telemetry/metrics_sink.hpp"

#include "controller/telemetry/app_series.hpp"
#include "controller/telemetry/process_series.hpp"
#include "controller/telemetry/queue_series.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>

namespace alcedo {

namespace {

using counter_family = prometheus::Family<prometheus::Counter>;

double steady_seconds() {
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

counter_family& counters(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

class sink final : public metrics_sink {
public:
    explicit sink(std::function<double()> seconds)
        : queue_(registry_, std::move(seconds)),
          reconciles_(counters(registry_, "alcedo_reconcile_total",
                               "Passes over apps by the rule that matched and their outcome.")),
          docker_(counters(registry_, "alcedo_docker_calls_total",
                           "Calls to the engine by operation and HTTP status or error.")),
          traefik_(counters(registry_, "alcedo_traefik_calls_total",
                            "Calls to Traefik by operation and HTTP status or error.")),
          ready_(prometheus::BuildGauge()
                     .Name("alcedo_ready")
                     .Help("1 while every point of the pre-flight holds.")
                     .Register(registry_)
                     .Add({})) {}

    void emit(const event& happening) override {
        try {
            std::visit([this](const auto& e) { count(e); }, happening);
        } catch (const std::exception&) {
            // A figure that cannot be counted must not end what it counts.
        }
    }

    std::string exposition() override {
        auto families = registry_.Collect();
        append(families, apps_.Collect());
        append(families, queue_.Collect());
        append(families, process_.Collect());
        std::sort(families.begin(), families.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
        return prometheus::TextSerializer{}.Serialize(families);
    }

private:
    static void append(std::vector<prometheus::MetricFamily>& to,
                       std::vector<prometheus::MetricFamily> more) {
        std::move(more.begin(), more.end(), std::back_inserter(to));
    }

    void count(const happened&) {}
    void count(const pass_finished& e) {
        reconciles_.Add({{"rule", e.rule}, {"outcome", e.outcome}}).Increment();
    }
    void count(const call_finished& e) {
        if (e.door == "docker") docker_.Add({{"op", e.op}, {"code", e.code}}).Increment();
        if (e.door == "traefik") traefik_.Add({{"op", e.op}, {"code", e.code}}).Increment();
    }
    void count(const app_changed& e) { apps_.set(e); }
    void count(const queue_changed& e) { queue_.set(e); }
    void count(const readiness_changed& e) { ready_.Set(e.ready ? 1 : 0); }

    prometheus::Registry registry_;
    app_series apps_;
    process_series process_;
    queue_series queue_;
    counter_family& reconciles_;
    counter_family& docker_;
    counter_family& traefik_;
    prometheus::Gauge& ready_;
};

} // namespace

std::unique_ptr<metrics_sink> make_metrics_sink(std::function<double()> monotonic_seconds) {
    if (!monotonic_seconds) monotonic_seconds = steady_seconds;
    return std::make_unique<sink>(std::move(monotonic_seconds));
}

} // namespace alcedo
