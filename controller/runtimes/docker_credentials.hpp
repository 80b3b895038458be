#pragma once
// Who we are to a registry, out of the Docker client's own config.json: credHelpers, credsStore,
// auths. Read afresh at each pull; what is found is never logged, printed or kept.

#include "controller/ports/task.hpp"
#include "controller/runtimes/docker_text.hpp"

#include <string>

namespace alcedo::docker {

/// Value of X-Registry-Auth for that registry ("docker.io", "ghcr.io", "127.0.0.1:5000"); empty if
/// there are no credentials (or no file). `retry`/ImagePullFailing if the file cannot be read or a
/// credential helper fails: the next pull may find it mended.
task<result<std::string>> registry_auth(std::string config_path, std::string registry);

/// Pure parts, for the tests: the entry of `auths` for a registry, and the program that keeps it.
json credentials_in(const json& config, const std::string& registry);
std::string helper_in(const json& config, const std::string& registry);

} // namespace alcedo::docker
