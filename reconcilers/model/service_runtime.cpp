#include "reconcilers/model/service_shapes.hpp"
#include "reconcilers/model/service_units.hpp"

#include <algorithm>

namespace alcedo {

namespace {

bool is_map(const json& value, const std::string& at, const shape_report& out) {
    if (value.is_object()) return true;
    out.add(at, shown_value(value) + " is not a map", "write {key: value}");
    return false;
}

void put_flag(const json& from, json& to, const char* key, const std::string& at,
              const shape_report& out) {
    const auto it = from.find(key);
    if (it == from.end()) return;
    if (it->is_boolean())
        to[key] = *it;
    else
        out.add(below(at, key), shown_value(*it) + " is not true or false", "write true or false");
}

// Docker refuses what is below a millisecond and not zero.
void put_duration(const json& from, json& to, const char* key, const std::string& at,
                  const shape_report& out) {
    const auto it = from.find(key);
    if (it == from.end()) return;
    const auto length = it->is_string() ? nanoseconds_from(it->get<std::string>()) : std::nullopt;
    if (length && (*length == 0 || *length >= 1'000'000))
        to[key] = *length;
    else
        out.add(below(at, key), shown_value(*it) + " is not a duration",
                "write it like 500ms, 10s or 1m30s");
}

void put_whole(const json& from, json& to, const char* key, std::int64_t least, std::int64_t most,
               const std::string& at, const shape_report& out) {
    const auto it = from.find(key);
    if (it == from.end()) return;
    const bool whole = it->is_number_integer();
    if (whole && *it >= least && *it <= most)
        to[key] = *it;
    else
        out.add(below(at, key),
                shown_value(*it) + (whole ? " is out of bounds" : " is not a whole number"),
                "write " + std::to_string(least) + " to " + std::to_string(most) +
                    (it->is_string() ? ", without quotes" : ""));
}

json health_test(const json& value, const std::string& at, const shape_report& out) {
    if (value.is_string() && !value.get_ref<const std::string&>().empty())
        return json::array({"CMD-SHELL", value});
    const bool texts =
        value.is_array() && !value.empty() &&
        std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
    const bool good = texts && ((value[0] == "NONE" && value.size() == 1) ||
                                (value[0] == "CMD" && value.size() > 1) ||
                                (value[0] == "CMD-SHELL" && value.size() == 2));
    if (!good)
        out.add(at, shown_value(value) + " is not a test",
                "write a shell line, [\"CMD\", program, argument, …], [\"CMD-SHELL\", line] or "
                "[\"NONE\"]");
    return good ? value : json::array();
}

json limits_of(const json& written, const std::string& at, const shape_report& out) {
    json normal = json::object();
    if (!is_map(written, at, out)) return normal;
    check_block_keys("deploy.resources.limits", written, at, out);
    if (const auto it = written.find("cpus"); it != written.end()) {
        const auto cpus = nano_cpus_from(it->is_boolean() ? "" : scalar_text(*it).value_or(""));
        if (!cpus || *cpus < 1'000'000)
            out.add(below(at, "cpus"), shown_value(*it) + " is not a number of CPUs",
                    "write it like \"1.5\"");
        normal["cpus"] = cpus.value_or(0);
    }
    if (const auto it = written.find("memory"); it != written.end()) {
        const auto bytes = bytes_from(it->is_boolean() ? "" : scalar_text(*it).value_or(""));
        constexpr std::int64_t least = 6LL << 20; // what the engine accepts
        if (!bytes || *bytes < least)
            out.add(below(at, "memory"), shown_value(*it) + " is not a size of at least 6M",
                    "write it like 512M or 1g");
        normal["memory"] = bytes.value_or(0);
    }
    put_whole(written, normal, "pids", 1, 4'194'304, at, out);
    return normal;
}

/// A shape of the table inside another one: its faults are told from where it stands.
json shape_at(const json& value, const std::string& at,
              json (*shape)(const json&, const shape_report&), const shape_report& out) {
    std::vector<shape_problem> problems;
    auto normal = shape(value, shape_report(problems));
    for (const auto& found : problems)
        if (found.known.empty())
            out.add(at + found.at, found.problem, found.remedy);
        else
            out.unknown_key(at + found.at, found.known);
    return normal;
}

/// Without its file it would run with the settings of the real one, beside it.
void refuse_optional(const json& files, const std::string& at, const shape_report& out) {
    for (std::size_t i = 0; i < files.size(); ++i)
        if (!files[i].value("required", true))
            out.add(below(below(at, i), "required"),
                    "a rehearsal without its file would be a second one with the real settings",
                    "remove required");
}

json rehearse_of(const json& written, const std::string& at, const shape_report& out) {
    json normal = json::object();
    if (!is_map(written, at, out)) return normal;
    check_block_keys("x-alcedo.rehearse", written, at, out);
    if (const auto it = written.find("env_file"); it != written.end() && !it->is_null()) {
        normal["env_file"] = shape_at(*it, below(at, "env_file"), shapes::env_file, out);
        refuse_optional(normal["env_file"], below(at, "env_file"), out);
    }
    if (const auto it = written.find("environment"); it != written.end() && !it->is_null())
        normal["environment"] = shape_at(*it, below(at, "environment"), shapes::environment, out);
    return normal;
}

} // namespace

json options_of(const json& written, const std::string& at, const shape_report& out) {
    json options = json::object();
    for (const auto& [key, item] : written.items()) {
        const auto text = scalar_text(item);
        if (!text)
            out.add(below(at, key), shown_value(item) + " is not text",
                    item.is_null() ? "give it a value or remove the key" : "put it in quotes");
        options[key] = text.value_or("");
    }
    return options;
}

namespace shapes {

json healthcheck(const json& value, const shape_report& out) {
    json normal = json::object();
    if (!is_map(value, "", out)) return normal;
    check_block_keys("healthcheck", value, "", out);
    if (const auto it = value.find("test"); it != value.end())
        normal["test"] = health_test(*it, "/test", out);
    for (const auto key : {"interval", "timeout", "start_period"})
        put_duration(value, normal, key, "", out);
    put_whole(value, normal, "retries", 0, 1000, "", out);
    put_flag(value, normal, "disable", "", out);
    return normal;
}

json logging(const json& value, const shape_report& out) {
    json normal = json::object();
    if (!is_map(value, "", out)) return normal;
    check_block_keys("logging", value, "", out);
    if (const auto it = value.find("driver"); it != value.end()) {
        if (!it->is_string() || it->get_ref<const std::string&>().empty())
            out.add("/driver", shown_value(*it) + " is not a driver", "write json-file, local, …");
        normal["driver"] = *it;
    }
    if (const auto it = value.find("options"); it != value.end() && is_map(*it, "/options", out))
        normal["options"] = options_of(*it, "/options", out);
    return normal;
}

json deploy(const json& value, const shape_report& out) {
    json normal = json::object();
    if (!is_map(value, "", out)) return normal;
    check_block_keys("deploy", value, "", out);
    put_whole(value, normal, "replicas", 1, 100, "", out);
    const auto resources = value.find("resources");
    if (resources == value.end() || !is_map(*resources, "/resources", out)) return normal;
    check_block_keys("deploy.resources", *resources, "/resources", out);
    if (const auto it = resources->find("limits"); it != resources->end())
        normal["resources"] = {{"limits", limits_of(*it, "/resources/limits", out)}};
    return normal;
}

json alcedo(const json& value, const shape_report& out) {
    json normal = json::object();
    if (!is_map(value, "", out)) return normal;
    check_block_keys("x-alcedo", value, "", out);
    put_flag(value, normal, "warm", "", out);
    put_flag(value, normal, "exclusive", "", out);
    put_duration(value, normal, "handoverTimeout", "", out);
    constexpr std::int64_t second = 1'000'000'000, day = 24 * 3600 * second;
    if (const auto it = normal.find("handoverTimeout");
        it != normal.end() && (*it < second || *it > day))
        out.add("/handoverTimeout", shown_value(value["handoverTimeout"]) + " is out of bounds",
                "write 1s to 24h");
    if (const auto it = value.find("rehearse"); it != value.end())
        normal["rehearse"] = rehearse_of(*it, "/rehearse", out);
    return normal;
}

} // namespace shapes

namespace {

void put_text(const json& from, json& to, const char* key, const shape_report& out) {
    const auto it = from.find(key);
    if (it == from.end()) return;
    if (!it->is_string() || it->get_ref<const std::string&>().empty())
        out.add(below("", key), shown_value(*it) + " is not text", "write text");
    to[key] = *it;
}

json labels_below(const json& written, const shape_report& out) {
    std::vector<shape_problem> inside;
    auto labels = shapes::labels(written, shape_report(inside));
    for (const auto& found : inside)
        out.add("/labels" + found.at, found.problem, found.remedy);
    return labels;
}

// What top-level networks and volumes have in common.
json top_level(std::string_view block, const json& written, const shape_report& out) {
    json normal = json::object();
    if (written.is_null() || !is_map(written, "", out)) return normal;
    check_block_keys(block, written, "", out);
    put_text(written, normal, "name", out);
    put_text(written, normal, "driver", out);
    put_flag(written, normal, "external", "", out);
    if (const auto it = written.find("labels"); it != written.end())
        normal["labels"] = labels_below(*it, out);
    if (const auto it = written.find("driver_opts");
        it != written.end() && is_map(*it, "/driver_opts", out) && !it->empty())
        normal["driver_opts"] = options_of(*it, "/driver_opts", out);
    if (normal.value("external", false) &&
        (normal.contains("driver") || normal.contains("driver_opts") || normal.contains("labels")))
        out.add("", "external, and with a driver, options or labels",
                "keep external and name only");
    return normal;
}

} // namespace

json network_shape(const json& written, std::vector<shape_problem>& problems) {
    const shape_report out(problems);
    auto normal = top_level("top.networks", written, out);
    if (written.is_object()) {
        put_flag(written, normal, "internal", "", out);
        put_flag(written, normal, "attachable", "", out);
    }
    if (normal.contains("name") && !normal.value("external", false))
        out.add("/name", "a network of a colour has a computed name",
                "remove it, or add external: true for a network that exists");
    return normal;
}

json volume_shape(const json& written, std::vector<shape_problem>& problems) {
    return top_level("top.volumes", written, shape_report(problems));
}

} // namespace alcedo
