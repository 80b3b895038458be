// What is said of the ground Alcedo stands on. Where Traefik runs, as far as it can be told: only a
// container on the shared network will do.

#include "controller/wiring/preflight.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace alcedo;

namespace {

settings at(const std::string& api) {
    settings s;
    s.network = "alcedo";
    s.traefik_api = api;
    return s;
}

network_info shared(std::vector<network_member> members) {
    network_info n;
    n.id = "n1";
    n.name = "alcedo";
    n.subnets = {"172.20.0.0/16"};
    n.gateways = {"172.20.0.1"};
    n.members = std::move(members);
    return n;
}

const network_member proxy{"t1", "traefik", "172.20.0.2", {8080, 80}};
const network_member ours{"c1", "shop-blue-web-1234abcd-1", "172.20.0.3", {}};
const network_member somebody{"s1", "database", "172.20.0.4", {5432}};

} // namespace

TEST_CASE("Traefik's place: a container on the network, by its address or its name") {
    for (const auto* api :
         {"http://172.20.0.2:8080", "http://traefik:8080", "http://traefik:8080/base"}) {
        const auto place = place_of_proxy(at(api), shared({ours, proxy}), {"c1"});
        CHECK(place.ok);
        CHECK(place.message == "container traefik on alcedo");
    }
}

TEST_CASE("Traefik's place: behind a published port it is the container that publishes it") {
    const auto place =
        place_of_proxy(at("http://127.0.0.1:8080"), shared({ours, somebody, proxy}), {"c1"});
    CHECK(place.ok);
    CHECK(place.message == "container traefik on alcedo");
}

TEST_CASE("Traefik's place: behind a name any stranger on the network may be it") {
    const auto place =
        place_of_proxy(at("http://proxy.example:8080"), shared({ours, proxy}), {"c1"});
    CHECK(place.ok);
    CHECK(place.message == "one of the containers traefik on alcedo");
}

TEST_CASE("Traefik's place: a process of the host, whoever else is on the network") {
    for (const auto& members : {std::vector{ours}, std::vector{ours, somebody}}) {
        const auto place = place_of_proxy(at("http://127.0.0.1:8080"), shared(members), {"c1"});
        CHECK_FALSE(place.ok);
        CHECK(place.fix.find("docker network connect alcedo") == 0);
    }
    auto by_door = at("");
    by_door.entry_points = {{"web", "http://10.0.0.9:80"}};
    CHECK_FALSE(place_of_proxy(by_door, shared({}), {}).ok);
}

TEST_CASE("a point is one line, and a failed one ends with what mends it") {
    CHECK(to_line({"engine", true, "20.10.24, API 1.41", ""}) ==
          "ok    engine            20.10.24, API 1.41");
    CHECK(to_line({"engine", false, "refused", "systemctl start docker"}) ==
          "FAIL  engine            refused; fix: systemctl start docker");
    CHECK(to_line({"source dir:/srv/alcedo/apps", true, "read", ""}) ==
          "ok    source dir:/srv/alcedo/apps read");
}

TEST_CASE("the engine's socket: missing, closed to this user, or nobody behind it") {
    std::string dir = (std::filesystem::temp_directory_path() / "alcedo-unit-XXXXXX").string();
    REQUIRE(::mkdtemp(dir.data()) != nullptr);
    const auto path = dir + "/docker.sock";
    CHECK(engine_fix("unix://" + path).starts_with("systemctl start docker"));
    const int s = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    REQUIRE(::bind(s, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    CHECK(engine_fix("unix://" + path).starts_with("systemctl restart docker"));
    CHECK(engine_fix("tcp://10.0.0.1:2375").starts_with("curl http://10.0.0.1:2375/_ping"));
    ::close(s);
    std::filesystem::remove_all(dir);
}

TEST_CASE("rename: both folders there and in one mount") {
    std::string dir = (std::filesystem::temp_directory_path() / "alcedo-unit-XXXXXX").string();
    REQUIRE(::mkdtemp(dir.data()) != nullptr);
    auto point = check_rename(dir);
    CHECK_FALSE(point.ok);
    CHECK(point.fix.starts_with("mkdir -p " + dir + "/dynamic"));
    std::filesystem::create_directory(dir + "/dynamic");
    std::filesystem::create_directory(dir + "/staging");
    CHECK(check_rename(dir).ok);
    std::filesystem::remove(dir + "/dynamic");
    std::filesystem::create_directory_symlink("/proc", dir + "/dynamic");
    point = check_rename(dir);
    CHECK_FALSE(point.ok);
    std::filesystem::remove_all(dir);
}
