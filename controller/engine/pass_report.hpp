#pragma once
// What a pass leaves for people: events and metrics of what was decided, the evidence of a hold,
// and what the source says of the app. Decides nothing.

#include "controller/engine/parts.hpp"
#include "reconcilers/model/plan.hpp"

namespace alcedo {

/// The condition SourceSynced, and an event when the source went wrong or right again.
void note_source(const source_synced&, plan& decided, const moment& now);

/// Checks with their samples, containers with their states and last log lines, of what is held.
task<json> evidence_of(runtime&, std::shared_ptr<app_memory>, hold about);
/// Container name → its last log lines; who cannot be asked is left out.
task<json> last_words_of(runtime&, std::shared_ptr<app_memory>, std::vector<std::string> ids);

void tell_pass(event_sink&, const std::string& app, const plan&, const std::string& outcome,
               milliseconds took, bool wrote);
/// Phase, weights and hold as they are now.
void tell_state(event_sink&, const publisher&, const std::string& app, const record&);

} // namespace alcedo
