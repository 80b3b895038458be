#pragma once
// What is known about every app's promise in the one document: which document generation was the
// first to hold it, whether the proxy has applied that one or a newer one, since when we wait, and
// when the same promise may be made again. Pure bookkeeping: no I/O, and time only as a parameter.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/traffic.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alcedo {

class traffic_ledger {
public:
    explicit traffic_ledger(milliseconds deadline) : deadline_(deadline) {}

    /// `held` stands in the document since `generation`; it waits for the ack from now on. The same
    /// content again, while it was not confirmed, counts as a republish.
    void wrote(const std::string& app, const promise& held, std::uint64_t generation,
               milliseconds now);
    void forget(const std::string& app);

    /// The proxy could not be seen: every promise is unknown until it is seen again.
    void lost_sight(const std::string& why);
    /// The proxy answered. After blindness or a restart nothing is confirmed any more, deadlines
    /// start anew and the next republish does not wait.
    void in_sight(milliseconds now);
    void restarted(milliseconds now);
    /// The proxy answered that it has not applied `generation`.
    void not_applied(std::uint64_t generation, const std::string& why, milliseconds now);
    /// It has applied `generation` or a newer one. Answers the apps whose promise is thereby
    /// applied but not compared yet.
    std::vector<std::string> applied(std::uint64_t generation);
    /// The comparison of promise `number` with what the proxy shows.
    void compared_equal(const std::string& app, std::uint64_t number);
    void compared_different(const std::string& app, std::uint64_t number, const std::string& why,
                            milliseconds now);
    /// A promise that was confirmed stays so: the ack is exact, the comparison its detail.
    void compared_unknown(const std::string& app, std::uint64_t number, const std::string& why);

    traffic_state state(const std::string& app, std::uint64_t number, milliseconds now) const;
    std::string detail(const std::string& app) const;
    bool differs(const std::string& app) const;
    bool overdue(const std::string& app, milliseconds now) const;
    /// Zero: may be promised again now. None: nothing to repeat (not Late).
    std::optional<milliseconds> until_republish(const std::string& app, milliseconds now) const;

    std::optional<promise> published(const std::string& app) const;
    std::optional<promise> confirmed(const std::string& app) const;
    std::vector<std::string> apps() const;
    /// The oldest document generation somebody still waits for; 0 = everything is confirmed.
    std::uint64_t oldest_awaited() const;
    /// The newest generation the proxy was seen to have applied; 0 = none since it came in sight.
    std::uint64_t newest_applied() const { return applied_; }
    bool is_in_sight() const { return in_sight_; }
    /// Why not.
    const std::string& blindness() const { return blindness_; }

private:
    struct entry {
        promise held;
        std::uint64_t generation = 0; ///< the first document that held it
        bool is_confirmed = false;
        bool is_different = false; ///< applied, and the proxy shows something else
        bool is_unclear = false;   ///< applied, and what the proxy shows could not be read
        std::string detail;
        milliseconds waiting_since{0}; ///< boot clock
        int republished = 0;           ///< times the same content was promised again, unconfirmed
        bool in_a_hurry = false;       ///< the proxy came back: the next republish does not wait
        std::optional<promise> last_confirmed;
    };
    entry* find(const std::string& app, std::uint64_t number);
    static void doubt(entry&, milliseconds now);
    void doubt_all(milliseconds now);

    milliseconds deadline_;
    std::uint64_t applied_ = 0;
    bool in_sight_ = false;
    std::string blindness_ = "the proxy was not asked yet";
    std::map<std::string, entry> entries_;
};

} // namespace alcedo
