#pragma once
// Does what a plan says, one deed after the other, each checked again by a fresh look right before
// (PLANNER §3): a deed whose precondition is gone is dropped, the next pass plans again. Stops run
// in the background: they may take their grace period, and a revert must not wait for that.

#include "controller/engine/color_networks.hpp"
#include "controller/engine/parts.hpp"
#include "controller/engine/try_routers.hpp"
#include "reconcilers/model/action.hpp"

namespace alcedo {

class actor {
public:
    actor(engine_parts& parts, publisher& proxy, preparer& images, health_monitor& health,
          std::function<void(std::string)> poke)
        : parts_(parts), proxy_(proxy), images_(images), tries_(parts, health), networks_(parts),
          poke_(std::move(poke)) {}

    struct context {
        std::string app;
        frozen<desired_state> desired; ///< may be null
        std::shared_ptr<app_memory> memory;
        manifest::file_contents files; ///< of the catalogue, by path as written
        std::string source_id;
    };

    /// conflict = the precondition is gone (look again); anything else per next_step.
    task<result<void>> perform(context, action);

    color_networks& networks() { return networks_; }

private:
    engine_parts& parts_;
    publisher& proxy_;
    preparer& images_;
    try_routers tries_;
    color_networks networks_;
    std::function<void(std::string)> poke_;

    task<result<void>> prepare(context, prepare_release);
    task<result<void>> create(context, create_container);
    task<result<void>> start(context, start_container);
    task<result<void>> stop(context, stop_container);
    task<result<void>> remove(context, remove_container);
    task<result<void>> publish(context, publish_promise);

    task<result<create_request>> request_for(context, create_container, rendering);
    task<result<manifest::file_contents>> files_for(context, rendering);
    /// S25, by a list of this moment: the record's holder is this one, and of the app's exclusive
    /// containers no other exists, in whatever state. Anything goes for a service that is not.
    /// S28: a rehearsal is wanted now, and there is none too many either.
    task<result<void>> may_own(context, release who, std::string service, bool rehearses);
    task<result<void>> ensure_volumes(context, rendering, service_spec,
                                      std::shared_ptr<create_request>);
    static task<void> stop_in_background(actor* self, context, std::string id, milliseconds grace);
};

} // namespace alcedo
