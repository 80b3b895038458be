#pragma once
// The real engine of Alcedo over a simulated world. The daemon can be killed at any moment and made
// again over the same store, containers and document.

#include "controller/engine/controller.hpp"
#include "controller/engine/desk.hpp"
#include "tests/support/sim_docker.hpp"
#include "tests/support/sim_proxy.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace alcedo::sim {

/// Commits of one repository; what it holds is what was committed last.
class repository {
public:
    std::map<std::string, std::string> files;
    std::string url = "sim";
    std::string commit = "c0";
    bool unreadable = false;
    int generation = 0; ///< grows with every commit
};

struct recorder : event_sink {
    std::vector<happened> lines;
    std::vector<std::string> rules; ///< of passes that changed or did something
    int passes = 0;
    void emit(const event&) override;
    bool heard(const std::string& reason) const;
};

class world {
public:
    world();
    ~world();

    sim::clock clock;
    sim::docker docker{clock};
    sim::proxy proxy{clock};
    sim::store store;
    repository repo;
    recorder events;
    std::map<std::string, std::string> host_files; ///< that `plan -f` finds, by path
    int beginnings = 0;                            ///< how often the workers of a daemon began
    int signs_of_life = 0;                         ///< what feeds the watchdog
    std::string key = std::string(32, 'k');        ///< STATE/key
    /// What a probe of ours answers, by container name; pass if it is not in here.
    std::map<std::string, outcome> probes;

    void boot();  ///< starts the daemon
    void crash(); ///< kills it where it stands
    void stop();  ///< SIGTERM
    /// Kills it, and its state directory is gone.
    void lose_state();
    void commit(const std::string& file, const std::string& text);
    void run(milliseconds span) { clock.run_for(span); }

    /// What root says to the daemon over its socket; the answer is null until it came.
    std::shared_ptr<json> ask(const std::string& app, const std::string& verb);
    /// The same, and its answer: {granted, message, …}, or {error: …}.
    json say(const std::string& app, const std::string& verb);

    /// What `plan -f` says of one file; null if it never answers.
    json plan_file(const std::string& name, const std::string& text);

    json status(const std::string& app) const; ///< {} if unknown
    std::string phase(const std::string& app) const;
    std::string serving(const std::string& app) const;
    const record* promised(const std::string& app) const;
    bool alive() const { return static_cast<bool>(now_); }
    desk& office() { return *now_->office; }
    const engine& machine() const { return *now_->machine; }

private:
    json heard(const std::shared_ptr<json>& answer); ///< once it is there
    /// A process: its context outlives its engine, whose channels belong to it.
    struct process {
        boost::asio::io_context io{1};
        std::unique_ptr<connection_counter> counter;
        std::unique_ptr<engine> machine;
        std::unique_ptr<desk> office;
    };
    std::unique_ptr<process> now_;
    std::vector<std::unique_ptr<process>> dead_; ///< killed: never run again
};

/// A minute after `manifest` was committed as shop.yaml; demo:1 to demo:3 are there and behave.
std::unique_ptr<world> deployed(const std::string& manifest);

/// "True Serving", or "absent".
std::string condition_of(const json& status, const std::string& type);

/// A manifest of one routed service: images per colour, short times.
std::string web(const std::string& active, const std::string& blue, const std::string& green,
                const std::string& extra = "");

/// demo:1 on blue, demo:2 on green, and beside it a service without a route.
std::string with_worker(const std::string& active);

/// A manifest made by `web`, of another app: "film" at film.test. A source needs one that is left.
std::string renamed(std::string text, const std::string& app);

} // namespace alcedo::sim
