#pragma once
// The work queue's figures under the names of Kubernetes' client-go, so that existing dashboards
// and alerts read them.

#include "reconcilers/model/event.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <vector>

namespace alcedo {

class queue_series final : public prometheus::Collectable {
public:
    /// The registry must outlive it.
    queue_series(prometheus::Registry&, std::function<double()> monotonic_seconds);

    void set(const queue_changed&);
    std::vector<prometheus::MetricFamily> Collect() const override; ///< the gauges

private:
    void follow_unfinished(const queue_changed&);

    std::function<double()> seconds_;
    prometheus::Counter& adds_;
    prometheus::Counter& retries_;
    prometheus::Histogram& queued_;
    prometheus::Histogram& worked_;
    queue_changed last_;
    std::vector<double> started_; ///< when each unfinished piece of work began
};

} // namespace alcedo
