#pragma once
// The daemon's own memory, processor time and descriptors under the names every client library
// uses. Read at each scrape from /proc/self; what cannot be read is left out.

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace alcedo {

class process_series final : public prometheus::Collectable {
public:
    std::vector<prometheus::MetricFamily> Collect() const override;
};

} // namespace alcedo
