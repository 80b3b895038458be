#include "controller/runtimes/docker_credentials.hpp"

#include "controller/net/process.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include <unistd.h>

namespace alcedo::docker {

namespace {

constexpr std::size_t largest_config = 1u << 20;
constexpr milliseconds helper_deadline{30000};
constexpr auto hub = "https://index.docker.io/v1/";

error failing(const std::string& what) {
    return error(next_step::retry, std::string(reason::ImagePullFailing), what);
}

/// "https://ghcr.io/v2/" → "ghcr.io"; the many names of Docker Hub → "docker.io".
std::string host_of(std::string key) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (key.starts_with(scheme)) key.erase(0, scheme.size());
    key = key.substr(0, key.find('/'));
    if (key == "index.docker.io" || key == "registry-1.docker.io") return "docker.io";
    return key;
}

/// What the Docker client calls a registry when it asks a helper.
std::string server_name(const std::string& registry) {
    return registry == "docker.io" ? hub : registry;
}

/// The value for a registry in an object keyed by hosts or URLs.
const json& entry_for(const json& object, const std::string& registry) {
    const auto& exact = child(object, server_name(registry));
    if (!exact.is_null() || !object.is_object()) return exact;
    for (const auto& [key, value] : object.items())
        if (host_of(key) == registry) return value;
    return exact;
}

/// No file at all is no credentials; anything else that is not a JSON object is an error.
result<json> read_config(const std::string& path) {
    if (path.empty() || ::access(path.c_str(), F_OK) != 0) return json(json::object());
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file.is_open() || file.bad()) return failing(path + ": cannot be read");
    auto parsed = text.size() > largest_config ? std::nullopt : json_in(text);
    if (!parsed || !parsed->is_object()) return failing(path + ": is not a JSON object");
    return *std::move(parsed);
}

bool is_program_name(const std::string& name) {
    return std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    });
}

std::vector<std::string> our_environment() {
    std::vector<std::string> out;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
        out.emplace_back(*entry);
    return out;
}

/// Null if the helper has none. Its output may hold a secret: nothing of it is in any message.
task<result<json>> ask_helper(std::string helper, std::string registry) {
    net::command command;
    const std::string program = "docker-credential-" + helper;
    if (!is_program_name(helper))
        co_return failing("config.json names a credential helper that is no program name");
    command.argv = {program, "get"};
    command.environment = our_environment();
    command.input = server_name(registry);
    command.deadline = helper_deadline;
    command.output_limit = largest_config;
    auto done = co_await net::run_process(std::move(command));
    if (!done) co_return failing(program + ": " + done.error().message);
    const bool has_none = done->out.find("credentials not found") != std::string::npos;
    if (done->exit_code != 0 && has_none) co_return json();
    if (done->exit_code != 0)
        co_return failing(program + " get: exit code " + std::to_string(done->exit_code));
    const auto said = json_in(done->out);
    if (!said) co_return failing(program + " get: its answer is not JSON");
    const auto user = text_at(*said, "Username");
    const auto secret = text_at(*said, "Secret");
    if (user == "<token>") co_return json{{"identitytoken", secret}};
    co_return json{{"username", user}, {"password", secret}};
}

} // namespace

std::string helper_in(const json& config, const std::string& registry) {
    const auto& own = entry_for(child(config, "credHelpers"), registry);
    return own.is_string() ? own.get<std::string>() : text_at(config, "credsStore");
}

json credentials_in(const json& config, const std::string& registry) {
    const auto& entry = entry_for(child(config, "auths"), registry);
    auto user = text_at(entry, "username");
    auto password = text_at(entry, "password");
    const auto both = from_base64(text_at(entry, "auth")).value_or("");
    if (const auto colon = both.find(':'); colon != std::string::npos) {
        user = both.substr(0, colon);
        password = both.substr(colon + 1);
        // Some clients pad with zero bytes.
        password.erase(std::min(password.find('\0'), password.size()));
    }
    const auto token = text_at(entry, "identitytoken");
    if (!token.empty()) return {{"identitytoken", token}};
    if (user.empty()) return nullptr;
    return {{"username", user}, {"password", password}};
}

task<result<std::string>> registry_auth(std::string config_path, std::string registry) {
    auto config = read_config(config_path);
    if (!config) co_return config.error();
    const auto helper = helper_in(*config, registry);
    json found;
    if (!helper.empty()) {
        auto answer = co_await ask_helper(helper, registry);
        if (!answer) co_return answer.error();
        found = *std::move(answer);
    }
    if (found.is_null()) found = credentials_in(*config, registry);
    if (found.is_null()) co_return std::string();
    found["serveraddress"] = server_name(registry);
    co_return base64url(printed(found));
}

} // namespace alcedo::docker
