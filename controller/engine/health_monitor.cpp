#include "controller/engine/health_monitor.hpp"

#include "controller/engine/signal.hpp"
#include "controller/engine/spawn.hpp"

#include <algorithm>

namespace alcedo {

struct health_monitor::watcher {
    std::string app;
    watched what;
    judged state;
    signal changed;
    bool stopped = false;
    bool failed_last = false; ///< the newest sample, whatever it counts for
    milliseconds pause{200};

    watcher(boost::asio::any_io_executor executor, std::string name, watched w)
        : app(std::move(name)), what(std::move(w)), changed(std::move(executor)) {}
};

std::string watched::key() const {
    return check.name + "/" + (container.empty() ? to_string(colored) : container);
}

health_monitor::health_monitor(boost::asio::any_io_executor executor, clock_source& clock,
                               probes kinds, std::function<void(std::string)> poke,
                               std::function<task<bool>()> proxy_answers)
    : executor_(std::move(executor)), clock_(clock), probes_(std::move(kinds)),
      poke_(std::move(poke)), proxy_answers_(std::move(proxy_answers)) {}

health_monitor::~health_monitor() {
    for (auto& [app, all] : apps_)
        for (auto& [key, one] : all) {
            one->stopped = true;
            one->changed.close();
        }
}

void health_monitor::start(const std::string& app, const watched& wanted) {
    auto fresh = std::make_shared<watcher>(executor_, app, wanted);
    auto& place = apps_[app][wanted.key()];
    if (place) {
        place->stopped = true;
        place->changed.close();
        // The same replica asked another way (stage, interval, settings) keeps what is known.
        if (place->what.incarnation == wanted.incarnation && place->what.check == wanted.check)
            fresh->state = place->state;
    }
    place = fresh;
    spawn(executor_, run(this, std::move(fresh)), "health monitor");
}

void health_monitor::watch(const std::string& app, std::vector<watched> wanted) {
    auto& current = apps_[app];
    for (auto at = current.begin(); at != current.end();) {
        const bool stays = std::any_of(wanted.begin(), wanted.end(),
                                       [&](const watched& w) { return w.key() == at->first; });
        if (stays) {
            ++at;
            continue;
        }
        at->second->stopped = true;
        at->second->changed.close();
        at = current.erase(at);
    }
    for (const auto& one : wanted) {
        const auto at = current.find(one.key());
        if (at == current.end() || !(at->second->what == one)) start(app, one);
    }
    if (current.empty()) apps_.erase(app);
}

const judged* health_monitor::verdict(const std::string& app, const std::string& key) const {
    const auto all = apps_.find(app);
    if (all == apps_.end()) return nullptr;
    const auto one = all->second.find(key);
    return one == all->second.end() ? nullptr : &one->second->state;
}

std::vector<check_status> health_monitor::statuses(const std::string& app) const {
    std::vector<check_status> out;
    const auto all = apps_.find(app);
    if (all == apps_.end()) return out;
    for (const auto& [key, one] : all->second) {
        check_status status;
        status.check = one->what.check.name;
        status.kind = one->what.check.kind;
        status.color = to_string(one->what.colored);
        status.container = one->what.container;
        status.verdict = one->state.verdict;
        status.passes = one->state.passes;
        status.failures = one->state.failures;
        status.evidence = evidence_of(one->state);
        out.push_back(std::move(status));
    }
    return out;
}

void health_monitor::start_anew() {
    for (auto& [app, all] : apps_)
        for (auto& [key, one] : all)
            alcedo::start_anew(one->state);
}

task<sample> health_monitor::take(watched what) {
    const auto kind = probes_.find(what.check.kind);
    if (kind == probes_.end()) {
        sample none;
        none.summary = "no probe of kind " + what.check.kind;
        co_return none;
    }
    auto taken = co_await kind->second->take(what.check, what.target);
    if (what.check.kind == "route" && taken.what == outcome::fail) {
        const bool answers = co_await proxy_answers_();
        if (!answers) {
            taken.what = outcome::inconclusive;
            taken.summary += " (the proxy itself did not answer)";
        }
    }
    co_return taken;
}

task<sample> health_monitor::once(check_spec check, probe_target target) {
    watched what;
    what.check = std::move(check);
    what.target = std::move(target);
    co_return co_await take(what);
}

void health_monitor::weights_changed(const std::string& app) {
    weights_changed_[app] = clock_.now().boot;
}

bool health_monitor::has_just_changed(const std::string& app) const {
    constexpr milliseconds settling{100};
    const auto at = weights_changed_.find(app);
    return at != weights_changed_.end() && clock_.now().boot - at->second < settling;
}

bool health_monitor::fails_on_both(const watcher& mine) const {
    const auto all = apps_.find(mine.app);
    if (all == apps_.end()) return false;
    return std::any_of(all->second.begin(), all->second.end(), [&](const auto& entry) {
        const auto& other = *entry.second;
        return other.failed_last && other.what.colored != mine.what.colored &&
               other.what.check.name == mine.what.check.name;
    });
}

task<void> health_monitor::run(health_monitor* self, std::shared_ptr<watcher> me) {
    auto& clock = self->clock_;
    while (!me->stopped) {
        auto taken = co_await self->take(me->what);
        // `self` may be gone once a watcher was stopped: look at `me` first.
        if (me->stopped) co_return;
        taken.wall = clock.now().wall;
        me->failed_last = taken.what == outcome::fail;
        if (me->failed_last && self->fails_on_both(*me)) {
            taken.what = outcome::inconclusive;
            taken.summary += " (the other colour fails this check too)";
            alcedo::start_anew(me->state);
        } else if (me->failed_last && self->has_just_changed(me->app)) {
            taken.what = outcome::inconclusive;
            taken.summary += " (the weights have just changed)";
        }
        const bool flipped = judge(me->state, taken, me->what.check);
        if (flipped) self->poke_(me->app);
        auto pause = me->what.interval;
        if (me->what.eager && me->state.verdict != check_verdict::passing) {
            pause = std::min(me->pause, me->what.interval);
            me->pause = std::min(me->pause * 2, me->what.interval);
        }
        co_await me->changed.wait_for(clock, pause);
    }
}

} // namespace alcedo
