#pragma once
// An engine in memory, for simulation: containers with the states and health that the behaviour of
// their image gives them. Kept honest by the contract suite, which runs on the real one too.

#include "controller/engine/signal.hpp"
#include "controller/ports/runtime.hpp"
#include "controller/ports/traffic.hpp"
#include "tests/support/sim_clock.hpp"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace alcedo::sim {

/// What containers of an image do, by time since their start.
struct behaviour {
    milliseconds healthy_after{500};
    std::optional<milliseconds> sick_after;
    std::optional<milliseconds> exits_after;
    bool has_healthcheck = true;
    bool start_fails = false;
    milliseconds stop_takes{50};
};

class docker : public runtime {
public:
    explicit docker(clock&);
    void attach(boost::asio::io_context&);
    void detach();

    std::map<std::string, behaviour> images; ///< reference → behaviour; others do not exist
    std::set<std::string> pull_fails;        ///< references a registry answers 503 for
    std::set<std::string> to_pull;           ///< references that are not on the host yet
    milliseconds pull_takes{100};
    std::set<std::string> unknown_drivers; ///< of volumes and networks: refused when they are made
    bool loses_networks = false;           ///< every start is told that its network is gone
    bool down = false;                     ///< no call is answered
    std::map<std::string, std::vector<container>> recorded; ///< app → what its list answers
    std::string hangs_for; ///< lists of this app never end: a defect, for calls have deadlines
    int mutations = 0;
    int creates = 0;
    int lists = 0;                     ///< of one app's containers
    int network_looks = 0;             ///< one network inspected
    connection_counter::where counted; ///< what was asked for at the last count
    int open_connections_each = 0;     ///< per unlisted replica, until this is set to 0
    std::vector<std::string> log;      ///< every mutation in words
    /// Called right before a mutation takes effect; false = the engine dies here (crash tests).
    std::function<bool(const std::string&)> before_mutation;

    std::function<void()> after_list; ///< called once a list is made, before it is answered

    struct box {
        container seen;
        std::string image;
        std::optional<milliseconds> started;
        json service;
        std::vector<std::string> env;
        bool exists = true;
    };
    const std::map<std::string, box>& boxes() const { return boxes_; }
    int running(const std::string& app, const std::string& color) const;
    void kill_container(const std::string& name, int code);
    void appear(const box&); ///< a create that lands late
    void remove_by_hand(const std::string& name_prefix);
    /// `docker network prune`: whatever no running container is in, but the proxy's.
    void prune_networks();
    void restart_engine();
    /// Restarted, and what was stopped runs again, as `always` and a live-restore gone wrong do.
    void bring_back_stopped();
    /// Killed: nothing answers, everything runs on. Back: what survived was stopped, and stays
    /// down.
    void engine_dies();
    void engine_returns();
    void announce(const std::string& app);

    task<result<engine_info>> info() override;
    task<result<std::vector<container>>> list(std::string app) override;
    task<result<container>> inspect(std::string id) override;
    task<result<container>> find_by_name(std::string name) override;
    task<result<image_info>> image(std::string reference) override;
    task<result<void>> pull(std::string reference,
                            std::function<void(std::string)> progress) override;
    task<result<std::string>> create(create_request) override;
    task<result<void>> start(std::string id) override;
    task<result<void>> stop(std::string id, milliseconds grace) override;
    task<result<void>> remove(std::string id) override;
    task<result<std::vector<std::string>>> logs(std::string id, int tail) override;
    task<result<std::vector<network_info>>> networks() override;
    task<result<network_info>> network(std::string name_or_id) override;
    task<result<std::string>> create_network(network_request) override;
    task<result<void>> remove_network(std::string id) override;
    task<result<void>> connect(std::string network_id, std::string container_id) override;
    task<result<void>> create_volume(std::string name, json options,
                                     std::map<std::string, std::string> labels) override;
    task<result<bool>> volume_exists(std::string name) override;
    task<result<engine_change>> next_change() override;

private:
    clock& clock_;
    std::map<std::string, box> boxes_; ///< by id
    std::map<std::string, network_info> networks_;
    std::set<std::string> volumes_;
    int next_id_ = 1;
    std::map<std::string, int> networks_made_; ///< by name: made anew, one has another id
    std::unique_ptr<signal> bell_;
    std::vector<std::unique_ptr<signal>> old_bells_;
    std::deque<engine_change> changes_;
    std::map<std::string, std::string> told_; ///< id → health last announced

    void see_flips();
    const container& view(box&);
    task<void> take(milliseconds span);
    network_info with_members(network_info) const;
    bool mutate(const std::string& what);
    box* find(const std::string& id);
    const behaviour& of(const box&) const;
};

error engine_down();

} // namespace alcedo::sim
