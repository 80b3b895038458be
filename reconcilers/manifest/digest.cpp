#include "reconcilers/manifest/manifest.hpp"
#include "reconcilers/model/service_keys.hpp"

#include <algorithm>

namespace alcedo::manifest {

namespace {

constexpr std::string_view version = "v1:";

struct known_default {
    std::string_view key; ///< of a service
    const char* where;    ///< JSON pointer inside the key's value
    const char* value;    ///< as JSON
};
// Writing a default out is writing nothing. A default may be added here together with its key, and
// never changed afterwards: every running revision would change with it.
constexpr known_default defaults[] = {
    {"healthcheck", "/interval", "30000000000"},
    {"healthcheck", "/timeout", "30000000000"},
    {"healthcheck", "/retries", "3"},
    {"healthcheck", "/start_period", "0"},
    {"healthcheck", "/disable", "false"},
    {"init", "", "false"},
    {"read_only", "", "false"},
    {"restart", "", "\"unless-stopped\""},
    {"stop_grace_period", "", "10000000000"},
};

void erase_at(json& value, const json::json_pointer& where) {
    if (!where.empty() && value.contains(where.parent_pointer()))
        value.at(where.parent_pointer()).erase(where.back());
}

void drop_flag(json& service, const char* list, const char* flag, bool fallback) {
    if (service.contains(list))
        for (auto& entry : service[list])
            if (entry.value(flag, !fallback) == fallback) entry.erase(flag);
}

void drop_defaults(json& service) {
    for (const auto& known : defaults) {
        const json::json_pointer where("/" + std::string(known.key) + known.where);
        if (service.contains(where) && service.at(where) == json::parse(known.value))
            erase_at(service, where);
    }
    drop_flag(service, "volumes", "read_only", false);
    drop_flag(service, "env_file", "required", true);
}

bool says_nothing(const json& value) {
    return value.is_null() || (value.is_structured() && value.empty());
}

// Blocks that became empty say no more than absent ones.
json pruned(const json& value) {
    json out = value;
    if (!value.is_object()) return out;
    for (const auto& [key, inner] : value.items()) {
        auto rest = pruned(inner);
        if (says_nothing(rest))
            out.erase(key);
        else
            out[key] = std::move(rest);
    }
    return out;
}

// Inside the other keys an empty thing means something: a network without aliases, a variable
// that is taken away. And an empty entrypoint takes the image's away.
json without_empty_keys(const json& service) {
    json out = json::object();
    for (const auto& [key, value] : service.items()) {
        const bool block = key == "deploy" || key == "healthcheck" || key == "logging";
        auto rest = block ? pruned(value) : value;
        if (!says_nothing(rest) || (key == "entrypoint" && rest.is_array()))
            out[key] = std::move(rest);
    }
    return out;
}

json identity_of(const service_spec& service) {
    json out = json::object();
    for (const auto& key : service_keys())
        if (const auto it = service.compose.find(key.name);
            key.in_revision && it != service.compose.end())
            out[std::string(key.name)] = *it;
    erase_at(out, json::json_pointer("/deploy/replicas"));
    drop_defaults(out);
    return without_empty_keys(out);
}

// Networks and volumes say something by being there, even with nothing in them.
json entries_of(const json& declared, const char* usual_driver) {
    json out = json::object();
    for (const auto& [name, entry] : declared.items()) {
        auto rest = entry;
        for (const auto flag : {"external", "internal", "attachable"})
            if (rest.value(flag, json()) == false) rest.erase(flag);
        if (rest.value("driver", json()) == usual_driver) rest.erase("driver");
        out[name] = pruned(rest);
    }
    return out;
}

json identity_of(const color_spec& spec) {
    json out{{"services", json::object()}};
    for (const auto& service : spec.services)
        out["services"][service.name] = identity_of(service);
    if (!spec.networks.empty()) out["networks"] = entries_of(spec.networks, "bridge");
    if (!spec.volumes.empty()) out["volumes"] = entries_of(spec.volumes, "local");
    return out;
}

json with_files(json identity, const color_spec& spec, const file_contents& files,
                const std::string& key) {
    for (const auto& file : env_files_of(spec))
        if (const auto it = files.find(file.path); it != files.end())
            identity["files"][file.path] = hmac_sha256(key, it->second);
    return identity;
}

std::string hashed(const json& identity) {
    return std::string(version) +
           sha256(identity.dump(-1, ' ', false, json::error_handler_t::replace));
}

void add_files(std::vector<env_file>& out, const std::vector<env_file>& files) {
    for (const auto& file : files) {
        const auto same = std::find_if(
            out.begin(), out.end(), [&](const env_file& known) { return known.path == file.path; });
        if (same == out.end())
            out.push_back(file);
        else
            same->required = same->required || file.required;
    }
}

} // namespace

std::vector<env_file> env_files_of(const color_spec& spec) {
    std::vector<env_file> out;
    for (const auto& service : spec.services)
        add_files(out, service.env_files);
    return out;
}

std::vector<env_file> files_to_read(const color_spec& spec) {
    auto out = env_files_of(spec);
    for (const auto& service : spec.services)
        if (service.rehearsal) add_files(out, service.rehearsal->env_files);
    return out;
}

color_digests digest(const color_spec& spec, const file_contents& files, const std::string& key) {
    const auto identity = identity_of(spec);
    return {hashed(with_files(identity, spec, files, key)), hashed(identity)};
}

std::string revision(const color_spec& spec, const file_contents& files, const std::string& key,
                     const std::map<std::string, std::string>& image_ids) {
    auto identity = with_files(identity_of(spec), spec, files, key);
    identity["images"] = image_ids;
    return hashed(identity);
}

std::string spec_digest(const app_spec& app) {
    return sha256(app.manifest);
}

} // namespace alcedo::manifest
