#include "controller/wiring/assemble.hpp"

#include "controller/runtimes/docker.hpp"
#include "controller/sources/sources.hpp"
#include "controller/stores/secrets.hpp"
#include "controller/stores/stores.hpp"
#include "controller/telemetry/fan_out.hpp"
#include "controller/telemetry/log_sink.hpp"
#include "controller/traffic/proc_connections.hpp"
#include "controller/traffic/traefik_file.hpp"
#include "controller/wiring/host.hpp"
#include "controller/wiring/no_proxy.hpp"
#include "controller/wiring/preflight.hpp"
#include "controller/wiring/registry.hpp"
#include "controller/wiring/system_clock.hpp"
#ifdef ALCEDO_FAILPOINTS
#include "controller/wiring/failpoints/failpoints.hpp"
#endif

#include <cstdlib>

namespace alcedo {

namespace {

std::string docker_config_path() {
    if (const char* folder = std::getenv("DOCKER_CONFIG"))
        return std::string(folder) + "/config.json";
    if (const char* home = std::getenv("HOME")) return std::string(home) + "/.docker/config.json";
    return {};
}

void make_telemetry(house& h) {
    const auto format = h.chosen.log_format == "json" ? log_format::json : log_format::console;
    const auto least = severity_from(h.chosen.log_level).value_or(severity::info);
    h.log = make_log_sink(format, least);
    h.metrics = make_metrics_sink();
    h.events = make_fan_out({h.log.get(), h.metrics.get()});
}

struct secrets {
    std::string key;
    std::string ack_token;
    std::string try_token;
};

result<secrets> load_secrets(const std::string& state) {
    secrets out;
    const auto key = secret_file(state + "/key", 32, false);
    if (!key) return key.error();
    const auto ack = secret_file(state + "/ack-token", 32, true);
    if (!ack) return ack.error();
    const auto attempt = secret_file(state + "/try-token", 32, true);
    if (!attempt) return attempt.error();
    out.key = *key;
    out.ack_token = *ack;
    out.try_token = *attempt;
    return out;
}

/// No setting is wrong: something happened to what lies in STATE.
error unusable(error what) {
    if (what.reason.empty()) what.reason = "StateUnusable";
    return what;
}

result<void> make_watched(house& h, const traefik_settings& traefik) {
    auto made = make_traefik_file(*h.client, h.document_pool, *h.events, traefik);
    if (!made) return made.error();
    h.proxy = std::move(*made);
    return {};
}

result<void> make_polled(house& h, const traefik_settings& traefik) {
    auto made = make_traefik_http(*h.client, h.document_pool, *h.events, *h.clock, traefik);
    if (!made) return made.error();
    h.proxy = std::move(made->provider);
    h.polls = std::make_unique<poll_door>(h.io.get_executor(), *h.clock,
                                          h.chosen.traefik_http_listen, std::move(made->document));
    return {};
}

result<void> make_proxy(house& h, const secrets& known) {
    h.connections = make_proc_connections(h.reading_pool, h.chosen.proc);
    if (!has_proxy(h.chosen)) {
        h.proxy = make_no_proxy();
        return {};
    }
    const bool is_polled = h.chosen.traefik_provider == "http";
    traefik_settings traefik;
    traefik.dir = is_polled ? h.chosen.state_dir + "/traefik" : h.chosen.traefik_dir;
    traefik.api_url = h.chosen.traefik_api;
    for (const auto& one : h.chosen.entry_points)
        traefik.entry_points[one.name] = one.url;
    traefik.instance = h.chosen.instance;
    traefik.ack_token = known.ack_token;
    traefik.try_token = known.try_token;
    return is_polled ? make_polled(h, traefik) : make_watched(h, traefik);
}

result<std::vector<engine::named_source>> make_sources(house& h, const source_tools& tools) {
    std::vector<engine::named_source> out;
    for (const auto& text : h.chosen.sources) {
        const auto parsed = parse_source(text);
        if (!parsed) return with_context(parsed.error(), "--source " + text);
        engine::named_source one;
        one.source = make_source(*parsed, tools);
        one.id = one.source->describe();
        out.push_back(std::move(one));
    }
    return out;
}

engine_parts make_parts(house& h, const secrets& known) {
    engine_settings settings;
    settings.instance = h.chosen.instance;
    settings.key = known.key;
    settings.network = h.chosen.network;
    settings.network_pool = h.chosen.network_pool;
    settings.resync = h.chosen.resync;
    const auto proc = h.chosen.proc;
    auto* whole = &h;
    auto* pool = &h.reading_pool;
    return engine_parts{
        *h.clock,
        *h.docker,
        *h.proxy,
        *h.connections,
        *h.store,
        *h.events,
        [proc] { return host_routes(proc); },
        random_fraction,
        random_uuid,
        [whole, pool](std::string source, std::string commit,
                      std::string path) -> task<result<std::string>> {
            if (path.starts_with("/")) return read_host_file(*pool, std::move(path));
            return whole->machine->file(std::move(source), std::move(commit), std::move(path));
        },
        settings,
        own_addresses,
        [whole] { whole->manager->ready(); },
        [whole] { whole->manager->alive(); },
    };
}

} // namespace

result<std::unique_ptr<house>> assemble(const settings& chosen, net::service_manager& manager) {
    auto made = std::make_unique<house>();
    auto& h = *made;
    h.chosen = chosen;
    h.manager = &manager;
    h.clock = make_system_clock(h.io.get_executor());
    make_telemetry(h);
    h.client = net::make_http_client();
    const auto known = load_secrets(chosen.state_dir);
    if (!known) return unusable(known.error());
    auto store = make_sqlite_store(chosen.state_dir + "/alcedo.db", h.store_pool);
    if (!store) return unusable(store.error());
    h.store = std::move(*store);
    docker_settings docker{chosen.docker, chosen.instance, docker_config_path()};
    h.docker = make_docker_runtime(*h.client, *h.clock, docker, *h.events);
    const auto proxied = make_proxy(h, *known);
    if (!proxied) return proxied.error();
#ifdef ALCEDO_FAILPOINTS
    if (open_failpoints()) {
        h.docker = with_failpoints(std::move(h.docker));
        h.proxy = with_failpoints(std::move(h.proxy));
        h.store = with_failpoints(std::move(h.store));
    }
#endif
    source_tools tools{*h.clock, h.reading_pool, chosen.state_dir, chosen.resync};
    auto sources = make_sources(h, tools);
    if (!sources) return sources.error();
    catalogue::options of_catalogue;
    of_catalogue.key = known->key;
    of_catalogue.resync = chosen.resync;
    of_catalogue.host_file = make_host_reader(tools);
    publisher::options of_publisher;
    of_publisher.ack_deadline = chosen.traefik_deadline;
    of_publisher.resync = chosen.resync;
    h.machine = std::make_unique<engine>(h.io.get_executor(), make_parts(h, *known), of_catalogue,
                                         of_publisher, make_probes(*h.client), std::move(*sources));
    // What a client asks about now is read as it is now: nothing waits until a file has settled.
    auto* const pool = &h.reading_pool;
    const host_reader as_it_is = [pool](std::string path) {
        return read_host_file(*pool, std::move(path));
    };
    h.office = std::make_unique<desk>(
        *h.machine, as_it_is, [whole = made.get()] { return whole->points; },
        marker_fix(chosen, {}));
    h.networks = std::make_unique<color_networks>(h.machine->parts());
    return made;
}

} // namespace alcedo
