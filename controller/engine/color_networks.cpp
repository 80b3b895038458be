#include "controller/engine/color_networks.hpp"

#include "controller/engine/address_pool.hpp"

#include <algorithm>

namespace alcedo {

namespace {

std::map<std::string, std::string> network_labels(const engine_parts& parts, const std::string& app,
                                                  color colored, const std::string& uid) {
    return {{label::instance, parts.settings.instance},
            {label::name, app},
            {label::color, to_string(colored)},
            {label::uid, uid}};
}

} // namespace

bool needs_own_network(const app_spec& app, const color_spec& spec) {
    if (spec.services.size() >= 2) return true;
    return std::any_of(spec.services.begin(), spec.services.end(), [&](const service_spec& s) {
        return !app.is_routed(s.name) || !s.networks.empty();
    });
}

task<result<std::string>>
color_networks::ensure(std::string name, std::map<std::string, std::string> labels, json options) {
    auto found = co_await parts_.docker.network(name);
    if (found) {
        const auto& has = found->labels;
        const auto owner = has.find(label::instance);
        if (owner == has.end() || owner->second != parts_.settings.instance)
            co_return error(next_step::conflict,
                            "network " + name + " exists and is not ours: rename or remove it");
        co_return found->id;
    }
    if (found.error().next != next_step::gone) co_return found.error();
    network_request wanted;
    wanted.name = name;
    wanted.labels = std::move(labels);
    wanted.options = std::move(options);
    if (parts_.settings.network_pool != "engine" && !wanted.options.contains("ipam")) {
        auto all = co_await parts_.docker.networks();
        if (!all) co_return all.error();
        auto taken = parts_.host_routes();
        for (const auto& network : *all)
            taken.insert(taken.end(), network.subnets.begin(), network.subnets.end());
        const auto free = first_free_subnet(parts_.settings.network_pool, taken);
        if (!free)
            co_return error(next_step::invalid, "no free /27 is left in --network-pool " +
                                                    parts_.settings.network_pool);
        wanted.subnet = *free;
    }
    auto made = co_await parts_.docker.create_network(wanted);
    if (!made && made.error().next == next_step::conflict) {
        auto again = co_await parts_.docker.network(name);
        if (again) co_return again->id;
    }
    co_return made;
}

task<result<std::string>> color_networks::named(std::string app, rendering made, std::string name,
                                                std::string uid) {
    auto options = made.spec.networks.value(name, json::object());
    if (!options.is_object()) options = json::object();
    if (options.value("external", false)) {
        const auto real = options.value("name", name);
        auto found = co_await parts_.docker.network(real);
        if (!found) co_return with_context(found.error(), "external network " + real);
        co_return found->id;
    }
    const auto base = app + "-" + to_string(made.what.colored);
    const auto full = name == "default" ? base : base + "-" + options.value("name", name);
    auto labels = network_labels(parts_, app, made.what.colored, uid);
    co_return co_await ensure(full, labels, options);
}

task<result<network_info>> color_networks::shared() {
    auto found = co_await parts_.docker.network(parts_.settings.network);
    if (found || found.error().next != next_step::gone) co_return found;
    network_request wanted;
    wanted.name = parts_.settings.network;
    wanted.labels = {{label::instance, parts_.settings.instance}};
    const auto made = co_await parts_.docker.create_network(wanted);
    if (!made && made.error().next != next_step::conflict) co_return made.error();
    co_return co_await parts_.docker.network(parts_.settings.network);
}

task<result<std::vector<network_attachment>>>
color_networks::attachments(app_spec app, rendering made, service_spec service, std::string uid) {
    std::vector<network_attachment> out;
    if (needs_own_network(app, made.spec)) {
        auto wanted = service.networks;
        if (wanted.empty()) wanted.push_back({"default", {}});
        for (const auto& use : wanted) {
            const auto id = co_await named(app.name, made, use.name, uid);
            if (!id) co_return with_context(id.error(), "network " + use.name);
            network_attachment join;
            join.id = *id;
            join.aliases = use.aliases;
            join.aliases.push_back(service.name);
            out.push_back(std::move(join));
        }
    }
    if (app.is_routed(service.name) || out.empty()) {
        // Under its container name alone: an alias would answer for both colours.
        const auto net = co_await shared();
        if (!net) co_return with_context(net.error(), "network " + parts_.settings.network);
        network_attachment join;
        join.id = net->id;
        out.push_back(std::move(join));
    }
    co_return out;
}

task<result<void>> color_networks::remove(std::string app, color colored) {
    const auto all = co_await parts_.docker.networks();
    if (!all) co_return all.error();
    for (const auto& network : *all) {
        const auto has = [&](const char* key, const std::string& value) {
            const auto at = network.labels.find(key);
            return at != network.labels.end() && at->second == value;
        };
        if (!has(label::instance, parts_.settings.instance) || !has(label::name, app) ||
            !has(label::color, to_string(colored)))
            continue;
        const auto id = network.id;
        const auto gone = co_await parts_.docker.remove_network(id);
        if (!gone && gone.error().next != next_step::gone &&
            gone.error().next != next_step::conflict)
            co_return gone.error();
    }
    co_return result<void>();
}

} // namespace alcedo
