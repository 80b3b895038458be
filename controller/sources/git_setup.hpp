#pragma once
// What git runs with: its folder under STATE, its only configuration file, its environment.
// Blocking, small, and done once per start.

#include "controller/sources/sources.hpp"

#include <string>
#include <vector>

namespace alcedo {

/// STATE/git/<readable>-<hash of URL and ref>
std::string git_folder(const source_settings&, const std::string& state_dir);

/// Exactly what git sees: PATH, HOME of the daemon's user (ssh and netrc look there), proxies, CA
/// files and the ssh agent if they are set, and that nothing may ask or read the host's config.
std::vector<std::string> git_environment(const std::string& folder);

/// Folder (0700) and `config` (0600; with the credentials of the URL).
result<void> write_git_setup(const source_settings&, const std::string& folder);

} // namespace alcedo
