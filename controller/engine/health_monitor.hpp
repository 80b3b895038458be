#pragma once
// Runs the checks of ours in the background and remembers what they said, in memory only. A pass
// tells it which replicas to watch and reads the verdicts; a verdict that flips asks for a pass.

#include "controller/ports/clock.hpp"
#include "controller/ports/probe.hpp"
#include "reconcilers/blue_green/judgement.hpp"
#include "reconcilers/model/color.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alcedo {

/// One check on one replica (or, for `route`, on one colour).
struct watched {
    check_spec check;
    probe_target target;
    color colored = color::blue;
    std::string container;   ///< name; empty for a check of the whole colour
    std::string incarnation; ///< container id and start time: another one starts with nothing
    milliseconds interval{5000};
    bool eager = false; ///< not passed yet: ask sooner at first
    bool operator==(const watched&) const = default;

    std::string key() const;
};

class health_monitor {
public:
    using probes = std::map<std::string, std::unique_ptr<probe>>; ///< kind → probe
    /// `poke` asks for a pass; `proxy_answers` says whether the ack router of every entry point
    /// answered just now: a failed route probe counts only then.
    health_monitor(boost::asio::any_io_executor, clock_source&, probes,
                   std::function<void(std::string)> poke,
                   std::function<task<bool>()> proxy_answers);
    ~health_monitor();
    health_monitor(const health_monitor&) = delete;
    health_monitor& operator=(const health_monitor&) = delete;

    /// From now on exactly these are watched for the app.
    void watch(const std::string& app, std::vector<watched> wanted);
    /// Nothing if it is not watched.
    const judged* verdict(const std::string& app, const std::string& key) const;
    std::vector<check_status> statuses(const std::string& app) const;
    /// One sample outside of any row of samples.
    task<sample> once(check_spec, probe_target);
    /// The proxy has just acknowledged other weights: what fails in the next 100 ms is not judged
    /// (SPEC §4; routes and connections of before are still on their way).
    void weights_changed(const std::string& app);
    /// Consecutive counts start anew (the engine or the proxy was restarted).
    void start_anew();

    struct watcher;

private:
    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    probes probes_;
    std::function<void(std::string)> poke_;
    std::function<task<bool>()> proxy_answers_;
    std::map<std::string, std::map<std::string, std::shared_ptr<watcher>>> apps_;
    std::map<std::string, milliseconds> weights_changed_; ///< boot clock

    void start(const std::string& app, const watched&);
    static task<void> run(health_monitor* self, std::shared_ptr<watcher>);
    task<sample> take(watched);
    bool has_just_changed(const std::string& app) const;
    /// What fails on both colours tells nothing about either revision.
    bool fails_on_both(const watcher&) const;
};

} // namespace alcedo
