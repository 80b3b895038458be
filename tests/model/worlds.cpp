#include "worlds.hpp"

namespace alcedo::checker {

namespace {

constexpr auto good = temper::good;
constexpr auto never = temper::never_ready;
constexpr auto bad = temper::turns_bad;
constexpr auto botless = temper::bot_never_ready;
constexpr auto unrehearsed = temper::rehearsal_never_ready;

world_kind serves(std::vector<temper> shipped, int faults, int edits) {
    world_kind w;
    w.revisions = std::move(shipped);
    w.revisions.insert(w.revisions.begin(), good);
    w.faults = faults;
    w.edits = edits;
    return w;
}

world_kind bad_serves(std::vector<temper> shipped, int faults, int edits) {
    auto w = serves(std::move(shipped), faults, edits);
    w.revisions.front() = bad;
    return w;
}

world_kind nothing(std::vector<temper> revisions, int faults, int edits) {
    world_kind w;
    w.revisions = std::move(revisions);
    w.from_nothing = true;
    w.faults = faults;
    w.edits = edits;
    return w;
}

std::string traits_of(const world_kind& w) {
    std::string text;
    const auto add = [&](bool has, const char* what) {
        if (has) text += std::string(text.empty() ? "" : ", ") + what;
    };
    add(w.from_nothing, "from nothing");
    add(!w.routed, "no routes");
    add(w.automatic, "auto");
    add(w.only_flips, "flips");
    add(w.exclusive, "exclusive");
    add(w.rehearses, "rehearsed");
    add(w.manual, w.approval_ends ? "Manual with an end" : "Manual");
    add(w.verbs, "verbs");
    add(w.pausing, "pause");
    add(w.deletion, "delete");
    add(w.wish_deletes, "delete by wish");
    add(w.replicas == 2, "2 replicas");
    add(w.scaling, "scaling");
    add(w.late_days, "24 h");
    add(w.networks_go, "networks go");
    add(w.then == standby_then::remove, "then Remove");
    add(w.then == standby_then::keep, "then Keep");
    add(w.failure == on_failure::freeze, "Freeze");
    add(w.failure == on_failure::notify, "Notify");
    return text;
}

void add(
    std::vector<world_kind>& all, bool in_ci, world_kind w,
    void (*change)(world_kind&) = [](world_kind&) {}) {
    change(w);
    w.in_ci = in_ci;
    w.name = traits_of(w);
    if (!w.name.empty()) w.name += "; ";
    for (std::size_t i = 0; i < w.revisions.size(); ++i)
        w.name += (i ? "/" : "") + revision_name(w, static_cast<int>(i));
    w.name += " f" + std::to_string(w.faults) + " e" + std::to_string(w.edits);
    all.push_back(std::move(w));
}

void add_calm(std::vector<world_kind>& all) {
    add(all, true, nothing({good}, 0, 0));
    add(all, true, nothing({good, never, bad}, 1, 1));
    add(all, true, nothing({bad}, 0, 0));
    add(all, true, nothing({bad, good}, 0, 1));
    add(all, true, nothing({never, good}, 1, 1));
    add(all, true, bad_serves({good}, 0, 1));
    add(all, true, bad_serves({good}, 0, 2));
    add(all, true, serves({never, bad}, 0, 3));
    add(all, false, serves({never, bad, good}, 0, 4));
}

void add_faults(std::vector<world_kind>& all) {
    const auto flips = [](world_kind& w) { w.only_flips = true; };
    add(all, true, serves({bad}, 1, 1), flips);
    add(all, true, serves({bad}, 2, 1), flips);
    add(all, true, serves({good}, 1, 2), flips);
    add(all, true, serves({good}, 0, 4), flips);
    add(all, true, bad_serves({good}, 0, 2), flips);
    add(all, false, serves({bad}, 3, 1), flips);
    add(all, false, serves({bad}, 2, 2), flips);
    add(all, false, bad_serves({good}, 1, 2), flips);
    add(all, true, serves({bad}, 1, 1));
    add(all, true, serves({bad}, 2, 1));
    add(all, true, serves({never, bad}, 1, 2));
    add(all, false, serves({never, bad}, 2, 2));
    add(all, false, serves({bad}, 3, 1));
    add(all, false, serves({bad}, 3, 2));
    add(all, false, serves({never, bad, good}, 1, 3));
    add(all, false, nothing({good, never, bad}, 2, 2));
    add(all, false, nothing({bad, good}, 1, 1));
    add(all, false, nothing({bad, good}, 2, 2));
    add(all, false, bad_serves({good}, 1, 2));
}

void add_settings(std::vector<world_kind>& all) {
    add(all, true, serves({bad}, 1, 2), [](world_kind& w) { w.verbs = true; });
    add(all, true, serves({bad}, 1, 2), [](world_kind& w) { w.pausing = w.only_flips = true; });
    add(all, true, serves({bad}, 1, 2), [](world_kind& w) { w.automatic = true; });
    add(all, true, serves({bad}, 1, 2), [](world_kind& w) { w.deletion = true; });
    add(all, true, serves({bad}, 1, 1), [](world_kind& w) { w.scaling = true; });
    add(all, true, serves({}, 0, 2), [](world_kind& w) { w.scaling = true; });
    add(all, true, serves({}, 1, 1), [](world_kind& w) {
        w.scaling = true;
        w.replicas = 2;
    });
    add(all, true, serves({good}, 0, 3), [](world_kind& w) {
        w.scaling = w.only_flips = true;
        w.replicas = 2;
    });
    add(all, true, serves({bad}, 1, 1), [](world_kind& w) { w.replicas = 2; });
    add(all, true, serves({never, bad}, 1, 1), [](world_kind& w) { w.routed = false; });
    add(all, true, serves({bad}, 1, 1), [](world_kind& w) { w.then = standby_then::remove; });
    add(all, true, serves({bad}, 1, 1), [](world_kind& w) { w.then = standby_then::keep; });
    add(all, true, serves({bad}, 1, 2), [](world_kind& w) { w.failure = on_failure::freeze; });
    add(all, true, serves({bad}, 1, 1), [](world_kind& w) { w.failure = on_failure::notify; });
    add(all, true, serves({bad}, 1, 1), [](world_kind& w) { w.late_days = true; });
}

void add_exclusive(std::vector<world_kind>& all) {
    const auto on = [](world_kind& w) { w.exclusive = true; };
    const auto flips = [](world_kind& w) { w.exclusive = w.only_flips = true; };
    add(all, true, serves({botless}, 1, 1), flips);
    add(all, true, serves({bad}, 2, 1), flips);
    add(all, true, bad_serves({botless}, 0, 2), flips);
    add(all, true, serves({bad, botless}, 1, 2), on);
    add(all, true, nothing({good, bad, botless}, 1, 1), on);
    add(all, true, serves({never, botless, bad}, 1, 1), [](world_kind& w) {
        w.exclusive = true;
        w.routed = false;
    });
    add(all, true, serves({botless}, 1, 2), [](world_kind& w) { w.exclusive = w.verbs = true; });
    add(all, false, serves({bad}, 3, 1), flips);
    add(all, false, serves({bad}, 2, 2), flips);
    add(all, false, serves({bad, botless}, 2, 2), on);
    add(all, false, serves({bad, botless}, 1, 3), on);
    add(all, false, nothing({good, bad, botless}, 1, 2), on);
    add(all, false, serves({botless}, 1, 3), [](world_kind& w) { w.exclusive = w.verbs = true; });
    add(all, false, serves({never, botless, bad}, 2, 2), [](world_kind& w) {
        w.exclusive = true;
        w.routed = false;
    });
    add(all, false, serves({bad, botless}, 1, 2),
        [](world_kind& w) { w.exclusive = w.automatic = true; });
    add(all, false, serves({bad}, 1, 2), [](world_kind& w) { w.exclusive = w.deletion = true; });
    add(all, false, serves({bad}, 1, 2), [](world_kind& w) { w.exclusive = w.scaling = true; });
    add(all, false, serves({bad}, 2, 1), [](world_kind& w) {
        w.exclusive = true;
        w.then = standby_then::remove;
    });
    add(all, false, serves({bad, botless}, 1, 1), [](world_kind& w) {
        w.exclusive = true;
        w.failure = on_failure::freeze;
    });
}

void add_rehearsals(std::vector<world_kind>& all) {
    const auto on = [](world_kind& w) { w.exclusive = w.rehearses = true; };
    const auto flips = [](world_kind& w) { w.exclusive = w.rehearses = w.only_flips = true; };
    const auto verbs = [](world_kind& w) { w.exclusive = w.rehearses = w.verbs = true; };
    add(all, true, serves({good}, 1, 2), flips);
    add(all, true, serves({unrehearsed}, 1, 1), flips);
    add(all, true, serves({botless, unrehearsed}, 0, 2), on);
    add(all, true, serves({good}, 1, 2), [](world_kind& w) {
        w.exclusive = w.rehearses = w.manual = w.verbs = w.only_flips = true;
    });
    add(all, false, serves({bad}, 2, 2), flips);
    add(all, false, serves({botless, unrehearsed}, 1, 2), on);
    add(all, false, nothing({good, unrehearsed}, 1, 2), on);
    add(all, false, serves({unrehearsed}, 1, 2), verbs);
    add(all, false, serves({good}, 1, 2),
        [](world_kind& w) { w.exclusive = w.rehearses = w.deletion = w.only_flips = true; });
    add(all, false, serves({bad}, 1, 2), [](world_kind& w) {
        w.exclusive = w.rehearses = w.pausing = true;
        w.routed = false;
    });
}

void add_manual(std::vector<world_kind>& all) {
    const auto on = [](world_kind& w) { w.manual = w.verbs = w.only_flips = true; };
    const auto ends = [](world_kind& w) {
        w.manual = w.verbs = w.only_flips = w.approval_ends = true;
    };
    add(all, true, serves({bad}, 1, 2), on);
    add(all, true, serves({bad}, 0, 3), ends);
    add(all, true, serves({bad}, 1, 2),
        [](world_kind& w) { w.wish_deletes = w.only_flips = true; });
    add(all, false, serves({bad}, 2, 3), on);
    add(all, false, serves({bad}, 1, 3), ends);
    add(all, false, serves({bad}, 1, 2),
        [](world_kind& w) { w.exclusive = w.manual = w.verbs = w.only_flips = true; });
    add(all, false, nothing({good, bad}, 1, 2), [](world_kind& w) { w.manual = w.verbs = true; });
    add(all, false, serves({bad}, 1, 3), [](world_kind& w) { w.wish_deletes = true; });
}

void add_networks(std::vector<world_kind>& all) {
    const auto go = [](world_kind& w) { w.networks_go = true; };
    add(all, true, serves({bad}, 1, 1), go);
    add(all, true, serves({good}, 2, 1), go);
    add(all, true, serves({botless}, 1, 1),
        [](world_kind& w) { w.networks_go = w.exclusive = w.rehearses = true; });
    add(all, false, serves({bad}, 2, 2), [](world_kind& w) { w.networks_go = w.verbs = true; });
    add(all, false, serves({good, bad}, 2, 2),
        [](world_kind& w) { w.networks_go = w.exclusive = w.rehearses = true; });
}

void add_large(std::vector<world_kind>& all) {
    add(all, false, serves({bad}, 2, 2), [](world_kind& w) { w.verbs = true; });
    add(all, false, serves({never, bad}, 1, 3), [](world_kind& w) { w.verbs = true; });
    add(all, false, serves({never, bad}, 1, 3), [](world_kind& w) { w.pausing = true; });
    add(all, false, serves({never, bad}, 2, 2), [](world_kind& w) { w.automatic = true; });
    add(all, false, serves({never, bad, good}, 1, 3), [](world_kind& w) {
        w.automatic = true;
        w.verbs = true;
    });
    add(all, false, nothing({good, never, bad}, 1, 2), [](world_kind& w) { w.automatic = true; });
    add(all, false, serves({bad}, 1, 3), [](world_kind& w) { w.deletion = true; });
    add(all, false, serves({never, bad}, 1, 2), [](world_kind& w) { w.scaling = true; });
    add(all, false, serves({bad}, 2, 1), [](world_kind& w) {
        w.scaling = true;
        w.replicas = 2;
    });
    add(all, false, serves({never, bad}, 2, 2), [](world_kind& w) { w.routed = false; });
    add(all, false, serves({bad}, 2, 2), [](world_kind& w) { w.then = standby_then::remove; });
    add(all, false, serves({never, bad}, 1, 2), [](world_kind& w) {
        w.failure = on_failure::freeze;
        w.verbs = true;
    });
}

} // namespace

std::string revision_name(const world_kind& w, int revision) {
    int same = 0;
    const auto kind = w.revisions.at(static_cast<std::size_t>(revision));
    for (int i = 0; i < revision; ++i)
        if (w.revisions[static_cast<std::size_t>(i)] == kind) ++same;
    const std::string name = kind == good      ? "good"
                             : kind == never   ? "never"
                             : kind == bad     ? "bad"
                             : kind == botless ? "botless"
                                               : "unrehearsed";
    return same == 0 ? name : name + std::to_string(same + 1);
}

const std::vector<world_kind>& all_worlds() {
    static const auto worlds = [] {
        std::vector<world_kind> all;
        add_calm(all);
        add_faults(all);
        add_settings(all);
        add_exclusive(all);
        add_rehearsals(all);
        add_manual(all);
        add_networks(all);
        add_large(all);
        return all;
    }();
    return worlds;
}

} // namespace alcedo::checker
