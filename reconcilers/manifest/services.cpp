#include "reconcilers/manifest/services.hpp"

#include "reconcilers/manifest/fields.hpp"
#include "reconcilers/manifest/interpolate.hpp"
#include "reconcilers/manifest/manifest.hpp"
#include "reconcilers/manifest/merge.hpp"
#include "reconcilers/manifest/places.hpp"
#include "reconcilers/manifest/suggest.hpp"
#include "reconcilers/manifest/traefik_labels.hpp"
#include "reconcilers/model/service_keys.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace alcedo::manifest {

namespace {

const json& object_at(const json& value, const std::string& pointer) {
    static const json empty = json::object();
    const json::json_pointer where(pointer);
    if (!value.is_object() || !value.contains(where) || !value.at(where).is_object()) return empty;
    return value.at(where);
}

std::string last_segment(const std::string& pointer) {
    return pointer.substr(pointer.rfind('/') + 1);
}

void say(const std::vector<shape_problem>& problems, const std::string& pointer, report& out) {
    for (const auto& found : problems) {
        const auto where = pointer + found.at;
        if (!found.known.empty())
            out.error_at_key(
                where, found.problem,
                suggestion(last_segment(where), {found.known.begin(), found.known.end()}));
        else if (found.problem == "not supported yet")
            out.error_at_key(where, found.problem, found.remedy);
        else
            out.error(where, found.problem, found.remedy);
    }
}

void unknown_service_key(const std::string& key, const std::string& pointer, report& out) {
    if (const auto remedy = unsupported_service_key(key); !remedy.empty()) {
        out.error_at_key(pointer, "not supported yet", std::string(remedy));
        return;
    }
    std::vector<std::string_view> known;
    for (const auto& row : service_keys())
        known.push_back(row.name);
    const auto near = nearest(key, known);
    out.error_at_key(pointer, "unknown key",
                     near.empty() ? "remove it" : "did you mean \"" + near + "\"?");
}

json normal_service(const json& written, color name, const std::string& pointer, report& out) {
    json normal = json::object();
    if (!written.is_object()) {
        out.error(pointer, "a service must be a map", "write {image: name:tag}");
        return normal;
    }
    for (const auto& [key, value] : written.items()) {
        const auto here = child(pointer, key);
        const auto row = find_service_key(key);
        if (row == nullptr) {
            unknown_service_key(key, here, out);
            continue;
        }
        if (value.is_null() && key != "command" && key != "entrypoint")
            continue; // an empty key says nothing, as in Compose
        const auto before = out.count();
        const auto filled = interpolate_all(value, name, here, out);
        if (out.count() > before) continue; // half a text has no shape to complain about
        std::vector<shape_problem> problems;
        normal[key] = row->shape(filled, problems);
        say(problems, here, out);
        if (key == "labels") check_labels(json::object({{key, filled}}), pointer, out);
    }
    return normal;
}

json normal_services(const json& spec, const std::string& at, color name, report& out) {
    json all = json::object();
    for (const auto& [service, written] : object_at(spec, at).items()) {
        const auto pointer = child("/spec" + at, service);
        if (service.size() > 38 || !matches(label_pattern, service))
            out.error_at_key(pointer, "\"" + service + "\" is not a service name here",
                             "write lower-case letters, digits and dashes, at most 38 (it becomes "
                             "part of a DNS name)");
        all[service] = normal_service(written, name, pointer, out);
    }
    return all;
}

using entry_shape = json (*)(const json&, std::vector<shape_problem>&);

json normal_entries(const json& spec, const std::string& at, color name, entry_shape shape,
                    report& out) {
    json all = json::object();
    for (const auto& [key, written] : object_at(spec, at).items()) {
        const auto pointer = child("/spec" + at, key);
        static const RE2 name_pattern("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}");
        if (!RE2::FullMatch(key, name_pattern))
            out.error_at_key(pointer, "\"" + key + "\" is not a name",
                             "write letters, digits, '_', '.' and '-'");
        std::vector<shape_problem> problems;
        const auto filled = interpolate_all(written, name, pointer, out);
        all[key] = shape(filled, problems);
        say(problems, pointer, out);
        check_entry_labels(filled, pointer, out);
    }
    return all;
}

dependency::condition condition_from(const std::string& text) {
    return text == "service_healthy"                  ? dependency::condition::healthy
           : text == "service_completed_successfully" ? dependency::condition::completed
                                                      : dependency::condition::started;
}

service_spec::health_source health_of(const json& compose) {
    const auto check = compose.value("healthcheck", json::object());
    if (check.value("disable", false) || check.value("test", json()) == json::array({"NONE"}))
        return service_spec::health_source::disabled;
    return check.contains("test") ? service_spec::health_source::declared
                                  : service_spec::health_source::image;
}

std::vector<env_file> files_in(const json& block) {
    std::vector<env_file> files;
    for (const auto& file : block.value("env_file", json::array()))
        files.push_back({file.value("path", ""), file.value("required", true)});
    return files;
}

rehearsal_spec rehearsal_from(const json& block) {
    constexpr std::size_t digits = 16;
    return {files_in(block), block.value("environment", json::object()),
            sha256(block.dump(-1, ' ', false, json::error_handler_t::replace)).substr(0, digits)};
}

// The members that the planner and the engine need, read out of the normal form.
service_spec service_from(const std::string& name, json compose) {
    service_spec s;
    s.name = name;
    const auto& c = compose;
    s.image = c.contains("image") && c["image"].is_string() ? c["image"].get<std::string>() : "";
    s.pull_policy = c.value("pull_policy", s.pull_policy);
    s.replicas = c.value(json::json_pointer("/deploy/replicas"), s.replicas);
    const auto needed = c.value("depends_on", json::object());
    for (const auto& [service, entry] : needed.items())
        s.depends_on.push_back({service, condition_from(entry.value("condition", ""))});
    if (c.contains("stop_grace_period"))
        s.stop_grace =
            milliseconds((c["stop_grace_period"].get<std::int64_t>() + 999'999) / 1'000'000);
    s.health = health_of(c);
    s.env_files = files_in(c);
    const auto joined = c.value("networks", json::object());
    for (const auto& [network, use] : joined.items())
        s.networks.push_back({network, use.value("aliases", std::vector<std::string>{})});
    for (const auto& mount : c.value("volumes", json::array()))
        s.volumes.push_back(
            {mount["type"] == "bind" ? volume_mount::kind::bind : volume_mount::kind::named,
             mount["source"].get<std::string>(), mount["target"].get<std::string>(),
             mount.value("read_only", false)});
    s.warm = c.value(json::json_pointer("/x-alcedo/warm"), false);
    s.exclusive = c.value(json::json_pointer("/x-alcedo/exclusive"), false);
    if (const json::json_pointer at("/x-alcedo/handoverTimeout"); c.contains(at))
        s.handover_timeout = milliseconds((c[at].get<std::int64_t>() + 999'999) / 1'000'000);
    if (const json::json_pointer at("/x-alcedo/rehearse"); c.contains(at) && c[at].is_object())
        s.rehearsal = rehearsal_from(c[at]);
    s.compose = std::move(compose);
    return s;
}

bool writes_image(const json& spec, color c, const std::string& service) {
    const auto has = [&](const std::string& at) {
        const auto& all = object_at(spec, at);
        return all.contains(service) && all[service].is_object() &&
               !all[service].value("image", json()).is_null();
    };
    return has("/services") || has("/colors/" + to_string(c) + "/services");
}

void drop_nulls(json& service) {
    for (auto it = service.begin(); it != service.end();)
        it = it->is_null() ? service.erase(it) : std::next(it);
}

} // namespace

color_spec render_color(const json& spec, color overrides, color name, report& out) {
    const auto own = "/colors/" + to_string(overrides);
    auto services = normal_services(spec, "/services", name, out);
    const auto overrides_of = normal_services(spec, own + "/services", name, out);
    for (const auto& [service, over] : overrides_of.items())
        services[service] =
            services.contains(service) ? merge_services(services[service], over) : over;
    color_spec rendered;
    for (auto& [service, normal] : services.items()) {
        drop_nulls(normal);
        if (!writes_image(spec, overrides, service))
            out.error(service_pointer(spec, overrides, service), "\"image\" is missing",
                      "write image: name:tag");
        rendered.services.push_back(service_from(service, std::move(normal)));
    }
    rendered.networks =
        merge_maps(normal_entries(spec, "/networks", name, network_shape, out),
                   normal_entries(spec, own + "/networks", name, network_shape, out));
    rendered.volumes = merge_maps(normal_entries(spec, "/volumes", name, volume_shape, out),
                                  normal_entries(spec, own + "/volumes", name, volume_shape, out));
    return rendered;
}

} // namespace alcedo::manifest
