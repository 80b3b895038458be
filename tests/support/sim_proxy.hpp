#pragma once
// A proxy in memory: applies the document some milliseconds after it was written, unless told to
// be away, blind or slow.

#include "controller/ports/store.hpp"
#include "controller/ports/traffic.hpp"
#include "tests/support/sim_clock.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alcedo::sim {

class proxy : public traffic_provider {
public:
    explicit proxy(clock& c) : clock_(c) {}

    milliseconds applies_after{4};
    bool away = false;                           ///< nothing answers
    bool ignores = false;                        ///< reads no new document
    bool polls = false;                          ///< asks, and so can be told to keep what it has
    bool unreachable_backends = false;           ///< try routers answer 502
    bool api_away = false;                       ///< nobody can say which middlewares there are
    std::map<std::string, std::string> unusable; ///< middleware → why
    int asked_for_middlewares = 0;
    int writes = 0;
    traffic_document on_disk;
    bool exists = false;
    std::string start_date = "one";
    std::vector<std::string> history; ///< weights as written, "shop blue:50 green:50"

    const traffic_document& applied() {
        settle();
        return applied_;
    }

    /// Read by the proxy as if it had been written.
    void put(traffic_document d) {
        exists = true;
        on_disk = std::move(d);
        pending_since_ = clock_.now().boot;
        is_pending_ = true;
    }

    task<result<document_on_disk>> read() override {
        document_on_disk d;
        d.exists = exists;
        d.instance = exists ? "alcedo" : "";
        d.document = on_disk;
        co_return d;
    }
    task<result<bool>> holds(traffic_document d) override { co_return exists&& d == on_disk; }
    task<result<void>> write(traffic_document d) override {
        settle();
        if (exists && d == on_disk) co_return result<void>();
        ++writes;
        put(std::move(d));
        for (const auto& [app, f] : on_disk.fragments) {
            promise p{0, f};
            history.push_back(app + " blue:" + std::to_string(p.weight(color::blue)) +
                              " green:" + std::to_string(p.weight(color::green)));
        }
        co_return result<void>();
    }
    void hold_back(bool is_held) override {
        settle();
        held_back_ = is_held;
    }
    task<ack_answer> acknowledged(std::uint64_t generation) override {
        co_await clock_.sleep_for(milliseconds{1});
        settle();
        ack_answer a;
        a.start_date = start_date;
        if (away) {
            a.detail = "refused";
            co_return a;
        }
        a.what = applied_.generation >= generation ? ack::seen : ack::not_seen;
        co_return a;
    }
    task<comparison> compare(std::string app, fragment wanted) override {
        settle();
        comparison c;
        if (away) co_return c;
        const auto at = applied_.fragments.find(app);
        const bool equal = at != applied_.fragments.end() && at->second == wanted;
        c.is = equal ? comparison::outcome::equal : comparison::outcome::differs;
        co_return c;
    }
    task<result<std::map<std::string, std::string>>>
    unusable_middlewares(std::vector<std::string> names) override {
        ++asked_for_middlewares;
        if (away || api_away) co_return error(next_step::retry, "refused", "no API");
        std::map<std::string, std::string> out;
        for (const auto& name : names)
            if (unusable.contains(name)) out[name] = unusable[name];
        co_return out;
    }
    task<try_result> ask_try(std::string, fragment_route, std::string, std::string) override {
        try_result r;
        r.usable = true;
        r.answered = !unreachable_backends;
        if (!r.answered) r.detail = "502";
        co_return r;
    }
    std::map<std::string, std::string> entry_points() const override {
        return {{"web", "http://proxy:80"}};
    }
    std::string try_token() const override { return "try"; }
    task<std::vector<door_report>> doors() override { co_return std::vector<door_report>{}; }
    std::vector<std::string> notes() const override { return {}; }

private:
    clock& clock_;
    traffic_document applied_;
    milliseconds pending_since_{0};
    bool held_back_ = false;
    bool is_pending_ = false;

    void settle() {
        if (!exists || !is_pending_ || (polls && held_back_)) return;
        if (away || ignores || clock_.now().boot - pending_since_ < applies_after) return;
        applied_ = on_disk;
        is_pending_ = false;
    }
};

/// A store in memory; counts writes.
class store : public record_store {
public:
    int writes = 0;
    bool fails = false;
    milliseconds takes{0}; ///< to save; whoever asked first is served first
    sim::clock* time = nullptr;
    std::map<std::string, stored_record> rows;
    std::map<std::string, std::vector<receipt_row>> all_receipts;
    std::map<std::string, std::uint64_t> numbers;
    std::uint64_t version = 0;

    task<result<std::vector<stored_record>>> load_all() override {
        std::vector<stored_record> out;
        for (const auto& [app, row] : rows) {
            // Through JSON, as the real one: what is not written down is lost.
            auto copy = row;
            copy.content = json::parse(json(row.content).dump()).get<record>();
            out.push_back(copy);
        }
        co_return out;
    }
    task<result<std::uint64_t>> save(std::string app, std::uint64_t expected, record content,
                                     json receipt) override {
        if (time && takes.count() > 0) co_await time->sleep_for(takes);
        if (fails) co_return error(next_step::retry, "disk full");
        auto& row = rows[app];
        if (row.version != expected) co_return error(next_step::conflict, "somebody else wrote");
        ++writes;
        row.app = app;
        row.version = ++version;
        row.content = std::move(content);
        if (!receipt.is_null()) {
            auto& list = all_receipts[app];
            list.push_back({list.size() + 1, receipt});
        }
        co_return row.version;
    }
    task<result<void>> forget(std::string app) override {
        rows.erase(app);
        ++writes;
        co_return result<void>();
    }
    task<result<std::vector<receipt_row>>> receipts(std::string app) override {
        co_return all_receipts[app];
    }
    task<result<std::uint64_t>> number(std::string key) override { co_return numbers[key]; }
    task<result<void>> set_number(std::string key, std::uint64_t value) override {
        numbers[key] = value;
        ++writes;
        co_return result<void>();
    }
};

} // namespace alcedo::sim
