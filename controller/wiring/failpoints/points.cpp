#include "controller/ports/failpoint.hpp"
#include "controller/wiring/failpoints/failpoints.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <unistd.h>

namespace alcedo {

namespace {

struct board {
    std::mutex guard; // the document's points are reached on a thread of its own
    std::string folder;
    std::string plan;
    std::map<std::string, int> reached;
};

board& the_board() {
    static board one;
    return one;
}

enum class order { pass, kill, hold };

/// What the plan says of this point. Reads the plan anew: it may have been written a moment ago.
order note(board& all, const std::string& name, std::string& numbered) {
    std::ifstream plan(all.folder + "/plan");
    std::string word;
    if (std::getline(plan, word) && word != all.plan) {
        all.plan = word;
        all.reached.clear();
    }
    numbered = name + "#" + std::to_string(++all.reached[name]);
    std::ofstream(all.folder + "/reached", std::ios::app) << numbered << "\n";
    auto said = order::pass;
    for (std::string line; std::getline(plan, line);) {
        if (line == "kill " + numbered) said = order::kill;
        if (line == "hold " + numbered) said = order::hold;
    }
    if (said != order::pass) ::unlink((all.folder + "/plan").c_str());
    return said;
}

void wait_for_release(const std::string& folder, const std::string& numbered) {
    std::ofstream(folder + "/held.new") << numbered << "\n";
    ::rename((folder + "/held.new").c_str(), (folder + "/held").c_str());
    const int fd = ::open((folder + "/release").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) ::close(fd);
    ::unlink((folder + "/held").c_str());
}

void reach(const std::string& name) {
    auto& all = the_board();
    std::string numbered;
    auto said = order::pass;
    {
        const std::scoped_lock lock(all.guard);
        said = note(all, name, numbered);
    }
    if (said == order::kill) ::kill(::getpid(), SIGKILL);
    if (said == order::hold) wait_for_release(all.folder, numbered);
}

} // namespace

bool open_failpoints() {
    const char* folder = std::getenv("ALCEDO_FAILPOINTS");
    if (!folder || !*folder) return false;
    the_board().folder = folder;
    on_failpoint = reach;
    return true;
}

} // namespace alcedo
