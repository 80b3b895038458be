#pragma once
// Where a part of a service stands in the file: the colour's own writing wins over the common one,
// as it does when they are merged.

#include "reconcilers/manifest/document.hpp"
#include "reconcilers/model/color.hpp"

#include <map>
#include <optional>
#include <string>

namespace alcedo::manifest {

/// Pointer of a service's key: in the colour's overrides if it is written there.
std::string service_pointer(const json& spec, color, const std::string& service,
                            const std::string& key = "");

/// The items of one key of a service: volumes and tmpfs by target, networks and services by name.
/// Looked up when the first fault asks.
class item_places {
public:
    item_places(const json& spec, color c, std::string service, std::string key)
        : spec_(spec), color_(c), service_(std::move(service)), key_(std::move(key)) {}

    /// Pointer of the item, or of the key if the item is not found.
    std::string of(const std::string& item);

private:
    void collect(const std::string& services);
    std::string name_of(const json& written) const;

    const json& spec_;
    color color_;
    std::string service_;
    std::string key_;
    std::optional<std::map<std::string, std::string>> known_;
};

} // namespace alcedo::manifest
