#include "reconcilers/manifest/block.hpp"

#include "reconcilers/model/durations.hpp"

namespace alcedo::manifest {

namespace {

bool usable(const json& value, field_type type) {
    switch (type) {
    case field_type::boolean:
        return value.is_boolean();
    case field_type::integer:
        return value.is_number_integer();
    case field_type::choices:
    case field_type::texts:
    case field_type::objects:
        return value.is_array();
    case field_type::object:
    case field_type::text_map:
    case field_type::services:
    case field_type::networks:
    case field_type::volumes:
        return value.is_object();
    case field_type::threshold:
    case field_type::statuses:
        return true;
    case field_type::text:
    case field_type::duration:
    case field_type::window:
    case field_type::choice:
        break;
    }
    return value.is_string();
}

int small(const json& value) {
    return value.is_number_integer() ? static_cast<int>(value.get<std::int64_t>()) : 0;
}

} // namespace

block::block(const json& value, std::string path)
    : value_(value.is_object() ? value : json::object()), path_(std::move(path)) {}

json block::read(const std::string& name) const {
    const auto row = find_child(path_, name);
    if (row == nullptr) return nullptr;
    if (const auto it = value_.find(name); it != value_.end() && usable(*it, row->type)) return *it;
    return row->fallback.empty() ? json(nullptr) : json::parse(row->fallback);
}

block block::inner(const std::string& name) const {
    return {read(name), joined(path_, name)};
}

std::vector<block> block::list(const std::string& name) const {
    std::vector<block> out;
    for (const auto& item : read(name))
        out.emplace_back(item, path_ + "." + name + "[]");
    return out;
}

std::string block::text(const std::string& name) const {
    const auto value = read(name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool block::flag(const std::string& name) const {
    return read(name) == true;
}

std::int64_t block::number(const std::string& name) const {
    const auto value = read(name);
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

std::optional<milliseconds> block::duration(const std::string& name) const {
    return duration_from(text(name));
}

std::vector<std::string> block::texts(const std::string& name) const {
    std::vector<std::string> out;
    for (const auto& item : read(name))
        if (item.is_string()) out.push_back(item);
    return out;
}

std::optional<failure_threshold> block::threshold(const std::string& name) const {
    const auto value = read(name);
    if (value.is_number_integer()) return failure_threshold{small(value), 0};
    if (value.is_object())
        return failure_threshold{small(value.value("failures", json())),
                                 small(value.value("outOf", json()))};
    return std::nullopt;
}

} // namespace alcedo::manifest
