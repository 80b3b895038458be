#pragma once
// A clock that only moves when told, a store of numbers, and a proxy whose every whim can be set:
// the publisher's world without a file, a socket or a second of real time.

#include "controller/engine/publisher.hpp"
#include "controller/engine/spawn.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace publisher_world {

using namespace alcedo;
namespace asio = boost::asio;

class fake_clock : public clock_source {
public:
    moment now() const override {
        moment m;
        m.boot = at;
        return m;
    }
    task<bool> sleep_for(milliseconds duration) override {
        auto executor = co_await asio::this_coro::executor;
        sleeper mine{at + duration, asio::steady_timer(executor)};
        mine.timer.expires_at(asio::steady_timer::time_point::max());
        sleepers.insert(&mine);
        co_await mine.timer.async_wait(asio::as_tuple(asio::use_awaitable));
        sleepers.erase(&mine);
        co_return mine.rang;
    }
    void advance(asio::io_context& io, milliseconds duration) {
        const auto until = at + duration;
        for (;;) {
            io.restart();
            io.poll();
            sleeper* next = nullptr;
            for (auto* one : sleepers)
                if (!one->rang && one->at <= until && (!next || one->at < next->at)) next = one;
            if (!next) break;
            at = std::max(at, next->at);
            next->rang = true;
            next->timer.cancel();
        }
        at = until;
        io.restart();
        io.poll();
    }
    milliseconds at{1000000};

private:
    struct sleeper {
        milliseconds at;
        asio::steady_timer timer;
        bool rang = false;
    };
    std::set<sleeper*> sleepers;
};

class fake_store : public record_store {
public:
    std::map<std::string, std::uint64_t> numbers;
    int writes = 0;
    bool is_broken = false;

    task<result<std::vector<stored_record>>> load_all() override {
        co_return std::vector<stored_record>();
    }
    task<result<std::uint64_t>> save(std::string, std::uint64_t, record, json) override {
        co_return std::uint64_t{1};
    }
    task<result<void>> forget(std::string) override { co_return result<void>(); }
    task<result<std::vector<receipt_row>>> receipts(std::string) override {
        co_return std::vector<receipt_row>();
    }
    task<result<std::uint64_t>> number(std::string key) override { co_return numbers[key]; }
    task<result<void>> set_number(std::string key, std::uint64_t value) override {
        if (is_broken) co_return error(next_step::retry, "disk full");
        writes += 1;
        numbers[key] = value;
        co_return result<void>();
    }
};

class fake_proxy : public traffic_provider {
public:
    explicit fake_proxy(fake_clock& c) : clock(c) {}
    fake_clock& clock;
    document_on_disk disk;
    std::vector<traffic_document> written;
    traffic_document applied;
    bool applies = true;  ///< applies a write at once
    bool answers = true;  ///< can be seen
    bool compares = true; ///< its API can be read
    std::string start_date = "monday";
    std::string shows_otherwise;           ///< app it shows something else for
    std::optional<std::string> bad_app;    ///< a fragment it refuses to write
    std::optional<std::string> read_fails; ///< conflict on read and holds
    int asked = 0;
    bool knows_exactly_one = false; ///< as the API does: an older generation is absent, too
    milliseconds answers_after{0};
    milliseconds write_takes{0};
    int glances_behind = 0; ///< so many comparisons show the past

    task<result<document_on_disk>> read() override {
        if (read_fails) co_return error(next_step::conflict, *read_fails);
        co_return disk;
    }
    task<result<bool>> holds(traffic_document wanted) override {
        if (read_fails) co_return error(next_step::conflict, *read_fails);
        co_return disk.exists && !disk.damaged && disk.document == wanted;
    }
    task<result<void>> write(traffic_document wanted) override {
        if (bad_app && wanted.fragments.contains(*bad_app))
            co_return error(next_step::invalid, *bad_app + " is bad");
        if (write_takes.count() > 0) co_await clock.sleep_for(write_takes);
        disk.exists = true;
        disk.damaged = false;
        disk.instance = "test";
        disk.document = wanted;
        written.push_back(wanted);
        if (applies) applied = wanted;
        co_return result<void>();
    }
    task<ack_answer> acknowledged(std::uint64_t generation) override {
        asked += 1;
        ack_answer a;
        if (!answers) {
            a.detail = "web: refused";
            co_return a;
        }
        a.start_date = start_date;
        if (answers_after.count() > 0) co_await clock.sleep_for(answers_after);
        const bool is_there =
            knows_exactly_one ? applied.generation == generation : applied.generation >= generation;
        a.what = is_there ? ack::seen : ack::not_seen;
        if (a.what == ack::not_seen)
            a.detail = "web shows generation " + std::to_string(applied.generation);
        co_return a;
    }
    task<comparison> compare(std::string app, fragment wanted) override {
        comparison c;
        c.is = compares ? comparison::outcome::equal : comparison::outcome::unknown;
        const auto shown = applied.fragments.find(app);
        const bool is_behind = glances_behind > 0 && glances_behind-- > 0;
        const bool same = !is_behind && shown != applied.fragments.end() && shown->second == wanted;
        if (compares && (app == shows_otherwise || !same)) {
            c.is = comparison::outcome::differs;
            c.detail = "router " + app + "_lava is disabled";
        }
        co_return c;
    }
    task<result<std::map<std::string, std::string>>>
    unusable_middlewares(std::vector<std::string>) override {
        co_return std::map<std::string, std::string>{};
    }
    task<try_result> ask_try(std::string, fragment_route, std::string, std::string) override {
        co_return try_result();
    }
    std::map<std::string, std::string> entry_points() const override { return {}; }
    std::string try_token() const override { return "t"; }
    task<std::vector<door_report>> doors() override { co_return std::vector<door_report>{}; }
    std::vector<std::string> notes() const override { return {}; }
};

struct no_events : event_sink {
    void emit(const event&) override {}
};

inline promise promised(std::uint64_t number, int blue, int green) {
    fragment_route route;
    route.name = "lava";
    route.rule = "Host(`a.example`)";
    route.priority = 1000;
    const auto add = [&](color c, int weight, const char* revision) {
        fragment_backend backend;
        backend.colored = c;
        backend.revision8 = revision;
        backend.servers = {"http://" + to_string(c) + ":80"};
        backend.weight = weight;
        route.backends.push_back(backend);
    };
    add(color::blue, blue, "1a2b3c4d");
    add(color::green, green, "5e6f7a8b");
    promise p;
    p.number = number;
    p.content.routes.push_back(route);
    return p;
}

template <class T>
task<void> keep(task<T> work, std::optional<T>& out) {
    auto value = co_await std::move(work);
    out.emplace(std::move(value));
}

inline bool ok(const result<void>& answer) {
    return answer.has_value();
}

struct world {
    asio::io_context io{1};
    fake_clock clock;
    fake_store store;
    fake_proxy proxy{clock};
    no_events events;
    std::vector<std::string> poked;
    std::unique_ptr<publisher> it;

    world() { restart(); }
    ~world() {
        it->stop();
        wait(milliseconds{0});
    }

    /// A new process: memory is gone, store, disk and proxy stay.
    void restart() {
        if (it) {
            it->stop();
            wait(milliseconds{0});
        }
        publisher::options chosen;
        it = std::make_unique<publisher>(io.get_executor(), proxy, store, clock, events, chosen,
                                         [this](std::string app) { poked.push_back(app); });
    }
    void wait(milliseconds duration) { clock.advance(io, duration); }

    template <class T>
    T ask(task<T> work) {
        std::optional<T> out;
        spawn(io.get_executor(), keep(std::move(work), out), "test");
        for (int i = 0; i < 1000 && !out; ++i)
            wait(milliseconds{1});
        return std::move(out.value());
    }
    result<void> start(std::map<std::string, promise> from_store = {}) {
        auto answer = ask(it->start(std::move(from_store)));
        spawn(io.get_executor(), it->run(), "publisher");
        return answer;
    }
    result<void> publish(const std::string& app, const promise& p) {
        return ask(it->publish(app, p));
    }
    traffic_state state(const std::string& app, std::uint64_t number) {
        return it->state(app, number);
    }
};

} // namespace publisher_world
