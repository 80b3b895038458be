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

const std::string pattern = "app0"; // the first app, of which the others are copies

std::string manifest_of(const std::string& app) {
    auto text = sim::web("blue", "demo:1", "demo:1");
    text.replace(text.find("{name: shop}"), 12, "{name: " + app + "}");
    text.replace(text.find("shop.test"), 9, app + ".test");
    return text;
}

/// Until that many apps are Idle and nothing was written for a minute.
void settle(sim::world& w, std::size_t apps) {
    const milliseconds step{60000};
    for (int minutes = 0; minutes < 60; ++minutes) {
        const auto writes = w.store.writes + w.proxy.writes;
        w.run(step);
        const auto& known = w.machine().passes().apps();
        const auto is_idle = [](const auto& one) {
            return one.second->stored.content.now_in == phase::idle;
        };
        if (known.size() == apps && std::all_of(known.begin(), known.end(), is_idle) &&
            writes == w.store.writes + w.proxy.writes)
            return;
    }
    std::fprintf(stderr, "%zu apps: not at rest within an hour\n", apps);
    std::exit(1);
}

std::string renamed(std::string text, const std::string& app) {
    for (auto at = text.find(pattern); at != text.npos; at = text.find(pattern, at + app.size()))
        text.replace(at, pattern.size(), app);
    return text;
}

/// What the first app left behind in store, engine and document, once more under that name: the
/// document is one for all, so that as many rollouts would cost the square of it.
void add_like_the_first(sim::world& w, traffic_document& document, const std::string& app) {
    auto row = w.store.rows.at(pattern);
    row.app = app;
    row.content = json::parse(renamed(json(row.content).dump(), app)).get<record>();
    document.fragments[app] = row.content.traffic.content;
    document.promises[app] = row.content.traffic.number;
    w.store.rows[app] = std::move(row);
    w.repo.files[app + ".yaml"] = manifest_of(app);
}

std::unique_ptr<sim::world> at_rest(int apps) {
    auto w = std::make_unique<sim::world>();
    w->docker.images = {{"demo:1", {}}};
    w->commit(pattern + ".yaml", manifest_of(pattern));
    w->boot();
    settle(*w, 1);
    w->crash();
    const auto boxes = w->docker.boxes();
    auto document = w->proxy.on_disk;
    for (int i = 1; i < apps; ++i) {
        const auto app = "app" + std::to_string(i);
        add_like_the_first(*w, document, app);
        for (auto [id, box] : boxes) {
            box.seen.id = id + "-" + app;
            box.seen.name = renamed(box.seen.name, app);
            for (auto& [key, value] : box.seen.labels)
                value = renamed(value, app);
            w->docker.appear(box);
        }
    }
    w->proxy.put(std::move(document));
    w->boot();
    settle(*w, static_cast<std::size_t>(apps));
    return w;
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
