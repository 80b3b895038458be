#include "controller/engine/reconcile.hpp"

#include "controller/engine/pass_report.hpp"
#include "controller/engine/refusals.hpp"

#include "reconcilers/blue_green/invariants.hpp"
#include "reconcilers/blue_green/make_plan.hpp"
#include "reconcilers/blue_green/status.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr milliseconds conflict_pause{250};
constexpr int conflicts_borne = 4; // in a row, before they count as failures and back off
constexpr milliseconds background_pause{500};

/// Of a pruned app whose spec this process never saw, all that is left to know is its name.
frozen<desired_state> removal_of(const std::string& app, const frozen<desired_state>& last) {
    if (last && last->deleting) return last;
    auto gone = last ? *last : desired_state{};
    gone.spec.name = app;
    gone.deleting = true;
    return frozen(std::move(gone));
}

/// `delete` was asked for while no source named the app, and none does: it goes the way of prune.
bool is_to_go(const catalogue& specs, const std::string& app, const record& r) {
    const auto* entry = specs.find(app);
    if (entry && entry->pruned) return true;
    if (r.now_in == phase::deleting) return true;
    // A file with an error in it may name the app, too.
    const bool is_named =
        entry && (entry->valid || entry->condition.reason == reason::ManifestInvalid ||
                  entry->condition.reason == reason::DuplicateName);
    return r.wished.remove && !is_named;
}

/// Of the containers that are removed with their last words.
const char* receipt_key(const observation& seen, const std::string& name) {
    const bool rehearsed =
        std::any_of(seen.replicas.begin(), seen.replicas.end(),
                    [&](const replica& r) { return r.name == name && r.is_rehearsal(); });
    return rehearsed ? "rehearsal" : "handover";
}

std::optional<milliseconds> sooner(std::optional<milliseconds> a, std::optional<milliseconds> b) {
    if (!a) return b;
    if (!b) return a;
    return std::min(*a, *b);
}

/// What was promised as the last word may not have been done: its networks can still be there.
/// Taken for deleted, an app that a reading still remembers would be released anew.
void resume_removal(record& r) {
    if (!r.deleted) return;
    r.deleted = false;
    r.now_in = phase::deleting;
}

} // namespace

reconciler::reconciler(engine_parts& parts, catalogue& specs, publisher& proxy,
                       health_monitor& health, preparer& images,
                       std::function<void(std::string)> poke)
    : parts_(parts), specs_(specs), proxy_(proxy), health_(health), images_(images),
      eyes_(parts, proxy, health, images), memory_(parts, proxy),
      hands_(parts, proxy, images, health, std::move(poke)) {}

task<result<void>> reconciler::load() {
    auto all = co_await parts_.store.load_all();
    if (!all) co_return all.error();
    for (auto& one : *all) {
        auto memory = std::make_shared<app_memory>();
        const auto app = one.app;
        memory->stored = std::move(one);
        resume_removal(memory->stored.content);
        apps_[app] = std::move(memory);
    }
    co_return result<void>();
}

std::shared_ptr<app_memory> reconciler::memory_of(const std::string& app) {
    auto& place = apps_[app];
    if (!place) {
        place = std::make_shared<app_memory>();
        place->stored.app = app;
    }
    return place;
}

void reconciler::hint(const std::string& app) {
    const auto at = apps_.find(app);
    if (at != apps_.end()) ++at->second->hints;
}

int reconciler::calls() const {
    int all = 0;
    for (const auto& [app, memory] : apps_)
        all += memory->calls;
    return all;
}

void reconciler::engine_restarted() {
    health_.start_anew();
    for (auto& [app, memory] : apps_)
        for (auto& [id, life] : memory->lives)
            life.rebase = true;
}

void reconciler::complete(const std::string& app, const desired_state* desired, plan& decided) {
    if (!desired) return;
    const auto now = parts_.clock.now();
    auto& next = decided.next;
    if (next.uid.empty() && !next.deleted) {
        next.uid = parts_.make_uid();
        next.created_wall = now.wall;
    }
    const bool is_accepted = next.manifest_digest == desired->manifest_digest;
    if (is_accepted && next.accepted.manifest_digest != desired->manifest_digest)
        next.accepted = accepted_of(*desired);
    const auto* entry = specs_.find(app);
    if (!entry) return;
    note_source(entry->condition, decided, now);
    // Shown only; a commit that changes nothing of the app is observed without a write.
    if (next.observed_generation != 0 && next.source.commit.empty()) next.source = desired->source;
}

void reconciler::freeze_if_violated(const std::string& app, const desired_state* desired,
                                    const observation& seen, const record& before, plan& decided) {
    const auto now = parts_.clock.now();
    const auto broken = check_plan(desired, seen, before, decided, now);
    const bool frozen_before = before.held && before.held->kind == hold_kind::violation;
    if (broken.empty()) {
        if (!frozen_before || decided.next.held != before.held) return;
        decided.next.held.reset();
        update_conditions(decided.next, before, desired, seen, now);
        return;
    }
    decided.actions.clear();
    decided.events.clear();
    decided.receipt.reset();
    decided.wants_evidence = false;
    decided.next = before;
    decided.wake = parts_.settings.resync;
    if (!frozen_before) {
        happened alarm{severity::error, app, std::string(reason::Violation),
                       "rule " + decided.rule + " would break " + to_string(broken.front()) +
                           ": frozen, nothing was done",
                       json::object()};
        hold h;
        h.kind = hold_kind::violation;
        if (before.attempt)
            h.what = *before.attempt;
        else if (before.serving)
            h.what = *before.serving;
        h.reason = reason::Violation;
        h.message = alarm.message;
        h.since_wall = now.wall;
        decided.next.held = h;
        parts_.events.emit(alarm);
    }
    update_conditions(decided.next, before, desired, seen, now);
}

task<result<bool>> reconciler::save(std::string app, std::shared_ptr<app_memory> memory,
                                    std::uint64_t planned_for, plan& decided) {
    auto& stored = memory->stored;
    if (stored.version != planned_for)
        co_return error(next_step::conflict, "the record changed while the pass was planned");
    const bool receipt = decided.receipt.has_value();
    if (decided.next == stored.content && !receipt) co_return false;
    auto next = decided.next;
    const auto row = receipt ? *decided.receipt : json(nullptr);
    const auto version = co_await parts_.store.save(app, planned_for, next, row);
    const bool is_broken = !version && version.error().next != next_step::conflict;
    store_trouble_ = is_broken ? version.error().message : "";
    if (!version) co_return version.error();
    if (stored.content.wished.retry && !next.wished.retry) begin_anew(app, *memory);
    // Whoever reads between here and the next look must not see new weights as confirmed.
    if (next.traffic.number != stored.content.traffic.number) {
        memory->seen.traffic = traffic_state::unwritten;
        memory->seen.tried = try_answer::unasked;
    }
    stored.version = *version;
    stored.content = std::move(next);
    co_return true;
}

/// What was found out about a rejected revision is not held against its next try.
void reconciler::begin_anew(const std::string& app, app_memory& memory) {
    images_.forget(app);
    memory.refused.reset();
}

task<result<void>> reconciler::act(actor::context c, std::vector<action> actions) {
    for (const auto& deed : actions) {
        const auto done = co_await hands_.perform(c, deed);
        if (done) {
            note_done(*c.memory, deed);
            continue;
        }
        note_refusal(*c.memory, deed, done.error(), parts_.clock.now(), parts_.random());
        co_return with_context(done.error(), to_string(deed));
    }
    co_return result<void>();
}

bool reconciler::moved_something(const std::vector<action>& actions, const app_memory& memory) {
    return std::any_of(actions.begin(), actions.end(), [&](const action& a) {
        // Stops and preparations go on by themselves and ask for a pass when they end.
        if (std::holds_alternative<stop_container>(a) || std::holds_alternative<prepare_release>(a))
            return false;
        return !std::holds_alternative<ask_try_routers>(a) ||
               memory.tried != try_answer::cannot_reach;
    });
}

void reconciler::tell(const std::string& app, const plan& decided, const app_memory& memory,
                      const std::string& outcome, milliseconds took, bool wrote) {
    tell_pass(parts_.events, app, decided, outcome, took, wrote);
    tell_state(parts_.events, proxy_, app, memory.stored.content);
}

task<void> reconciler::bury(std::string app) {
    co_await proxy_.withdraw(app);
    co_await parts_.store.forget(app);
    images_.forget(app);
    health_.watch(app, {});
    specs_.forget(app);
    apps_.erase(app);
    buried_.insert(app);
}

/// A create that was lost can land after its app was buried: what comes back goes the same way,
/// unless a source names the app by now.
bool reconciler::comes_back(const std::string& app, const app_memory& memory) const {
    return buried_.contains(app) && !specs_.find(app) && memory.stored.version == 0 &&
           !memory.seen.replicas.empty() && !memory.stored.content.wished.remove;
}

task<reconciler::outcome> reconciler::pass(std::string app) {
    const auto began = parts_.clock.now().boot;
    auto memory = memory_of(app);
    const auto* entry = specs_.find(app);
    frozen<desired_state> desired;
    actor::context c;
    if (entry) {
        desired = entry->desired;
        c.files = entry->files;
        c.source_id = entry->source_id;
    }
    if (is_to_go(specs_, app, memory->stored.content)) desired = removal_of(app, desired);
    const auto version = memory->stored.version;
    const auto spec_version = specs_.version_of(app);
    auto seen = co_await eyes_.look(app, desired.get(), *memory);
    entry = specs_.find(app); // another reading may have been taken in meanwhile
    if (entry && entry->condition.reason == reason::DuplicateName) {
        seen.blocked_reason = reason::DuplicateName;
        seen.blocked_message = entry->condition.message;
    }
    if (comes_back(app, *memory)) {
        memory->stored.content.wished.remove = true;
        outcome anew;
        anew.again_now = true;
        co_return anew;
    }
    const auto remade = co_await memory_.look(app, desired, c.files, memory, seen.docker_known);
    seen.rebuilt_agrees = remade.agrees;
    memory->seen = seen;
    const auto before = remade.remade ? *remade.remade : memory->stored.content;
    auto decided = make_plan(desired.get(), seen, before, parts_.clock.now());
    if (remade.must_wait) co_return hold_back(*memory, decided);
    complete(app, desired.get(), decided);
    freeze_if_violated(app, desired.get(), seen, before, decided);
    if (decided.wants_evidence && decided.next.held) {
        const auto about = *decided.next.held;
        auto found = co_await evidence_of(parts_.docker, memory, about);
        decided.next.held->evidence = std::move(found);
    }
    if (!decided.last_words.empty() && !decided.next.receipt.empty()) {
        auto ids = decided.last_words;
        const auto words = co_await last_words_of(parts_.docker, memory, ids);
        for (const auto& [name, lines] : words.items())
            decided.next.receipt[receipt_key(seen, name)]["logs"][name] = lines;
    }
    const auto saved = co_await save(app, memory, version, decided);
    ++memory->changes;
    outcome result;
    if (!saved && memory->stored.version != version) {
        // Somebody's wish was saved since this pass began: nothing of it was done or told.
        result.again_now = true;
        co_return result;
    }
    if (!saved) {
        happened h{severity::error, app, "StoreFailed", saved.error().message, json::object()};
        parts_.events.emit(h);
        tell(app, decided, *memory, "store-failed", parts_.clock.now().boot - began, false);
        result.failed = true;
        co_return result;
    }
    c.app = app;
    c.desired = desired;
    c.memory = memory;
    auto actions = decided.actions;
    const auto done = co_await act(c, actions);
    const auto took = parts_.clock.now().boot - began;
    const bool worked = static_cast<bool>(done);
    const auto word = worked ? (actions.empty() ? "ok" : "acted") : to_string(done.error().next);
    tell(app, decided, *memory, word, took, *saved);
    memory->spec_version = spec_version;
    result = settle(app, *memory, decided, done, *saved);
    if (!memory->stored.content.deleted) co_return result;
    if (worked)
        co_await bury(app);
    else
        resume_removal(memory->stored.content);
    co_return result;
}

/// Nothing is accepted and nothing saved: an app that looks new may be one whose record is lost.
/// Only what can be said of it is shown.
reconciler::outcome reconciler::hold_back(app_memory& memory, const plan& decided) {
    outcome out;
    memory.stored.content.conditions = decided.next.conditions;
    ++memory.changes;
    out.wake = decided.wake;
    return out;
}

/// When the app is looked at next, and what a deed that did not work means for that.
reconciler::outcome reconciler::settle(const std::string& app, app_memory& memory,
                                       const plan& decided, const result<void>& done, bool saved) {
    outcome out;
    // The precondition of a deed was gone: look again soon. If it stays gone, somebody is in the
    // way.
    const bool in_the_way = !done && done.error().next == next_step::conflict;
    memory.conflicts = in_the_way ? memory.conflicts + 1 : 0;
    const bool is_broken = !done && !in_the_way && !is_evidence(memory);
    const bool has_failed = is_broken || memory.conflicts > conflicts_borne;
    memory.hindered = has_failed ? to_string(done.error()) : "";
    if (has_failed) {
        happened told{severity::warning, app, done.error().reason, to_string(done.error()),
                      json::object()};
        if (told.reason.empty()) told.reason = "ActionFailed";
        parts_.events.emit(told);
        out.failed = true;
        return out;
    }
    memory.view_stands = saved && done && decided.actions.empty() && memory.seen.docker_known;
    out.again_now = saved || (done && moved_something(decided.actions, memory));
    out.wake = sooner(decided.wake, memory.health_wake);
    if (!done) out.wake = conflict_pause;
    // What goes on in the background asks for a pass when it ends: nobody spins on it.
    if (!out.again_now && out.wake && *out.wake <= milliseconds{0}) out.wake = background_pause;
    return out;
}

} // namespace alcedo
