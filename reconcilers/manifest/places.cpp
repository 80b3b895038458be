#include "reconcilers/manifest/places.hpp"

#include "reconcilers/manifest/interpolate.hpp"
#include "reconcilers/model/service_keys.hpp"
#include "reconcilers/model/service_shapes.hpp"

namespace alcedo::manifest {

namespace {

std::string own_services(color c) {
    return "/colors/" + to_string(c) + "/services";
}

const json& written_at(const json& spec, const std::string& pointer) {
    static const json nothing;
    const json::json_pointer where(pointer);
    return spec.contains(where) ? spec.at(where) : nothing;
}

} // namespace

std::string service_pointer(const json& spec, color c, const std::string& service,
                            const std::string& key) {
    auto suffix = child("", service);
    if (!key.empty()) suffix = child(suffix, key);
    const auto own = own_services(c) + suffix;
    return "/spec" + (written_at(spec, own).is_null() ? "/services" + suffix : own);
}

std::string item_places::of(const std::string& item) {
    if (!known_) {
        known_.emplace();
        collect("/services");
        collect(own_services(color_));
    }
    const auto it = known_->find(item);
    return it != known_->end() ? it->second : service_pointer(spec_, color_, service_, key_);
}

void item_places::collect(const std::string& services) {
    const auto pointer = child(child(services, service_), key_);
    const auto& written = written_at(spec_, pointer);
    if (written.is_string()) (*known_)[name_of(written)] = "/spec" + pointer;
    if (written.is_object())
        for (const auto& [name, value] : written.items())
            (*known_)[name] = child("/spec" + pointer, name);
    if (written.is_array())
        for (std::size_t i = 0; i < written.size(); ++i)
            (*known_)[name_of(written[i])] = child("/spec" + pointer, i);
}

std::string item_places::name_of(const json& written) const {
    const auto& text = written.is_object() ? written.value("target", json()) : written;
    if (!text.is_string()) return {};
    auto name = interpolate(text.get<std::string>(), variables_of(color_)).text;
    if (key_ == "tmpfs") return tidy_path(name.substr(0, name.find(':')));
    if (key_ != "volumes") return name;
    if (written.is_object()) return tidy_path(name);
    std::vector<shape_problem> ignored;
    const auto mounts = find_service_key("volumes")->shape(json::array({name}), ignored);
    return mounts.empty() ? std::string() : mounts[0]["target"].get<std::string>();
}

} // namespace alcedo::manifest
