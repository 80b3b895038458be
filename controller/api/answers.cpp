#include "controller/api/answers.hpp"

namespace alcedo::api {

namespace {

struct meaning {
    int status;
    const char* reason;
};

meaning meaning_of(next_step next) {
    switch (next) {
    case next_step::gone:
        return {404, "NotFound"};
    case next_step::conflict:
        return {409, "Conflict"};
    case next_step::invalid:
        return {422, "Invalid"};
    case next_step::retry:
    case next_step::wait:
    case next_step::unknown:
        break;
    }
    return {503, "Unavailable"};
}

} // namespace

net::response json_answer(int status, const json& body) {
    net::response answer;
    answer.status = status;
    answer.headers.emplace_back("content-type", "application/json");
    // Evidence may hold bytes that are not UTF-8; they must not make an answer impossible.
    answer.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    return answer;
}

net::response text_answer(int status, std::string body) {
    net::response answer;
    answer.status = status;
    answer.headers.emplace_back("content-type", "text/plain; charset=utf-8");
    answer.body = std::move(body);
    return answer;
}

net::response refusal(int status, const std::string& reason, const std::string& message) {
    return json_answer(status, {{"reason", reason}, {"message", message}});
}

net::response refusal(const error& problem) {
    const auto meant = meaning_of(problem.next);
    return refusal(meant.status, problem.reason.empty() ? meant.reason : problem.reason,
                   problem.message);
}

} // namespace alcedo::api
