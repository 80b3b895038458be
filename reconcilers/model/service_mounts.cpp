#include "reconcilers/model/service_shapes.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace alcedo {

std::string tidy_path(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        const auto part = path.substr(at, end - at);
        if (part == ".." && !parts.empty())
            parts.pop_back();
        else if (!part.empty() && part != "." && part != "..")
            parts.push_back(part);
        at = end + 1;
    }
    std::string out;
    for (const auto& part : parts)
        out += "/" + part;
    return out.empty() ? "/" : out;
}

std::string mount_target(const std::string& written, const std::string& at,
                         const shape_report& out) {
    auto target = tidy_path(written);
    if (!written.starts_with('/'))
        out.add(at, shown_value(written) + " is not a path in the container",
                "write an absolute path, such as /data");
    else if (target == "/")
        out.add(at, "a mount at / would hide the whole image", "write a folder, such as /data");
    return target;
}

namespace {

bool is_path(const std::string& source) {
    return source.starts_with('/') || source.starts_with('.') || source.starts_with('~');
}

// Docker's RestrictedNamePattern.
bool is_volume_name(const std::string& name) {
    const auto good = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
    };
    return name.size() >= 2 && std::all_of(name.begin(), name.end(), good) &&
           std::isalnum(static_cast<unsigned char>(name.front())) != 0;
}

json mount(const std::string& source, const std::string& target, const std::string& at,
           const shape_report& out) {
    json normal{{"type", is_path(source) ? "bind" : "volume"},
                {"source", source},
                {"target", mount_target(target, at, out)},
                {"read_only", false}};
    if (source.starts_with('/'))
        normal["source"] = tidy_path(source);
    else if (source.empty())
        out.add(at, "an anonymous volume is not supported yet", "name it: data:" + target);
    else if (is_path(source))
        out.add(at, shown_value(source) + " is relative to nothing on the server",
                "write an absolute path of the host");
    else if (!is_volume_name(source))
        out.add(at, shown_value(source) + " is not a volume name",
                "write letters, digits, '_', '.' and '-'");
    return normal;
}

json short_mount(const std::string& written, const std::string& at, const shape_report& out) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= written.size();) {
        const auto end = std::min(written.find(':', from), written.size());
        parts.push_back(written.substr(from, end - from));
        from = end + 1;
    }
    if (parts.size() > 3 || std::find(parts.begin(), parts.end(), "") != parts.end()) {
        out.add(at, shown_value(written) + " is not a volume",
                "write source:/target or "
                "source:/target:ro");
        return nullptr;
    }
    auto normal =
        parts.size() == 1 ? mount("", parts[0], at, out) : mount(parts[0], parts[1], at, out);
    if (parts.size() < 3) return normal;
    auto options = parts[2] + ",";
    for (auto end = options.find(','); end != std::string::npos; end = options.find(',')) {
        const auto option = options.substr(0, end);
        options.erase(0, end + 1);
        if (option == "ro" || option == "rw")
            normal["read_only"] = option == "ro";
        else
            out.add(at, shown_value(option) + " is not supported yet", "write ro or rw");
    }
    return normal;
}

std::string text_of(const json& map, const char* key) {
    const auto it = map.find(key);
    return it != map.end() && it->is_string() ? it->get<std::string>() : std::string();
}

bool flag_of(const json& map, const char* key, bool fallback, const std::string& at,
             const shape_report& out) {
    const auto it = map.find(key);
    if (it == map.end()) return fallback;
    if (!it->is_boolean())
        out.add(below(at, key), shown_value(*it) + " is not true or false", "write true or false");
    return *it == true;
}

json long_mount(const json& written, const std::string& at, const shape_report& out) {
    check_block_keys("volumes", written, at, out);
    const auto type = text_of(written, "type");
    if (type != "bind" && type != "volume") {
        out.add(below(at, "type"),
                type.empty() ? "no type" : "\"" + type + "\" is not supported yet",
                type == "tmpfs" ? "use the service's tmpfs key" : "write volume or bind");
        return nullptr;
    }
    auto normal = mount(text_of(written, "source"), text_of(written, "target"), at, out);
    if (normal["type"] != type && !text_of(written, "source").empty())
        out.add(below(at, "source"), "not the source of a " + type,
                type == "bind" ? "write an absolute path" : "write a volume's name");
    normal["type"] = type;
    normal["read_only"] = flag_of(written, "read_only", false, at, out);
    const auto it = written.find("bind");
    if (it != written.end() && !it->is_object())
        out.add(below(at, "bind"), shown_value(*it) + " is not a map",
                "write {create_host_path: false}, or remove it");
    if (it != written.end() && it->is_object()) {
        check_block_keys("volumes.bind", *it, below(at, "bind"), out);
        if (!flag_of(*it, "create_host_path", true, below(at, "bind"), out))
            normal["bind"] = {{"create_host_path", false}};
    }
    return normal;
}

json aliases_of(const json& use, const std::string& at, const shape_report& out) {
    json list = json::array();
    std::set<std::string> known;
    for (std::size_t i = 0; i < use.size(); ++i)
        if (!use.is_array() || !use[i].is_string())
            out.add(at, "aliases are not a list of names", "write [name, name]");
        else if (use[i] == "")
            empty_item(below(at, i), out);
        else if (known.insert(use[i].get<std::string>()).second)
            list.push_back(use[i]);
    return list;
}

json network_entry(const json& written, const std::string& at, const shape_report& out) {
    json entry = json::object();
    if (written.is_null()) return entry;
    if (!written.is_object()) {
        out.add(at, shown_value(written) + " is not a map", "write {aliases: [name]}");
        return entry;
    }
    check_block_keys("networks", written, at, out);
    if (const auto it = written.find("aliases"); it != written.end())
        if (auto list = aliases_of(*it, below(at, "aliases"), out); !list.empty())
            entry["aliases"] = std::move(list);
    return entry;
}

} // namespace

namespace shapes {

json volumes(const json& value, const shape_report& out) {
    json list = json::array();
    std::set<std::string> targets;
    if (!value.is_array()) {
        out.add("", shown_value(value) + " is not a list", "write [\"source:/target\"]");
        return list;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto at = below("", i);
        json normal;
        if (value[i].is_string())
            normal = short_mount(value[i].get<std::string>(), at, out);
        else if (value[i].is_object())
            normal = long_mount(value[i], at, out);
        else
            out.add(at, shown_value(value[i]) + " is not a volume", "write source:/target");
        if (!normal.is_object()) continue;
        if (!targets.insert(normal["target"].get<std::string>()).second)
            out.add(at, "two volumes at " + shown_value(normal["target"]), "remove one of them");
        list.push_back(std::move(normal));
    }
    return list;
}

json networks(const json& value, const shape_report& out) {
    json map = json::object();
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            if (value[i].is_string())
                map[value[i].get<std::string>()] = json::object();
            else
                out.add(below("", i), shown_value(value[i]) + " is not a network", "write a name");
    } else if (value.is_object()) {
        for (const auto& [name, item] : value.items())
            map[name] = network_entry(item, below("", name), out);
    } else {
        out.add("", shown_value(value) + " is not a list of networks", "write [name, name]");
    }
    return map;
}

json depends_on(const json& value, const shape_report& out) {
    json map = json::object();
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            if (value[i].is_string())
                map[value[i].get<std::string>()] = {{"condition", "service_started"}};
            else
                out.add(below("", i), shown_value(value[i]) + " is not a service", "write a name");
        return map;
    }
    if (!value.is_object()) {
        out.add("", shown_value(value) + " is not a list of services", "write [name, name]");
        return map;
    }
    for (const auto& [name, item] : value.items()) {
        const auto at = below("", name);
        check_block_keys("depends_on", item, at, out);
        const auto condition = item.is_object() ? text_of(item, "condition") : std::string();
        if (condition != "service_started" && condition != "service_healthy" &&
            condition != "service_completed_successfully")
            out.add(below(at, "condition"), "no such condition",
                    "write service_started, service_healthy or service_completed_successfully");
        if (item.is_object() && !flag_of(item, "required", true, at, out))
            out.add(below(at, "required"), "not supported yet", "remove it");
        map[name] = {{"condition", condition}};
    }
    return map;
}

} // namespace shapes

} // namespace alcedo
