#pragma once
// One state of the abstract world, in a hundred bytes without padding: what the store holds, what
// Docker, Traefik and the editor are at, and what our process remembers. Equal bytes = equal state.

#include "reconcilers/model/record.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace alcedo::checker {

using byte = std::uint8_t;

inline constexpr byte phase_deleting = static_cast<byte>(phase::deleting);
inline constexpr int revisions_at_most = 4;
inline constexpr int places_of_release = 4; ///< web 1, web 2, the exclusive bot, its rehearsal
inline constexpr int slots_at_most = 2 * revisions_at_most * places_of_release;
inline constexpr int todo_at_most = 10;

enum class life_of : byte { absent, created, running, exited };
enum class health_of : byte { starting, ready, sick };

/// The place of one container: colour, revision, ordinal of `web` or the bot.
struct place {
    std::uint32_t life : 2;
    std::uint32_t health : 2;
    std::uint32_t fresh : 1; ///< exited with the engine: nobody's fault
    std::uint32_t falls : 2; ///< ends of its own, at most 2
    std::uint32_t put : 1;   ///< in the record's put_down
    std::uint32_t retiring : 1;
    std::uint32_t answered : 1; ///< a stop of it was answered since it was promised
    std::uint32_t stopping : 1; ///< our stop is under way
    std::uint32_t lost_stop : 1;
    std::uint32_t lost_start : 1;
    std::uint32_t lost_create : 1;
    std::uint32_t carried : 1; ///< got requests, and was not drained since
    std::uint32_t noted : 1;   ///< in the record's stopped_at
    std::uint32_t aged : 1;    ///< for 24 hours
    std::uint32_t hidden : 1;  ///< Docker's list still shows it as it was: running and ready
    std::uint32_t cut : 1;     ///< a network that it was made with is gone: no start of it works
    std::uint32_t netless : 1; ///< and a start has told us so
    std::uint32_t unused : 12;

    bool is(life_of l) const { return life == static_cast<std::uint32_t>(l); }
    bool runs() const { return is(life_of::running); }
    bool is_ready() const {
        return runs() && health == static_cast<std::uint32_t>(health_of::ready);
    }
    void set(life_of l) { life = static_cast<std::uint32_t>(l); }
    void set(health_of h) { health = static_cast<std::uint32_t>(h); }
};
static_assert(sizeof(place) == 4);

/// A release as one byte: 0 = none.
struct release_code {
    byte value;
    static release_code of(int color, int revision, bool resolved) {
        return {static_cast<byte>(1 + color + 2 * revision + (resolved ? 0 : 8))};
    }
    bool exists() const { return value != 0; }
    int color() const { return (value - 1) & 1; }
    int revision() const { return ((value - 1) >> 1) & 3; }
    bool resolved() const { return ((value - 1) & 8) == 0; }
    bool is(release_code o) const { return value != 0 && ((value - 1) & 7) == ((o.value - 1) & 7); }
};

/// One colour's share of a document: bit 0 defined, 1–2 revision, 3–4 listed ordinals, 5–6 weight
/// (none, a part, all).
struct share {
    byte value;
    bool defined() const { return (value & 1) != 0; }
    int revision() const { return (value >> 1) & 3; }
    int servers() const { return (value >> 3) & 3; }
    int weight() const { return value >> 5; }
};
struct document {
    share of[2];
    byte tried; ///< 0 nobody, 1 blue, 2 green
    bool operator==(const document& o) const {
        return of[0].value == o.of[0].value && of[1].value == o.of[1].value && tried == o.tried;
    }
    bool has_weight() const { return of[0].weight() + of[1].weight() > 0; }
};

enum timer { phase_timer, window_timer, standby_timer, retire_timer };

struct budget_code {
    byte left : 2;    ///< 0, 1, 2 = full (five, or one before any weight)
    byte running : 1; ///< the refill
    byte waited : 1;  ///< its back-off is over
    byte refilled : 1;
    byte unused : 3;
};

struct record_code {
    byte now_in, step;
    release_code attempt, origin, serving, stable, standby;
    byte held; ///< 0 none, else 1 + kind
    release_code held_what;
    byte generation; ///< the spec's code, of the accepted one
    byte accepted;   ///< one was
    document promised;
    byte numbered;           ///< something was ever promised
    byte resolved, rendered; ///< bit per colour and revision
    byte rejected;           ///< bit per revision
    byte drained;            ///< bit per colour
    byte deleted, receipt;   ///< receipt: 0 none, 1 open, and 2 with drift, 4 reminded
    byte ghosts;             ///< promised stops of containers that are gone
    budget_code budgets[2];
    byte paused;
    release_code promoted, abort, rollback, retry;
    byte remove;
    release_code holder;
    byte lapse;  ///< the gap is being measured
    byte said;   ///< events tell of refusals: bit 0 of one, bit 1 of what cannot be made again
    byte timers; ///< two bits each: running, passed

    bool runs(timer t) const { return ((timers >> (2 * t)) & 1) != 0; }
    bool passed(timer t) const { return ((timers >> (2 * t)) & 2) != 0; }
    void pass(timer t) { timers = static_cast<byte>(timers | (2 << (2 * t))); }
};

/// The spec: bits 0–1 active (blue, green, auto), 2–3 and 4–5 the colours' revisions, 6 two
/// replicas, 7 paused.
struct spec_code {
    byte value;
    int active() const { return value & 3; }
    int revision(int color) const { return (value >> (2 + 2 * color)) & 3; }
    int replicas() const { return 1 + ((value >> 6) & 1); }
    bool paused() const { return (value & 128) != 0; }
    spec_code with_active(int a) const { return {static_cast<byte>((value & ~3) | a)}; }
    spec_code with_revision(int color, int r) const {
        const int at = 2 + 2 * color;
        return {static_cast<byte>((value & ~(3 << at)) | (r << at))};
    }
};

enum class deed : byte { create, start, stop, remove, publish, prepare, ask, networks };

/// What was refused for the revision's own sake: bits 0–2 1 + revision, 3 it cannot be made again.
struct refusal_code {
    byte value;
    bool exists() const { return value != 0; }
    int revision() const { return (value & 7) - 1; }
    bool for_ever() const { return (value & 8) != 0; }
};

struct state {
    std::array<place, slots_at_most> places;
    record_code rec;
    spec_code spec;
    byte deleting; ///< a source that prunes does not name it any more
    byte orphan;   ///< no source names it, and it goes on serving
    // Traefik: what our file says, what it has read, what it has applied; each with whether that
    // is the record's present promise (by number, never by content).
    document written, read, applied;
    byte written_now, has_read, read_now, applied_now;
    byte dirty;    ///< the file changed and Traefik has not read it
    byte late;     ///< not confirmed in time
    byte unseen;   ///< Traefik cannot be seen
    byte blind;    ///< Docker cannot be seen
    byte prepared; ///< 0 no, 1 yes, 2 failed
    byte tried;
    refusal_code refused;
    byte spent;         ///< bit per colour: a repair was spent under this generation
    byte faults, edits; ///< left
    byte faulty;        ///< some fault happened
    byte todo_count;
    std::array<byte, todo_at_most> todo;

    place& at(int index) { return places[static_cast<std::size_t>(index)]; }
    const place& at(int index) const { return places[static_cast<std::size_t>(index)]; }
};
static_assert(std::has_unique_object_representations_v<document>);

inline constexpr int slot_index(int color, int revision, int ordinal) {
    return (color * revisions_at_most + revision) * places_of_release + ordinal - 1;
}
inline constexpr int color_of(int slot) {
    return slot / (revisions_at_most * places_of_release);
}
inline constexpr int revision_of(int slot) {
    return slot / places_of_release % revisions_at_most;
}
inline constexpr int ordinal_of(int slot) {
    return slot % places_of_release + 1;
}
inline constexpr bool is_web(int slot) {
    return ordinal_of(slot) <= 2;
}
/// Never routed, one of it, and never two at once (S25).
inline constexpr bool is_bot(int slot) {
    return ordinal_of(slot) == 3;
}
/// Of the bot, with other settings: beside the real one of another colour only (S28).
inline constexpr bool is_rehearsal(int slot) {
    return ordinal_of(slot) == 4;
}

inline bool lists(const document& d, int slot) {
    const auto s = d.of[color_of(slot)];
    return is_web(slot) && s.defined() && s.weight() > 0 && s.revision() == revision_of(slot) &&
           (s.servers() & (1 << (ordinal_of(slot) - 1))) != 0;
}
inline bool belongs(int slot, release_code r) {
    return r.exists() && r.resolved() && r.color() == color_of(slot) &&
           r.revision() == revision_of(slot);
}

struct hash128 {
    std::uint64_t a = 0, b = 0;
    bool operator==(const hash128&) const = default;
};
/// What the engine says to the planner: pruned, or a deletion under way, or asked for by a person
/// while no source names it.
inline bool is_to_go(const state& s) {
    return s.deleting != 0 || s.rec.now_in == phase_deleting ||
           (s.orphan != 0 && (s.rec.remove != 0 || s.rec.deleted != 0));
}

hash128 hash_bytes(const void* data, std::size_t size);

inline state empty_state() {
    state s;
    std::memset(&s, 0, sizeof s);
    return s;
}

} // namespace alcedo::checker
