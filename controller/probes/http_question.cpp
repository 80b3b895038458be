#include "controller/probes/http_question.hpp"

#include "controller/probes/attempts.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace alcedo::probing {

namespace {

constexpr std::size_t shown_body = 4096;
constexpr std::size_t searched_body = 1u << 20;

bool is_expected(const json& expected, int status) {
    if (expected.is_number_integer()) return expected == status;
    if (expected.is_array())
        return std::any_of(expected.begin(), expected.end(),
                           [&](const json& one) { return one == status; });
    return status >= 200 && status <= 299;
}

bool is_in(const std::string& wanted, const std::string& body) {
    if (body.find(wanted) != std::string::npos) return true;
    RE2::Options quiet;
    quiet.set_log_errors(false);
    const RE2 pattern(wanted, quiet);
    return pattern.ok() && RE2::PartialMatch(body, pattern);
}

sample judged(const http_question& question, const net::response& answer) {
    sample out;
    out.what = outcome::pass;
    out.summary = "HTTP " + std::to_string(answer.status);
    out.evidence["url"] = question.url;
    out.evidence["status"] = answer.status;
    if (!answer.body.empty()) out.evidence["body"] = presentable(answer.body, shown_body);
    const auto location = answer.header("location");
    if (!location.empty()) out.evidence["location"] = presentable(location, 1024);
    if (!is_expected(question.expected_status, answer.status)) {
        out.what = outcome::fail;
    } else if (!question.expected_body.empty() && !is_in(question.expected_body, answer.body)) {
        out.what = outcome::fail;
        out.summary += ", but the body does not match";
    }
    return out;
}

task<sample> ask_once(net::http_client& client, const http_question& question, milliseconds left,
                      milliseconds limit) {
    auto what = question.what;
    what.deadline = left;
    what.body_may_be_cut = true;
    what.body_limit = question.expected_body.empty() ? shown_body : searched_body;
    const auto answer = co_await client.call(question.to, std::move(what));
    if (!answer) co_return unanswered(answer.error(), question.url, limit);
    co_return judged(question, *answer);
}

} // namespace

task<sample> ask(net::http_client& client, check_spec check, http_question question) {
    std::function<task<sample>(milliseconds)> once = [&](milliseconds left) {
        return ask_once(client, question, left, check.timeout);
    };
    co_return co_await attempt(check, std::move(once));
}

} // namespace alcedo::probing
