#include "reconcilers/model/service_shapes.hpp"

#include <algorithm>

namespace alcedo {

namespace {

using names = std::span<const std::string_view>;

constexpr std::string_view env_file_keys[] = {"path", "required"};
constexpr std::string_view env_file_later[] = {"format"};
constexpr std::string_view ulimit_keys[] = {"soft", "hard"};
constexpr std::string_view volume_keys[] = {"type", "source", "target", "read_only", "bind"};
constexpr std::string_view volume_later[] = {"volume", "consistency", "tmpfs", "image", "cluster"};
constexpr std::string_view bind_keys[] = {"create_host_path"};
constexpr std::string_view bind_later[] = {"propagation", "recursive", "selinux"};
constexpr std::string_view network_use_keys[] = {"aliases"};
constexpr std::string_view network_use_later[] = {"ipv4_address", "ipv6_address",  "link_local_ips",
                                                  "mac_address",  "driver_opts",   "priority",
                                                  "gw_priority",  "interface_name"};
constexpr std::string_view depends_keys[] = {"condition", "required"};
constexpr std::string_view depends_later[] = {"restart"};
constexpr std::string_view health_keys[] = {"test",    "interval",     "timeout",
                                            "retries", "start_period", "disable"};
constexpr std::string_view health_later[] = {"start_interval"};
constexpr std::string_view logging_keys[] = {"driver", "options"};
constexpr std::string_view deploy_keys[] = {"replicas", "resources"};
constexpr std::string_view deploy_later[] = {"mode",          "endpoint_mode",   "labels",
                                             "update_config", "rollback_config", "restart_policy",
                                             "placement"};
constexpr std::string_view resources_keys[] = {"limits"};
constexpr std::string_view resources_later[] = {"reservations"};
constexpr std::string_view limits_keys[] = {"cpus", "memory", "pids"};
constexpr std::string_view limits_later[] = {"devices", "generic_resources"};
constexpr std::string_view alcedo_keys[] = {"warm", "exclusive", "handoverTimeout", "rehearse"};
constexpr std::string_view rehearse_keys[] = {"env_file", "environment"};
constexpr std::string_view network_keys[] = {"name",     "driver", "driver_opts", "external",
                                             "internal", "labels", "attachable"};
constexpr std::string_view network_later[] = {"ipam", "enable_ipv4", "enable_ipv6"};
constexpr std::string_view top_volume_keys[] = {"name", "driver", "driver_opts", "external",
                                                "labels"};

constexpr service_block blocks[] = {
    {"env_file", env_file_keys, env_file_later},
    {"ulimits", ulimit_keys, {}},
    {"volumes", volume_keys, volume_later},
    {"volumes.bind", bind_keys, bind_later},
    {"networks", network_use_keys, network_use_later},
    {"depends_on", depends_keys, depends_later},
    {"healthcheck", health_keys, health_later},
    {"logging", logging_keys, {}},
    {"deploy", deploy_keys, deploy_later},
    {"deploy.resources", resources_keys, resources_later},
    {"deploy.resources.limits", limits_keys, limits_later},
    {"x-alcedo", alcedo_keys, {}},
    {"x-alcedo.rehearse", rehearse_keys, {}},
    {"top.networks", network_keys, network_later},
    {"top.volumes", top_volume_keys, {}},
};

bool has(names list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

} // namespace

std::span<const service_block> service_blocks() {
    return blocks;
}

void check_block_keys(std::string_view block, const json& object, const std::string& at,
                      const shape_report& out) {
    const auto row = std::find_if(std::begin(blocks), std::end(blocks),
                                  [&](const service_block& b) { return b.name == block; });
    if (row == std::end(blocks) || !object.is_object()) return;
    for (const auto& [key, value] : object.items()) {
        if (has(row->later, key))
            out.add(below(at, key), "not supported yet", "remove it");
        else if (!has(row->keys, key))
            out.unknown_key(below(at, key), row->keys);
    }
}

} // namespace alcedo
