#pragma once
// The corridor: one pass over one app. Observe, plan, check, save, act, tell; the next pass looks
// again. Everything durable goes through here, and nothing is done that was not saved before.

#include "controller/engine/act.hpp"
#include "controller/engine/observe.hpp"
#include "controller/engine/parts.hpp"
#include "controller/engine/rebuilder.hpp"
#include "reconcilers/model/plan.hpp"

namespace alcedo {

class reconciler {
public:
    reconciler(engine_parts& parts, catalogue& specs, publisher& proxy, health_monitor& health,
               preparer& images, std::function<void(std::string)> poke);

    struct outcome {
        bool again_now = false;           ///< something was done or saved: look again at once
        std::optional<milliseconds> wake; ///< otherwise after this long
        bool failed = false;              ///< back off
    };
    task<outcome> pass(std::string app);

    /// Records of the store, at start.
    task<result<void>> load();
    const std::map<std::string, std::shared_ptr<app_memory>>& apps() const { return apps_; }
    std::shared_ptr<app_memory> memory_of(const std::string& app);
    /// Something of it may have changed: what was seen of it until now does not count any more.
    void hint(const std::string& app);
    /// Changes under way in the background.
    int calls() const;
    /// The engine restarted: exits counted from here on, counts anew.
    void engine_restarted();
    /// Why the last record was not saved; empty if it was.
    const std::string& store_trouble() const { return store_trouble_; }

private:
    engine_parts& parts_;
    catalogue& specs_;
    publisher& proxy_;
    health_monitor& health_;
    preparer& images_;
    observer eyes_;
    rebuilder memory_;
    actor hands_;
    std::map<std::string, std::shared_ptr<app_memory>> apps_;
    std::set<std::string> buried_; ///< deleted since the start
    std::string store_trouble_;

    void complete(const std::string& app, const desired_state*, plan&);
    void freeze_if_violated(const std::string& app, const desired_state*, const observation&,
                            const record& before, plan&);
    /// False: there was nothing to save. `conflict`: the record is no longer the one that was
    /// planned for; the pass is thrown away.
    task<result<bool>> save(std::string app, std::shared_ptr<app_memory>, std::uint64_t planned_for,
                            plan&);
    void begin_anew(const std::string& app, app_memory&);
    static outcome hold_back(app_memory&, const plan& decided);
    outcome settle(const std::string& app, app_memory&, const plan&, const result<void>& done,
                   bool saved);
    task<void> bury(std::string app);
    bool comes_back(const std::string& app, const app_memory&) const;
    task<result<void>> act(actor::context, std::vector<action>);
    static bool moved_something(const std::vector<action>&, const app_memory&);
    void tell(const std::string& app, const plan&, const app_memory&, const std::string& outcome,
              milliseconds took, bool wrote);
};

} // namespace alcedo
