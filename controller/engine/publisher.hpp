#pragma once
// The one writer of the proxy's document. It holds the union of all apps' fragments, gathers what
// is published at the same time into one write, numbers it, and finds out when it is applied. It
// decides no weights: what it writes was promised by a record before, and at rest it writes
// nothing. A route's router leaves the document only if the caller says so (S26).

#include "controller/engine/signal.hpp"
#include "controller/engine/traffic_ledger.hpp"
#include "controller/ports/clock.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/ports/store.hpp"
#include "controller/ports/traffic.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alcedo {

class publisher {
public:
    struct options {
        milliseconds ack_deadline{5000}; ///< `--traefik-deadline`
        milliseconds resync{30000};
        milliseconds gather{5}; ///< publishes that arrive within this become one write
    };
    /// May a route's router that is in the document leave it?
    enum class removal { forbidden, allowed };

    /// `poke` is called with an app whenever `state`, `differs` or `may_republish` of it changed.
    /// Collaborators must outlive the publisher.
    publisher(boost::asio::any_io_executor, traffic_provider&, record_store&, clock_source&,
              event_sink&, options, std::function<void(std::string app)> poke);
    ~publisher();
    publisher(const publisher&) = delete;
    publisher& operator=(const publisher&) = delete;

    /// Reads the document on disk; it is the union to begin with. A promise of the store that is
    /// newer is not written here: it stays Unwritten until `publish`, because the planner may want
    /// another one first (PLANNER §2, rows 7–12). Apps that only the disk knows are kept. No
    /// document, or one that other settings would render differently: written at once.
    /// `conflict`: another instance's, or not ours. May be called again after an error.
    task<result<void>> start(std::map<std::string, promise> from_store);

    /// Answers when the promise is on disk. Nothing is written if it already was. Errors: that of
    /// the store or the provider; `invalid` + reason Violation if a router would be lost (S26).
    task<result<void>> publish(std::string app, promise wanted,
                               removal routers = removal::forbidden);
    /// Neither the store nor the disk knew a document: a proxy that asks for it is told to keep
    /// what it has until `hand_out`.
    bool is_held_back() const { return held_back_; }
    void hand_out();
    /// The app leaves the document (its deletion is confirmed and drained).
    task<result<void>> withdraw(std::string app);

    /// Confirmed: the first document that held promise `number`, or a newer one, is applied, and
    /// what the proxy shows was equal to it. A number that is not in the document is Unwritten.
    traffic_state state(const std::string& app, std::uint64_t number) const;
    /// Why it is not confirmed, for people; empty if there is nothing to say.
    std::string detail(const std::string& app) const;
    /// The proxy applied the document and shows something else for this app.
    bool differs(const std::string& app) const;
    /// Not confirmed in time, also if the same was promised again since.
    bool overdue(const std::string& app) const;
    /// Late, and the back-off (1, 2, 4 … 30 s; at once after the proxy came back) is over.
    bool may_republish(const std::string& app) const;
    /// Time left until then; none if the app is not Late.
    std::optional<milliseconds> until_republish(const std::string& app) const;

    std::optional<promise> published(const std::string& app) const; ///< as it is on disk
    std::optional<promise> confirmed(const std::string& app) const; ///< the newest confirmed one
    std::vector<std::string> apps() const;                          ///< in the document
    std::uint64_t document_generation() const { return document_.generation; }
    /// The newest document is applied, or was written a moment ago and one before it was.
    bool keeps_up() const;
    /// Why the newest document is not seen applied, for people; empty if it is.
    std::string trouble() const;
    /// How often the proxy was seen to have restarted.
    std::uint64_t proxy_restarts() const { return restarts_; }
    bool proxy_in_sight() const { return ledger_.is_in_sight(); }

    /// Follows the acks until `stop`: every 10 ms right after a write, slower later, every resync
    /// at rest.
    task<void> run();
    void stop();

private:
    struct change {
        promise wanted;
        bool leaves = false;
        removal routers = removal::forbidden;
    };
    using changes = std::map<std::string, change>;
    struct batch;

    task<result<void>> submit(std::string app, change wanted);
    task<result<void>> rewrite();
    std::shared_ptr<batch> gathering(bool& is_new);
    task<void> lead(std::shared_ptr<batch>);
    void refuse_losses(batch&) const;
    task<void> write_all(std::shared_ptr<batch>);
    task<result<void>> write(changes, bool even_if_nothing_changed);
    void note_written(const changes&, traffic_document);

    task<void> look();
    task<void> resync();
    task<void> check_disk();
    task<void> ask(std::uint64_t generation);
    task<void> compare(std::string app);
    void take(const ack_answer&, std::uint64_t generation);
    void poke_changed();
    std::string summary(const std::string& app) const;
    bool is_settled() const;
    bool is_writing() const; ///< or about to
    milliseconds pause();
    milliseconds now() const { return clock_.now().boot; }
    void tell(severity, std::string_view reason, std::string message) const;

    boost::asio::any_io_executor executor_;
    traffic_provider& provider_;
    record_store& store_;
    clock_source& clock_;
    event_sink& events_;
    options options_;
    std::function<void(std::string)> poke_;

    bool started_ = false;
    bool held_back_ = false;
    std::uint64_t numbered_ = 0; ///< the highest generation ever given out
    traffic_document document_;  ///< as it is on disk
    traffic_ledger ledger_;
    std::shared_ptr<batch> open_; ///< still gathering
    std::shared_ptr<batch> last_; ///< the newest: gathering, being written, or over

    std::string start_date_;
    std::uint64_t restarts_ = 0;
    std::optional<milliseconds> unsettled_since_; ///< boot clock
    std::optional<milliseconds> behind_since_;    ///< no news from the proxy, though there is some
    milliseconds resynced_at_{0};
    std::string not_applied_; ///< what the proxy shows instead of the newest document
    bool foreign_told_ = false;
    std::map<std::string, std::string> told_; ///< app → what its planner was last woken for
    signal bell_;
};

} // namespace alcedo
