#pragma once
// A record that the store lost, or of which only an older copy is left, made again from what runs
// and from what the proxy's document says (SPEC §4 "The document"). What it cannot know is left
// out: windows, attempts, promised stops. Until `record::rebuilding` is taken off by the planner,
// nothing is moved or removed on the strength of it.

#include "reconcilers/model/record.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alcedo {

/// One container of the app, as far as its labels and the engine tell.
struct remain {
    release what; ///< without its spec digest: no label carries it
    std::string name;
    std::string service;
    std::string image_id;
    std::string open_digest; ///< label alcedo.dev/spec
    std::string uid;         ///< of the app
    bool runs = false;
    milliseconds created_wall{0};
    bool operator==(const remain&) const = default;
};

/// Who serves: the colour with weight in the document; of two with weight, or without a document,
/// the one whose oldest running container is older, because it was there before the other's trial
/// began. `older`: what the store still knows of the app, {} if nothing; its identity, its ledger
/// and whatever was resolved stay.
record rebuild_record(const std::vector<remain>&, const std::optional<promise>& on_disk,
                      record older, const moment& now);

/// The serving revision is what the spec asks for in that colour, though keyed hashes made with
/// another key say otherwise: its containers carry the same open digest and run the images that
/// the spec's references name now (`images`: service → id).
bool is_render_of(const desired_state&, const release& serving, const std::vector<remain>&,
                  const std::map<std::string, std::string>& images);

/// From then on the spec's rendering of that colour is the serving revision.
void adopt_render(record&, const desired_state&, const std::map<std::string, std::string>& images);

} // namespace alcedo
