#pragma once
// For every row of the table a world in which it wins, and the worlds that rows have in common.

#include "support.hpp"

#include <functional>
#include <map>
#include <string>

namespace alcedo::testing {

using maker = std::function<world()>;
using cases = std::map<std::string, maker>;

cases cases_protecting();
cases cases_of_traffic();
cases cases_repairing();
cases cases_advancing();
cases cases_starting();
cases cases_shifting();
cases cases_resting();
cases cases_exclusive();
cases all_cases();
/// All of them, made once.
const std::map<std::string, world>& case_worlds();

shop_options replicas(int count);
shop_options with_worker();
shop_options with_bot();
/// Green serves and holds; blue's bot is gone, green's is not there yet.
world handing_over();
world at(phase, shop_options = {});         ///< blue served, green is this far
world idle_after_switch(shop_options = {}); ///< green is stable, blue warm
world before_rule(const std::string& rule, shop_options = {});
world reverting(); ///< from Watching, the promise not written yet
world held_rejected();
world deleting();
world awaiting(); ///< as at(AwaitingApproval), with traffic.approval Manual
world first_deploy_at(phase);
/// Green serves in its window, nobody is healthy, and the spec wants blue anew.
world both_dead_in_window();
replica stranger(color, const std::string& revision, life);

} // namespace alcedo::testing
