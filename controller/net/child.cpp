#include "controller/net/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alcedo::net {

namespace {

error not_spawned(const command& what, const std::string& step, int number) {
    const auto program = what.argv.empty() ? std::string("nothing") : what.argv.front();
    return error(next_step::retry, "spawn", "run " + program + ": " + step + std::strerror(number));
}

/// Both ends, or the number of the error.
struct pipe_ends {
    descriptor read;
    descriptor write;
};

std::optional<pipe_ends> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    return pipe_ends{descriptor(ends[0]), descriptor(ends[1])};
}

/// A file in memory: a program that never reads its input can neither block nor signal us.
descriptor input_file(const std::string& text) {
    if (text.empty()) return descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    descriptor file(::memfd_create("input", MFD_CLOEXEC));
    std::string_view rest = text;
    while (file.get() >= 0 && !rest.empty()) {
        const auto written = ::write(file.get(), rest.data(), rest.size());
        if (written < 0) return descriptor();
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (file.get() >= 0) ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

/// Frees what posix_spawn wants initialised.
struct spawn_plan {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;

    spawn_plan() {
        ::posix_spawnattr_init(&attributes);
        ::posix_spawn_file_actions_init(&files);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
    }
    ~spawn_plan() {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&attributes);
    }
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

} // namespace

void descriptor::close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

child::~child() {
    if (id_ < 0) return;
    kill_group();
    reap();
}

result<void> child::start(const command& what) {
    if (what.argv.empty()) return not_spawned(what, "", EINVAL);
    auto output = make_pipe();
    auto errors = make_pipe();
    const auto input = input_file(what.input);
    if (!output || !errors || input.get() < 0) return not_spawned(what, "pipes: ", errno);

    spawn_plan plan;
    ::posix_spawn_file_actions_adddup2(&plan.files, input.get(), 0);
    ::posix_spawn_file_actions_adddup2(&plan.files, output->write.get(), 1);
    ::posix_spawn_file_actions_adddup2(&plan.files, errors->write.get(), 2);
    if (!what.directory.empty())
        ::posix_spawn_file_actions_addchdir_np(&plan.files, what.directory.c_str());
    // Asio opens its sockets without CLOEXEC.
    ::posix_spawn_file_actions_addclosefrom_np(&plan.files, 3);
    auto arguments = what.argv;
    auto environment = what.environment;
    const auto argv = pointers(arguments);
    const auto envp = pointers(environment);
    pid_t id = -1;
    const int problem =
        ::posix_spawnp(&id, argv[0], &plan.files, &plan.attributes, argv.data(), envp.data());
    const auto place = what.directory.empty() ? "" : "in " + what.directory + ": ";
    if (problem != 0) return not_spawned(what, place, problem);
    id_ = id;
    out = std::move(output->read);
    err = std::move(errors->read);
    ended = descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
    if (ended.get() < 0) return not_spawned(what, "pidfd: ", errno);
    return {};
}

void child::kill_group() {
    if (id_ > 0) ::kill(-id_, SIGKILL);
}

int child::reap() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace alcedo::net
