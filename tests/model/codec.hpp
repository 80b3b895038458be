#pragma once
// Between one state's bytes and the values that the shipped planner takes. Times become "over" or
// "not over" and numbers "the present promise" or "an older one"; what only people read (events,
// messages, wall times, receipts) is left out.

#include "state.hpp"
#include "worlds.hpp"

#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/plan.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <map>
#include <memory>

namespace alcedo::checker {

/// What a record says of one container.
struct mark {
    byte retiring : 1;
    byte put : 1;
    byte noted : 1;
    byte aged : 1;
    byte falls : 2;
    byte unused : 2;
};
using marks = std::array<mark, slots_at_most>;

class codec {
public:
    explicit codec(const world_kind&);

    const desired_state& desired(spec_code, bool deleting);
    const moment& now() const { return now_; }
    record decode(const state&) const;
    observation look(const state&) const;
    /// Of a next record; `before` says what was seen of each container.
    record_code encode(const record&, const state& before, marks&) const;
    byte encode(const action&) const; ///< kind and place

    traffic_state traffic_of(const state&) const;
    const std::string& container(int slot) const { return names_[static_cast<std::size_t>(slot)]; }
    /// Planted by a mutant: equal content counts as the proxy's word.
    bool confirms_by_content = false;
    int revisions() const { return static_cast<int>(world_.revisions.size()); }

private:
    world_kind world_;
    moment now_;
    std::array<std::string, slots_at_most> names_, ids_;
    std::array<std::string, revisions_at_most> digests_;
    std::array<rendering, 2 * revisions_at_most> renderings_;
    const std::array<refusal, 2> refusals_{
        {{"", "StartFailed", "no such entrypoint"},
         {"", "RevisionNotReproducible", "the contents of its env files have changed"}}};
    std::map<int, std::unique_ptr<desired_state>> specs_;

    release release_of(release_code) const;
    std::optional<release> maybe(release_code) const;
    release_code code_of(const std::optional<release>&) const;
    int revision_of_digest(const std::string&) const;
    std::string generation_name(byte spec) const;
    fragment fragment_of(const document&) const;
    document document_of(const fragment&) const;
    void decode_containers(const state&, record&) const;
    void encode_containers(const record&, const state&, marks&) const;
    void encode_sets(const record&, record_code&) const;
    stopwatch watch_of(bool running, milliseconds elapsed) const;
    byte timers_of(const clocks&) const;
    budget_code budget_of(const budget&) const;
};

/// As Alcedo counts: a rehearsal is no replica.
inline int real_ordinal(int slot) {
    return is_rehearsal(slot) ? rehearsal_ordinal : is_bot(slot) ? 1 : ordinal_of(slot);
}
/// The first eight of a revision: "r3000000".
std::string revision8(int revision);

} // namespace alcedo::checker
