#pragma once
// A small make-believe world: an engine, a proxy and a clock that do what plans say. Everything
// goes well in it; whoever wants trouble (tests, simulation) makes it in `seen`. Values only.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/plan.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

namespace alcedo {

struct world {
    desired_state desired;
    observation seen;
    record rec;
    moment now;
    std::uint64_t applied = 0; ///< promise number the proxy has
    int containers_made = 0;
    int ack_takes = 0; ///< passes until a written promise is confirmed; 0 = at once
    int ack_left = 0;

    void commit(const record& next); ///< a new promise is not written yet
    void perform(const action&);
    void apply(const plan& p) {
        commit(p.next);
        for (const auto& a : p.actions)
            perform(a);
    }
    void pass_time(milliseconds);
    replica* find(const std::string& name_or_id);
};

} // namespace alcedo
