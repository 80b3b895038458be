#include "reconcilers/model/service_shapes.hpp"

namespace alcedo {

std::string below(const std::string& at, std::string_view key) {
    std::string out = at + "/";
    for (const char c : key)
        out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return out;
}

std::string below(const std::string& at, std::size_t index) {
    return at + "/" + std::to_string(index);
}

void wrong_shape(const json& value, const std::string& at, const std::string& what,
                 const shape_report& out) {
    out.add(at, shown_value(value) + " is not " + what, "write " + what);
}

void empty_item(const std::string& at, const shape_report& out) {
    out.add(at, "nothing here", "remove it");
}

std::string text_item_of(const json& value, const std::string& at, const shape_report& out) {
    if (value.is_string()) return value.get<std::string>();
    out.add(at, shown_value(value) + " is not text",
            value.is_primitive() && !value.is_null() ? "put it in quotes" : "write text");
    return {};
}

namespace {

// Compose's list_or_dict: {K: V} or ["K=V", "K"].
json key_values(const json& value, const shape_report& out) {
    json map = json::object();
    if (value.is_object()) {
        for (const auto& [key, item] : value.items()) {
            const auto read = scalar_text(item);
            if (!read && !item.is_null())
                wrong_shape(item, below("", key), "text, a number or true/false", out);
            map[key] = read ? json(*read) : json(nullptr);
        }
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto item = text_item_of(value[i], below("", i), out);
            const auto equals = item.find('=');
            if (equals == 0)
                out.add(below("", i), "no name before =", "write NAME=value");
            else if (value[i] == "")
                empty_item(below("", i), out);
            else if (!item.empty())
                map[item.substr(0, equals)] =
                    equals == std::string::npos ? json(nullptr) : json(item.substr(equals + 1));
        }
    } else {
        wrong_shape(value, "", "a map or a list of NAME=value", out);
    }
    return map;
}

} // namespace

namespace shapes {

json environment(const json& value, const shape_report& out) {
    auto map = key_values(value, out);
    for (const auto& [key, item] : map.items())
        if (key.empty() || key.find('=') != std::string::npos)
            out.add(below("", key), "not a variable name", "write NAME: value");
        else if (key == "ALCEDO_APP" || key == "ALCEDO_COLOR" || key == "ALCEDO_REVISION")
            out.add(below("", key), key + " is set by alcedo in every container", "remove it");
    return map;
}

json labels(const json& value, const shape_report& out) {
    auto map = key_values(value, out);
    for (auto& [key, item] : map.items())
        if (item.is_null()) item = "";
    return map;
}

json env_file(const json& value, const shape_report& out) {
    json list = json::array();
    const auto add = [&](const json& item, const std::string& at) {
        json entry{{"path", ""}, {"required", true}};
        if (item.is_object()) {
            check_block_keys("env_file", item, at, out);
            entry["path"] = item.contains("path")
                                ? text_item_of(item["path"], below(at, "path"), out)
                                : std::string();
            if (item.contains("required") && !item["required"].is_boolean())
                wrong_shape(item["required"], below(at, "required"), "true or false", out);
            else
                entry["required"] = item.value("required", true);
        } else {
            entry["path"] = text_item_of(item, at, out);
        }
        if (entry["path"] == "" && (item.is_string() || item.is_object()))
            out.add(at, "no path", "write the file's path");
        list.push_back(std::move(entry));
    };
    if (value.is_object())
        out.add("", "a map is not an env_file", "write a list, [{path: file}]");
    else if (!value.is_array())
        add(value, "");
    else
        for (std::size_t i = 0; i < value.size(); ++i)
            add(value[i], below("", i));
    return list;
}

} // namespace shapes

} // namespace alcedo
