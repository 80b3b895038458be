#pragma once
// A plan while a rule writes it: the few moves that rules are made of, each keeping the record
// consistent (a phase entered restarts its clock, a promise gets its number, a hold its event).

#include "reconcilers/blue_green/situation.hpp"
#include "reconcilers/model/plan.hpp"
#include "reconcilers/model/reason.hpp"

#include <string>
#include <string_view>

namespace alcedo {

class draft {
public:
    draft(const situation& at, plan& into) : s(at), next(into.next), out_(into) {}

    const situation& s;
    record& next;

    void act(action a);
    void wake(milliseconds after);
    void note(std::string_view reason, std::string message); ///< event, Normal
    void warn(std::string_view reason, std::string message); ///< event, Warning

    /// `restart_clock` = false where two phases share one (Starting → Verifying).
    void enter(phase, bool restart_clock = true);
    void promise(const layout&); ///< next number, content built from `next`
    void promise_nothing();
    void promise_again();        ///< same content, next number
    void retire(const replica&); ///< promises its stop; row `finish_retiring` does it
    void spend(color);           ///< one repair
    void fill_budgets();
    void forget_attempt(); ///< attempt, origin, step, and what was wished of it
    /// From the next pass on the exclusive services belong to it. Nothing in an app without any.
    void hand_exclusive_to(const std::optional<release>&);
    /// Its last log lines go into the running receipt before it is removed.
    void remove_with_last_words(const replica&);
    /// What the attempt's containers did in an earlier life is not held against it.
    void count_falls_anew();

    void remember_rejection(const release&, std::string_view reason, const std::string& message);
    void hold(hold_kind, const release&, std::string_view reason, const std::string& message);
    /// Before any weight: ledger, Held Rejected, receipt; the serving colour is not touched.
    void reject(std::string_view reason, const std::string& what_happened,
                hold_kind = hold_kind::rejected);
    /// Traffic to the origin in one write; a reason other than Superseded also holds.
    void revert(hold_kind, std::string_view reason, const std::string& what_happened);
    /// As `revert`, for a newer target: nothing enters the ledger, nothing is held.
    void return_to_origin(const std::string& why);
    /// The attempt is over, nothing to revert: to Idle.
    void end_attempt(std::string_view outcome, std::string_view reason, const std::string& message);

    void begin_receipt(const release& to, const std::optional<release>& from);
    void decide_outcome(std::string_view outcome, std::string_view reason,
                        const std::string& message); ///< the receipt ends later
    void end_receipt();                              ///< emits plan.receipt

private:
    plan& out_;
    json retired_ = json::object(); ///< receipt of stops outside any rollout that cut something
    void event(const char* type, std::string_view reason, std::string message);
    void promised(const fragment&);
};

/// "blue 1a2b3c4d".
std::string named(const release&);
/// "web 0 of 1 ready (shop-green-web-1a2b3c4d-1 is sick)"; "" if all are ready.
std::string missing_in(const fleet&);
/// "blue 1a2b3c4d serves as before; nothing of it was touched".
std::string untouched(const record&);

} // namespace alcedo
