// Tarjan's components without recursion: the graph is as deep as a rollout is long.

#include "explorer.hpp"

#include <algorithm>

namespace alcedo::checker {

namespace {

constexpr std::uint32_t none = UINT32_MAX;

struct components {
    const std::vector<std::uint64_t>& rows;
    const std::vector<std::uint32_t>& targets;
    std::vector<std::uint32_t> index, low, component;
    std::vector<std::uint32_t> stack;
    struct frame {
        std::uint32_t at;
        std::uint64_t next;
    };
    std::vector<frame> calls;
    std::vector<std::uint32_t> found; ///< a member of each component of several states
    std::uint32_t counter = 0, count = 0;

    components(const std::vector<std::uint64_t>& r, const std::vector<std::uint32_t>& t)
        : rows(r), targets(t), index(r.size() - 1, none), low(r.size() - 1, 0),
          component(r.size() - 1, none) {}

    void enter(std::uint32_t v) {
        index[v] = low[v] = counter++;
        stack.push_back(v);
        calls.push_back({v, rows[v]});
    }

    void close(std::uint32_t v) {
        std::vector<std::uint32_t> members;
        std::uint32_t w = none;
        do {
            w = stack.back();
            stack.pop_back();
            component[w] = count;
            members.push_back(w);
        } while (w != v);
        ++count;
        if (members.size() < 2) return;
        found.push_back(*std::min_element(members.begin(), members.end()));
    }

    void run(std::uint32_t root) {
        enter(root);
        while (!calls.empty()) {
            auto& f = calls.back();
            const auto v = f.at;
            if (f.next < rows[v + 1]) {
                const auto w = targets[f.next++];
                if (index[w] == none)
                    enter(w);
                else if (component[w] == none)
                    low[v] = std::min(low[v], index[w]);
                continue;
            }
            calls.pop_back();
            if (!calls.empty()) low[calls.back().at] = std::min(low[calls.back().at], low[v]);
            if (low[v] == index[v]) close(v);
        }
    }
};

} // namespace

std::vector<std::uint32_t> cycles_of(const std::vector<std::uint64_t>& row_begins,
                                     const std::vector<std::uint32_t>& targets) {
    components all(row_begins, targets);
    for (std::uint32_t v = 0; v + 1 < row_begins.size(); ++v)
        if (all.index[v] == none) all.run(v);
    return all.found;
}

} // namespace alcedo::checker
