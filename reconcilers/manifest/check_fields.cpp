#include "reconcilers/manifest/check_fields.hpp"

#include "reconcilers/manifest/field_values.hpp"
#include "reconcilers/manifest/fields.hpp"
#include "reconcilers/manifest/suggest.hpp"

namespace alcedo::manifest {

namespace {

void check_object(const json& object, const std::string& pointer, const std::string& path,
                  report& out);

void check_objects(const field& row, const json& value, const std::string& pointer, report& out) {
    if (!value.is_array()) {
        wrong_type(value, pointer, "a list", out);
        return;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i].is_object())
            check_object(value[i], child(pointer, i), std::string(row.path) + "[]", out);
        else
            wrong_type(value[i], child(pointer, i), "a map", out);
    }
}

void check_map(const field& row, const json& value, const std::string& pointer, report& out) {
    if (!value.is_object()) {
        // `blue:` with nothing behind it is how people write "nothing special about blue".
        if (!(value.is_null() && row.path.starts_with("spec.colors.")))
            wrong_type(value, pointer, "a map", out);
    } else if (row.type == field_type::object) {
        check_object(value, pointer, std::string(row.path), out);
    }
}

void check_field(const field& row, const json& value, const std::string& pointer, report& out) {
    switch (row.type) {
    case field_type::objects:
        return check_objects(row, value, pointer, out);
    case field_type::object:
    case field_type::services:
    case field_type::networks:
    case field_type::volumes:
        return check_map(row, value, pointer, out);
    default:
        return check_value(row, value, pointer, out);
    }
}

// "traffic.routes[].name" → "traffic: {routes: [{name: …}]}"
std::string nested(std::string_view key) {
    const auto dot = key.find('.');
    auto name = std::string(key.substr(0, dot));
    const bool list = name.ends_with("[]");
    if (list) name.resize(name.size() - 2);
    auto inner = dot == std::string_view::npos ? "…" : "{" + nested(key.substr(dot + 1)) + "}";
    return name + ": " + (list ? "[" + inner + "]" : inner);
}

void unknown_key(const std::string& key, const std::string& pointer, const std::string& path,
                 report& out) {
    const bool spelled_as_path = !is_key(key) && find_field(joined(path, key)) != nullptr;
    out.error_at_key(pointer, "unknown key",
                     spelled_as_path ? "write it nested, " + nested(key)
                                     : suggestion(key, names_below(path)));
}

void check_object(const json& object, const std::string& pointer, const std::string& path,
                  report& out) {
    for (const auto& [key, value] : object.items()) {
        const auto here = child(pointer, key);
        const auto row = find_child(path, key);
        if (row == nullptr)
            unknown_key(key, here, path, out);
        else if (!row->later.empty())
            out.error_at_key(here, "not supported yet", std::string(row->later));
        else
            check_field(*row, value, here, out);
    }
    for (const auto name : names_below(path)) {
        const auto row = find_child(path, name);
        if (row->required && !object.contains(std::string(name)))
            out.error(pointer, "\"" + std::string(name) + "\" is missing",
                      row->choices.empty() ? "write " + std::string(name) + ": …"
                                           : "write " + std::string(name) + ": " +
                                                 any_of(split_choices(row->choices)));
    }
}

} // namespace

void check_fields(const json& root, report& out) {
    check_object(root, "", "", out);
}

} // namespace alcedo::manifest
