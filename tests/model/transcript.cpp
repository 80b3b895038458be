#include "transcript.hpp"

#include "goals.hpp"

#include "reconcilers/model/plan.hpp"

#include <algorithm>
#include <istream>
#include <ostream>

namespace alcedo::checker {

namespace {

std::string remark(nature& world, const state& s, const successor& x) {
    if (x.by.what != move::pass) return {};
    const auto p = world.mind().plan_for(s);
    auto text = p.rule + ", " + to_string(static_cast<phase>(s.rec.now_in));
    if (p.next.now_in != static_cast<phase>(s.rec.now_in))
        text += " -> " + to_string(p.next.now_in);
    if (p.next.traffic.number != (s.rec.numbered ? 1000U : 0U))
        text += ", promises blue " + std::to_string(p.next.traffic.weight(color::blue)) +
                " green " + std::to_string(p.next.traffic.weight(color::green));
    for (const auto& a : p.actions)
        text += ", " + to_string(a);
    return text;
}

std::string trimmed(std::string line) {
    if (const auto hash = line.find('#'); hash != std::string::npos) line.resize(hash);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r'))
        line.pop_back();
    return line;
}

bool is_at_rest(const std::vector<successor>& all) {
    return std::none_of(all.begin(), all.end(),
                        [](const successor& x) { return is_obliged(x.by.what); });
}

} // namespace

namespace {

constexpr int steps_at_most = 2000;

void go_to_rest(nature& world, state s, std::vector<successor> all, replayed& r) {
    for (int i = 0; i < steps_at_most && !is_at_rest(all); ++i) {
        const auto x = std::find_if(all.begin(), all.end(),
                                    [](const successor& y) { return is_obliged(y.by.what); });
        if (x->broken) {
            r.broken = x->broken;
            return;
        }
        s = x->next;
        world.successors(s, all);
    }
    const auto v = is_at_rest(all) ? judge_rest(s, world.world()) : verdict{false, "never"};
    r.rest = v.text;
    r.is_good = v.good;
}

} // namespace

void print_transcript(std::ostream& out, const world_kind& w, const plan_maker& make,
                      const std::vector<step>& path) {
    planner mind(w, make);
    nature world(w, mind);
    auto s = world.initial();
    std::vector<successor> all;
    out << "world: " << w.name << "\n";
    for (const auto& by : path) {
        world.successors(s, all);
        const auto x =
            std::find_if(all.begin(), all.end(), [&](const successor& y) { return y.by == by; });
        if (x == all.end()) {
            out << "# not possible here: " << world.name(by) << "\n";
            return;
        }
        const auto said = remark(world, s, *x);
        out << world.name(by) << (said.empty() ? "" : "   # " + said) << "\n";
        if (x->broken) {
            out << "# broken: " << x->broken << "\n";
            return;
        }
        s = x->next;
    }
    world.successors(s, all);
    if (is_at_rest(all)) out << "# comes to rest: " << judge_rest(s, w).text << "\n";
}

replayed replay(std::istream& in, const plan_maker& make) {
    replayed r;
    std::string line;
    while (std::getline(in, line) && !line.starts_with("world: ")) {
    }
    r.world = trimmed(line.starts_with("world: ") ? line.substr(7) : "");
    const auto& worlds = all_worlds();
    const auto w = std::find_if(worlds.begin(), worlds.end(),
                                [&](const world_kind& k) { return k.name == r.world; });
    if (w == worlds.end()) return r;
    r.found_world = true;
    planner mind(*w, make);
    nature world(*w, mind);
    auto s = world.initial();
    std::vector<successor> all;
    world.successors(s, all);
    while (std::getline(in, line)) {
        const auto wanted = trimmed(line);
        if (wanted.empty()) continue;
        const auto x = std::find_if(all.begin(), all.end(),
                                    [&](const successor& y) { return world.name(y.by) == wanted; });
        if (x == all.end()) {
            ++r.skipped;
            continue;
        }
        ++r.done;
        r.broken = x->broken ? x->broken : "";
        if (x->broken) return r;
        s = x->next;
        world.successors(s, all);
    }
    go_to_rest(world, s, all, r);
    return r;
}

} // namespace alcedo::checker
