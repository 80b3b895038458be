#include "controller/cli/commands.hpp"
#include "controller/cli/exit_code.hpp"
#include "controller/cli/fields.hpp"
#include "controller/cli/output.hpp"
#include "controller/cli/render_evidence.hpp"
#include "controller/cli/watch_lines.hpp"
#include "controller/telemetry/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alcedo::cli {

namespace {

/// A daemon that was reached once may be restarting.
constexpr milliseconds restart_patience{15000};
constexpr milliseconds pause{500};
/// What a call gets at least, however little is left of --timeout.
constexpr milliseconds last_look{500};

class watcher {
public:
    watcher(world& at_hand, const client_options& options, const watch_request& request)
        : world_(at_hand), options_(options), request_(request), paint_(options.color),
          daemon_(at_hand.connect(options.socket)), began_(at_hand.steady()) {}

    int run() {
        for (;;) {
            const auto verdict = look();
            if (verdict && verdict->exit) return finish(*verdict->exit, verdict->message);
            if (failed_) return *failed_;
            if (const auto left = time_left(); left && left->count() <= 0)
                return finish(
                    exit_code::time_is_up,
                    fmt::format("time is up after {}; still waiting for {}",
                                human_duration(*request_.timeout),
                                lost_since_ ? "the daemon, which gives no answer" : waiting_for_));
            wait_for_change();
        }
    }

private:
    bool for_people() const { return is_for_people(options_.output); }
    /// Machines read the final object; what happens on the way must not stand before it.
    std::ostream& lines() { return for_people() ? world_.out : world_.err; }
    bool redraws() const { return world_.terminal && for_people(); }

    std::optional<milliseconds> time_left() const {
        if (!request_.timeout) return {};
        return *request_.timeout - (world_.steady() - began_);
    }

    /// One look at everything; none when the daemon could not be asked this time.
    std::optional<watch_verdict> look() {
        json judged;
        const auto name = encoded(request_.wish.app);
        // First the judgement, then the object: so the object is never the older one.
        const auto answer = ask("/v1/apps/" + name +
                                "/judged?commit=" + encoded(request_.wish.commit.value_or("")));
        if (!answer) return {};
        judged = *answer;
        const auto app = ask("/v1/apps/" + name);
        if (!app) return {};
        show(*app);
        const auto verdict = judge_watch(request_.wish, *app, judged);
        early_ = !app->is_object() || (request_.wish.commit && !flag_at(judged, "observed"));
        if (!verdict.exit && waiting_for_ != verdict.message) {
            waiting_for_ = verdict.message;
            if (early_) print("waiting  for " + waiting_for_);
        }
        return verdict;
    }

    /// Null for "not known". Unreachable at first = over; later it is given time to come back; one
    /// that accepts and says nothing has as long as --timeout says.
    std::optional<json> ask(const std::string& target) {
        const auto left = time_left();
        // The last look is made when the time is over: at a daemon that answers, it takes no time.
        if (left && left->count() <= 0 && lost_since_) return {};
        daemon_->patience = left ? std::clamp(*left, last_look, usual_patience_) : usual_patience_;
        const auto answer = daemon_->get(target);
        if (answer) {
            reached_ = true;
            lost_since_.reset();
            return *answer;
        }
        if (answer.error().next == next_step::gone) {
            reached_ = true;
            return json();
        }
        const auto now = world_.steady();
        if (!lost_since_) lost_since_ = now;
        const bool patient = (reached_ && now - *lost_since_ < restart_patience) ||
                             (request_.timeout && is_silent(answer.error()));
        if (!patient) {
            erase_status();
            failed_ = complain(world_, answer.error());
        }
        return {};
    }

    void show(const json& app) {
        for (const auto& line : changes_between(app_, app, world_.wall(), paint_))
            print(line);
        app_ = app;
        draw_status();
    }

    void print(const std::string& line) {
        erase_status();
        const auto time = rfc3339(world_.wall());
        lines() << (time.size() > 19 ? time.substr(11, 8) : time) << "  " << line << "\n"
                << std::flush;
    }

    void draw_status() {
        if (!redraws() || !app_.is_object()) return;
        erase_status();
        world_.out << status_line(app_, world_.wall(), paint_) << std::flush;
        status_drawn_ = true;
    }

    void erase_status() {
        if (status_drawn_) world_.out << "\r\x1b[K" << std::flush;
        status_drawn_ = false;
    }

    void wait_for_change() {
        const auto left = time_left();
        if (lost_since_ || (left && *left < seconds(1))) {
            world_.sleep(std::clamp(left.value_or(pause), milliseconds(0), pause));
            return;
        }
        // A terminal counts down every second; a pipe waits until there is something to say.
        // A commit that changes nothing of the app is no change of the app.
        std::int64_t longest = redraws() ? 1 : early_ ? 2 : 20;
        if (left) longest = std::clamp<std::int64_t>(left->count() / 1000, 1, longest);
        const auto change = ask(fmt::format("/v1/changes?app={}&seen={}&wait={}",
                                            encoded(request_.wish.app), seen_, longest));
        if (!change) return;
        if (change->is_null()) {
            // An app that is not there yet cannot change.
            world_.sleep(pause);
            return;
        }
        seen_ = number_at(*change, "seen");
    }

    int finish(int code, const std::string& message) {
        erase_status();
        // Whoever watched a release fail is looking for exactly this.
        if (is_held(app_) && for_people()) lines() << render_hold(app_, world_.wall(), paint_);
        const auto line = request_.wish.app + ": " + message;
        if (code == exit_code::done)
            lines() << printable_lines(line) << "\n";
        else
            world_.err << printable_lines(line) << "\n";
        if (app_.is_object())
            world_.out << formatted(options_.output, app_, {resource_name(request_.wish.app)},
                                    [] { return ""; });
        return code;
    }

    world& world_;
    const client_options& options_;
    const watch_request& request_;
    palette paint_;
    std::unique_ptr<daemon_client> daemon_;
    const milliseconds usual_patience_ = daemon_->patience;
    milliseconds began_;
    json app_;
    std::uint64_t seen_ = 0;
    std::string waiting_for_ = "the daemon";
    bool reached_ = false;
    bool early_ = true; ///< what was wished for was not seen yet
    bool status_drawn_ = false;
    std::optional<milliseconds> lost_since_;
    std::optional<int> failed_;
};

} // namespace

int watch_command(world& at_hand, const client_options& options, const watch_request& request) {
    return watcher(at_hand, options, request).run();
}

} // namespace alcedo::cli
