// Containers, networks and volumes of the port, against a fake engine.

#include "tests/unit/runtimes/rig.hpp"
#include "tests/unit/runtimes/shown.hpp"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

using strings = std::vector<std::string>;

/// An engine by a table "METHOD /path" → answer; what is not in it is 404.
class scripted {
public:
    explicit scripted(std::string api = "1.44") : api_(std::move(api)) {}
    scripted& on(const std::string& what, answered answer) {
        answers_[what] = std::move(answer);
        return *this;
    }
    answered operator()(const asked& call) const {
        if (call.target == "/_ping") return pong(api_, "Docker/26.1.5 (linux)");
        const auto found = answers_.find(call.what());
        if (found != answers_.end()) return found->second;
        return reply(404, json{{"message", "No such container: " + call.what()}});
    }

private:
    std::string api_;
    std::map<std::string, answered> answers_;
};

answered refused(int status, const std::string& message) {
    return reply(status, json{{"message", message}});
}

answered one_container(const std::string& id, const std::string& policy = "unless-stopped") {
    auto body = container_body(id, id);
    body["HostConfig"]["RestartPolicy"]["Name"] = policy;
    return reply(200, body);
}

const auto two_listed = reply(200, json::parse(R"([{"Id":"c1"},{"Id":"c2"}])"));

json body_of(const rig& r, const std::string& what) {
    for (const auto& call : r.engine.calls())
        if (call.what() == what) return json::parse(call.body);
    return nullptr;
}

} // namespace

TEST_CASE("list asks for our label, inspects each, and misses none but those that went") {
    rig r(scripted()
              .on("GET /containers/json", two_listed)
              .on("GET /containers/c2/json", one_container("c2")));
    const auto listed = r.run(r.docker->list("music"));
    REQUIRE(listed);
    REQUIRE(listed->size() == 1);
    CHECK(listed->front().id == "c2");
    const auto& call = r.engine.calls().at(1);
    CHECK(call.query("all") == "1");
    CHECK(json::parse(call.query("filters")) ==
          json::parse(R"({"label":["alcedo.dev/instance=alcedo","alcedo.dev/name=music"]})"));
    CHECK(r.engine.heard() ==
          strings{"GET /containers/json", "GET /containers/c1/json", "GET /containers/c2/json"});
}

TEST_CASE("one container that cannot be seen makes the list unknown, not shorter") {
    for (const auto& answer : {refused(500, "lock"), hang(), reply(200, "{"), reply(200, "{}")}) {
        rig r(scripted()
                  .on("GET /containers/json", two_listed)
                  .on("GET /containers/c1/json", answer)
                  .on("GET /containers/c2/json", one_container("c2")));
        const auto listed = r.run(r.docker->list(""));
        REQUIRE_FALSE(listed);
        CHECK(listed.error().next != next_step::gone);
    }
}

TEST_CASE("a list holds only what carries our label, whatever the engine filtered") {
    auto foreign = container_body("c1", "foreign");
    foreign["Config"]["Labels"]["alcedo.dev/instance"] = "other";
    auto swarm = container_body("c2", "task");
    swarm["Config"]["Labels"]["com.docker.swarm.task.id"] = "t1";
    rig r(scripted()
              .on("GET /containers/json", two_listed)
              .on("GET /containers/c1/json", reply(200, foreign))
              .on("GET /containers/c2/json", reply(200, swarm)));
    CHECK(r.run(r.docker->list("")).value().empty());
}

TEST_CASE("a name is not the beginning of an id") {
    rig r(scripted()
              .on("GET /containers/abc/json", one_container("abcdef"))
              .on("GET /networks/abc", reply(200, json{{"Id", "abcdef"}, {"Name", "other"}})));
    CHECK(r.run(r.docker->find_by_name("abc")).error().next == next_step::gone);
    CHECK(r.run(r.docker->find_by_name("nosuch")).error().next == next_step::gone);
    CHECK(r.run(r.docker->network("abc")).error().next == next_step::gone);
    CHECK(r.run(r.docker->network("nosuch")).error().next == next_step::gone);
}

TEST_CASE("what is not ours is left alone") {
    auto foreign = container_body("c1", "foreign");
    foreign["Config"]["Labels"] = nullptr;
    rig r(scripted()
              .on("GET /containers/c1/json", reply(200, foreign))
              .on("GET /networks/n1", reply(200, json{{"Id", "n1"}, {"Name", "n1"}})));
    CHECK(r.run(r.docker->start("c1")).error().next == next_step::conflict);
    CHECK(r.run(r.docker->stop("c1", seconds(1))).error().next == next_step::conflict);
    CHECK(r.run(r.docker->remove("c1")).error().next == next_step::conflict);
    CHECK(r.run(r.docker->connect("n1", "c1")).error().next == next_step::conflict);
    CHECK(r.run(r.docker->remove_network("n1")).error().next == next_step::conflict);
    for (const auto& call : r.engine.calls())
        CHECK(call.method == "GET");
}

TEST_CASE("create: the name, our label, the body; the id is the answer") {
    rig r(scripted().on("POST /containers/create", reply(201, json{{"Id", "c9"}})));
    create_request wanted;
    wanted.name = "music-blue-bot-0a1b2c3d-1";
    wanted.image_id = "sha256:1";
    wanted.networks = {{"n1", {}}, {"n2", {"bot"}}};
    CHECK(r.run(r.docker->create(wanted)).value() == "c9");
    CHECK(r.engine.heard() == strings{"POST /containers/create"});
    const auto& call = r.engine.calls().back();
    CHECK(call.query("name") == wanted.name);
    CHECK(call.headers.at("content-type") == "application/json");
    CHECK(json::parse(call.body)["Labels"]["alcedo.dev/instance"] == "alcedo");
}

TEST_CASE("1.41: further networks are connected before create ends") {
    create_request wanted;
    wanted.name = "one";
    wanted.networks = {{"n1", {}}, {"n2", {"bot"}}, {"n3", {}}};
    const auto created =
        scripted("1.41").on("POST /containers/create", reply(201, json{{"Id", "c9"}}));
    auto answers = created;
    answers.on("POST /networks/n2/connect", reply(200, ""))
        .on("POST /networks/n3/connect", reply(200, ""));
    rig r(answers);
    CHECK(r.run(r.docker->create(wanted)).value() == "c9");
    CHECK(r.engine.heard() == strings{"POST /containers/create", "POST /networks/n2/connect",
                                      "POST /networks/n3/connect"});
    CHECK(body_of(r, "POST /networks/n2/connect") ==
          json::parse(R"({"Container":"c9","EndpointConfig":{"Aliases":["bot"]}})"));

    SUBCASE("one that cannot be connected is taken back") {
        auto failing = created;
        failing.on("POST /networks/n2/connect", refused(404, "network n2 not found"))
            .on("DELETE /containers/c9", reply(204, ""));
        rig f(failing);
        CHECK(f.run(f.docker->create(wanted)).error().next == next_step::gone);
        CHECK(f.engine.heard().back() == "DELETE /containers/c9");
    }
    SUBCASE("and if that fails too, nobody knows") {
        auto failing = created;
        failing.on("POST /networks/n2/connect", refused(404, "network n2 not found"))
            .on("DELETE /containers/c9", refused(500, "busy"));
        rig f(failing);
        CHECK(f.run(f.docker->create(wanted)).error().next == next_step::unknown);
    }
    // While connects failed, a container was made and removed ten times a second: each of the two
    // is an event, and an event is a pass without back-off. The start makes up for what is missing.
    SUBCASE("one that may be connected the next time stays") {
        auto failing = created;
        failing.on("POST /networks/n2/connect", refused(500, "busy"));
        rig f(failing);
        CHECK(f.run(f.docker->create(wanted)).error().next == next_step::retry);
        CHECK(f.engine.heard().back() == "POST /networks/n2/connect");
    }
}

TEST_CASE("a start makes up for the connects that a crash left out") {
    auto half = container_body("c9", "one", "created");
    half["Config"]["Labels"]["alcedo.dev/connect"] = R"([{"id":"n2","aliases":["bot"]}])";
    half["NetworkSettings"]["Networks"]["first"] = json::object();
    rig r(scripted("1.41")
              .on("GET /containers/c9/json", reply(200, half))
              .on("POST /networks/n2/connect", reply(200, ""))
              .on("POST /containers/c9/start", reply(204, "")));
    REQUIRE(r.run(r.docker->start("c9")));
    CHECK(r.engine.heard() == strings{"GET /containers/c9/json", "POST /networks/n2/connect",
                                      "POST /containers/c9/start"});

    SUBCASE(
        "one whose network is gone meanwhile is to be made anew, as one that the start misses") {
        rig f(scripted("1.41")
                  .on("GET /containers/c9/json", reply(200, half))
                  .on("POST /networks/n2/connect", refused(404, "network n2 not found")));
        const auto got = f.run(f.docker->start("c9"));
        REQUIRE_FALSE(got);
        CHECK(got.error().next == next_step::conflict);
        CHECK(got.error().reason == "NetworkMissing");
    }
}

TEST_CASE("a taken name is a conflict in the words of every engine") {
    const answered answers[] = {
        refused(409, "Conflict. The container name \"/one\" is already in use by container \"11\""),
        refused(500, "creating container storage: the container name \"one\" is already in use by "
                     "11: that name is already in use"),
    };
    for (const auto& answer : answers) {
        rig r(scripted("1.41").on("POST /containers/create", answer));
        CHECK(r.run(r.docker->create({})).error().next == next_step::conflict);
    }
}

TEST_CASE("a secret does not come back in a refusal") {
    rig r(scripted().on("POST /containers/create",
                        refused(400, "invalid environment variable: =hunter2 hunter2")));
    create_request wanted;
    wanted.env = {"=hunter2", "EMPTY=", "BARE", ""};
    const auto got = r.run(r.docker->create(wanted));
    REQUIRE_FALSE(got);
    CHECK(got.error().reason == "CreateFailed");
    CHECK(got.error().message.find("hunter2") == std::string::npos);
    CHECK(got.error().message.find("***") != std::string::npos);
}

// "shop-blue-web-1" was told as "***-***-web-1": the app's name and colour are in its environment.
TEST_CASE("a refusal keeps the name of the container") {
    rig r(scripted().on("POST /containers/create", refused(409, "/shop-blue-web-1 is taken")));
    create_request wanted;
    wanted.env = {"ALCEDO_APP=shop", "ALCEDO_COLOR=blue"};
    const auto got = r.run(r.docker->create(wanted));
    REQUIRE_FALSE(got);
    CHECK(got.error().message.find("/shop-blue-web-1 is taken") != std::string::npos);
}

TEST_CASE("start: running already is success") {
    rig r(scripted()
              .on("GET /containers/c1/json", one_container("c1"))
              .on("POST /containers/c1/start", reply(304, "")));
    CHECK(r.run(r.docker->start("c1")));
    CHECK(r.engine.calls().back().body.empty());
}

TEST_CASE("stop: policies that would bring it back are taken away first") {
    for (const std::string policy : {"no", "unless-stopped", "always", "on-failure"}) {
        CAPTURE(policy);
        rig r(scripted()
                  .on("GET /containers/c1/json", one_container("c1", policy))
                  .on("POST /containers/c1/update", reply(200, "{\"Warnings\":null}"))
                  .on("POST /containers/c1/stop", reply(204, "")));
        REQUIRE(r.run(r.docker->stop("c1", milliseconds(1500))));
        const bool updates = policy == "always" || policy == "on-failure";
        const auto heard = r.engine.heard();
        CHECK(heard.size() == (updates ? 3 : 2));
        CHECK(r.engine.calls().back().query("t") == "2");
        if (updates)
            CHECK(body_of(r, "POST /containers/c1/update")["RestartPolicy"]["Name"] == "no");
    }
}

TEST_CASE("stop: gone and stopped are answers; a policy that stays is not stopped over") {
    rig gone(scripted{});
    CHECK(gone.run(gone.docker->stop("c1", seconds(1))));
    rig raced(scripted().on("GET /containers/c1/json", one_container("c1"))); // 404 at the stop
    CHECK(raced.run(raced.docker->stop("c1", seconds(1))));
    rig stopped(scripted()
                    .on("GET /containers/c1/json", one_container("c1"))
                    .on("POST /containers/c1/stop", reply(304, "")));
    CHECK(stopped.run(stopped.docker->stop("c1", seconds(1))));
    rig podman(scripted()
                   .on("GET /containers/c1/json", one_container("c1", "always"))
                   .on("POST /containers/c1/stop", reply(204, ""))); // no update there: 404
    CHECK(podman.run(podman.docker->stop("c1", seconds(1))));
    rig stubborn(scripted()
                     .on("GET /containers/c1/json", one_container("c1", "always"))
                     .on("POST /containers/c1/update", refused(500, "no"))
                     .on("POST /containers/c1/stop", reply(204, "")));
    CHECK_FALSE(stubborn.run(stubborn.docker->stop("c1", seconds(1))));
    CHECK(stubborn.engine.heard().back() == "POST /containers/c1/update");
}

TEST_CASE("stop: a container that ends while its policy is taken away is asked about once more") {
    int updates = 0;
    const auto others = scripted()
                            .on("GET /containers/c1/json", one_container("c1", "always"))
                            .on("POST /containers/c1/stop", reply(204, ""));
    rig r([&updates, others](const asked& call) {
        if (call.what() != "POST /containers/c1/update") return others(call);
        return ++updates == 1 ? refused(500, "cannot update a stopped container: unknown")
                              : reply(200, "{}");
    });
    REQUIRE(r.run(r.docker->stop("c1", seconds(1))));
    CHECK(updates == 2);
    CHECK(r.engine.heard().back() == "POST /containers/c1/stop");
}

TEST_CASE("remove is never forced; gone is success, in progress is a wait") {
    rig r(scripted()
              .on("GET /containers/c1/json", one_container("c1"))
              .on("DELETE /containers/c1", reply(204, "")));
    REQUIRE(r.run(r.docker->remove("c1")));
    CHECK(r.engine.calls().back().query("v") == "1");
    CHECK(r.engine.calls().back().target.find("force") == std::string::npos);
    rig gone(scripted{});
    CHECK(gone.run(gone.docker->remove("c1")));
    rig busy(scripted()
                 .on("GET /containers/c1/json", one_container("c1"))
                 .on("DELETE /containers/c1",
                     refused(409, "removal of container c1 is already in progress")));
    CHECK(busy.run(busy.docker->remove("c1")).error().next == next_step::wait);
}

TEST_CASE("logs: framed or raw by the container's terminal, fewer lines if they are too large") {
    auto tty = container_body("c2", "two");
    tty["Config"]["Tty"] = true;
    rig r(scripted()
              .on("GET /containers/c1/json", one_container("c1"))
              .on("GET /containers/c1/logs", reply(200, std::string("\1\0\0\0\0\0\0\3hi\n", 11)))
              .on("GET /containers/c2/json", reply(200, tty))
              .on("GET /containers/c2/logs", reply(200, "raw\r\n")));
    CHECK(r.run(r.docker->logs("c1", 20)).value() == strings{"hi"});
    CHECK(r.engine.calls().back().query("tail") == "20");
    CHECK(r.run(r.docker->logs("c2", 20)).value() == strings{"raw"});

    const auto giant = raw("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n");
    rig large([&](const asked& call) {
        if (call.query("tail") == "80") return giant;
        return scripted()
            .on("GET /containers/c1/json", one_container("c1"))
            .on("GET /containers/c1/logs",
                reply(200, std::string("\1\0\0\0\0\0\0\3hi\n", 11)))(call);
    });
    CHECK(large.run(large.docker->logs("c1", 80)).value() == strings{"hi"});
    CHECK(large.engine.calls().back().query("tail") == "10");
    CHECK(r.run(r.docker->logs("c3", 5)).error().next == next_step::gone);
}

TEST_CASE("networks: made with our label, removed only with it") {
    const json ours = {
        {"Id", "n1"}, {"Name", "music-blue"}, {"Labels", {{"alcedo.dev/instance", "alcedo"}}}};
    rig r(scripted()
              .on("POST /networks/create", reply(201, json{{"Id", "n1"}, {"Warning", ""}}))
              .on("GET /networks", reply(200, json::array({ours})))
              .on("GET /networks/n1", reply(200, ours))
              .on("DELETE /networks/n1", reply(204, "")));
    CHECK(r.run(r.docker->create_network({"music-blue", {}, "", {}})).value() == "n1");
    CHECK(body_of(r, "POST /networks/create")["Labels"]["alcedo.dev/instance"] == "alcedo");
    CHECK(r.run(r.docker->networks()).value().size() == 1);
    CHECK(r.run(r.docker->remove_network("n1")));
    CHECK(r.run(r.docker->remove_network("n2"))); // gone

    rig full(
        scripted()
            .on("POST /networks/create",
                refused(404, "could not find an available, non-overlapping IPv4 address pool "
                             "among the defaults to assign to the network"))
            .on("GET /networks/n1", reply(200, ours))
            .on("DELETE /networks/n1", refused(403, "network music-blue has active endpoints")));
    CHECK(full.run(full.docker->create_network({})).error().next == next_step::invalid);
    CHECK(full.run(full.docker->remove_network("n1")).error().next == next_step::conflict);
}

TEST_CASE("connect is idempotent, volumes too") {
    rig r(scripted()
              .on("GET /containers/c1/json", one_container("c1"))
              .on("POST /networks/n1/connect",
                  refused(403, "endpoint with name one already exists in network n1"))
              .on("POST /volumes/create", reply(201, json{{"Name", "v"}}))
              .on("GET /volumes/v", reply(200, json{{"Name", "v"}})));
    CHECK(r.run(r.docker->connect("n1", "c1")));
    CHECK(r.run(r.docker->create_volume("v", {}, {{"alcedo.dev/name", "music"}})));
    CHECK(body_of(r, "POST /volumes/create")["Labels"] ==
          json::parse(R"({"alcedo.dev/instance":"alcedo","alcedo.dev/name":"music"})"));
    CHECK(r.run(r.docker->volume_exists("v")).value());
    CHECK_FALSE(r.run(r.docker->volume_exists("w")).value());
}

TEST_CASE("a host that cannot be parsed is the answer of every call") {
    boost::asio::io_context io;
    rig r(scripted{});
    r.docker = make_docker_runtime(r.http, r.clock, {"nonsense", "alcedo", ""}, r.events);
    CHECK(r.run(r.docker->info()).error().next == next_step::invalid);
    CHECK_FALSE(r.run(r.docker->list("")));
    CHECK(r.engine.calls().empty());
}
