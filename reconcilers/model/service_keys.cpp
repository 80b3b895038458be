#include "reconcilers/model/service_keys.hpp"

#include "reconcilers/model/service_create.hpp"
#include "reconcilers/model/service_shapes.hpp"

#include <algorithm>
#include <array>

namespace alcedo {

namespace {

using shape_function = json (*)(const json&, const shape_report&);

template <shape_function Shape>
json shape(const json& written, std::vector<shape_problem>& problems) {
    return Shape(written, shape_report(problems));
}

template <shape_function Shape>
result<json> normalize(const json& written) {
    std::vector<shape_problem> problems;
    auto normal = shape<Shape>(written, problems);
    if (problems.empty()) return normal;
    const auto& first = problems.front();
    return error(next_step::invalid, (first.at.empty() ? "" : first.at + ": ") + first.problem +
                                         (first.remedy.empty() ? "" : ": " + first.remedy));
}

template <shape_function Shape>
constexpr service_key row(std::string_view name, merge_rule merge, bool in_revision,
                          void (*create)(const json&, json&) = nullptr) {
    return {name, merge, in_revision, normalize<Shape>, shape<Shape>, create};
}

using enum merge_rule;
constexpr bool revision = true;

constexpr std::array table{
    row<shapes::capabilities>("cap_add", unordered, revision, create::cap_add),
    row<shapes::capabilities>("cap_drop", unordered, revision, create::cap_drop),
    row<shapes::command>("command", replace, revision, create::command),
    row<shapes::depends_on>("depends_on", deep, false),
    row<shapes::deploy>("deploy", deep, revision, create::deploy),
    row<shapes::command>("entrypoint", replace, revision, create::entrypoint),
    row<shapes::env_file>("env_file", append, revision),
    row<shapes::environment>("environment", by_key, revision),
    row<shapes::expose>("expose", unordered, revision, create::expose),
    row<shapes::extra_hosts>("extra_hosts", append, revision, create::extra_hosts),
    row<shapes::healthcheck>("healthcheck", deep, revision, create::healthcheck),
    row<shapes::image>("image", replace, revision),
    row<shapes::boolean>("init", replace, revision, create::init),
    row<shapes::labels>("labels", by_key, revision),
    row<shapes::logging>("logging", deep, revision, create::logging),
    row<shapes::networks>("networks", deep, revision),
    row<shapes::pull_policy>("pull_policy", replace, false),
    row<shapes::boolean>("read_only", replace, revision, create::read_only),
    row<shapes::restart>("restart", replace, revision, create::restart),
    row<shapes::stop_grace_period>("stop_grace_period", replace, revision,
                                   create::stop_grace_period),
    row<shapes::stop_signal>("stop_signal", replace, revision, create::stop_signal),
    row<shapes::tmpfs>("tmpfs", by_key, revision, create::tmpfs),
    row<shapes::ulimits>("ulimits", by_key, revision, create::ulimits),
    row<shapes::text>("user", replace, revision, create::user),
    row<shapes::volumes>("volumes", by_target, revision),
    row<shapes::working_dir>("working_dir", replace, revision, create::working_dir),
    row<shapes::alcedo>("x-alcedo", deep, false),
};

struct unsupported {
    std::string_view name;
    std::string_view remedy;
};

constexpr std::string_view in_limits = "write it under deploy.resources.limits";
constexpr std::string_view leave_out = "remove it";

// Every other key of the Compose Specification's service.
constexpr unsupported later[] = {
    {"annotations", "write labels"},
    {"attach", leave_out},
    {"blkio_config", leave_out},
    {"build", "build and push the image elsewhere, then name it in image"},
    {"cgroup", leave_out},
    {"cgroup_parent", leave_out},
    {"configs", "mount a file read-only under volumes"},
    {"container_name", "remove it; names are computed from app, colour, service and revision"},
    {"cpu_count", in_limits},
    {"cpu_percent", in_limits},
    {"cpu_period", in_limits},
    {"cpu_quota", in_limits},
    {"cpu_rt_period", leave_out},
    {"cpu_rt_runtime", leave_out},
    {"cpu_shares", in_limits},
    {"cpus", "write deploy: {resources: {limits: {cpus: \"1.0\"}}}"},
    {"cpuset", leave_out},
    {"credential_spec", leave_out},
    {"develop", leave_out},
    {"device_cgroup_rules", leave_out},
    {"devices", leave_out},
    {"dns", leave_out},
    {"dns_opt", leave_out},
    {"dns_search", leave_out},
    {"domainname", leave_out},
    {"extends", "write the keys out"},
    {"external_links", "use networks with aliases"},
    {"gpus", leave_out},
    {"group_add", leave_out},
    {"hostname", leave_out},
    {"ipc", leave_out},
    {"isolation", leave_out},
    {"label_file", "write labels"},
    {"links", "services of a colour reach each other by name"},
    {"mac_address", leave_out},
    {"mem_limit", "write deploy: {resources: {limits: {memory: 512M}}}"},
    {"mem_reservation", in_limits},
    {"mem_swappiness", leave_out},
    {"memswap_limit", leave_out},
    {"models", leave_out},
    {"network_mode", "use networks"},
    {"oom_kill_disable", leave_out},
    {"oom_score_adj", leave_out},
    {"pid", leave_out},
    {"pids_limit", "write deploy: {resources: {limits: {pids: 100}}}"},
    {"platform", leave_out},
    {"ports", "a port of the host can belong to one colour only: write traffic.routes[] and let "
              "the proxy listen"},
    {"post_start", leave_out},
    {"pre_start", leave_out},
    {"pre_stop", leave_out},
    {"privileged", "write the capabilities under cap_add"},
    {"profiles", leave_out},
    {"provider", leave_out},
    {"pull_refresh_after", leave_out},
    {"runtime", leave_out},
    {"scale", "write deploy: {replicas: 2}"},
    {"secrets", "write env_file"},
    {"security_opt", leave_out},
    {"shm_size", leave_out},
    {"stdin_open", leave_out},
    {"storage_opt", leave_out},
    {"sysctls", leave_out},
    {"tty", leave_out},
    {"use_api_socket", leave_out},
    {"userns_mode", leave_out},
    {"uts", leave_out},
    {"volumes_from", "name the same volume in both services"},
};

} // namespace

std::span<const service_key> service_keys() {
    return table;
}

const service_key* find_service_key(std::string_view name) {
    const auto it = std::find_if(table.begin(), table.end(),
                                 [&](const service_key& key) { return key.name == name; });
    return it == table.end() ? nullptr : &*it;
}

std::string_view unsupported_service_key(std::string_view name) {
    for (const auto& row : later)
        if (row.name == name) return row.remedy;
    return {};
}

json create_body(const json& service) {
    json body = json::object();
    for (const auto& key : table)
        if (const auto it = service.find(key.name);
            key.create != nullptr && it != service.end() && !it->is_null())
            key.create(*it, body);
    // The one default of ours that the engine does not share.
    if (!service.contains("restart")) create::restart("unless-stopped", body);
    return body;
}

} // namespace alcedo
