#pragma once
// A world in which things go wrong by a seed: lost and late stops, crashes in the middle of a
// plan, sick and dying replicas, an unseen engine, a late proxy, a middleware that comes and goes,
// edits and wishes at any moment. What the world must never suffer is checked when it would happen,
// not when it is planned.

#include "support.hpp"

#include <random>
#include <set>

namespace alcedo::testing {

struct chaos {
    explicit chaos(unsigned seed);

    void step();      ///< one thing happens: a pass, time, a fault, an edit
    void calm_down(); ///< no more faults; whoever runs gets well; runs until nothing is left to do

    world w;
    std::string log; ///< the last things that happened, for the failure message

private:
    std::mt19937 dice_;
    fragment written_, applied_;
    std::uint64_t written_number_ = 0;
    std::vector<std::string> late_stops_; ///< container ids: may land whenever they like
    std::vector<action> late_;            ///< creates and starts of a bot, likewise
    int faults_left_;
    int edits_left_;
    bool calm_ = false;
    bool middleware_is_there_ = true;

    bool chance(int percent);
    int pick(int count);
    void say(const std::string&);
    void pass(const plan&);
    plan decide(); ///< held against the invariants
    void perform(const action&);
    void take_effect_of_stop(const std::string& id);
    void check_bots(); ///< S25, as things are
    void live();       ///< proxy and replicas get on
    void land_late();  ///< a create or start of a bot whose answer was lost
    void fault();
    void edit_something();
    void see_middlewares(); ///< as the engine's guard of routes does
};

} // namespace alcedo::testing
