#include "controller/engine/controller.hpp"

#include "controller/engine/spawn.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr milliseconds trouble_pause{1000};
constexpr milliseconds stop_pause{20};
constexpr milliseconds longest_stop{9000}; // SIGTERM: gone within 10 s
// Longer than all deadlines of one pass together: such a pass will never end.
constexpr milliseconds longest_pass{300000};

} // namespace

engine::engine(boost::asio::any_io_executor executor, engine_parts parts,
               catalogue::options catalogue_options, publisher::options publisher_options,
               health_monitor::probes probes, std::vector<named_source> sources)
    : executor_(executor), parts_(std::move(parts)), specs_(std::move(catalogue_options)),
      queue_(executor, parts_.clock, parts_.random),
      proxy_(executor, parts_.proxy, parts_.store, parts_.clock, parts_.events, publisher_options,
             [this](std::string app) {
                 notice_proxy_restart();
                 poke(app);
             }),
      health_(
          executor, parts_.clock, std::move(probes), [this](std::string app) { poke(app); },
          [this] { return proxy_answers(this); }),
      images_(executor, parts_.clock, parts_.docker,
              preparer::settings{parts_.settings.key, parts_.settings.network,
                                 parts_.settings.instance},
              parts_.random, [this](std::string app) { poke(app); }),
      passes_(parts_, specs_, proxy_, health_, images_, [this](std::string app) { poke(app); }),
      gate_(proxy_, specs_), stopping_(executor),
      sources_(std::move(sources), specs_, parts_, stopping_,
               {[this](const std::string& app) { poke(app); }, [this] { bump(); }}) {}

engine::~engine() = default;

void engine::poke(const std::string& app) {
    if (stopped_) return;
    passes_.hint(app);
    queue_.add(app);
}

/// What failed while the proxy was away is no evidence: consecutive counts start anew.
void engine::notice_proxy_restart() {
    if (proxy_.proxy_restarts() == proxy_restarts_) return;
    proxy_restarts_ = proxy_.proxy_restarts();
    health_.start_anew();
}

void engine::poke_all() {
    for (const auto& [app, memory] : passes_.apps())
        poke(app);
    for (const auto& [app, entry] : specs_.entries())
        poke(app);
}

void engine::bump() {
    ++version_;
    std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
    for (const auto& listener : listeners_)
        if (const auto waiting = listener.lock()) waiting->notify();
}

task<void> engine::wait_change(std::uint64_t seen, milliseconds at_most) {
    if (version_ != seen || stopped_) co_return;
    auto listener = std::make_shared<signal>(executor_);
    listeners_.push_back(listener);
    co_await listener->wait_for(parts_.clock, at_most);
}

task<result<void>> engine::load() {
    const auto loaded = co_await passes_.load();
    if (!loaded) co_return loaded.error();
    for (const auto& [app, memory] : passes_.apps())
        specs_.remember(app, memory->stored.content.source, desired_from(memory->stored.content));
    co_return result<void>();
}

void engine::start(task<void> work, const char* who) {
    spawn(executor_, std::move(work), who);
}

task<bool> engine::proxy_answers(engine* self) {
    const auto generation = self->proxy_.document_generation();
    const auto answer = co_await self->parts_.proxy.acknowledged(generation);
    co_return answer.what == ack::seen;
}

task<void> engine::open_document() {
    std::map<std::string, promise> promised;
    for (const auto& [app, memory] : passes_.apps())
        if (memory->stored.content.traffic.number > 0)
            promised[app] = memory->stored.content.traffic;
    while (!stopped_) {
        const auto opened = co_await proxy_.start(promised);
        if (opened) {
            progress_.document_ready = true;
            progress_.document_trouble.clear();
            co_return;
        }
        const auto& why = opened.error().message;
        if (why != progress_.document_trouble)
            parts_.events.emit(
                happened{severity::error, "", "DocumentFailed", why, json::object()});
        progress_.document_trouble = why;
        co_await stopping_.wait_for(parts_.clock, trouble_pause);
    }
}

/// What runs or is routed though neither store nor source may know of it. Once is enough: from then
/// on it has a record.
task<void> engine::find_remains(engine* self) {
    if (self->remains_found_) co_return;
    const auto found = co_await apps_with_remains(self->parts_.docker, self->proxy_);
    if (!found) co_return;
    self->remains_found_ = true;
    for (const auto& app : *found) {
        self->passes_.memory_of(app);
        self->poke(app);
    }
    self->specs_.adopt_strays(*found);
    self->gate_.expect(*found);
}

task<void> engine::follow_engine(engine* self) {
    while (!self->stopped_) {
        const auto change = co_await self->parts_.docker.next_change();
        if (self->stopped_) co_return;
        if (!change) {
            self->progress_.engine_trouble = change.error().message;
            self->progress_.engine_seen = false;
            co_await self->stopping_.wait_for(self->parts_.clock, trouble_pause);
            continue;
        }
        self->progress_.engine_seen = true;
        if (!change->app.empty()) {
            self->poke(change->app);
            continue;
        }
        // The stream broke: events were missed, and the engine may have been another one.
        self->passes_.engine_restarted();
        co_await find_remains(self);
        self->poke_all();
    }
}

task<void> engine::follow_proxy(engine* self) {
    co_await self->proxy_.run();
}

task<void> engine::resync(engine* self) {
    while (!self->stopped_) {
        co_await self->stopping_.wait_for(self->parts_.clock, self->parts_.settings.resync);
        if (self->stopped_) co_return;
        co_await find_remains(self);
        self->poke_all();
        if (self->passes_.apps().empty() && self->specs_.entries().empty()) self->tell_alive();
    }
}

/// Told by what came to its end, and never by a clock: an engine that stands still falls silent,
/// also one of which a single worker does.
void engine::tell_alive() const {
    if (parts_.finished && queue_.longest_work() < longest_pass) parts_.finished();
}

void engine::tell_queue(double queued_seconds, double worked_seconds) {
    auto figures = queue_.figures();
    figures.queued_seconds = queued_seconds;
    figures.worked_seconds = worked_seconds;
    parts_.events.emit(figures);
}

task<void> engine::work(engine* self) {
    constexpr double none = -1;
    const auto in_seconds = [](milliseconds span) {
        return std::chrono::duration<double>(span).count();
    };
    for (;;) {
        const auto next = co_await self->queue_.take();
        if (!next) co_return;
        const auto app = next->key;
        self->tell_queue(in_seconds(next->waited), none);
        const auto outcome = co_await self->passes_.pass(app);
        self->gate_.passed(app, self->passes_.apps());
        const auto worked = self->queue_.done(app);
        if (outcome.failed)
            self->queue_.add_failed(app);
        else
            self->queue_.succeeded(app);
        if (outcome.again_now)
            self->queue_.add(app);
        else if (outcome.wake && !outcome.failed)
            self->queue_.add_after(app, *outcome.wake);
        self->tell_queue(none, in_seconds(worked));
        self->tell_alive();
        self->bump();
    }
}

task<void> engine::begin(engine* self) {
    co_await self->open_document();
    if (self->stopped_) co_return;
    self->start(follow_proxy(self), "proxy follower");
    self->start(follow_engine(self), "engine events");
    for (std::size_t i = 0; i < self->sources_.count(); ++i)
        co_await self->sources_.read(i);
    self->progress_.sources_read = true;
    self->specs_.adopt_strays({});
    co_await find_remains(self);
    if (self->stopped_) co_return;
    for (std::size_t i = 0; i < self->sources_.count(); ++i)
        self->start(self->sources_.follow(i), "source");
    self->start(resync(self), "resync");
    self->poke_all();
    for (int i = 0; i < self->parts_.settings.workers; ++i)
        self->start(work(self), "worker");
    if (self->parts_.runs) self->parts_.runs();
}

task<void> engine::run() {
    // Beside us: a source that hangs at the start is not waited for by a stop.
    start(begin(this), "start");
    while (!stopped_)
        co_await stopping_.wait();
    // The calls under way are let finish; what only waits ends with the process.
    const auto latest = parts_.clock.now().boot + longest_stop;
    while ((queue_.figures().unfinished > 0 || passes_.calls() > 0) &&
           parts_.clock.now().boot < latest)
        co_await parts_.clock.sleep_for(stop_pause);
}

void engine::stop() {
    stopped_ = true;
    queue_.close();
    proxy_.stop();
    stopping_.close();
    bump();
}

} // namespace alcedo
