#include "controller/runtimes/docker_containers.hpp"

#include "controller/runtimes/docker_bodies.hpp"
#include "controller/runtimes/docker_json.hpp"
#include "controller/runtimes/docker_logs.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace alcedo::docker {

namespace {

// Engines take the longest over these (20.10 measured; later ones from their source).
constexpr milliseconds create_deadline{30000};
constexpr milliseconds start_deadline{60000};
constexpr milliseconds after_grace{20000};
constexpr milliseconds remove_deadline{45000};
constexpr milliseconds change_deadline{15000};
constexpr std::size_t longest_log = 16u << 20;

std::string path_of(const std::string& id, const std::string& rest) {
    return "/containers/" + url_encoded(id) + rest;
}

engine_call removal(const std::string& id) {
    // v=1 takes anonymous volumes only; never force, which is a SIGKILL.
    return engine_call{operation::remove, "DELETE", path_of(id, "?v=1"),
                       nullptr,           {},       remove_deadline};
}

/// What every container is given by us: no secret, and part of the container's name.
bool is_own_variable(const std::string& entry) {
    return entry.starts_with("ALCEDO_APP=") || entry.starts_with("ALCEDO_COLOR=") ||
           entry.starts_with("ALCEDO_REVISION=");
}

/// An engine may say what it was given in its refusal; a secret must not come back that way (S22).
error without_secrets(error problem, const std::vector<std::string>& env) {
    constexpr std::size_t shortest = 4;
    constexpr std::string_view mask = "***";
    for (const auto& entry : env) {
        const auto value = entry.substr(std::min(entry.find('='), entry.size() - 1) + 1);
        if (value.size() < shortest || is_own_variable(entry)) continue;
        for (auto at = problem.message.find(value); at != std::string::npos;
             at = problem.message.find(value, at + mask.size()))
            problem.message.replace(at, value.size(), mask);
    }
    return problem;
}

/// After a change was sent, an answer that makes no sense leaves open what was done.
error after_sending(error problem) {
    if (problem.reason == "malformed") problem.next = next_step::unknown;
    return problem;
}

} // namespace

container_calls::container_calls(std::shared_ptr<engine_calls> calls, std::string instance)
    : calls_(std::move(calls)), instance_(std::move(instance)) {}

bool container_calls::is_ours(const container& c) const {
    const auto found = c.labels.find(instance_label);
    return found != c.labels.end() && found->second == instance_ && !c.labels.contains(swarm_label);
}

task<result<json>> container_calls::look_at(std::string id) {
    engine_call question{operation::inspect, "GET", path_of(id, "/json")};
    co_return co_await calls_->read(std::move(question));
}

/// The container, if it is ours: what every change of one begins with.
task<result<json>> container_calls::own(std::string id) {
    auto found = co_await look_at(std::move(id));
    if (!found) co_return found;
    const auto c = container_from(*found);
    if (!c) co_return c.error();
    if (!is_ours(*c))
        co_return error(next_step::conflict,
                        "container " + c->name + " does not carry our instance label: left alone");
    co_return found;
}

task<result<std::vector<container>>> container_calls::list(std::string app) {
    std::vector<container> out;
    engine_call question{operation::list, "GET",
                         "/containers/json?all=1&filters=" + container_filters(instance_, app)};
    auto listed = co_await calls_->read(std::move(question));
    if (!listed) co_return listed.error();
    const auto ids = ids_from(*listed);
    if (!ids) co_return ids.error();
    for (const auto& id : *ids) {
        auto one = co_await inspect(id);
        // Removed in between; whatever else fails makes the list unknown (S11).
        if (!one && one.error().next == next_step::gone) continue;
        if (!one) co_return one.error();
        if (is_ours(*one)) out.push_back(*std::move(one));
    }
    co_return out;
}

task<result<container>> container_calls::inspect(std::string id) {
    auto found = co_await look_at(std::move(id));
    if (!found) co_return found.error();
    co_return container_from(*found);
}

task<result<container>> container_calls::find_by_name(std::string name) {
    auto found = co_await inspect(name);
    // The engine also takes the beginning of an id for a name.
    if (found && found->name != name)
        co_return error(next_step::gone, "no container is named " + name);
    co_return found;
}

task<result<std::string>> container_calls::create(create_request request) {
    engine_call making{operation::create, "POST"};
    request.labels[instance_label] = instance_;
    auto minor = co_await calls_->api_minor();
    if (!minor) co_return minor.error();
    auto plan = creation_from(request, *minor);
    if (!plan) co_return plan.error();
    making.target = "/containers/create?name=" + url_encoded(request.name);
    making.body = std::move(plan->body);
    making.deadline = create_deadline;
    auto answer = co_await calls_->read(std::move(making));
    if (!answer) co_return after_sending(without_secrets(answer.error(), request.env));
    const auto id = text_at(*answer, "Id");
    if (id.empty()) co_return after_sending(malformed("create"));
    auto connected = co_await connect_all(std::move(plan->connect), id);
    if (!connected) co_return connected.error();
    co_return id;
}

/// What may work the next time, the start makes up for, as after a crash in between: to make the
/// container anew each time would be an event each time, and an event is a pass without back-off.
/// One whose network is gone must not stay: no start could ever mend it.
task<result<void>> container_calls::connect_all(std::vector<network_attachment> networks,
                                                std::string container_id) {
    result<void> out;
    for (const auto& network : networks) {
        out = co_await attach(network, container_id);
        if (!out) break;
    }
    const bool is_final =
        !out && (out.error().next == next_step::gone || out.error().next == next_step::invalid);
    if (!is_final) co_return out;
    auto undoing = removal(container_id);
    auto undone = co_await calls_->ask(std::move(undoing));
    if (!undone)
        co_return error(next_step::unknown, out.error().message + "; " + undone.error().message);
    co_return out;
}

task<result<void>> container_calls::attach(network_attachment network, std::string container_id) {
    engine_call joining{operation::connect, "POST"};
    joining.target = "/networks/" + url_encoded(network.id) + "/connect";
    joining.body = {{"Container", container_id}, {"EndpointConfig", endpoint_from(network)}};
    joining.deadline = change_deadline;
    auto answer = co_await calls_->ask(std::move(joining));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

task<result<void>> container_calls::start(std::string id) {
    engine_call starting{operation::start, "POST", path_of(id, "/start"),
                         nullptr,          {},     start_deadline};
    auto found = co_await own(id);
    if (!found) co_return found.error();
    auto missing = missing_networks(*found);
    for (const auto& network : missing) {
        auto joined = co_await attach(network, id);
        if (!joined && joined.error().reason == reason::NetworkMissing)
            co_return error(next_step::conflict, joined.error().reason, joined.error().message);
        if (!joined) co_return joined;
    }
    auto answer = co_await calls_->ask(std::move(starting));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

task<result<void>> container_calls::stop(std::string id, milliseconds grace) {
    const auto whole = std::chrono::ceil<seconds>(std::max(grace, milliseconds::zero()));
    const auto target = path_of(id, "/stop?t=" + std::to_string(whole.count()));
    engine_call stopping{operation::stop, "POST", target, nullptr, {}, whole + after_grace};
    auto found = co_await own(id);
    if (!found && found.error().next == next_step::gone) co_return result<void>();
    if (!found) co_return found.error();
    const auto policy = restart_policy_in(*found);
    if (policy == "on-failure" || policy == "always") {
        auto kept = co_await keep_stopped(std::move(id));
        if (!kept) co_return kept;
    }
    auto answer = co_await calls_->ask(std::move(stopping));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

/// With `always` or `on-failure` a stopped container comes back when the engine restarts.
task<result<void>> container_calls::keep_stopped(std::string id) {
    engine_call updating{operation::update, "POST", path_of(id, "/update")};
    updating.body = {{"RestartPolicy", {{"Name", "no"}, {"MaximumRetryCount", 0}}}};
    updating.deadline = change_deadline;
    auto first = updating;
    auto answer = co_await calls_->ask(std::move(first));
    // One that keeps failing may end in the middle of this call (500, "cannot update a stopped
    // container"); while it waits for its next start the call goes through.
    if (!answer && answer.error().next == next_step::retry)
        answer = co_await calls_->ask(std::move(updating));
    if (answer) co_return result<void>();
    // Gone, being removed, or an engine without that call (Podman 4): the stop will tell.
    const auto next = answer.error().next;
    if (next == next_step::gone || next == next_step::wait) co_return result<void>();
    co_return answer.error();
}

task<result<void>> container_calls::remove(std::string id) {
    auto removing = removal(id);
    auto found = co_await own(std::move(id));
    if (!found && found.error().next == next_step::gone) co_return result<void>();
    if (!found) co_return found.error();
    auto answer = co_await calls_->ask(std::move(removing));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

task<result<std::vector<std::string>>> container_calls::logs(std::string id, int tail) {
    auto found = co_await look_at(id);
    if (!found) co_return found.error();
    const bool raw = has_terminal(*found);
    // Lines have no bound of their own: fewer of them, until they fit.
    for (int lines = std::max(tail, 1);; lines /= 8) {
        engine_call reading{operation::logs};
        reading.target = path_of(id, "/logs?stdout=1&stderr=1&tail=" + std::to_string(lines));
        reading.body_limit = longest_log;
        auto answer = co_await calls_->ask(std::move(reading));
        if (answer) co_return log_lines(answer->body, raw, tail);
        if (answer.error().reason != "too-large" || lines < 8) co_return answer.error();
    }
}

task<result<void>> container_calls::connect(std::string network_id, std::string container_id) {
    network_attachment network{std::move(network_id), {}};
    auto found = co_await own(container_id);
    if (!found) co_return found.error();
    co_return co_await attach(std::move(network), std::move(container_id));
}

} // namespace alcedo::docker
