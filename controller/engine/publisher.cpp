// The writing half: what goes into the document, in which order, under which number.

#include "controller/engine/publisher.hpp"

#include "controller/engine/traffic_union.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <utility>

namespace alcedo {

namespace {

constexpr const char* number_key = "document_generation";

} // namespace

/// Publishes that become one write. The first caller leads it; the others wait for its end.
struct publisher::batch {
    changes wanted;
    bool even_if_nothing_changed = false;
    std::map<std::string, error> refused; ///< app → why, if not all of them shared one outcome
    result<void> outcome = error(next_step::unknown, "the write was abandoned");
    bool is_over = false;
    signal over;
    std::shared_ptr<batch> before;

    explicit batch(boost::asio::any_io_executor executor) : over(std::move(executor)) {}
    void end() {
        is_over = true;
        over.close();
    }
    result<void> answer(const std::string& app) const {
        const auto it = refused.find(app);
        if (it != refused.end()) return it->second;
        return outcome;
    }
};

publisher::publisher(boost::asio::any_io_executor executor, traffic_provider& provider,
                     record_store& store, clock_source& clock, event_sink& events, options chosen,
                     std::function<void(std::string)> poke)
    : executor_(std::move(executor)), provider_(provider), store_(store), clock_(clock),
      events_(events), options_(chosen), poke_(std::move(poke)), ledger_(chosen.ack_deadline),
      bell_(executor_) {}

publisher::~publisher() = default;

task<result<void>> publisher::start(std::map<std::string, promise> from_store) {
    auto found = co_await provider_.read();
    if (!found) co_return found.error();
    auto stored = co_await store_.number(number_key);
    if (!stored) co_return with_context(stored.error(), "the document's number");

    if (found->damaged && *stored == 0)
        co_return error(next_step::conflict,
                        "the document's file was not written by Alcedo: move it away, or give "
                        "another --traefik-dir (with the provider http: --state-dir)");
    if (found->damaged)
        tell(severity::warning, reason::Drift,
             "the document on disk cannot be read as ours any more: written anew from the store");
    held_back_ = !found->exists && *stored == 0;
    provider_.hold_back(held_back_);
    auto document = union_of(found->document, from_store);
    // Nobody is routed anywhere as it is: what was promised last is better than nothing, also where
    // the planner is about to want another one.
    const bool lost = !found->exists || found->damaged;
    for (const auto& [app, p] : lost ? from_store : std::map<std::string, promise>{}) {
        document.fragments[app] = p.content;
        document.promises[app] = p.number;
    }
    // Settings, tokens or our own rendering may have changed since.
    bool is_current = false;
    if (found->exists && !found->damaged) {
        auto holds = co_await provider_.holds(document);
        if (!holds) co_return holds.error();
        is_current = *holds;
    }
    numbered_ = std::max(*stored, document.generation);
    ledger_ = traffic_ledger(options_.ack_deadline);
    for (const auto& [app, held] : document.fragments) {
        promise p;
        p.number = document.promises[app];
        p.content = held;
        ledger_.wrote(app, p, document.generation, now());
    }
    document_ = std::move(document);
    resynced_at_ = now();
    if (!is_current) {
        auto written = co_await rewrite();
        if (!written) co_return written.error();
    }
    started_ = true;
    bell_.notify();
    co_return result<void>();
}

void publisher::hand_out() {
    held_back_ = false;
    provider_.hold_back(false);
    bell_.notify();
}

task<result<void>> publisher::publish(std::string app, promise wanted, removal routers) {
    const auto held = ledger_.published(app);
    if (started_ && held && *held == wanted && (!open_ || !open_->wanted.contains(app)))
        co_return result<void>();
    change one;
    one.wanted = std::move(wanted);
    one.routers = routers;
    co_return co_await submit(std::move(app), std::move(one));
}

task<result<void>> publisher::withdraw(std::string app) {
    change one;
    if (started_ && !document_.fragments.contains(app) && (!open_ || !open_->wanted.contains(app)))
        co_return result<void>();
    one.leaves = true;
    one.routers = removal::allowed;
    co_return co_await submit(std::move(app), std::move(one));
}

task<result<void>> publisher::submit(std::string app, change wanted) {
    bool leads = false;
    if (!started_) co_return error(next_step::retry, "the proxy's document was not read yet");
    auto mine = gathering(leads);
    mine->wanted[app] = std::move(wanted);
    if (leads)
        co_await lead(mine);
    else
        co_await mine->over.wait();
    co_return mine->answer(app);
}

task<result<void>> publisher::rewrite() {
    bool leads = false;
    auto mine = gathering(leads);
    mine->even_if_nothing_changed = true;
    if (leads)
        co_await lead(mine);
    else
        co_await mine->over.wait();
    co_return mine->outcome;
}

std::shared_ptr<publisher::batch> publisher::gathering(bool& is_new) {
    is_new = !open_;
    if (is_new) {
        open_ = std::make_shared<batch>(executor_);
        open_->before = last_;
        last_ = open_;
    }
    return open_;
}

bool publisher::is_writing() const {
    return last_ && !last_->is_over;
}

task<void> publisher::lead(std::shared_ptr<batch> mine) {
    auto writing = write_all(mine);
    try {
        co_await std::move(writing);
    } catch (...) {
        if (open_ == mine) open_.reset();
        mine->end();
        throw;
    }
    mine->end();
    bell_.notify();
}

void publisher::refuse_losses(batch& mine) const {
    for (const auto& [app, one] : mine.wanted) {
        const auto held = document_.fragments.find(app);
        if (held == document_.fragments.end() || one.routers == removal::allowed) continue;
        const auto lost = lost_router(held->second, one.wanted.content);
        if (!lost) continue;
        mine.refused[app] =
            error(next_step::invalid, std::string(reason::Violation),
                  "S26: the document would lose the router of " + app + "/" + *lost +
                      ", which no delete and no accepted generation asked for");
    }
    for (const auto& [app, why] : mine.refused)
        mine.wanted.erase(app);
}

task<void> publisher::write_all(std::shared_ptr<batch> mine) {
    const auto gather = options_.gather;
    co_await clock_.sleep_for(gather);
    if (mine->before && !mine->before->is_over) co_await mine->before->over.wait();
    mine->before.reset();
    if (open_ == mine) open_.reset();

    refuse_losses(*mine);
    const bool forced = mine->even_if_nothing_changed;
    mine->outcome = co_await write(mine->wanted, forced);
    const bool one_spoils_all = !mine->outcome &&
                                mine->outcome.error().next == next_step::invalid &&
                                mine->wanted.size() > 1;
    if (!one_spoils_all) co_return;
    mine->outcome = result<void>();
    for (const auto& [app, wanted] : mine->wanted) {
        changes alone;
        alone[app] = wanted;
        auto written = co_await write(std::move(alone), false);
        if (!written) mine->refused[app] = written.error();
    }
}

task<result<void>> publisher::write(changes wanted, bool even_if_nothing_changed) {
    auto next = document_;
    for (const auto& [app, one] : wanted) {
        if (one.leaves) {
            next.fragments.erase(app);
            next.promises.erase(app);
        } else {
            next.fragments[app] = one.wanted.content;
            next.promises[app] = one.wanted.number;
        }
    }
    if (next == document_ && !even_if_nothing_changed) co_return result<void>();

    // The number is durable before the document: no generation is ever given out twice.
    next.generation = std::max(numbered_, document_.generation) + 1;
    auto numbered = co_await store_.set_number(number_key, next.generation);
    if (!numbered) co_return with_context(numbered.error(), "numbering the proxy's document");
    numbered_ = next.generation;
    auto written = co_await provider_.write(next);
    if (!written) co_return written.error();
    note_written(wanted, std::move(next));
    co_return result<void>();
}

void publisher::note_written(const changes& wanted, traffic_document next) {
    document_ = std::move(next);
    std::string names;
    for (const auto& [app, one] : wanted) {
        if (one.leaves) {
            ledger_.forget(app);
            told_.erase(app);
        } else {
            ledger_.wrote(app, one.wanted, document_.generation, now());
            told_[app] = summary(app);
        }
        names += (names.empty() ? "" : ", ") + app;
    }
    unsettled_since_ = now();
    if (!behind_since_) behind_since_ = unsettled_since_;
    tell(severity::debug, reason::Applied,
         "document generation " + std::to_string(document_.generation) + " written" +
             (names.empty() ? "" : " for " + names));
}

} // namespace alcedo
