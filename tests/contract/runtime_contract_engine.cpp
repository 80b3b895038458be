#include "tests/contract/runtime_contract_engine.hpp"

#include <cstdlib>
#include <map>

#include <unistd.h>

namespace alcedo::testing {

moment wall_clock::now() const {
    moment out;
    out.boot = std::chrono::duration_cast<milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
    return out;
}

task<bool> wall_clock::sleep_for(milliseconds time) {
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, time);
    auto [problem] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return !problem;
}

contract_engine::contract_engine(const std::string& config_path)
    : host(std::getenv("DOCKER_HOST")), instance("contract" + std::to_string(::getpid())) {
    docker = make_docker_runtime(*http, clock, {host, instance, config_path}, events);
}

contract_engine::~contract_engine() {
    try {
        const auto left = run(docker->list(""));
        for (const auto& c : left ? *left : std::vector<container>{}) {
            run(docker->stop(c.id, milliseconds(0)));
            run(docker->remove(c.id));
        }
        const auto networks = run(docker->networks());
        for (const auto& n : networks ? *networks : std::vector<network_info>{})
            if (n.name.starts_with(instance)) run(docker->remove_network(n.id));
        raw("DELETE", "/volumes/" + name("data"));
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "cleaning up: %s\n", problem.what());
    }
    docker.reset();
    io.restart();
    io.run_for(std::chrono::milliseconds(50));
}

std::string contract_engine::image() {
    static std::string id;
    if (!id.empty()) return id;
    registry_stand_in registry(io.get_executor(), mood::open);
    const auto pulled = run(docker->pull(registry.image(), nullptr));
    if (!pulled) throw std::runtime_error(to_string(pulled.error()));
    id = run(docker->image(registry.image())).value().id;
    return id;
}

std::string contract_engine::network(const std::string& rest) {
    const auto there = run(docker->network(name(rest)));
    if (there) return there->id;
    return run(docker->create_network({name(rest), {}, "", json::object()})).value();
}

create_request contract_engine::request(const std::string& rest, const std::string& command) {
    create_request out;
    out.name = name(rest);
    out.image_id = image();
    out.service = {{"restart", "no"}, {"command", json::array()}};
    std::string word;
    for (const char c : command + " ")
        if (c == ' ')
            out.service["command"].push_back(std::exchange(word, ""));
        else
            word += c;
    out.labels = {{"alcedo.dev/name", "music"}};
    out.networks = {{network("one"), {}}};
    return out;
}

container contract_engine::seen(const std::string& id) {
    return run(docker->inspect(id)).value();
}

net::response contract_engine::raw(const std::string& method, const std::string& path,
                                   const json& body) {
    const auto version = run(docker->info()).value().api_version;
    net::request call(method, "/v" + version + path);
    call.headers = {{"Content-Type", "application/json"}};
    if (!body.is_null()) call.body = body.dump();
    return run(http->call(net::parse_endpoint(host).value(), call)).value();
}

} // namespace alcedo::testing
