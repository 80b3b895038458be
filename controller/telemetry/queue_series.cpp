#include "controller/telemetry/queue_series.hpp"

#include "controller/telemetry/app_series.hpp"

#include <algorithm>
#include <cmath>

namespace alcedo {

namespace {

const prometheus::Labels queue_label{{"name", "reconcile"}};

/// client-go: ExponentialBuckets(10e-9, 10, 12).
prometheus::Histogram::BucketBoundaries buckets() {
    return {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};
}

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(queue_label);
}

prometheus::Histogram& histogram(prometheus::Registry& registry, const char* name,
                                 const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(queue_label,
                                                                                     buckets());
}

prometheus::MetricFamily gauge(const char* name, const char* help, double value) {
    auto family = gauge_family(name, help);
    add_sample(family, {prometheus::ClientMetric::Label{"name", "reconcile"}}, value);
    return family;
}

/// Totals never fall; one that does was started anew.
double growth(int before, int after) {
    return after >= before ? after - before : after;
}

} // namespace

queue_series::queue_series(prometheus::Registry& registry, std::function<double()> seconds)
    : seconds_(std::move(seconds)),
      adds_(counter(registry, "workqueue_adds_total", "Total number of adds handled by workqueue")),
      retries_(counter(registry, "workqueue_retries_total",
                       "Total number of retries handled by workqueue")),
      queued_(histogram(registry, "workqueue_queue_duration_seconds",
                        "How long in seconds an item stays in workqueue before being requested")),
      worked_(histogram(registry, "workqueue_work_duration_seconds",
                        "How long in seconds processing an item from workqueue takes.")) {}

void queue_series::set(const queue_changed& figures) {
    adds_.Increment(growth(last_.added, figures.added));
    retries_.Increment(growth(last_.retries, figures.retries));
    if (figures.queued_seconds >= 0) queued_.Observe(figures.queued_seconds);
    if (figures.worked_seconds >= 0) worked_.Observe(figures.worked_seconds);
    follow_unfinished(figures);
    last_ = figures;
}

void queue_series::follow_unfinished(const queue_changed& figures) {
    const double now = seconds_();
    // Only a count is told; what ended is the piece whose age fits the time it took.
    if (figures.worked_seconds >= 0 && !started_.empty()) {
        const double began = now - figures.worked_seconds;
        const auto nearest =
            std::min_element(started_.begin(), started_.end(), [&](double a, double b) {
                return std::abs(a - began) < std::abs(b - began);
            });
        started_.erase(nearest);
    }
    const auto unfinished = static_cast<std::size_t>(std::max(figures.unfinished, 0));
    while (started_.size() > unfinished)
        started_.erase(started_.begin());
    while (started_.size() < unfinished)
        started_.push_back(now);
}

std::vector<prometheus::MetricFamily> queue_series::Collect() const {
    const double now = seconds_();
    double sum = 0;
    double longest = 0;
    for (const double began : started_) {
        sum += now - began;
        longest = std::max(longest, now - began);
    }
    return {gauge("workqueue_depth", "Current depth of workqueue", last_.depth),
            gauge("workqueue_unfinished_work_seconds",
                  "How many seconds of work has been done that is in progress and hasn't been "
                  "observed by work_duration. Large values indicate stuck threads. One can deduce "
                  "the number of stuck threads by observing the rate at which this increases.",
                  sum),
            gauge("workqueue_longest_running_processor_seconds",
                  "How many seconds has the longest running processor for workqueue been running.",
                  longest)};
}

} // namespace alcedo
