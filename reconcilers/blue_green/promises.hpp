#pragma once
// Building an app's fragment of the proxy's document from routes, weights and ready replicas, and
// reading one back: who is weighted, who is listed, what may be published. Decides nothing.

#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

/// "<app>-<color>-<service>-<revision8>-<ordinal>": computed, so that a create is idempotent.
std::string container_name(std::string_view app, const release&, std::string_view service,
                           int ordinal);
/// "http://<container name>:<port>".
std::string server_url(std::string_view container, int port);
struct server_parts {
    std::string_view container;
    std::string_view port;
};
/// The way back; views into `url`.
server_parts split_server_url(std::string_view url);
/// A route's backend for exactly this release, or nullptr.
const fragment_backend* backend_of(const fragment&, const std::string& route, const release&);

/// Who is in the document, with which percentage: the part of a promise that rules decide.
/// A release with weight 0 stays defined, so that going back changes one line.
struct layout {
    std::array<std::optional<release>, 2> who;
    std::array<int, 2> weight{0, 0};
    std::optional<color> tried; ///< each route has a try router to this colour
    bool unknown = false;       ///< weight is promised to a revision that the record does not know
    bool operator==(const layout&) const = default;

    bool has_weight() const { return weight[0] > 0 || weight[1] > 0; }
};
layout only(const release&);
layout split(const release& to, int percent, const release& from);
layout defining(layout, const std::optional<release>&); ///< adds it with weight 0
layout trying(layout, const release&);

/// Who the promise is about, as releases. Revisions that the record no longer knows drop out.
layout layout_of(const record&);

/// The routes that lead into a release: what it was rendered with, as far as the spec still has it.
std::map<std::string, route_target> routes_of(const desired_state&, const record&, const release&);

/// The fragment for a layout: rules, entry points, priorities, TLS and middlewares from the
/// accepted spec (of a withheld route as they are promised already); servers from the ready
/// replicas, else those listed before, else every wanted one. Routes that all weighted colours
/// carry come first.
fragment build_fragment(const desired_state&, const observation&, const record&, const layout&);

/// Is a server of this container in any backend with weight (or in any at all)?
bool is_listed(const fragment&, std::string_view container);
bool is_defined(const fragment&, std::string_view container);

/// The weight of this very release (colour and revision) in the promise; 0 = not in it.
int weight_of(const promise&, const release&);
/// The promise sends everything to this release (also true if no route leads into it and none is
/// promised: an app without routes).
bool is_only(const desired_state&, const record&, const release&);

/// Preparing … AwaitingApproval: an attempt in them has no weight yet.
bool is_before_switch(phase);
/// Whose weight a write could take away: an attempt has none before the switch, an origin none
/// after it. A colour that waits for its own document must not be what holds that document back.
std::vector<release> may_have_weight(const record&);

/// PLANNER §1: deleting; or nobody with weight is ready, here or elsewhere; or somebody is, and so
/// is every colour that gets weight anew (whoever serves has it already). `deleting` counts as yes.
bool publish_allowed(const desired_state&, const observation&, const record&);

} // namespace alcedo
