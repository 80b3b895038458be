#pragma once
// The gauges of apps, rendered from what each app last said of itself.

#include "reconcilers/model/event.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <vector>

namespace alcedo {

/// A gauge family without samples.
prometheus::MetricFamily gauge_family(std::string name, std::string help);
void add_sample(prometheus::MetricFamily&, std::vector<prometheus::ClientMetric::Label>,
                double value);

class app_series final : public prometheus::Collectable {
public:
    void set(const app_changed&);
    std::vector<prometheus::MetricFamily> Collect() const override;

private:
    std::map<std::string, app_changed> apps_;
};

} // namespace alcedo
