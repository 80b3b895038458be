#pragma once
// Runs everything: follows sources, hands out passes to workers, listens to the engine's events,
// follows the proxy, looks at every app at each resync; ends gracefully. Plans nothing itself.

#include "controller/engine/catalogue.hpp"
#include "controller/engine/document_gate.hpp"
#include "controller/engine/followed_sources.hpp"
#include "controller/engine/reconcile.hpp"
#include "controller/engine/work_queue.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alcedo {

class engine {
public:
    using named_source = followed_sources::one;

    engine(boost::asio::any_io_executor, engine_parts, catalogue::options, publisher::options,
           health_monitor::probes, std::vector<named_source>);
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    /// Loads the records; fails if the store cannot be read.
    task<result<void>> load();
    /// Until `stop`; the calls under way are let finish.
    task<void> run();
    void stop();

    const catalogue& specs() const { return specs_; }
    const reconciler& passes() const { return passes_; }
    const publisher& proxy() const { return proxy_; }
    const engine_parts& parts() const { return parts_; }
    engine_parts& parts() { return parts_; }
    const std::vector<named_source>& sources() const { return sources_.all(); }
    task<result<std::string>> file(std::string source, std::string commit, std::string path) {
        return sources_.file(std::move(source), std::move(commit), std::move(path));
    }

    /// First docker answer, first source reading, first confirmed document: for /readyz.
    struct progress {
        bool engine_seen = false;
        std::string engine_trouble = "the engine has not answered yet";
        std::string engine_version;
        bool document_ready = false;
        std::string document_trouble = "the proxy's document was not looked at yet";
        bool sources_read = false;
    };
    const progress& how_far() const { return progress_; }

    /// Asks for a pass over the app.
    void poke(const std::string& app);

    /// A number that grows with every pass or reading; waits until it differs from `seen`.
    std::uint64_t version() const { return version_; }
    task<void> wait_change(std::uint64_t seen, milliseconds at_most);

private:
    boost::asio::any_io_executor executor_;
    engine_parts parts_;
    catalogue specs_;
    work_queue queue_;
    publisher proxy_;
    health_monitor health_;
    preparer images_;
    reconciler passes_;
    document_gate gate_;
    signal stopping_;
    followed_sources sources_;
    progress progress_;
    std::uint64_t version_ = 0;
    std::uint64_t proxy_restarts_ = 0;
    std::vector<std::weak_ptr<signal>> listeners_; ///< gone with whoever waits, also if cancelled
    bool remains_found_ = false;
    bool stopped_ = false;

    void poke_all();
    void notice_proxy_restart();
    void bump();
    task<void> open_document();
    void tell_queue(double queued_seconds, double worked_seconds); ///< negative = not measured
    static task<void> begin(engine* self);
    static task<void> work(engine* self);
    void tell_alive() const;
    static task<void> find_remains(engine* self);
    static task<void> follow_engine(engine* self);
    static task<void> follow_proxy(engine* self);
    static task<void> resync(engine* self);
    static task<bool> proxy_answers(engine* self);
    void start(task<void>, const char* who);
};

} // namespace alcedo
