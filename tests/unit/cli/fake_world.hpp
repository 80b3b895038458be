#pragma once
// A terminal, a daemon and a clock made of values.

#include "controller/cli/cli.hpp"

#include <deque>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace alcedo::testing {

/// Answers by target; the last answer of a target is repeated.
struct scripted_daemon {
    std::map<std::string, std::deque<result<json>>> answers;
    std::vector<std::string> asked;
    json posted;
    bool down = false;
    bool frozen = false;           ///< accepts and never answers
    std::size_t frozen_from = 0;   ///< or from that question on
    milliseconds* clock = nullptr; ///< a long poll takes one second

    result<json> answer(const std::string& target, milliseconds patience) {
        asked.push_back(target);
        if (frozen || frozen_from == asked.size()) {
            frozen = true;
            *clock += patience;
            return error(next_step::retry, "NoAnswer", "gave no answer");
        }
        if (down) return error(next_step::retry, "Unreachable", "cannot reach the daemon");
        if (target.starts_with("/v1/changes") && clock != nullptr) *clock += seconds(1);
        auto found = answers.find(target);
        if (found == answers.end()) found = answers.find(target.substr(0, target.find('?')));
        if (found == answers.end()) return error(next_step::gone, "NotFound", target + " is gone");
        auto& queue = found->second;
        auto first = queue.front();
        if (queue.size() > 1) queue.pop_front();
        return first;
    }
};

class scripted_client final : public cli::daemon_client {
public:
    explicit scripted_client(scripted_daemon& daemon) : daemon_(daemon) {}
    result<json> get(const std::string& target) override {
        return daemon_.answer(target, patience);
    }
    result<json> post(const std::string& target, const json& body) override {
        daemon_.posted = body;
        return daemon_.answer(target, patience);
    }

private:
    scripted_daemon& daemon_;
};

struct stage {
    std::ostringstream out;
    std::ostringstream err;
    scripted_daemon daemon;
    std::string socket; ///< the last one connected to
    std::optional<settings> started;
    milliseconds clock{1767268800000};
    cli::world world{out,
                     err,
                     false,
                     {},
                     [this](const settings& s) {
                         started = s;
                         return 0;
                     },
                     [this](const std::string& path) {
                         socket = path;
                         return std::make_unique<scripted_client>(daemon);
                     },
                     [this] { return clock; },
                     [this] { return clock; },
                     [this](milliseconds pause) { clock += pause; }};

    stage() {
        daemon.clock = &clock;
        daemon.answers["/v1/changes"] = {json{{"seen", 1}, {"changed", true}}};
    }
    int run(std::vector<std::string> words) { return cli::run_cli(world, std::move(words)); }
};

} // namespace alcedo::testing
