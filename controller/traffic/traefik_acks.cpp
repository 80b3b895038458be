#include "controller/traffic/traefik_acks.hpp"

#include <charconv>
#include <set>

namespace alcedo::traefik {

namespace {

constexpr milliseconds ack_deadline{2000};
constexpr int teapot = 418; // what noop@internal answers

std::optional<std::uint64_t> number_from(const std::string& text) {
    std::uint64_t n = 0;
    const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (problem != std::errc{} || stop != text.data() + text.size() || text.empty())
        return std::nullopt;
    return n;
}

bool has_router(const fragment_route& route) {
    for (const auto& backend : route.backends)
        if (backend.weight > 0) return true;
    return route.try_color.has_value();
}

/// Those that routes use and that can be reached from here; all of these while no route uses any.
std::vector<std::string> doors_of(const traffic_document& document,
                                  const document_settings& settings) {
    std::set<std::string> used;
    for (const auto& [app, held] : document.fragments)
        for (const auto& route : held.routes)
            if (has_router(route))
                for (const auto& name : entry_points_of(route, settings))
                    used.insert(name);
    std::vector<std::string> doors;
    for (const auto& [name, url] : settings.entry_points)
        if (!url.empty() && (used.empty() || used.contains(name))) doors.push_back(name);
    return doors;
}

ack_answer answered(ack what, std::string detail = {}) {
    ack_answer out;
    out.what = what;
    out.detail = std::move(detail);
    return out;
}

} // namespace

void ack_reader::expect(const traffic_document& document) {
    newest_ = document.generation;
    doors_ = doors_of(document, settings_);
    about_routes_ = notes_about(document, settings_);
}

task<ack_answer> ack_reader::ask(std::uint64_t generation) {
    auto answer = co_await ask_doors(generation);
    if (answer.what == ack::seen) was_seen_ = true;
    if (!api_) co_return answer;
    // Polls come every few milliseconds; a restart is noticed soon enough once a second.
    const auto now = std::chrono::steady_clock::now();
    const bool is_due = !start_date_asked_ || now - *start_date_asked_ >= seconds{1};
    if (is_due || answer.what == ack::seen) {
        start_date_asked_ = now;
        answer.start_date = co_await api_->start_date();
    }
    co_return answer;
}

task<ack_answer> ack_reader::ask_doors(std::uint64_t generation) {
    using kind = door_answer::kind;
    const auto doors = doors_;
    std::vector<std::string> mute;
    std::string what_they_say;
    for (const auto& name : doors) {
        const auto answer = co_await ask_door(name, generation);
        if (answer.is == kind::not_seen) co_return answered(ack::not_seen, answer.detail);
        if (answer.is == kind::unknown) co_return answered(ack::unknown, answer.detail);
        if (answer.is == kind::mute) {
            mute.push_back(name);
            what_they_say += (what_they_say.empty() ? "" : "; ") + answer.detail;
        } else {
            mute_.erase(name);
        }
    }
    if (mute.empty() && !doors.empty()) co_return answered(ack::seen);
    if (api_) co_return co_await ask_api(generation, std::move(mute));
    if (doors.empty())
        co_return answered(ack::unknown,
                           "nothing can tell what Traefik has applied: give --traefik-entrypoint "
                           "NAME=URL or --traefik-api");
    if (mute.size() == doors.size())
        co_return answered(ack::unknown, what_they_say + ", and there is no --traefik-api to ask");
    // One document is applied as a whole: those who can tell speak for the others.
    for (const auto& name : mute)
        mute_[name] = what_they_say;
    co_return answered(ack::seen);
}

task<ack_reader::door_answer> ack_reader::ask_door(std::string name, std::uint64_t generation) {
    door_answer out;
    const auto url = settings_.entry_points.at(name);
    const auto who = "entry point " + name;
    const auto to = endpoint_of(url);
    if (!to) {
        out.detail = who + ": " + to.error().message;
        co_return out;
    }
    net::request what("GET", std::string(ack_path));
    what.headers.emplace_back(std::string(ack_header), settings_.ack_token);
    what.deadline = ack_deadline;
    what.body_limit = 4096;
    what.body_may_be_cut = true;
    const auto answer = co_await timed_call(client_, events_, "ack", *to, std::move(what));
    // Somebody is there who has no certificate for an address: it can serve and cannot ack.
    if (!answer && answer.error().reason == "tls") out.is = door_answer::kind::mute;
    if (!answer) {
        out.detail = who + ": " + answer.error().message;
        co_return out;
    }
    const auto shown = number_from(answer->header("x-alcedo-gen"));
    if (answer->status != teapot || !shown) {
        out.is = door_answer::kind::mute;
        out.detail = who + " answers " + short_answer(answer) + " instead of an ack";
        co_return out;
    }
    const bool is_ours = *shown <= newest_;
    out.is =
        is_ours && *shown >= generation ? door_answer::kind::seen : door_answer::kind::not_seen;
    out.detail = who + " shows generation " + std::to_string(*shown) +
                 (is_ours ? ", not yet " + std::to_string(generation)
                          : ", which is newer than anything written here");
    co_return out;
}

task<ack_answer> ack_reader::ask_api(std::uint64_t generation, std::vector<std::string> mute) {
    const auto found = co_await api_->middleware(generation_middleware(generation));
    if (found.is == api_answer::kind::unknown) co_return answered(ack::unknown, found.detail);
    if (found.is == api_answer::kind::absent) co_return co_await why_absent(generation);
    // Applied, so an entry point that can ack does so by now.
    for (const auto& name : mute) {
        const auto again = co_await ask_door(name, generation);
        if (again.is == door_answer::kind::mute)
            mute_[name] = again.detail;
        else
            mute_.erase(name);
    }
    co_return answered(ack::seen);
}

/// The number is not there. Is another document of ours, or has the provider lost everything?
task<ack_answer> ack_reader::why_absent(std::uint64_t generation) {
    const auto detail = "Traefik's API does not show " + generation_middleware(generation);
    const auto marker = co_await api_->middleware(std::string(promises_middleware));
    if (marker.is == api_answer::kind::unknown) co_return answered(ack::unknown, marker.detail);
    if (marker.is == api_answer::kind::found || !was_seen_)
        co_return answered(ack::not_seen, detail);
    auto provider = api_->provider();
    const auto any = co_await api_->any_object_of(std::move(provider));
    if (any.is == api_answer::kind::found) co_return answered(ack::not_seen, detail);
    co_return answered(ack::unknown, any.is == api_answer::kind::unknown
                                         ? any.detail
                                         : "Traefik shows nothing at all of its " +
                                               api_->provider() + " provider any more");
}

std::optional<std::string> ack_reader::why_mute(const std::string& entry_point) const {
    const auto url = settings_.entry_points.find(entry_point);
    const auto who = "entry point " + entry_point;
    if (url == settings_.entry_points.end() || url->second.empty())
        return who + ": no URL was given for it";
    const auto said = mute_.find(entry_point);
    if (said == mute_.end()) return std::nullopt;
    return said->second;
}

std::vector<std::string> ack_reader::notes() const {
    std::vector<std::string> lines;
    for (const auto& [name, url] : settings_.entry_points)
        if (const auto why = why_mute(name))
            lines.push_back(*why + (api_ ? ": Traefik's API tells what is applied"
                                         : ": the other entry points tell what is applied"));
    if (!api_)
        lines.emplace_back("no --traefik-api: routers, weights and servers are not compared with "
                           "what Traefik shows, middlewares are not looked for");
    lines.insert(lines.end(), about_routes_.begin(), about_routes_.end());
    return lines;
}

} // namespace alcedo::traefik
