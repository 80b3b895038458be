#include "controller/wiring/daemon.hpp"

#include "controller/api/control_api.hpp"
#include "controller/api/observer_api.hpp"
#include "controller/engine/spawn.hpp"
#include "controller/net/http_server.hpp"
#include "controller/stores/lock.hpp"
#include "controller/stores/trouble.hpp"
#include "controller/wiring/assemble.hpp"
#include "controller/wiring/preflight.hpp"
#include "controller/wiring/start_memory.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace alcedo {

namespace {

constexpr int usage_error = 64;
constexpr int start_failed = 1;
constexpr int locked = 75;
constexpr milliseconds preflight_pause{2000};
constexpr milliseconds young_pause{200};
constexpr milliseconds answering_limit{500}; // with the machine's 9 s, below 10
constexpr milliseconds answering_poll{10};

struct locks {
    std::unique_ptr<file_lock> state;
    std::unique_ptr<file_lock> traffic;
};

int complain(int code, const std::string& what) {
    std::fprintf(stderr, "alcedo: %s\n", what.c_str());
    return code;
}

/// Why not, if it could not be made; "" else.
std::string make_folder(const std::string& path, mode_t mode) {
    std::error_code failure;
    std::filesystem::create_directories(path, failure);
    if (failure) return trouble_of(path, failure.value());
    struct stat is{};
    const bool right = ::stat(path.c_str(), &is) == 0 && (is.st_mode & 07777) == mode;
    return right || ::chmod(path.c_str(), mode) == 0 ? "" : trouble_of(path, errno);
}

/// Tested before anything else is looked at: whoever has the lock is the answer to every question.
int take_locks(const settings& chosen, locks& held) {
    if (const auto why = make_folder(chosen.state_dir, 0700); !why.empty())
        return complain(start_failed, "--state-dir: " + why + ", or name another folder");
    const auto what = "instance " + chosen.instance;
    auto state = single_writer_lock(chosen.state_dir + "/lock", what);
    if (!state)
        return complain(state.error().next == next_step::conflict ? locked : start_failed,
                        state.error().message);
    held.state = std::move(*state);
    if (chosen.traefik_dir.empty() || chosen.traefik_provider == "http") return 0;
    const auto staging = chosen.traefik_dir + "/staging";
    if (const auto why = make_folder(staging, 0700); !why.empty())
        return complain(start_failed, "--traefik-dir: " + why);
    auto traffic = single_writer_lock(staging + "/.lock", what);
    if (!traffic)
        return complain(traffic.error().next == next_step::conflict ? locked : start_failed,
                        traffic.error().message);
    held.traffic = std::move(*traffic);
    return 0;
}

task<void> watch_signals(house* h, std::vector<net::http_server*> servers) {
    boost::asio::signal_set signals(h->io, SIGTERM, SIGINT);
    co_await signals.async_wait(boost::asio::use_awaitable);
    h->manager->stopping();
    h->manager->status("stopping: finishing the calls under way");
    h->events->emit(
        happened{severity::info, "", "Stopping", "finishing the calls under way", json::object()});
    for (auto* server : servers)
        server->stop();
    if (h->polls) h->polls->stop();
    h->machine->stop();
}

/// What a point says, without how often or for how long.
std::string gist_of(const readiness_point& point) {
    auto gist = point.ok ? std::string("ok") : point.message + point.fix;
    std::erase_if(gist, [](char c) { return c >= '0' && c <= '9'; });
    return gist;
}

void say(house& h, const readiness_point& point) {
    if (h.chosen.log_format != "json") {
        std::fprintf(stderr, "%s\n", to_line(point).c_str());
        return;
    }
    json fields{{"point", point.name}, {"ok", point.ok}};
    if (!point.ok) fields["fix"] = point.fix;
    h.events->emit(happened{point.ok ? severity::info : severity::warning, "", "PreFlight",
                            point.name + ": " + point.message, fields});
}

/// Says a point when it begins or ceases to hold, or fails in another way. What is merely not there
/// yet is not called failed.
void say_changes(house& h, bool is_young, std::map<std::string, std::string>& said) {
    for (const auto& point : h.office->points()) {
        const auto gist = gist_of(point);
        if ((!point.ok && is_young) || said[point.name] == gist) continue;
        say(h, point);
        said[point.name] = gist;
    }
}

const readiness_point* placement_in(const std::vector<readiness_point>& points) {
    const auto at = std::find_if(points.begin(), points.end(),
                                 [](const readiness_point& p) { return p.name == placement; });
    return at == points.end() ? nullptr : &*at;
}

std::string status_line(house& h, const readiness_changed& state) {
    const auto apps = h.machine->passes().apps().size();
    const auto count = std::to_string(apps) + (apps == 1 ? " app; " : " apps; ");
    return count + (state.ready ? "ready" : "not ready: " + state.why);
}

/// Repeated until every point holds, then at each resync: what was right may break. `code` is set,
/// and the daemon ends, only if the first look at where Traefik runs finds it outside the network.
task<void> preflight_loop(house* h, int* code) {
    const auto born = h->clock->now().boot;
    std::map<std::string, std::string> said;
    std::string before = "unknown";
    bool placed = false;
    int times_ready = 0;
    for (;;) {
        auto* proxy = has_proxy(h->chosen) ? h->proxy.get() : nullptr;
        const auto* polls = h->polls.get();
        auto found = co_await run_preflight(h->chosen, *h->docker, proxy, polls, *h->networks);
        h->points = std::move(found);
        const bool is_young = h->clock->now().boot - born < h->chosen.traefik_deadline;
        say_changes(*h, is_young, said);
        const auto* place = placement_in(h->points);
        if (place && !place->ok && !placed) {
            *code = complain(start_failed, place->message + "; " + place->fix);
            h->machine->stop();
            co_return;
        }
        placed = placed || place;
        const auto state = h->office->ready();
        readiness_changed ready;
        ready.ready = state["ready"].get<bool>();
        ready.why = api::first_failing(state);
        h->manager->status(status_line(*h, ready));
        const auto now = ready.ready ? "ready" : ready.why;
        if (now != before && !(is_young && !ready.ready)) {
            h->events->emit(ready);
            before = now;
        }
        // The second time: what came with the first has been done by then.
        if (ready.ready && ++times_ready == 2) give_back_start();
        const auto pause = ready.ready ? h->chosen.resync
                           : is_young  ? young_pause
                                       : preflight_pause;
        co_await h->clock->sleep_for(pause);
    }
}

/// A wish may be in the record already: whoever expressed it hears so.
task<void> last_answers(const house* h, const net::http_server* control) {
    for (auto left = answering_limit; control->is_changing() && left > milliseconds{0};
         left -= answering_poll)
        co_await h->clock->sleep_for(answering_poll);
}

task<void> live(house* h, const net::http_server* control, int* code) {
    const auto loaded = co_await h->machine->load();
    if (!loaded) {
        *code = complain(start_failed, loaded.error().message);
    } else {
        co_await h->machine->run();
    }
    co_await last_answers(h, control);
    h->io.stop();
}

std::map<std::string, std::string> manager_environment() {
    std::map<std::string, std::string> out;
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
        if (const char* value = std::getenv(name)) out[name] = value;
    return out;
}

/// A bridge that is not up yet is waited for; what will never work ends the start.
int open_polls(house& h) {
    if (!h.polls) return 0;
    const auto opened = h.polls->open();
    if (opened || opened.error().next == next_step::retry) return 0;
    return complain(start_failed, "--traefik-http-listen: " + opened.error().message);
}

int serve(house& h) {
    int code = 0;
    const auto socket_folder = std::filesystem::path(h.chosen.socket).parent_path().string();
    std::error_code ignored;
    if (!socket_folder.empty()) std::filesystem::create_directories(socket_folder, ignored);
    auto executor = h.io.get_executor();
    auto local = net::make_http_server(executor, "unix://" + h.chosen.socket,
                                       api::make_control_handler(*h.office));
    if (!local) return complain(start_failed, "--socket: " + local.error().message);
    auto open = net::make_http_server(
        executor, h.chosen.listen,
        api::make_observer_handler(*h.office, [&h] { return h.metrics->exposition(); }));
    if (!open) return complain(start_failed, "--listen: " + open.error().message);
    if (const int refused = open_polls(h); refused != 0) return refused;
    std::vector<net::http_server*> servers{local->get(), open->get()};
    spawn(executor, (*local)->run(), "control api");
    spawn(executor, (*open)->run(), "observer api");
    if (h.polls) spawn(executor, h.polls->run(), "polls");
    spawn(executor, watch_signals(&h, servers), "signals");
    spawn(executor, preflight_loop(&h, &code), "pre-flight");
    spawn(executor, live(&h, local->get(), &code), "engine");
    h.io.run();
    return code;
}

} // namespace

int run_daemon(const settings& chosen) {
    std::signal(SIGPIPE, SIG_IGN);
    net::service_manager manager(manager_environment(), ::getpid());
    locks held;
    if (const int refused = take_locks(chosen, held); refused != 0) return refused;
    auto problems = cross_check(chosen);
    if (auto wrong = check_watchdog(chosen, manager.watchdog())) problems.push_back(*wrong);
    for (const auto& problem : problems)
        complain(usage_error, problem);
    if (!problems.empty()) return usage_error;
    auto made = assemble(chosen, manager);
    if (!made) {
        const bool usage = made.error().next == next_step::invalid && made.error().reason.empty();
        return complain(usage ? usage_error : start_failed, to_string(made.error()));
    }
    auto& h = **made;
    set_spawn_failure([&h](std::string what) {
        h.events->emit(happened{severity::error, "", "Bug", what, json::object()});
    });
    return serve(h);
}

} // namespace alcedo
