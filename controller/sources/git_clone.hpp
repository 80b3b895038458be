#pragma once
// A bare clone of one branch under STATE/git, and the git commands that keep it. The git program
// only: argv without a shell, no hooks, no work tree, no prompt, and none of the host's Git
// configuration. Not decided here: when to poll and what a manifest is.
//
// The last 256 commits are fetched, not all of them: `contains` needs ancestry, but a clone that
// must be whole before the first read would keep a large repository from ever being read.
//
// Credentials are those of the daemon's user in their standard places: ~/.ssh (keys, known_hosts,
// config; an agent by SSH_AUTH_SOCK) and ~/.netrc; or user and password of the URL, which go into
// a file of mode 0600 and never into an argv.

#include "controller/net/process.hpp"
#include "controller/ports/task.hpp"
#include "controller/sources/git_output.hpp"
#include "controller/sources/sources.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alcedo {

struct git_commit {
    std::string author;
    std::string subject;
};

class git_clone {
public:
    git_clone(source_settings settings, const std::string& state_dir);

    /// Asks the remote where the branch stands; writes nothing.
    task<result<git_head>> remote_head();
    /// Makes sure that the commit is here; answers the commit that is now the head here (a newer
    /// one if the branch moved meanwhile).
    task<result<std::string>> fetch(git_head head);

    task<result<git_commit>> describe(std::string commit);
    /// Names of regular files and links directly in a folder ("" = root); no names, no folder.
    task<result<std::vector<std::string>>> list(std::string commit, std::string folder);
    /// By path in the repository, links followed inside the commit; ≤ 1 MiB each.
    task<result<std::map<std::string, git_file>>> files(std::string commit,
                                                        std::vector<std::string> paths);
    /// Is `commit` (also abbreviated) `head` or an ancestor of it, among the commits here?
    task<result<bool>> contains(std::string head, std::string commit);

    /// How a read went after the remote had answered. The clone is a cache: after three failures
    /// in a row it is thrown away and made anew.
    void went(bool well);

private:
    task<result<void>> prepare();
    task<result<net::finished>> git(std::vector<std::string> arguments, std::string input,
                                    milliseconds deadline);
    task<result<std::string>> here();

    source_settings settings_;
    std::string folder_; ///< STATE/git/<name>
    std::vector<std::string> environment_;
    bool prepared_ = false;
    int failures_ = 0;
};

} // namespace alcedo
