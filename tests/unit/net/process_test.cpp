#include "controller/net/process.hpp"

#include "support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace alcedo;
using namespace alcedo::net;
using namespace alcedo::net::testing;

namespace {

command shell(const std::string& script) {
    command out;
    out.argv = {"sh", "-c", script};
    out.environment = {"PATH=/usr/bin:/bin", "COLOR=blue"};
    out.deadline = seconds(20);
    return out;
}

result<finished> run_now(command what) {
    asio::io_context io(1);
    return run(io, run_process(std::move(what)));
}

finished run_shell(const std::string& script) {
    auto answer = run_now(shell(script));
    REQUIRE(answer.has_value());
    return *answer;
}

bool is_alive(pid_t id) {
    if (::kill(id, 0) != 0) return false;
    std::string state;
    std::ifstream("/proc/" + std::to_string(id) + "/stat") >> state >> state >> state;
    return state != "Z" && !state.empty();
}

/// A killed process that is not our child goes when the kernel gets to it.
bool is_gone_soon(pid_t id) {
    for (int i = 0; i < 100 && is_alive(id); ++i)
        ::usleep(10000);
    return !is_alive(id);
}

bool has_no_child() {
    return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

} // namespace

TEST_CASE("a program ends with its code and both outputs") {
    const auto plain = run_shell("echo out; echo err >&2; exit 3");
    CHECK(plain.exit_code == 3);
    CHECK(plain.out == "out\n");
    CHECK(plain.err == "err\n");
    CHECK_FALSE(plain.truncated);
    CHECK(run_shell("kill -9 $$").exit_code == 137);
    CHECK(run_shell("exit 0").exit_code == 0);
    CHECK(has_no_child());
}

TEST_CASE("it gets what it was given and nothing else") {
    ::setenv("ALCEDO_SECRET", "x", 1);
    CHECK(run_shell("echo $COLOR-$ALCEDO_SECRET").out == "blue-\n");
    ::unsetenv("ALCEDO_SECRET");

    temporary_folder folder;
    auto there = shell("pwd");
    there.directory = folder / "";
    there.directory.pop_back();
    CHECK(run_now(there)->out == there.directory + "\n");

    command words;
    words.argv = {"printf", "%s|", "a b", "$(id)", "*"};
    CHECK(run_now(words)->out == "a b|$(id)|*|");
}

TEST_CASE("it inherits no descriptor, no blocked and no ignored signal") {
    const int leaked = ::dup(0); // as Asio's sockets: without CLOEXEC
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    const auto old = std::signal(SIGPIPE, SIG_IGN);
    const auto there = "/proc/self/fd/" + std::to_string(leaked);
    const auto leak = run_shell("test -e " + there + " && echo leaked");
    // Not by a shell: it blocks signals while it starts a program.
    command sed;
    sed.argv = {"sed", "-n", "s/^Sig[BI][lg][kn]:.//p", "/proc/self/status"};
    const auto seen = run_now(sed);
    std::signal(SIGPIPE, old);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::close(leaked);
    CHECK(leak.out.empty());
    REQUIRE(seen.has_value());
    std::istringstream answer(seen->out);
    std::uint64_t blocked_there = 1;
    std::uint64_t ignored_there = 1;
    answer >> std::hex >> blocked_there >> ignored_there;
    REQUIRE_FALSE(answer.fail());
    CHECK(blocked_there == 0);
    CHECK((ignored_there & 0x7fffffff) == 0); // above: 32 and 33, which are glibc's own
}

TEST_CASE("input is given whole, and need not be read") {
    auto reader = shell("wc -c; readlink /proc/self/fd/0 >/dev/null");
    reader.input = std::string(1u << 20, 'x');
    CHECK(run_now(reader)->out == "1048576\n");
    auto idler = shell("exec 0<&-; echo done");
    idler.input = std::string(1u << 20, 'x');
    CHECK(run_now(idler)->out == "done\n");
    CHECK(run_shell("cat | wc -c").out == "0\n");
}

TEST_CASE("output is bounded, and a program that says too much does not block") {
    auto loud = shell("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; echo end >&2");
    loud.output_limit = 1000;
    const auto answer = run_now(loud);
    REQUIRE(answer.has_value());
    CHECK(answer->exit_code == 0);
    CHECK(answer->out.size() == 1000);
    CHECK(answer->err.size() == 1000);
    CHECK(answer->truncated);
}

TEST_CASE("after the deadline the whole group is killed") {
    temporary_folder folder;
    const auto note = folder / "pid";
    auto slow = shell("echo trouble >&2; sleep 60 & echo $! > " + note + "; wait");
    slow.deadline = milliseconds(150);
    const auto start = std::chrono::steady_clock::now();
    const auto answer = run_now(slow);
    REQUIRE_FALSE(answer.has_value());
    CHECK(since(start) < milliseconds(2000));
    CHECK(answer.error().next == next_step::retry);
    CHECK(answer.error().reason == "timeout");
    CHECK(answer.error().message == "run sh: not finished within 150ms: trouble");
    pid_t sleeper = 0;
    std::ifstream(note) >> sleeper;
    REQUIRE(sleeper > 0);
    CHECK(is_gone_soon(sleeper));
    CHECK(has_no_child());
}

TEST_CASE("a program that closed its outputs is still waited for") {
    const auto answer = run_shell("exec >&- 2>&-; sleep 0.1; exit 7");
    CHECK(answer.exit_code == 7);
}

TEST_CASE("what a program leaves running neither delays the answer for ever nor survives") {
    temporary_folder folder;
    const auto note = folder / "pid";
    const auto start = std::chrono::steady_clock::now();
    const auto answer = run_shell("sleep 60 & echo $! > " + note + "; echo said");
    CHECK(since(start) < milliseconds(3000));
    CHECK(answer.exit_code == 0);
    CHECK(answer.out == "said\n");
    pid_t sleeper = 0;
    std::ifstream(note) >> sleeper;
    REQUIRE(sleeper > 0);
    CHECK(is_gone_soon(sleeper));
}

TEST_CASE("what cannot be started is said") {
    command none;
    none.argv = {"alcedo-no-such-program"};
    auto answer = run_now(none);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().next == next_step::retry);
    CHECK(answer.error().reason == "spawn");
    CHECK(answer.error().message == "run alcedo-no-such-program: No such file or directory");

    auto nowhere = shell("true");
    nowhere.directory = "/alcedo/no/such/directory";
    answer = run_now(nowhere);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().message.find("/alcedo/no/such/directory") != std::string::npos);

    REQUIRE_FALSE(run_now(command()).has_value());
}

TEST_CASE("a cancelled or destroyed run kills its group and leaves no zombie") {
    temporary_folder folder;
    const auto note = folder / "pid";
    {
        asio::io_context io(1);
        asio::cancellation_signal cancel;
        auto work = run_process(shell("echo $$ > " + note + "; sleep 60"));
        auto ended = [](std::exception_ptr, const result<finished>&) {};
        asio::co_spawn(io, std::move(work), asio::bind_cancellation_slot(cancel.slot(), ended));
        io.run_for(milliseconds(100));
        SUBCASE("cancelled") {
            cancel.emit(asio::cancellation_type::terminal);
            io.restart();
            io.run_for(milliseconds(100));
            CHECK(has_no_child());
        }
        SUBCASE("destroyed") {}
    }
    pid_t program = 0;
    std::ifstream(note) >> program;
    REQUIRE(program > 0);
    CHECK(is_gone_soon(program));
    CHECK(has_no_child());
}
