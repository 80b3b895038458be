#include "controller/wiring/registry.hpp"

#include "controller/probes/probes.hpp"

namespace alcedo {

health_monitor::probes make_probes(net::http_client& client) {
    health_monitor::probes all;
#define PROBE(kind) all[#kind] = make_##kind##_probe(client);
#include "controller/wiring/kinds.def"
#undef PROBE
    return all;
}

} // namespace alcedo
