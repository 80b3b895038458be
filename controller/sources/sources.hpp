#pragma once
// Kinds of sources: a directory, a branch of a Git repository. `parse_source` reads what stands
// behind --source, `make_source` opens nothing yet: a source that is not there answers
// SourceUnreadable when it is read, and may come back.

#include "controller/ports/clock.hpp"
#include "controller/ports/source.hpp"

#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <memory>
#include <string>

namespace alcedo {

struct source_settings {
    enum class kind { directory, git };
    kind is = kind::directory;
    std::string given;       ///< the text of --source, without credentials
    bool prune = false;      ///< ?prune=true
    std::string path;        ///< directory: absolute, no trailing slash
    std::string url;         ///< git: what git is called with, without credentials
    std::string credentials; ///< git over HTTP: "user:password" of the URL; never shown
    std::string subdir;      ///< git: folder inside the repository, "" = its root
    std::string ref;         ///< git: branch, or a full "refs/…"; "" = the remote's HEAD
    milliseconds every{0};   ///< git: poll interval; 0 = 30 s, 2 s for a repository on this host
    bool local = false;      ///< git: a path or file://
    bool operator==(const source_settings&) const = default;
};
std::string to_string(const source_settings&); ///< `given`

/// `dir:PATH[?prune=true]`, `git+URL[//subdir][?ref=BRANCH&every=30s&prune=true]`; values of the
/// query may be %-encoded. A relative directory is taken from the working directory. All errors
/// are `invalid` and say what to write instead. Plain HTTP is refused but for this host, and so
/// are refs and paths that git could take for an option or that lead out of the repository.
result<source_settings> parse_source(const std::string& text);

struct source_tools {
    clock_source& clock;
    boost::asio::thread_pool& pool; ///< for blocking reads; outlives the source
    std::string state_dir;          ///< clones live in STATE/git, 0700
    milliseconds resync{30000};     ///< a directory is read again that often without any event
};

std::unique_ptr<manifest_source> make_source(source_settings, source_tools);
std::unique_ptr<manifest_source> make_directory_source(source_settings, source_tools);
std::unique_ptr<manifest_source> make_git_source(source_settings, source_tools);

/// An absolute path of this host, ≤ 1 MiB: `gone` if absent, `invalid` if it is no readable
/// regular file of that size.
task<result<std::string>> read_host_file(boost::asio::thread_pool& pool, std::string path);

/// The same for env files of manifests: `wait` until the file has not changed for 1 s, counted
/// from when this reader first saw it.
std::function<task<result<std::string>>(std::string)> make_host_reader(source_tools);

} // namespace alcedo
