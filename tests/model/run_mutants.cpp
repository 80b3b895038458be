#include "mutants.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace alcedo::checker {

namespace {

const world_kind& world_of(const mutant& m) {
    for (const auto& w : all_worlds())
        if (w.name == m.world) return w;
    throw std::logic_error(std::string("no such world: ") + m.world);
}

/// Broken before wedged before livelock: what is found first is what kills.
const finding* killer(const report& r) {
    for (const auto* list : {&r.broken, &r.wedged, &r.livelocks})
        if (!list->empty()) return &list->front();
    return nullptr;
}

} // namespace

bool run_mutants(std::size_t states_at_most, unsigned jobs, int only) {
    auto all = all_mutants();
    std::erase_if(all, [&](const mutant& m) { return only != 0 && m.number != only; });
    std::atomic<std::size_t> next{0}, survivors{0};
    std::mutex printing;
    std::printf("%3s  %-60s %-30s %5s %9s %6s  %s\n", "", "planted", "world", "steps", "states",
                "s", "killed by");
    const auto work = [&] {
        for (auto i = next++; i < all.size(); i = next++) {
            const auto& m = all[i];
            limits how;
            how.states = states_at_most;
            how.first_only = true;
            how.confirms_by_content = m.confirms_by_content;
            how.judges_plans = m.judges_plans;
            const auto r = explore(world_of(m), m.make, how);
            const auto* by = killer(r);
            if (!by) ++survivors;
            const std::lock_guard hold(printing);
            std::printf("%3d  %-60s %-30s %5zu %9zu %6.1f  %s\n", m.number, m.what, m.world,
                        by ? by->path.size() : 0, r.states, r.seconds,
                        by ? by->what.c_str() : "SURVIVES");
            std::fflush(stdout);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned j = 1; j < jobs; ++j)
        threads.emplace_back(work);
    work();
    for (auto& t : threads)
        t.join();
    std::printf("%zu mutants, %zu survive\n", all.size(), survivors.load());
    return survivors == 0;
}

} // namespace alcedo::checker
