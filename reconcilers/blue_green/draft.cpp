#include "reconcilers/blue_green/draft.hpp"

#include "reconcilers/blue_green/target.hpp"

#include <algorithm>

namespace alcedo {

namespace {

std::string ways_out(const desired_state& desired) {
    return "Ship another revision, revert the commit to what serves, or `alcedo retry " +
           desired.spec.name + "`.";
}

} // namespace

void draft::act(action a) {
    out_.actions.push_back(std::move(a));
}

void draft::wake(milliseconds after) {
    if (!out_.wake || after < *out_.wake) out_.wake = after;
}

void draft::event(const char* type, std::string_view reason, std::string message) {
    event_entry e{s.now.wall, type, std::string(reason), std::move(message)};
    out_.events.push_back(e);
    next.events.push_back(std::move(e));
    if (next.events.size() > events_kept)
        next.events.erase(next.events.begin(),
                          next.events.end() - static_cast<std::ptrdiff_t>(events_kept));
}

void draft::note(std::string_view reason, std::string message) {
    event("Normal", reason, std::move(message));
}

void draft::warn(std::string_view reason, std::string message) {
    event("Warning", reason, std::move(message));
}

void draft::enter(phase p, bool restart_clock) {
    next.now_in = p;
    next.phase_since_wall = s.now.wall;
    if (restart_clock) next.timers.phase = {};
}

void draft::promised(const fragment& content) {
    const auto before = next.traffic;
    next.traffic.content = content;
    ++next.traffic.number;
    for (const auto c : both_colors)
        if (next.traffic.is_weighted(c)) next.drained[index_of(c)] = false;
    const bool moved = next.traffic.weight(color::blue) != before.weight(color::blue) ||
                       next.traffic.weight(color::green) != before.weight(color::green);
    if (moved && !next.receipt.empty())
        next.receipt["weights"].push_back({{"at", rfc3339(s.now.wall)},
                                           {"blue", next.traffic.weight(color::blue)},
                                           {"green", next.traffic.weight(color::green)}});
}

void draft::promise(const layout& l) {
    const auto content = build_fragment(s.desired, s.seen, next, l);
    // An app that never had a route has no promise either.
    if (next.traffic.number == 0 && content.routes.empty()) return;
    promised(content);
}

void draft::promise_nothing() {
    if (next.traffic.number == 0) return;
    promised({});
}

void draft::promise_again() {
    ++next.traffic.number;
}

void draft::retire(const replica& r) {
    next.retiring.insert(r.id);
    if (r.would_cut == 0) return;
    const auto what = r.name + " is stopped with " + std::to_string(r.would_cut) +
                      (r.would_cut == 1 ? " connection" : " connections") +
                      " still open: drain.timeout is over";
    warn(reason::ConnectionsCut, what);
    auto& receipt = next.receipt.empty() ? retired_ : next.receipt;
    receipt["cut"] = receipt.value("cut", 0) + r.would_cut;
    if (!next.receipt.empty()) return;
    // The rollout that brought its successor has its receipt already: this stop gets its own.
    retired_["outcome"] = "Retired";
    retired_["reason"] = std::string(reason::ConnectionsCut);
    retired_["message"] = what;
    retired_["from"] = r.whose();
    retired_["started"] = retired_["ended"] = rfc3339(s.now.wall);
    out_.receipt = retired_;
}

void draft::spend(color c) {
    auto& b = next.budgets[index_of(c)];
    b.left = std::max(0, b.left - 1);
    b.refill.restart(s.now);
}

void draft::fill_budgets() {
    for (const auto c : both_colors)
        next.budgets[index_of(c)] = {s.full_budget(c), {}};
}

void draft::forget_attempt() {
    next.attempt.reset();
    next.origin.reset();
    next.step = 0;
    // What was said about it is over with it.
    next.wished.promoted.reset();
    next.wished.abort.reset();
}

void draft::hand_exclusive_to(const std::optional<release>& who) {
    if (next.holder) next.holder = who;
}

void draft::remove_with_last_words(const replica& r) {
    if (!next.receipt.empty()) out_.last_words.push_back(r.id);
    act(remove_container{r.id, r.name});
}

void draft::count_falls_anew() {
    for (const auto& r : s.seen.replicas)
        if (belongs(r, next.attempt)) next.put_down[r.id] = r.exits;
}

void draft::remember_rejection(const release& what, std::string_view reason,
                               const std::string& message) {
    if (rejection_of(next, what)) return;
    next.rejected.push_back({what, std::string(reason), message, s.now.wall});
}

void draft::hold(hold_kind kind, const release& what, std::string_view reason,
                 const std::string& message) {
    next.held = alcedo::hold{kind, what, std::string(reason), message, s.now.wall, json::object()};
    out_.wants_evidence = true;
}

void draft::reject(std::string_view reason, const std::string& what_happened, hold_kind kind) {
    const auto what = *next.attempt;
    const auto message =
        named(what) + " " + what_happened + ". " + untouched(next) + ". " + ways_out(s.desired);
    remember_rejection(what, reason, message);
    hold(kind, what, reason, message);
    warn(reason, message);
    decide_outcome(to_string(kind), reason, message);
    end_receipt();
    hand_exclusive_to(next.serving);
    forget_attempt();
    enter(phase::held);
}

void draft::revert(hold_kind kind, std::string_view reason, const std::string& what_happened) {
    const auto what = *next.attempt;
    const auto message = named(what) + " " + what_happened + ". Traffic goes back to " +
                         named(*next.origin) + " in one write; " + named(what) +
                         " is stopped after its connections have ended and kept for its logs. " +
                         ways_out(s.desired);
    remember_rejection(what, reason, message);
    hold(kind, what, reason, message);
    warn(reason, message);
    if (next.receipt.empty()) begin_receipt(what, next.origin);
    decide_outcome(to_string(kind), reason, message);
    fill_budgets();
    hand_exclusive_to(next.origin);
    enter(phase::reverting);
    promise(defining(only(*next.origin), what));
}

void draft::return_to_origin(const std::string& why) {
    const auto message = why + "; traffic goes back to " + named(*next.origin) + " in one write";
    note(reason::Superseded, message);
    if (next.receipt.empty()) begin_receipt(*next.attempt, next.origin);
    decide_outcome("Superseded", reason::Superseded, message);
    next.held.reset();
    hand_exclusive_to(next.origin);
    enter(phase::reverting);
    promise(defining(only(*next.origin), next.attempt));
}

void draft::end_attempt(std::string_view outcome, std::string_view reason,
                        const std::string& message) {
    decide_outcome(outcome, reason, message);
    end_receipt();
    next.held.reset();
    hand_exclusive_to(next.serving);
    forget_attempt();
    enter(phase::idle);
}

void draft::begin_receipt(const release& to, const std::optional<release>& from) {
    const auto& source = next.source;
    next.receipt = {{"started", rfc3339(s.now.wall)},
                    {"startedMs", s.now.wall.count()},
                    {"to", to},
                    {"commit", source.commit},
                    {"author", source.author},
                    {"subject", source.subject},
                    {"weights", json::array()}};
    if (from) next.receipt["from"] = *from;
}

void draft::decide_outcome(std::string_view outcome, std::string_view reason,
                           const std::string& message) {
    if (next.receipt.empty()) return;
    next.receipt["outcome"] = std::string(outcome);
    next.receipt["reason"] = std::string(reason);
    next.receipt["message"] = message;
}

void draft::end_receipt() {
    if (next.receipt.empty()) return;
    const auto began = next.receipt.value("startedMs", s.now.wall.count());
    next.receipt["ended"] = rfc3339(s.now.wall);
    next.receipt["seconds"] =
        static_cast<double>(std::max<std::int64_t>(0, s.now.wall.count() - began)) / 1000.0;
    next.receipt.erase("startedMs");
    if (next.attempt && !next.attempt->revision.empty()) next.receipt["to"] = *next.attempt;
    out_.receipt = next.receipt;
    next.receipt = json::object();
}

std::string named(const release& r) {
    return to_string(r);
}

std::string missing_in(const fleet& f) {
    std::string text;
    for (std::size_t i = 0; i < f.slots.size();) {
        const auto& service = f.slots[i].service->name;
        int ready = 0, wanted = 0;
        std::string worst;
        for (; i < f.slots.size() && f.slots[i].service->name == service; ++i) {
            const auto& s = f.slots[i];
            if (!s.wanted) continue;
            ++wanted;
            const bool good = s.is == slot::state::ready || s.is == slot::state::done;
            if (good)
                ++ready;
            else if (worst.empty())
                worst = (s.at          ? s.at->name
                         : s.rehearsal ? "its rehearsal"
                                       : "replica " + std::to_string(s.ordinal)) +
                        " is " + to_string(s.is);
        }
        if (ready == wanted) continue;
        text += (text.empty() ? "" : "; ") + service + " " + std::to_string(ready) + " of " +
                std::to_string(wanted) + " ready (" + worst + ")";
    }
    return text;
}

std::string untouched(const record& r) {
    if (!r.serving) return "Nothing served before, and nothing does now";
    return named(*r.serving) + " serves as before; nothing of it was touched";
}

} // namespace alcedo
