#include "reconcilers/model/spec.hpp"

#include <algorithm>

namespace alcedo {

const service_spec* color_spec::find(const std::string& service) const {
    const auto at = std::find_if(services.begin(), services.end(),
                                 [&](const service_spec& s) { return s.name == service; });
    return at == services.end() ? nullptr : &*at;
}

bool app_spec::is_routed(const std::string& service) const {
    if (!traffic) return false;
    return std::any_of(traffic->routes.begin(), traffic->routes.end(),
                       [&](const route_spec& r) { return r.service == service; });
}

} // namespace alcedo
