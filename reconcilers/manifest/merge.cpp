#include "reconcilers/manifest/merge.hpp"

#include <algorithm>
#include <map>

namespace alcedo::manifest {

namespace {

// What makes two list entries the same one: the later one replaces the earlier in its place.
json identity(const json& item) {
    for (const auto key : {"target", "path"})
        if (item.is_object() && item.contains(key)) return item[key];
    return item;
}

// By an index of what is there: a list may hold thousands.
json merged_lists(json base, const json& over) {
    std::map<json, std::size_t> places;
    for (std::size_t i = 0; i < base.size(); ++i)
        places.emplace(identity(base[i]), i);
    for (const auto& item : over) {
        const auto [known, is_new] = places.emplace(identity(item), base.size());
        if (is_new)
            base.push_back(item);
        else
            base[known->second] = item;
    }
    return base;
}

// What is written in which colour must not show in the order, nor in the revision.
json merged_sets(const json& base, const json& over) {
    auto all = merged_lists(base, over);
    std::sort(all.begin(), all.end());
    return all;
}

json merged_deep(const json& base, const json& over, const std::string& key) {
    if (over.is_null()) return base;
    if (base.is_array() && over.is_array() && key != "test") return merged_lists(base, over);
    if (!base.is_object() || !over.is_object()) return over;
    json out = base;
    for (const auto& [name, value] : over.items())
        out[name] = out.contains(name) ? merged_deep(out[name], value, name) : value;
    return out;
}

// Options of one driver mean nothing to another.
bool other_driver(const json& base, const json& over) {
    return base.contains("driver") && over.contains("driver") && base["driver"] != over["driver"];
}

json merged_by_key(json base, const json& over) {
    for (const auto& [key, value] : over.items())
        base[key] = value;
    return base;
}

json merged(const service_key& key, const json& base, const json& over) {
    if (key.name == "logging" && other_driver(base, over)) return over;
    switch (key.merge) {
    case merge_rule::replace:
        return over;
    case merge_rule::by_key:
        return merged_by_key(base, over);
    case merge_rule::unordered:
        return merged_sets(base, over);
    case merge_rule::append:
    case merge_rule::by_target:
        return merged_lists(base, over);
    case merge_rule::deep:
        return merged_deep(base, over, std::string(key.name));
    }
    return over;
}

bool resets(std::string_view key) {
    return key == "command" || key == "entrypoint";
}

} // namespace

json merge_services(const json& base, const json& over) {
    json out = base;
    for (const auto& [name, value] : over.items()) {
        const auto key = find_service_key(name);
        if (key == nullptr) continue;
        if (value.is_null() && !resets(name)) continue;
        const auto before = out.find(name);
        const bool mergeable = before != out.end() && !before->is_null() && !value.is_null();
        out[name] = mergeable ? merged(*key, *before, value) : value;
    }
    return out;
}

json merge_maps(const json& base, const json& over) {
    return merged_deep(base, over, "");
}

} // namespace alcedo::manifest
