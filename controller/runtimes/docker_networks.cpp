#include "controller/runtimes/docker_networks.hpp"

#include "controller/runtimes/docker_bodies.hpp"
#include "controller/runtimes/docker_json.hpp"

#include <utility>

namespace alcedo::docker {

namespace {

constexpr milliseconds create_deadline{30000};
constexpr milliseconds remove_deadline{15000};

} // namespace

network_calls::network_calls(std::shared_ptr<engine_calls> calls, std::string instance)
    : calls_(std::move(calls)), instance_(std::move(instance)) {}

task<result<std::vector<network_info>>> network_calls::all() {
    std::vector<network_info> out;
    engine_call question{operation::networks, "GET", "/networks"};
    auto listed = co_await calls_->read(std::move(question));
    if (!listed) co_return listed.error();
    if (!listed->is_array()) co_return malformed("networks");
    for (const auto& item : *listed) {
        auto one = network_from(item);
        if (!one) co_return one.error();
        out.push_back(*std::move(one));
    }
    co_return out;
}

task<result<network_info>> network_calls::find(std::string name_or_id) {
    engine_call question{operation::network, "GET", "/networks/" + url_encoded(name_or_id)};
    auto found = co_await calls_->read(std::move(question));
    if (!found) co_return found.error();
    auto out = network_from(*found);
    // The engine also takes the beginning of an id for a name.
    if (out && out->name != name_or_id && out->id != name_or_id)
        co_return error(next_step::gone, "no network is named " + name_or_id);
    co_return out;
}

task<result<std::string>> network_calls::create(network_request request) {
    engine_call making{operation::network_create, "POST", "/networks/create"};
    request.labels[instance_label] = instance_;
    making.body = network_from_request(request);
    making.deadline = create_deadline;
    auto answer = co_await calls_->read(std::move(making));
    auto id = answer ? text_at(*answer, "Id") : std::string();
    if (!id.empty()) co_return id;
    auto problem = answer ? malformed("network_create") : answer.error();
    // After a change was sent, an answer that makes no sense leaves open what was done.
    if (problem.reason == "malformed") problem.next = next_step::unknown;
    co_return problem;
}

task<result<void>> network_calls::remove(std::string id) {
    engine_call removing{operation::network_remove, "DELETE"};
    auto found = co_await find(std::move(id));
    if (!found && found.error().next == next_step::gone) co_return result<void>();
    if (!found) co_return found.error();
    const auto label = found->labels.find(instance_label);
    if (label == found->labels.end() || label->second != instance_)
        co_return error(next_step::conflict, "network " + found->name +
                                                 " does not carry our instance label: left alone");
    removing.target = "/networks/" + url_encoded(found->id);
    removing.deadline = remove_deadline;
    auto answer = co_await calls_->ask(std::move(removing));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

task<result<void>> network_calls::create_volume(std::string name, json options,
                                                std::map<std::string, std::string> labels) {
    engine_call making{operation::volume_create, "POST", "/volumes/create"};
    labels[instance_label] = instance_;
    making.body = volume_from_request(name, options, labels);
    making.deadline = create_deadline;
    auto answer = co_await calls_->ask(std::move(making));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

task<result<bool>> network_calls::volume_exists(std::string name) {
    engine_call question{operation::volume, "GET", "/volumes/" + url_encoded(name)};
    auto found = co_await calls_->ask(std::move(question));
    if (!found && found.error().next == next_step::gone) co_return false;
    if (!found) co_return found.error();
    co_return true;
}

} // namespace alcedo::docker
