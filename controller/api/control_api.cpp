#include "controller/api/control_api.hpp"

#include "controller/api/answers.hpp"
#include "controller/api/path.hpp"
#include "controller/api/users.hpp"
#include "controller/api/version.hpp"
#include "reconcilers/model/api_version.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace alcedo::api {

namespace {

namespace asio = boost::asio;

using answer = task<net::response>;
using segments = std::vector<std::string>;

struct route {
    std::string_view method;
    std::string_view pattern;
    answer (*serve)(control&, segments, net::server_request);
};

answer serve_list(control& door, segments, net::server_request) {
    const json list = door.list();
    co_return json_answer(200, list);
}

answer serve_app(control& door, segments at, net::server_request) {
    const auto found = door.get(at[0]);
    if (!found) co_return refusal(found.error());
    co_return json_answer(200, *found);
}

answer serve_plan(control& door, segments at, net::server_request) {
    const auto planned = co_await door.plan(at[0]);
    if (!planned) co_return refusal(planned.error());
    co_return json_answer(200, *planned);
}

answer serve_history(control& door, segments at, net::server_request) {
    const auto receipts = co_await door.history(at[0]);
    if (!receipts) co_return refusal(receipts.error());
    co_return json_answer(200, *receipts);
}

answer serve_judged(control& door, segments at, net::server_request asked) {
    const auto commit = asked.parameter("commit");
    const auto judged = co_await door.judged(at[0], commit);
    if (!judged) co_return refusal(judged.error());
    co_return json_answer(200, *judged);
}

answer serve_wish(control& door, segments at, net::server_request asked) {
    caller by{asked.from.uid, asked.from.gid, asked.from.pid, user_name_of(asked.from.uid)};
    const auto said = co_await door.wish(at[0], at[1], by);
    if (!said) co_return refusal(said.error());
    co_return json_answer(said->value("granted", false) ? 200 : 409, *said);
}

std::optional<std::vector<file_text>> files_in(const std::string& body) {
    const auto parsed = json::parse(body, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("files") || !parsed["files"].is_array()) return {};
    std::vector<file_text> files;
    for (const auto& file : parsed["files"]) {
        if (!file.is_object() || !file.contains("name") || !file["name"].is_string()) return {};
        if (!file.contains("text") || !file["text"].is_string()) return {};
        files.push_back({file["name"].get<std::string>(), file["text"].get<std::string>()});
    }
    return files;
}

answer serve_plan_files(control& door, segments, net::server_request asked) {
    auto files = files_in(asked.body);
    if (!files || files->empty())
        co_return refusal(400, "BadRequest", "the body must be {\"files\": [{name, text}, …]}");
    const auto planned = co_await door.plan_files(std::move(*files));
    if (!planned) co_return refusal(planned.error());
    co_return json_answer(200, *planned);
}

/// Empty = `fallback`; none = not a number.
std::optional<std::uint64_t> number_in(const std::string& text, std::uint64_t fallback) {
    if (text.empty()) return fallback;
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end) return {};
    return number;
}

answer serve_changes(control& door, segments, net::server_request asked) {
    using namespace asio::experimental::awaitable_operators;
    const auto most = static_cast<std::uint64_t>(longest_poll.count() / 1000);
    const auto seen = number_in(asked.parameter("seen"), 0);
    const auto wait = number_in(asked.parameter("wait"), most);
    if (!seen || !wait)
        co_return refusal(400, "BadRequest", "seen and wait are whole numbers: write ?seen=0");
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor);
    timer.expires_after(std::chrono::seconds(std::min(*wait, most)));
    auto change = door.changed_since(asked.parameter("app"), *seen);
    auto pause = timer.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto first = co_await (std::move(change) || std::move(pause));
    const auto reached = first.index() == 0 ? std::get<0>(first) : *seen;
    const json body{{"seen", reached}, {"changed", reached != *seen}};
    co_return json_answer(200, body);
}

answer serve_ready(control& door, segments, net::server_request) {
    const json ready = door.ready();
    co_return json_answer(200, ready);
}

answer serve_version(control&, segments, net::server_request) {
    const json version{{"version", program_version}, {"apiVersion", api_version}};
    co_return json_answer(200, version);
}

constexpr std::array routes{
    route{"GET", "/v1/apps", serve_list},
    route{"GET", "/v1/apps/{name}", serve_app},
    route{"GET", "/v1/apps/{name}/plan", serve_plan},
    route{"GET", "/v1/apps/{name}/history", serve_history},
    route{"GET", "/v1/apps/{name}/judged", serve_judged},
    route{"POST", "/v1/apps/{name}/wishes/{verb}", serve_wish},
    route{"POST", "/v1/plan", serve_plan_files},
    route{"GET", "/v1/changes", serve_changes},
    route{"GET", "/v1/ready", serve_ready},
    route{"GET", "/v1/version", serve_version},
};

answer serve(control& door, net::server_request asked) {
    std::string allowed;
    for (const auto& each : routes) {
        auto at = match_path(each.pattern, asked.path);
        if (!at) continue;
        if (each.method == asked.method)
            co_return co_await each.serve(door, std::move(*at), std::move(asked));
        allowed += (allowed.empty() ? "" : ", ") + std::string(each.method);
    }
    if (allowed.empty()) co_return refusal(404, "NotFound", "no such path: " + asked.path);
    auto wrong = refusal(405, "MethodNotAllowed", asked.path + " answers " + allowed + " only");
    wrong.headers.emplace_back("allow", allowed);
    co_return wrong;
}

} // namespace

net::handler make_control_handler(control& door) {
    return [&door](net::server_request asked) { return serve(door, std::move(asked)); };
}

} // namespace alcedo::api
