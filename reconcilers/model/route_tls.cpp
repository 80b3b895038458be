#include "reconcilers/model/route_tls.hpp"

namespace alcedo {

void to_json(nlohmann::json& j, const route_tls& tls) {
    j = nlohmann::json::object();
    if (!tls.cert_resolver.empty()) j["certResolver"] = tls.cert_resolver;
    if (!tls.options.empty()) j["options"] = tls.options;
    for (const auto& domain : tls.domains) {
        nlohmann::json one{{"main", domain.main}};
        if (!domain.sans.empty()) one["sans"] = domain.sans;
        j["domains"].push_back(std::move(one));
    }
}

void from_json(const nlohmann::json& j, route_tls& tls) {
    tls.cert_resolver = j.value("certResolver", "");
    tls.options = j.value("options", "");
    tls.domains.clear();
    const auto domains = j.value("domains", nlohmann::json::array());
    for (const auto& one : domains)
        tls.domains.push_back({one.at("main"), one.value("sans", std::vector<std::string>())});
}

} // namespace alcedo
