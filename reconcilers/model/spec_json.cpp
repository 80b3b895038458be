// A rendered colour as JSON, for the record: so that its containers can be made again when the
// manifest no longer holds that revision.

#include "reconcilers/model/record.hpp"

namespace alcedo {

namespace {

json files_of(const std::vector<env_file>& all) {
    json files = json::array();
    for (const auto& f : all)
        files.push_back({{"path", f.path}, {"required", f.required}});
    return files;
}

std::vector<env_file> files_from(const json& all) {
    std::vector<env_file> files;
    for (const auto& f : all)
        files.push_back({f.at("path"), f.at("required")});
    return files;
}

json of(const service_spec& s) {
    json depends = json::array(), nets = json::array(), mounts = json::array();
    for (const auto& d : s.depends_on)
        depends.push_back({{"service", d.service}, {"until", static_cast<int>(d.until)}});
    for (const auto& n : s.networks)
        nets.push_back({{"name", n.name}, {"aliases", n.aliases}});
    for (const auto& v : s.volumes)
        mounts.push_back({{"bind", v.type == volume_mount::kind::bind},
                          {"source", v.source},
                          {"target", v.target},
                          {"readOnly", v.read_only}});
    json rehearsal = nullptr;
    if (s.rehearsal)
        rehearsal = {{"envFiles", files_of(s.rehearsal->env_files)},
                     {"environment", s.rehearsal->environment},
                     {"digest", s.rehearsal->digest}};
    return {{"name", s.name},
            {"image", s.image},
            {"pullPolicy", s.pull_policy},
            {"replicas", s.replicas},
            {"dependsOn", depends},
            {"stopGrace", s.stop_grace.count()},
            {"health", static_cast<int>(s.health)},
            {"envFiles", files_of(s.env_files)},
            {"networks", nets},
            {"volumes", mounts},
            {"warm", s.warm},
            {"exclusive", s.exclusive},
            {"handoverTimeout", s.handover_timeout.count()},
            {"rehearsal", rehearsal},
            {"compose", s.compose}};
}

service_spec service_from(const json& j) {
    service_spec s;
    s.name = j.at("name");
    s.image = j.at("image");
    s.pull_policy = j.value("pullPolicy", "missing");
    s.replicas = j.value("replicas", 1);
    for (const auto& d : j.value("dependsOn", json::array()))
        s.depends_on.push_back(
            {d.at("service"), static_cast<dependency::condition>(d.at("until").get<int>())});
    s.stop_grace = milliseconds{j.value("stopGrace", std::int64_t{10000})};
    s.health = static_cast<service_spec::health_source>(j.value("health", 0));
    s.env_files = files_from(j.value("envFiles", json::array()));
    for (const auto& n : j.value("networks", json::array()))
        s.networks.push_back({n.at("name"), n.at("aliases").get<std::vector<std::string>>()});
    for (const auto& v : j.value("volumes", json::array())) {
        volume_mount mount;
        mount.type =
            v.at("bind").get<bool>() ? volume_mount::kind::bind : volume_mount::kind::named;
        mount.source = v.at("source");
        mount.target = v.at("target");
        mount.read_only = v.at("readOnly");
        s.volumes.push_back(std::move(mount));
    }
    s.warm = j.value("warm", false);
    s.exclusive = j.value("exclusive", false);
    s.handover_timeout = milliseconds{j.value("handoverTimeout", std::int64_t{60000})};
    if (const auto it = j.find("rehearsal"); it != j.end() && !it->is_null())
        s.rehearsal = rehearsal_spec{files_from(it->at("envFiles")), it->at("environment"),
                                     it->at("digest").get<std::string>()};
    s.compose = j.value("compose", json::object());
    return s;
}

} // namespace

void to_json(json& j, const color_spec& c) {
    json services = json::array();
    for (const auto& s : c.services)
        services.push_back(of(s));
    j = {{"services", services}, {"networks", c.networks}, {"volumes", c.volumes}};
}

void from_json(const json& j, color_spec& c) {
    c.services.clear();
    for (const auto& s : j.at("services"))
        c.services.push_back(service_from(s));
    c.networks = j.value("networks", json::object());
    c.volumes = j.value("volumes", json::object());
}

} // namespace alcedo
