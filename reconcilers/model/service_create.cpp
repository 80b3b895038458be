#include "reconcilers/model/service_create.hpp"

#include <string>

namespace alcedo::create {

namespace {

json& host(json& body) {
    return body["HostConfig"];
}

std::int64_t whole_seconds(std::int64_t nanoseconds) {
    return (nanoseconds + 999'999'999) / 1'000'000'000;
}

} // namespace

void cap_add(const json& value, json& body) {
    host(body)["CapAdd"] = value;
}

void cap_drop(const json& value, json& body) {
    host(body)["CapDrop"] = value;
}

void command(const json& value, json& body) {
    body["Cmd"] = value;
}

void deploy(const json& value, json& body) {
    const auto limits = value.value(json::json_pointer("/resources/limits"), json::object());
    if (limits.contains("cpus")) host(body)["NanoCpus"] = limits["cpus"];
    if (limits.contains("memory")) host(body)["Memory"] = limits["memory"];
    if (limits.contains("pids")) host(body)["PidsLimit"] = limits["pids"];
}

void entrypoint(const json& value, json& body) {
    body["Entrypoint"] = value;
}

void expose(const json& value, json& body) {
    for (const auto& port : value)
        body["ExposedPorts"][port.get<std::string>()] = json::object();
}

void extra_hosts(const json& value, json& body) {
    host(body)["ExtraHosts"] = value;
}

void healthcheck(const json& value, json& body) {
    auto& check = body["Healthcheck"];
    if (value.value("disable", false) || value.value("test", json()) == json::array({"NONE"})) {
        check = {{"Test", {"NONE"}}};
        return;
    }
    check = json::object();
    for (const auto& [from, to] : {std::pair{"test", "Test"}, std::pair{"interval", "Interval"},
                                   std::pair{"timeout", "Timeout"}, std::pair{"retries", "Retries"},
                                   std::pair{"start_period", "StartPeriod"}})
        if (value.contains(from)) check[to] = value[from];
}

void init(const json& value, json& body) {
    host(body)["Init"] = value;
}

void logging(const json& value, json& body) {
    host(body)["LogConfig"] = {{"Type", value.value("driver", "")},
                               {"Config", value.value("options", json::object())}};
}

void read_only(const json& value, json& body) {
    host(body)["ReadonlyRootfs"] = value;
}

void restart(const json& value, json& body) {
    const auto text = value.get<std::string>();
    const auto colon = text.find(':');
    json policy{{"Name", text.substr(0, colon)}};
    if (colon != std::string::npos) policy["MaximumRetryCount"] = std::stoi(text.substr(colon + 1));
    host(body)["RestartPolicy"] = std::move(policy);
}

void stop_grace_period(const json& value, json& body) {
    body["StopTimeout"] = whole_seconds(value.get<std::int64_t>());
}

void stop_signal(const json& value, json& body) {
    body["StopSignal"] = value;
}

void tmpfs(const json& value, json& body) {
    host(body)["Tmpfs"] = value;
}

void ulimits(const json& value, json& body) {
    auto& list = host(body)["Ulimits"] = json::array();
    for (const auto& [name, limit] : value.items())
        list.push_back({{"Name", name}, {"Soft", limit["soft"]}, {"Hard", limit["hard"]}});
}

void user(const json& value, json& body) {
    body["User"] = value;
}

void working_dir(const json& value, json& body) {
    body["WorkingDir"] = value;
}

} // namespace alcedo::create
