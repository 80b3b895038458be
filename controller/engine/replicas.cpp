#include "controller/engine/replicas.hpp"

#include <algorithm>
#include <charconv>

namespace alcedo {

namespace {

std::string text(const container& c, const char* key) {
    const auto at = c.labels.find(key);
    return at == c.labels.end() ? std::string() : at->second;
}

struct tally {
    int all = 0;
    int failing_now = 0;
    bool passing = true;
    bool failing = false;
    bool all_answered = true;
};

tally count_own_checks(const std::vector<const check_spec*>& checks, const judging& how,
                       bool trusted) {
    tally t;
    for (const auto* check : checks) {
        const judged* seen = how.verdict ? how.verdict(*check) : nullptr;
        const auto verdict = seen ? seen->verdict : check_verdict::pending;
        ++t.all;
        if (seen && seen->last_failed) ++t.failing_now;
        if (verdict == check_verdict::pending && trusted) {
            t.all_answered = false;
            continue;
        }
        if (verdict != check_verdict::passing) t.passing = false;
        if (verdict == check_verdict::failing) t.failing = true;
    }
    return t;
}

constexpr std::size_t exits_kept = 8;

void note_exits(life_entry& life, int count, const moment& now) {
    life.exits += count;
    for (int i = 0; i < count && i < static_cast<int>(exits_kept); ++i)
        life.exit_times.push_back(now.boot);
    while (life.exit_times.size() > exits_kept)
        life.exit_times.erase(life.exit_times.begin());
}

int exits_within(const life_entry& life, milliseconds span, const moment& now) {
    return static_cast<int>(std::count_if(life.exit_times.begin(), life.exit_times.end(),
                                          [&](milliseconds at) { return now.boot - at <= span; }));
}

/// Started again a moment ago, long after it was made: the engine or the host was restarted. Wall
/// times, because the engine tells no others; a jump of the clock only shifts how long a replica
/// that was never heard is given to come up.
bool has_just_come_back(const container& c, const health_spec& health, const moment& now) {
    if (c.started_wall.count() == 0 || c.created_wall.count() == 0) return false;
    return c.started_wall - c.created_wall > health.timeout &&
           now.wall - c.started_wall < health.timeout;
}

/// Whatever fails on both colours tells nothing about a revision; nor does the time it takes the
/// engine to notice that it is over.
bool is_excused(const container& c, life_entry& life, const judging& how, const moment& now,
                std::optional<milliseconds>& wake) {
    constexpr milliseconds slack{5000};
    if (c.health != docker_health::unhealthy) return false;
    if (how.twin_is_sick) life.excused_until = now.boot + c.health_interval + slack;
    if (now.boot >= life.excused_until) return false;
    const auto left = life.excused_until - now.boot;
    wake = wake ? std::min(*wake, left) : left;
    return true;
}

/// 20.10 with live-restore asks no health check any more after its return; whatever it said last
/// stays. Later ones begin anew, with an interval or the 5 s of a start.
void note_hearing(life_entry& life, const container& c, const moment& now) {
    const bool heard = c.health_checked_at != life.health_checked_at;
    life.health_checked_at = c.health_checked_at;
    if (c.state != life::running || c.health == docker_health::none || heard ||
        c.started_at != life.started_at)
        life.unheard_since.reset();
    // Also one that was made before and is seen running only now: it may have been started right
    // before the engine went away.
    if (life.rebase && c.state == life::running && c.health != docker_health::none)
        life.unheard_since = now.boot;
}

bool goes_unwatched(const container& c, const life_entry& life, const moment& now,
                    std::optional<milliseconds>& wake) {
    constexpr milliseconds slack{6000};
    if (!life.unheard_since) return false;
    const auto left = *life.unheard_since + c.health_interval + slack - now.boot;
    if (left <= milliseconds{0}) return true;
    wake = wake ? std::min(*wake, left) : left;
    return false;
}

milliseconds running_for(const life_entry& life, const moment& now) {
    return life.running_since ? now.boot - *life.running_since : milliseconds{0};
}

} // namespace

std::optional<replica> place(const container& c) {
    const auto colored = color_from(text(c, label::color));
    const auto number = text(c, label::ordinal);
    replica r;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), r.ordinal);
    if (!colored || parsed.ec != std::errc{} || text(c, label::service).empty() ||
        text(c, label::revision).empty())
        return std::nullopt;
    r.id = c.id;
    r.name = c.name;
    r.colored = *colored;
    r.service = text(c, label::service);
    r.revision = text(c, label::revision);
    r.rehearsal = text(c, label::rehearsal);
    r.marked_exclusive = text(c, label::exclusive) == "true";
    r.state = c.state;
    r.never_started = c.never_started;
    r.exit_code = c.exit_code;
    return r;
}

void remember(life_entry& life, const container& c, const moment& now) {
    const bool first_look = life.started_at.empty() && !life.running_since;
    const bool engine_was_away = life.rebase && !first_look;
    note_hearing(life, c, now);
    if (first_look || life.rebase) {
        life.restarts = c.restart_count;
        life.rebase = false;
        if (!first_look && c.started_at != life.started_at) life.exit_counted = false;
    }
    if (c.restart_count > life.restarts) {
        note_exits(life, c.restart_count - life.restarts, now);
        life.restarts = c.restart_count;
        life.fell = true;
    }
    if (first_look) life.trusted = true;
    if (c.started_at != life.started_at) {
        if (!first_look) life.trusted = false;
        life.started_at = c.started_at;
        life.running_since.reset();
        life.was_ready = false;
        life.exit_counted = false;
        life.ended_with_engine = false;
        // A manual start sets the engine's own count back.
        life.restarts = std::min(life.restarts, c.restart_count);
    }
    if (c.state == life::running && !life.running_since) life.running_since = now.boot;
    if (c.state == life::exited && !c.never_started && !life.exit_counted) {
        life.exit_counted = true;
        // An engine that was killed stops what survived it, and leaves it down.
        life.ended_with_engine = engine_was_away;
        if (!engine_was_away) note_exits(life, 1, now);
    }
}

std::vector<const check_spec*> own_checks(const health_spec& health, const std::string& service,
                                          bool post_switch) {
    std::vector<const check_spec*> out;
    for (const auto& check : health.checks) {
        const bool staged = post_switch ? check.post_switch : check.pre_switch;
        if (staged && check.service == service && check.kind != "docker") out.push_back(&check);
    }
    return out;
}

void judge_replica(replica& r, const container& c, life_entry& life, const judging& how,
                   const moment& now, std::optional<milliseconds>& wake) {
    r.never_started = c.never_started || life.ended_with_engine;
    r.exits = life.exits;
    r.recent_exits = how.health ? exits_within(life, how.health->timeout, now) : life.exits;
    if (c.state != life::running || !how.health) return;
    r.unwatched = goes_unwatched(c, life, now, wake);
    const auto checks = own_checks(*how.health, r.service, how.post_switch);
    // Before the first answers of this process, what the promise lists counts as it was left; and a
    // check that has no answer yet (a new stage, checks that rest while Docker's go on) says
    // nothing against a replica that was ready.
    const bool trusted = (how.listed && life.trusted) || life.was_ready;
    const auto own = count_own_checks(checks, how, trusted);
    const bool has_docker = c.health != docker_health::none;
    r.has_own_checks = own.all > 0;
    r.own_checks_failing = own.all > 0 && own.failing_now == own.all;
    r.docker_unhealthy =
        c.health == docker_health::unhealthy && !is_excused(c, life, how, now, wake);

    bool ready = own.passing;
    if (has_docker) ready = ready && c.health == docker_health::healthy;
    const bool speechless = !has_docker && own.all == 0;
    if (speechless && !trusted) {
        const auto left = how.health->min_ready - running_for(life, now);
        ready = left <= milliseconds{0};
        if (!ready) wake = wake ? std::min(*wake, left) : left;
    }
    // A replica that has just (re)started is coming up, whatever its first answers are: the engine
    // may have restarted it. It can be called sick once it was ready, or had its time. On trial it
    // is not excused for a start it made necessary itself.
    const bool came_back = has_just_come_back(c, *how.health, now);
    const bool had_its_time = life.was_ready || (trusted && !came_back) ||
                              (how.on_trial && life.fell) ||
                              running_for(life, now) > how.health->timeout;
    const bool failing = own.failing || r.docker_unhealthy;
    if (ready && !failing) {
        r.ready = readiness::ready;
        const bool heard = has_docker || own.all_answered;
        if (heard || !came_back) life.was_ready = true;
    } else {
        r.ready = failing && had_its_time ? readiness::sick : readiness::starting;
    }
}

} // namespace alcedo
