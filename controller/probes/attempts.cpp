#include "controller/probes/attempts.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string_view>

namespace alcedo::probing {

namespace asio = boost::asio;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds pause_between{100};
constexpr std::string_view replacement = "\xEF\xBF\xBD";

milliseconds since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

task<sample> attempt_all(const check_spec& check,
                         const std::function<task<sample>(milliseconds)>& once) {
    const auto start = std::chrono::steady_clock::now();
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor);
    sample last;
    int tries = 0;
    for (;;) {
        last = co_await once(check.timeout);
        ++tries;
        const bool is_settled = last.what == outcome::pass || last.what == outcome::no_data;
        if (is_settled || tries >= check.attempts) break;
        pause.expires_after(pause_between);
        co_await pause.async_wait(as_values);
    }
    last.took = since(start);
    if (last.what != outcome::no_data) last.evidence["ms"] = last.took.count();
    if (tries > 1) last.evidence["attempts"] = tries;
    co_return last;
}

/// Length of the character that starts the text; 0 if it is none (RFC 3629).
std::size_t character_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                               : first >= 0xE0 && first <= 0xEF ? 3
                               : first >= 0xF0 && first <= 0xF4 ? 4
                                                                : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xC0) != 0x80) return 0;
    const unsigned second = at(1);
    const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool is_surrogate = first == 0xED && second > 0x9F;
    const bool is_beyond = first == 0xF4 && second > 0x8F;
    return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

/// "Connection refused" out of "GET / at http://10.0.0.7:80: Connection refused".
std::string last_part(const std::string& message) {
    const auto colon = message.rfind(": ");
    std::string out = colon == std::string::npos ? message : message.substr(colon + 2);
    if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z')
        out[0] = static_cast<char>(out[0] - 'A' + 'a');
    return out;
}

} // namespace

task<sample> attempt(const check_spec& check, std::function<task<sample>(milliseconds)> once) {
    std::string why;
    try {
        co_return co_await attempt_all(check, once);
    } catch (const std::exception& problem) {
        why = problem.what();
    }
    sample broken;
    broken.what = outcome::inconclusive;
    broken.summary = why;
    co_return broken;
}

std::string text_of(const json& settings, const char* key, const std::string& fallback) {
    if (!settings.is_object()) return fallback;
    const auto found = settings.find(key);
    return found != settings.end() && found->is_string() ? found->get<std::string>() : fallback;
}

int port_of(const json& settings) {
    if (!settings.is_object()) return 0;
    const auto found = settings.find("port");
    if (found == settings.end() || !found->is_number_integer()) return 0;
    const auto port = found->get<std::int64_t>();
    return port >= 1 && port <= 65535 ? static_cast<int>(port) : 0;
}

sample no_data(const std::string& why) {
    sample out;
    out.summary = why;
    return out;
}

sample unanswered(const error& problem, const std::string& url, milliseconds limit) {
    sample out;
    const bool is_ours = problem.reason == "local" || problem.next == next_step::invalid;
    out.what = is_ours ? outcome::inconclusive : outcome::fail;
    out.summary = last_part(problem.message);
    const bool was_asked = problem.next == next_step::unknown;
    if (was_asked && problem.reason == "timeout")
        out.summary = "no answer within " + to_string(limit);
    out.evidence["url"] = url;
    out.evidence["error"] = presentable(problem.message, 1024);
    return out;
}

std::string presentable(const std::string& text, std::size_t most) {
    std::string out;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto length = character_length(rest);
        const auto next = length == 0 ? replacement : rest.substr(0, length);
        if (out.size() + next.size() > most) break;
        out += next;
        rest.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

} // namespace alcedo::probing
