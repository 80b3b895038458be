#include "controller/runtimes/docker_bodies.hpp"

#include "controller/runtimes/docker_json.hpp"
#include "reconcilers/model/reason.hpp"
#include "reconcilers/model/service_keys.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace alcedo::docker {

namespace {

/// The engine's own default, and the longest wait for a first probe that is not asked for.
constexpr std::int64_t longest_start_interval = 5'000'000'000;

/// Binds make a missing source as an empty folder, as Compose does unless told otherwise; Mounts
/// refuse it, and have no separator that a path could contain.
void add_bind(const json& volume, const std::string& source, json& host) {
    const auto target = text_at(volume, "target");
    const bool read_only = flag_at(volume, "read_only");
    const auto& made = child(child(volume, "bind"), "create_host_path");
    const bool must_exist = made.is_boolean() && !made.get<bool>();
    if (!must_exist && (source + target).find(':') == std::string::npos) {
        host["Binds"].push_back(source + ":" + target + (read_only ? ":ro" : ":rw"));
        return;
    }
    host["Mounts"].push_back(
        {{"Type", "bind"}, {"Source", source}, {"Target", target}, {"ReadOnly", read_only}});
}

/// Volumes in their normal form; on the engine they have other names.
result<void> add_volumes(const json& volumes, const std::map<std::string, std::string>& names,
                         json& host) {
    if (!volumes.is_array()) return {};
    for (const auto& volume : volumes) {
        const auto source = text_at(volume, "source");
        if (text_at(volume, "type") == "bind") {
            add_bind(volume, source, host);
            continue;
        }
        const auto named = names.find(source);
        if (named == names.end())
            return error(next_step::invalid, std::string(reason::VolumeMissing),
                         "volume '" + source + "' has no name on the engine");
        host["Mounts"].push_back({{"Type", "volume"},
                                  {"Source", named->second},
                                  {"Target", text_at(volume, "target")},
                                  {"ReadOnly", flag_at(volume, "read_only")}});
    }
    return {};
}

/// Since 27 an engine waits 5 s for the first probe within the start period unless told; 1.41
/// cannot tell it.
void set_start_interval(json& body) {
    const auto& check = child(body, "Healthcheck");
    const auto interval = number_at(check, "Interval");
    if (number_at(check, "StartPeriod") <= 0 || interval <= 0) return;
    if (number_at(check, "StartInterval") > 0) return;
    body["Healthcheck"]["StartInterval"] = std::min(interval, longest_start_interval);
}

json labels_of(const json& options, const std::map<std::string, std::string>& ours) {
    json out = json::object();
    if (child(options, "labels").is_object()) out = child(options, "labels");
    for (const auto& [key, value] : ours)
        out[key] = value;
    return out;
}

/// Address ranges as Compose writes them: ipam.config[{subnet, gateway, ip_range}].
json ranges_of(const json& pools) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> names{
        {{"subnet", "Subnet"}, {"gateway", "Gateway"}, {"ip_range", "IPRange"}}};
    json out = json::array();
    const auto& written = child(pools, "config");
    if (!written.is_array()) return out;
    for (const auto& one : written) {
        json range = json::object();
        for (const auto& [key, field] : names)
            if (const auto value = text_at(one, key); !value.empty())
                range[std::string(field)] = value;
        out.push_back(std::move(range));
    }
    return out;
}

} // namespace

json endpoint_from(const network_attachment& network) {
    json out = json::object();
    if (!network.aliases.empty()) out["Aliases"] = network.aliases;
    return out;
}

result<creation> creation_from(const create_request& request, int api_minor) {
    creation out;
    auto& body = out.body;
    body = create_body(request.service);
    body["Image"] = request.image_id;
    body["Env"] = request.env;
    body["Labels"] = request.labels;
    auto& host = body["HostConfig"];
    const auto added = add_volumes(child(request.service, "volumes"), request.volume_names, host);
    if (!added) return added.error();
    const bool all_at_once = api_minor >= several_networks_since;
    if (all_at_once) set_start_interval(body);
    for (const auto& network : request.networks) {
        const bool first = &network == &request.networks.front();
        if (first) host["NetworkMode"] = network.id;
        if (first || all_at_once)
            body["NetworkingConfig"]["EndpointsConfig"][network.id] = endpoint_from(network);
        else
            out.connect.push_back(network);
    }
    json later = json::array();
    for (const auto& network : out.connect)
        later.push_back({{"id", network.id}, {"aliases", network.aliases}});
    if (!later.empty()) body["Labels"][connect_label] = printed(later);
    return out;
}

json network_from_request(const network_request& request) {
    const auto& options = request.options;
    const auto& pools = child(options, "ipam");
    const auto driver = text_at(options, "driver");
    json out = {{"Name", request.name},
                {"Driver", driver.empty() ? "bridge" : driver},
                // Engines up to 24 make a second network of the same name without it.
                {"CheckDuplicate", true},
                {"Internal", flag_at(options, "internal")},
                {"Attachable", flag_at(options, "attachable")},
                {"EnableIPv6", flag_at(options, "enable_ipv6")},
                {"Labels", labels_of(options, request.labels)}};
    if (child(options, "driver_opts").is_object()) out["Options"] = child(options, "driver_opts");
    auto ranges = ranges_of(pools);
    if (ranges.empty() && !request.subnet.empty()) ranges.push_back({{"Subnet", request.subnet}});
    if (!ranges.empty()) out["IPAM"] = {{"Driver", "default"}, {"Config", std::move(ranges)}};
    if (const auto own = text_at(pools, "driver"); !own.empty()) out["IPAM"]["Driver"] = own;
    return out;
}

json volume_from_request(const std::string& name, const json& options,
                         const std::map<std::string, std::string>& labels) {
    const auto driver = text_at(options, "driver");
    json out = {{"Name", name},
                {"Driver", driver.empty() ? "local" : driver},
                {"Labels", labels_of(options, labels)}};
    if (child(options, "driver_opts").is_object())
        out["DriverOpts"] = child(options, "driver_opts");
    return out;
}

std::string container_filters(const std::string& instance, const std::string& app) {
    json labels = json::array({std::string(instance_label) + "=" + instance});
    if (!app.empty()) labels.push_back(std::string(name_label) + "=" + app);
    return url_encoded(printed({{"label", std::move(labels)}}));
}

std::string event_filters(const std::string& instance) {
    // Without exec_*: every probe of a health check is three events.
    const json kinds = {"create",  "start",  "die",    "stop",    "kill",          "oom",   "pause",
                        "unpause", "rename", "update", "destroy", "health_status", "remove"};
    const json filters = {{"type", {"container"}},
                          {"label", {std::string(instance_label) + "=" + instance}},
                          {"event", kinds}};
    return url_encoded(printed(filters));
}

} // namespace alcedo::docker
