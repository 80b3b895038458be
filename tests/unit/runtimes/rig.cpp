#include "tests/unit/runtimes/rig.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace alcedo::testing {

namespace {

std::string make_folder() {
    std::string name = "/tmp/alcedo-runtimes-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
    return name;
}

} // namespace

answered pong(const std::string& api, const std::string& server) {
    return reply(200, "OK", {{"Api-Version", api}, {"Server", server}});
}

std::string recorded(const std::string& name) {
    std::ifstream file(ALCEDO_SOURCE_DIR "/tests/unit/runtimes/bodies/" + name);
    if (!file) throw std::runtime_error("no recorded body " + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

json container_body(const std::string& id, const std::string& name, const std::string& status) {
    return {{"Id", id},
            {"Name", "/" + name},
            {"Image", "sha256:1"},
            {"State", {{"Status", status}, {"StartedAt", "2026-11-22T08:45:25Z"}}},
            {"Config", {{"Labels", {{"alcedo.dev/instance", "alcedo"}}}}},
            {"HostConfig", {{"RestartPolicy", {{"Name", "unless-stopped"}}}}}};
}

rig::rig(peer_server::handler answer, docker_settings settings)
    : folder(make_folder()),
      engine(io.get_executor(), "unix://" + folder + "/docker.sock", std::move(answer)) {
    settings.host = engine.url();
    if (settings.instance.empty()) settings.instance = "alcedo";
    docker = make_docker_runtime(http, clock, settings, events);
}

rig::~rig() {
    docker.reset();
    engine.stop_listening();
    engine.hang_up();
    // What was cancelled unwinds while its collaborators are still there.
    io.restart();
    io.run_for(std::chrono::milliseconds(20));
    std::filesystem::remove_all(folder);
}

} // namespace alcedo::testing
