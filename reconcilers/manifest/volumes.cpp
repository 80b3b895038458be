#include "reconcilers/manifest/cross_field.hpp"
#include "reconcilers/manifest/places.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace alcedo::manifest {

namespace {

// Images whose containers own data that two copies must not serve at once.
constexpr std::array<std::string_view, 34> databases{
    "postgres",   "postgresql", "postgis",           "timescaledb",
    "pgvector",   "mysql",      "mysql-server",      "mariadb",
    "percona",    "mongo",      "mongodb",           "redis",
    "valkey",     "keydb",      "cassandra",         "scylla",
    "couchdb",    "couchbase",  "influxdb",          "elasticsearch",
    "opensearch", "clickhouse", "clickhouse-server", "neo4j",
    "cockroach",  "etcd",       "rethinkdb",         "arangodb",
    "dgraph",     "questdb",    "victoria-metrics",  "rabbitmq",
    "kafka",      "minio"};

// "ghcr.io/acme/postgres:16@sha256:…" → "postgres"
std::string repository(const std::string& image) {
    auto name = image.substr(0, image.find('@'));
    name = name.substr(name.rfind('/') + 1);
    return name.substr(0, name.find(':'));
}

bool is_database(const std::string& image) {
    const auto name = repository(image);
    return std::find(databases.begin(), databases.end(), name) != databases.end();
}

// What the engine will call it: two spellings of one volume are one volume.
std::string real_source(const app_spec& app, color c, const volume_mount& mount) {
    if (mount.type == volume_mount::kind::bind) return mount.source;
    const auto& declared = app.of(c).volumes;
    const auto it = declared.find(mount.source);
    if (it == declared.end()) return mount.source;
    return it->value("name",
                     it->value("external", false) ? mount.source : app.name + "_" + mount.source);
}

std::set<std::string> sources(const app_spec& app, color c, bool writable_only) {
    std::set<std::string> out;
    for (const auto& service : app.of(c).services)
        for (const auto& mount : service.volumes)
            if (!writable_only || !mount.read_only) out.insert(real_source(app, c, mount));
    return out;
}

void check_shared(const json& spec, const app_spec& app, color c, report& out) {
    const auto elsewhere = sources(app, other(c), false);
    for (const auto& service : app.of(c).services) {
        item_places places(spec, c, service.name, "volumes");
        for (const auto& mount : service.volumes) {
            if (mount.read_only || !elsewhere.contains(real_source(app, c, mount))) continue;
            const bool named = mount.type == volume_mount::kind::named;
            out.error(places.of(mount.target),
                      "SharedVolume: both colours would write to \"" + mount.source + "\"",
                      "write " +
                          (named ? mount.source + "-${ALCEDO_COLOR}:"
                                 : mount.source + "/${ALCEDO_COLOR}:") +
                          mount.target + ", mount it :ro, or accept: [SharedVolume]");
        }
    }
}

void check_stateful(const json& spec, const app_spec& app, color c, report& out) {
    for (const auto& service : app.of(c).services) {
        const auto written =
            std::find_if(service.volumes.begin(), service.volumes.end(),
                         [](const volume_mount& mount) { return !mount.read_only; });
        if (is_database(service.image))
            out.error(service_pointer(spec, c, service.name, "image"),
                      "Stateful: \"" + repository(service.image) +
                          "\" holds data, and each colour would have its own",
                      "run it outside of this app, or accept: [Stateful]");
        else if (written != service.volumes.end() && service.replicas > 1 &&
                 app.is_routed(service.name))
            out.error(item_places(spec, c, service.name, "volumes").of(written->target),
                      "Stateful: " + std::to_string(service.replicas) +
                          " replicas behind the proxy would write to one volume",
                      "write replicas: 1, mount it :ro, or accept: [Stateful]");
    }
}

} // namespace

void check_volumes(const json& spec, const app_spec& app, report& out) {
    for (const auto c : both_colors) {
        if (!app.accept.contains("SharedVolume")) check_shared(spec, app, c, out);
        if (!app.accept.contains("Stateful")) check_stateful(spec, app, c, out);
    }
}

} // namespace alcedo::manifest
