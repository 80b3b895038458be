// The model checker: every state of small worlds, breadth first, over the shipped planner.
//
//   model [--worlds ci|all|NAME-PART] [--limit STATES] [--total STATES] [--jobs N] [--steps]
//         [--check-codec] [--list]
//   model --replay FILE
//   model --mutants [--only NUMBER] [--limit STATES]

#include "explorer.hpp"
#include "mutants.hpp"
#include "transcript.hpp"

#include "reconcilers/blue_green/make_plan.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

#include <sys/resource.h>

using namespace alcedo;
using namespace alcedo::checker;

namespace {

struct options {
    std::string worlds = "ci";
    std::string replay;
    limits how;
    std::size_t total = 0; ///< of all worlds together; the later ones get what is left
    unsigned jobs = 2;
    bool steps = false;
    bool list = false;
    bool mutants = false;
    int only = 0; ///< one mutant
};

int usage() {
    std::cerr << "usage: model [--worlds ci|all|PART OF A NAME] [--limit STATES] [--total STATES]\n"
                 "             [--jobs N] [--steps] [--check-codec] [--list]\n"
                 "       model --replay FILE\n"
                 "       model --mutants [--only NUMBER] [--limit STATES] [--jobs N]\n";
    return 64;
}

bool read(int argc, char** argv, options& o) {
    for (int i = 1; i < argc; ++i) {
        const std::string arg = argv[i];
        const bool has_value = i + 1 < argc;
        if (arg == "--check-codec") {
            o.how.check_codec = true;
        } else if (arg == "--mutants") {
            o.mutants = true;
        } else if (arg == "--only" && has_value) {
            o.only = std::atoi(argv[++i]);
        } else if (arg == "--steps") {
            o.steps = true;
        } else if (arg == "--list") {
            o.list = true;
        } else if (arg == "--worlds" && has_value) {
            o.worlds = argv[++i];
        } else if (arg == "--limit" && has_value) {
            o.how.states = std::strtoull(argv[++i], nullptr, 10);
        } else if (arg == "--total" && has_value) {
            o.total = std::strtoull(argv[++i], nullptr, 10);
        } else if (arg == "--jobs" && has_value) {
            o.jobs = static_cast<unsigned>(std::strtoul(argv[++i], nullptr, 10));
        } else if (arg == "--replay" && has_value) {
            o.replay = argv[++i];
        } else {
            return false;
        }
    }
    return true;
}

std::vector<world_kind> chosen(const std::string& which) {
    std::vector<world_kind> some;
    for (const auto& w : all_worlds())
        if (which == "all" || (which == "ci" && w.in_ci) ||
            (which != "ci" && w.name.find(which) != std::string::npos))
            some.push_back(w);
    return some;
}

void print_row(const report& r) {
    std::printf("%-44s %10zu %11zu %10zu %7.1f %6.0f  %zu / %zu / %zu%s\n", r.world.c_str(),
                r.states, r.edges, r.inputs, r.seconds, r.megabytes, r.broken.size(),
                r.wedged.size(), r.livelocks.size(), r.complete ? "" : "  (cut off)");
    std::fflush(stdout);
}

void print_findings(const world_kind& w, const report& r) {
    for (const auto* list : {&r.broken, &r.wedged, &r.livelocks})
        for (const auto& f : *list) {
            std::cout << "\n--- " << f.what << ", " << f.path.size() << " steps\n";
            print_transcript(std::cout, w, make_plan, f.path);
            std::cout.flush();
        }
}

int run_replay(const std::string& file) {
    std::ifstream in(file);
    const auto r = replay(in, make_plan);
    if (!r.found_world) {
        std::cerr << file << ": no world of that name: \"" << r.world << "\"; model --list\n";
        return 65;
    }
    std::cout << r.done << " steps";
    if (r.skipped > 0) std::cout << ", " << r.skipped << " that are not possible any more";
    if (!r.broken.empty()) std::cout << "; broken: " << r.broken;
    if (!r.rest.empty()) std::cout << "; comes to rest: " << r.rest;
    std::cout << "\n";
    return r.broken.empty() && r.is_good ? 0 : 1;
}

/// Hands out the states of `--total`: an equal share of what is left to each world that is left.
class ration {
public:
    ration(const options& o, std::size_t worlds)
        : each_(o.how.states), left_(o.total), worlds_(worlds) {}

    std::size_t take() {
        if (left_ == 0 && !is_shared_) return each_;
        is_shared_ = true;
        const auto share = std::min(each_, left_ / std::max<std::size_t>(worlds_--, 1) + 1);
        left_ -= std::min(left_, share);
        return share;
    }
    void give_back(std::size_t taken, std::size_t used) {
        if (is_shared_ && used < taken) left_ += taken - used;
    }

private:
    std::size_t each_, left_, worlds_;
    bool is_shared_ = false;
};

std::vector<report> explore_all(const std::vector<world_kind>& worlds, const options& o) {
    std::vector<report> reports(worlds.size());
    ration states(o, worlds.size());
    std::size_t next = 0;
    std::mutex shared;
    const auto work = [&] {
        std::unique_lock hold(shared);
        while (next < worlds.size()) {
            const auto i = next++;
            auto how = o.how;
            how.states = states.take();
            hold.unlock();
            auto r = explore(worlds[i], make_plan, how);
            hold.lock();
            states.give_back(how.states, r.states);
            print_row(r);
            print_findings(worlds[i], r);
            reports[i] = std::move(r);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned j = 1; j < o.jobs; ++j)
        threads.emplace_back(work);
    work();
    for (auto& t : threads)
        t.join();
    return reports;
}

void print_sum(const report& sum, std::size_t worlds, double took) {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    std::printf(
        "\n%zu worlds, %zu states, %zu edges, %zu distinct planner inputs, %.1f s, %ld MB\n",
        worlds, sum.states, sum.edges, sum.inputs, took, used.ru_maxrss / 1024);
    for (const auto& [end, n] : sum.ends)
        std::printf("  at rest: %s (%zu)\n", end.c_str(), n);
}

void print_steps(const report& sum) {
    std::printf("\nsteps taken:\n");
    for (const auto& [what, n] : sum.steps.rows())
        std::printf("%14" PRIu64 "  %s\n", n, what.c_str());
    std::printf("\nrows of the table, by the distinct inputs that they decided:\n");
    for (const auto& [row, n] : sum.rows)
        std::printf("%14zu  %s\n", n, row.c_str());
}

int run_worlds(const options& o) {
    const auto worlds = chosen(o.worlds);
    if (worlds.empty()) return usage();
    std::printf("%-44s %10s %11s %10s %7s %6s  broken / wedged / livelock\n", "world", "states",
                "edges", "inputs", "s", "MB");
    const auto began = std::chrono::steady_clock::now();
    const auto reports = explore_all(worlds, o);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    report sum;
    bool passed = true;
    for (const auto& r : reports) {
        sum.states += r.states;
        sum.edges += r.edges;
        sum.inputs += r.inputs;
        sum.steps.add(r.steps);
        for (const auto& [end, n] : r.ends)
            sum.ends[end] += n;
        for (const auto& [row, n] : r.rows)
            sum.rows[row] += n;
        passed = passed && r.passed();
    }
    print_sum(sum, worlds.size(), took.count());
    if (o.steps) print_steps(sum);
    if (o.worlds != "ci" && o.worlds != "all") return passed ? 0 : 1;
    for (const auto& kind : sum.steps.never_taken()) {
        std::printf("never taken: %s\n", kind.c_str());
        passed = false;
    }
    for (const auto& row : silent_rows(sum.rows)) {
        std::printf("no state came to row %s\n", row.c_str());
        passed = passed && o.worlds != "all";
    }
    return passed ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    options o;
    if (!read(argc, argv, o)) return usage();
    if (o.list) {
        for (const auto& w : all_worlds())
            std::cout << (w.in_ci ? "ci   " : "     ") << w.name << "\n";
        return 0;
    }
    if (o.mutants) return run_mutants(o.how.states, o.jobs, o.only) ? 0 : 1;
    return o.replay.empty() ? run_worlds(o) : run_replay(o.replay);
}
