// What a pass with nothing to do costs: the shipped engine at rest with N apps, every list of
// containers answered from memory as it was answered before. Prints one JSON object a line.
//
//   bench_passes N...
#include "reconcilers/blue_green/invariants.hpp"
#include "reconcilers/blue_green/make_plan.hpp"
#include "tests/support/sim_world.hpp"

#include <ctime>

#include <cstdio>
#include <cstdlib>

using namespace alcedo;

namespace {

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string manifest_of(const std::string& app) {
    auto text = sim::web("blue", "demo:1", "demo:1");
    text.replace(text.find("{name: shop}"), 12, "{name: " + app + "}");
    text.replace(text.find("shop.test"), 9, app + ".test");
    return text;
}

std::unique_ptr<sim::world> at_rest(int apps) {
    auto w = std::make_unique<sim::world>();
    w->docker.images = {{"demo:1", {}}};
    for (int i = 0; i < apps; ++i) {
        const auto app = "app" + std::to_string(i);
        w->repo.files[app + ".yaml"] = manifest_of(app);
    }
    w->commit("app0.yaml", manifest_of("app0"));
    w->boot();
    const milliseconds step{60000};
    for (int minutes = 0; minutes < 60; ++minutes) {
        w->run(step);
        const auto& known = w->machine().passes().apps();
        const auto is_idle = [](const auto& one) {
            return one.second->stored.content.now_in == phase::idle;
        };
        if (known.size() == static_cast<std::size_t>(apps) &&
            std::all_of(known.begin(), known.end(), is_idle))
            return w;
    }
    std::fprintf(stderr, "%d apps: not at rest within an hour\n", apps);
    std::exit(1);
}

/// Seconds of planning for all apps once: make_plan and the invariants, as a pass calls them.
double planning(const sim::world& w) {
    const auto now = w.clock.now();
    const auto began = cpu_seconds();
    for (const auto& [app, memory] : w.machine().passes().apps()) {
        const auto* entry = w.machine().specs().find(app);
        const auto* desired = entry && entry->desired ? &*entry->desired : nullptr;
        const auto& before = memory->stored.content;
        const auto decided = make_plan(desired, memory->seen, before, now);
        if (!check_plan(desired, memory->seen, before, decided, now).empty()) std::abort();
    }
    return cpu_seconds() - began;
}

void measure(int apps) {
    const auto w = at_rest(apps);
    for (const auto& [app, memory] : w->machine().passes().apps())
        w->docker.recorded[app] = memory->containers;
    const int rounds = std::max(3, 3000 / apps);
    double least = planning(*w);
    double all = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto took = planning(*w);
        least = std::min(least, took);
        all += took;
    }
    const milliseconds resyncs{5 * 30000};
    const int passes = w->events.passes;
    const auto mutations = w->docker.mutations;
    const auto began = cpu_seconds();
    w->run(resyncs);
    const auto took = cpu_seconds() - began;
    const int done = w->events.passes - passes;
    if (w->docker.mutations != mutations) std::abort(); // then it was no rest
    const double us = 1e6;
    std::printf("{\"apps\": %d, \"planning_us\": %.2f, \"planning_us_least\": %.2f, "
                "\"pass_us\": %.1f, \"passes\": %d}\n",
                apps, all / rounds / apps * us, least / apps * us, took / done * us, done);
    std::fflush(stdout);
}

} // namespace

int main(int count, char** arguments) {
    for (int i = 1; i < count; ++i)
        measure(std::atoi(arguments[i]));
    return count > 1 ? 0 : 64;
}
