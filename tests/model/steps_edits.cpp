// What people do, what a stop breaks, how steps are called.

#include "steps.hpp"

namespace alcedo::checker {

namespace {

constexpr const char* names[] = {
    "pass",
    "deed done",
    "becomes ready",
    "stop done",
    "proxy reads",
    "proxy applies",
    "seen as late",
    "proxy seen again",
    "docker seen again",
    "view refreshed",
    "clock over",
    "back-off over",
    "24 hours over",
    "turns bad",
    "lost stop lands",
    "lost start lands",
    "lost create lands",
    "deed fails",
    "deed without an answer",
    "deed done without an answer",
    "deed refused",
    "cannot be made again",
    "preparation fails",
    "stop without an answer",
    "crash",
    "commit fails",
    "commit without an answer",
    "exits",
    "restarts",
    "turns sick",
    "removed by somebody",
    "docker away",
    "engine restarts: all up",
    "engine restarts: all down",
    "engine restarts unseen: all down",
    "proxy away",
    "proxy restarts",
    "proxy misses the write",
    "proxy slow",
    "deadline over",
    "ten minutes over",
    "exits unseen",
    "network taken",
    "edit: flip",
    "edit: ship",
    "edit: ship and flip",
    "edit: replicas",
    "wish: pause",
    "wish: promote",
    "wish: abort",
    "wish: rollback",
    "wish: retry",
    "edit: delete",
    "edit: add again",
    "edit: nobody names it",
    "edit: named again",
    "wish: delete",
    "edit: pause",
};
static_assert(std::size(names) == moves);
constexpr const char* timer_names[] = {"phase", "window", "standby", "retire"};

bool is_of_container(move m) {
    switch (m) {
    case move::becomes_ready:
    case move::stop_done:
    case move::refreshed:
    case move::turns_bad:
    case move::stop_lands:
    case move::start_lands:
    case move::create_lands:
    case move::stop_lost:
    case move::exits:
    case move::restarts:
    case move::sickens:
    case move::removed:
    case move::stale_exit:
    case move::network_taken:
        return true;
    default:
        return false;
    }
}

/// A replica that was one too many when its stop was promised may be wanted again when it lands:
/// the colour is fit without it, and gets it back.
bool another_is_ready(const state& s, int slot) {
    const int first = slot - slot % places_of_release;
    for (int i = first; is_web(i); ++i)
        if (i != slot && s.at(i).is_ready() && !s.at(i).retiring) return true;
    return false;
}

} // namespace

const char* name_of(move m) {
    return names[static_cast<std::size_t>(m)];
}

std::string nature::name(step s) const {
    std::string text = name_of(s.what);
    const auto colored = [](int c) { return c == 0 ? "blue" : "green"; };
    if (is_of_container(s.what))
        return text + " " + colored(color_of(s.arg)) + "-" +
               revision_name(world_, revision_of(s.arg)) + "-" +
               (is_web(s.arg)   ? std::to_string(ordinal_of(s.arg))
                : is_bot(s.arg) ? "bot"
                                : "rehearsal");
    if (s.what == move::timer_over || s.what == move::deadline_over)
        return text + " " + timer_names[s.arg];
    if (s.what == move::back_off_over || s.what == move::ten_minutes)
        return text + " " + colored(s.arg);
    if (s.what == move::ship || s.what == move::ship_and_flip)
        return text + " " + colored(s.arg & 1) + " " + revision_name(world_, s.arg >> 1);
    return text;
}

state& nature::edit(const state& s, move m, int arg) {
    auto& next = add(s, m, arg);
    --next.edits;
    return next;
}

void nature::edits(const state& s) {
    if (world_.verbs) wishes(s);
    deletions(s);
    if (s.deleting || s.orphan) return;
    if (world_.scaling) edit(s, move::scale).spec.value ^= 64;
    if (world_.pausing) edit(s, move::pause_spec).spec.value ^= 128;
    if (world_.automatic) {
        for (int r = 0; r < revisions(); ++r)
            if (r != s.spec.revision(0)) {
                auto& n = edit(s, move::ship, r << 1);
                n.spec = n.spec.with_revision(0, r).with_revision(1, r);
            }
        return;
    }
    const int other = 1 - s.spec.active();
    edit(s, move::flip).spec = s.spec.with_active(other);
    if (world_.only_flips) return;
    for (int c = 0; c < 2; ++c)
        for (int r = 0; r < revisions(); ++r) {
            if (r == s.spec.revision(c)) continue;
            edit(s, move::ship, c | (r << 1)).spec = s.spec.with_revision(c, r);
            edit(s, move::ship_and_flip, c | (r << 1)).spec =
                s.spec.with_revision(c, r).with_active(other);
        }
}

/// A source that prunes, or a person: only what no source names can be deleted by a wish.
void nature::deletions(const state& s) {
    if (world_.deletion && s.deleting) edit(s, move::add_app).deleting = 0;
    if (world_.deletion && !s.deleting) edit(s, move::remove_app).deleting = 1;
    if (!world_.wish_deletes) return;
    if (s.orphan)
        edit(s, move::name_again).orphan = 0;
    else
        edit(s, move::unname).orphan = 1;
    if (s.orphan && !is_to_go(s)) edit(s, move::wish_delete).rec.remove = 1;
}

void nature::wishes(const state& s) {
    edit(s, move::pause).rec.paused ^= 1;
    const auto wish = [&](move m, release_code record_code::* which, release_code what) {
        if (what.exists() && (s.rec.*which).value != what.value) edit(s, m).rec.*which = what;
    };
    const auto in = static_cast<phase>(s.rec.now_in);
    if (in == phase::awaiting_approval || in == phase::watching)
        wish(move::promote, &record_code::promoted, s.rec.attempt);
    wish(move::abort, &record_code::abort, s.rec.attempt);
    wish(move::rollback, &record_code::rollback, s.rec.serving);
    if (s.rec.held != 0) wish(move::retry, &record_code::retry, s.rec.held_what);
}

const char* stop_now(state& s, int slot) {
    auto& p = s.at(slot);
    if (!p.runs()) return nullptr;
    const char* broken = nullptr;
    const bool listed = lists(s.applied, slot) || (s.has_read && lists(s.read, slot)) ||
                        (s.dirty && lists(s.written, slot));
    const auto in = static_cast<phase>(s.rec.now_in);
    const bool after = in == phase::shifting || in == phase::handover || in == phase::draining ||
                       in == phase::watching;
    if (p.is_ready() && is_web(slot)) {
        if (listed)
            broken = "S2: a stop hits a ready container that gets requests";
        else if (p.carried)
            broken = "S3: a stop hits a container that was not drained";
        else if (after && belongs(slot, s.rec.origin) && ordinal_of(slot) <= s.spec.replicas() &&
                 !another_is_ready(s, slot))
            broken = "S7: a stop hits the origin before the window has closed";
    }
    p.set(life_of::exited);
    p.set(health_of::starting);
    p.fresh = 0;
    p.hidden = 0;
    if (p.falls < 2) p.falls = (p.falls + 1) & 3;
    return broken;
}

const char* broken_in(const state& s) {
    int bots = 0;
    for (int i = 0; i < slots_at_most; ++i)
        if (is_bot(i) && s.at(i).runs() && ++bots > 1)
            return "S25: two containers of an exclusive service run at once";
    for (int c = 0; c < 2; ++c) {
        int running = -1;
        bool bot = false, rehearsal = false;
        for (int i = 0; i < slots_at_most; ++i) {
            if (color_of(i) != c || !s.at(i).runs()) continue;
            bot = bot || is_bot(i);
            rehearsal = rehearsal || is_rehearsal(i);
            if (bot && rehearsal) return "S28: a bot and its rehearsal run in one color";
            if (running >= 0 && running != revision_of(i))
                return "S27: two revisions of one colour run at once";
            running = revision_of(i);
        }
    }
    return nullptr;
}

void normalise(state& s) {
    for (int i = 0; i < slots_at_most; ++i) {
        auto& p = s.at(i);
        if (p.is(life_of::absent)) {
            const auto lost = p.lost_create;
            p = place{};
            p.lost_create = lost;
            continue;
        }
        if (!p.retiring) p.answered = 0;
        if (!p.runs()) {
            p.carried = 0;
            p.set(health_of::starting);
        } else {
            p.fresh = 0;
            if (lists(s.applied, i)) p.carried = 1;
        }
    }
    if (!s.has_read) {
        s.read = document{};
        s.read_now = 0;
    }
    if (s.applied_now || !s.written_now) s.late = 0;
    for (std::size_t i = s.todo_count; i < s.todo.size(); ++i)
        s.todo[i] = 0;
    if (!s.rec.attempt.exists()) s.prepared = s.tried = 0;
    if (!s.refused.exists()) s.rec.said = 0;
}

state nature::initial() {
    auto s = empty_state();
    if (world_.automatic) s.spec = s.spec.with_active(2);
    if (world_.replicas == 2) s.spec.value |= 64;
    marks m;
    s.rec = planner_.code().encode(record{}, s, m);
    std::vector<successor> all;
    const auto step_on = [&] {
        successors(s, all);
        for (const auto& x : all) {
            if (!is_obliged(x.by.what)) continue;
            s = x.next;
            return true;
        }
        return false;
    };
    while (!world_.from_nothing && step_on()) {
    }
    if (world_.only_flips) s.spec = s.spec.with_revision(1, 1);
    s.faults = static_cast<byte>(world_.faults);
    s.edits = static_cast<byte>(world_.edits);
    return s;
}

} // namespace alcedo::checker
