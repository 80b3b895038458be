// What every engine must do for us, and how it says so.

#include "tests/contract/runtime_contract_engine.hpp"
#include "tests/unit/runtimes/shown.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

using strings = std::vector<std::string>;

bool runs(const container& c) {
    return c.state == life::running;
}

} // namespace

TEST_CASE("the engine says what it is") {
    contract_engine engine;
    const auto info = engine.run(engine.docker->info());
    REQUIRE(info);
    MESSAGE("engine " << info->version << ", API " << info->api_version);
    CHECK_FALSE(info->version.empty());
    CHECK((info->api_version == "1.41" || info->api_version == "1.44"));
}

TEST_CASE("one container's life: created, started, seen, stopped, removed") {
    contract_engine engine;
    auto& docker = *engine.docker;
    const auto second = engine.network("two");
    auto wanted = engine.request("life", "serve");
    wanted.networks.push_back({second, {"bot"}});
    wanted.env = {"A=b"};
    wanted.service["volumes"] =
        json::parse(R"([{"type":"volume","source":"data","target":"/data","read_only":false}])");
    wanted.volume_names = {{"data", engine.name("data")}};
    REQUIRE(engine.run(docker.create_volume(engine.name("data"), json::object(), {})));
    CHECK(engine.run(docker.volume_exists(engine.name("data"))).value());

    const auto id = engine.run(docker.create(wanted)).value();
    const auto created = engine.seen(id);
    CHECK(created.id == id);
    CHECK(created.name == wanted.name);
    CHECK(created.image_id == engine.image());
    CHECK(created.state == life::created);
    CHECK(created.never_started);
    CHECK(created.labels.at("alcedo.dev/instance") == engine.instance);
    CHECK(created.labels.at("alcedo.dev/name") == "music");

    REQUIRE(engine.run(docker.start(id)));
    REQUIRE(engine.run(docker.start(id))); // 304
    const auto running = engine.seen(id);
    CHECK(runs(running));
    CHECK(running.health == docker_health::none);
    CHECK(running.pid > 0);
    CHECK_FALSE(running.never_started);
    REQUIRE(running.addresses.size() == 2);
    for (const auto& network : wanted.networks)
        CHECK_FALSE(running.addresses.at(network.id).empty());

    CHECK(engine.run(docker.list("music")).value() == std::vector<container>{running});
    CHECK(engine.run(docker.list("")).value().size() == 1);
    CHECK(engine.run(docker.list("shop")).value().empty());
    CHECK(engine.run(docker.find_by_name(wanted.name)).value().id == id);
    CHECK(engine.run(docker.find_by_name(id.substr(0, 12))).error().next == next_step::gone);

    strings lines;
    CHECK(engine.wait_until(
        [&] {
            lines = engine.run(docker.logs(id, 20)).value();
            return lines.size() == 2;
        },
        seconds(5)));
    std::ranges::sort(lines);
    CHECK(lines == strings{"serving", "with \xEF\xBF\xBD care"});
    CHECK(engine.run(docker.logs(id, 1)).value().size() == 1);

    CHECK(engine.run(docker.remove(id)).error().next == next_step::conflict); // it runs
    REQUIRE(engine.run(docker.stop(id, seconds(5))));
    REQUIRE(engine.run(docker.stop(id, seconds(5)))); // 304
    const auto stopped = engine.seen(id);
    CHECK(stopped.state == life::exited);
    CHECK(stopped.exit_code == 7);
    CHECK_FALSE(stopped.never_started);
    CHECK(stopped.addresses ==
          std::map<std::string, std::string>{{wanted.networks[0].id, ""}, {second, ""}});

    REQUIRE(engine.run(docker.start(id)));
    CHECK(engine.seen(id).started_at != running.started_at);
    REQUIRE(engine.run(docker.stop(id, seconds(5))));
    REQUIRE(engine.run(docker.remove(id)));
    REQUIRE(engine.run(docker.remove(id)));         // gone is success
    CHECK(engine.run(docker.stop(id, seconds(1)))); // and so here
    CHECK(engine.run(docker.inspect(id)).error().next == next_step::gone);
    CHECK(engine.run(docker.start(id)).error().next == next_step::gone);
    CHECK(engine.run(docker.logs(id, 1)).error().next == next_step::gone);
    CHECK(engine.run(docker.volume_exists(engine.name("data"))).value()); // never ours to take
    CHECK_FALSE(engine.run(docker.volume_exists(engine.name("other"))).value());
}

TEST_CASE("a name is given once; the second create can find the first") {
    contract_engine engine;
    const auto wanted = engine.request("twice", "serve");
    const auto id = engine.run(engine.docker->create(wanted)).value();
    CHECK(engine.run(engine.docker->create(wanted)).error().next == next_step::conflict);
    CHECK(engine.run(engine.docker->find_by_name(wanted.name)).value().id == id);
    CHECK(engine.run(engine.docker->list("")).value().size() == 1);
}

TEST_CASE("what fails for the revision's own reason says so, and what does not, does not") {
    contract_engine engine;
    auto& docker = *engine.docker;
    auto starved = engine.request("starved", "serve");
    starved.service["deploy"] = {{"resources", {{"limits", {{"memory", 1}}}}}};
    const auto create = engine.run(docker.create(starved));
    REQUIRE_FALSE(create);
    INFO(to_string(create.error()));
    CHECK(create.error().next == next_step::invalid);
    CHECK(create.error().reason == "CreateFailed");

    auto unpulled = engine.request("unpulled", "serve");
    unpulled.image_id = "sha256:" + std::string(64, '0');
    CHECK(engine.run(docker.create(unpulled)).error().next == next_step::gone);

    auto missing = engine.request("missing", "serve");
    missing.service["entrypoint"] = {"/no/such/program"};
    const auto id = engine.run(docker.create(missing)).value();
    const auto start = engine.run(docker.start(id));
    REQUIRE_FALSE(start);
    INFO(to_string(start.error()));
    CHECK(start.error().next == next_step::invalid);
    CHECK(start.error().reason == "StartFailed");
    CHECK(engine.seen(id).never_started);

    auto lost = engine.request("lost", "serve");
    const auto network = engine.network("short");
    lost.networks = {{network, {}}};
    const auto fresh = engine.run(docker.create(lost)).value();
    lost.name += "-2";
    const auto stopped = engine.run(docker.create(lost)).value();
    REQUIRE(engine.run(docker.start(stopped)));
    REQUIRE(engine.run(docker.stop(stopped, seconds(1))));
    REQUIRE(engine.run(docker.remove_network(network)));
    for (const auto& other : {fresh, stopped}) {
        const auto netless = engine.run(docker.start(other));
        REQUIRE_FALSE(netless);
        INFO(to_string(netless.error()));
        CHECK(netless.error().next == next_step::conflict); // no verdict: it is made anew
        CHECK(netless.error().reason == "NetworkMissing");
    }

    network_request odd;
    odd.name = engine.name("odd");
    odd.options = {{"driver", "nodrv"}};
    const auto undriven = engine.run(docker.create_network(odd));
    REQUIRE_FALSE(undriven);
    INFO(to_string(undriven.error()));
    CHECK(undriven.error().reason == "CreateFailed");
    const auto unheld =
        engine.run(docker.create_volume(engine.name("odd"), json{{"driver", "nodrv"}}, {}));
    REQUIRE_FALSE(unheld);
    INFO(to_string(unheld.error()));
    CHECK(unheld.error().reason == "CreateFailed");
}

TEST_CASE("health is the engine's while it runs, and nothing after") {
    contract_engine engine;
    auto wanted = engine.request("health", "serve");
    wanted.service["healthcheck"] = {{"test", {"CMD", "/tenant", "check"}},
                                     {"interval", 300000000},
                                     {"start_period", 10000000000},
                                     {"retries", 2}};
    const auto id = engine.run(engine.docker->create(wanted)).value();
    CHECK(engine.seen(id).health == docker_health::none);
    REQUIRE(engine.run(engine.docker->start(id)));
    CHECK(engine.seen(id).health == docker_health::starting);
    // Also where engines from 27 on would wait 5 s for the first probe.
    CHECK(engine.wait_until([&] { return engine.seen(id).health == docker_health::healthy; },
                            seconds(3)));
    engine.raw("POST", "/containers/" + id + "/pause");
    CHECK(engine.seen(id).state == life::paused);
    CHECK(engine.seen(id).health == docker_health::none);
    engine.raw("POST", "/containers/" + id + "/unpause");
    REQUIRE(engine.run(engine.docker->stop(id, seconds(2))));
    CHECK(engine.seen(id).health == docker_health::none);
}

TEST_CASE("a stop takes away the policies that would undo it, and ends what ignores it") {
    contract_engine engine;
    for (const std::string policy : {"always", "on-failure"}) {
        CAPTURE(policy);
        auto wanted = engine.request(policy, "serve stubborn");
        wanted.service["restart"] = policy;
        const auto id = engine.run(engine.docker->create(wanted)).value();
        REQUIRE(engine.run(engine.docker->start(id)));
        REQUIRE(engine.run(engine.docker->stop(id, milliseconds(400))));
        CHECK(engine.seen(id).exit_code == 137);
        const auto body = json::parse(engine.raw("GET", "/containers/" + id + "/json").body);
        CHECK(body["HostConfig"]["RestartPolicy"]["Name"] == "no");
    }
}

TEST_CASE("a container that keeps failing is counted") {
    contract_engine engine;
    auto wanted = engine.request("crash", "exit 3");
    wanted.service["restart"] = "on-failure";
    const auto id = engine.run(engine.docker->create(wanted)).value();
    REQUIRE(engine.run(engine.docker->start(id)));
    CHECK(engine.wait_until([&] { return engine.seen(id).restart_count >= 2; }, seconds(10)));
    REQUIRE(engine.run(engine.docker->stop(id, seconds(1))));
    const auto c = engine.seen(id);
    CHECK(c.state == life::exited);
    CHECK(c.exit_code == 3);
}

TEST_CASE("networks: once per name, not taken from under anybody") {
    contract_engine engine;
    auto& docker = *engine.docker;
    network_request wanted{
        engine.name("net"), {{"team", "bots"}}, "10.213.31.0/27", json::object()};
    const auto id = engine.run(docker.create_network(wanted)).value();
    CHECK(engine.run(docker.create_network(wanted)).error().next == next_step::conflict);
    wanted.name = engine.name("overlap");
    CHECK(engine.run(docker.create_network(wanted)).error().next == next_step::conflict);
    const auto seen = engine.run(docker.network(engine.name("net"))).value();
    CHECK(seen.id == id);
    CHECK(seen.subnets == strings{"10.213.31.0/27"});
    CHECK(seen.labels.at("team") == "bots");
    CHECK(seen.labels.at("alcedo.dev/instance") == engine.instance);
    CHECK(engine.run(docker.network(id)).value() == seen);
    const auto all = engine.run(docker.networks()).value();
    CHECK(std::ranges::count(all, seen) == 1);
    CHECK(engine.run(docker.network(engine.name("nosuch"))).error().next == next_step::gone);

    const auto c = engine.run(docker.create(engine.request("guest", "serve"))).value();
    REQUIRE(engine.run(docker.start(c)));
    REQUIRE(engine.run(docker.connect(id, c)));
    REQUIRE(engine.run(docker.connect(id, c))); // 403: it is
    CHECK(engine.seen(c).addresses.at(id).starts_with("10.213.31."));
    CHECK(engine.run(docker.remove_network(id)).error().next == next_step::conflict);
    REQUIRE(engine.run(docker.stop(c, seconds(2))));
    REQUIRE(engine.run(docker.remove(c)));
    REQUIRE(engine.run(docker.remove_network(id)));
    REQUIRE(engine.run(docker.remove_network(id)));
}

TEST_CASE("a bad subnet is the asker's fault") {
    contract_engine engine;
    const auto got =
        engine.run(engine.docker->create_network({engine.name("bad"), {}, "10.0.0.0/99", {}}));
    REQUIRE_FALSE(got);
    INFO(to_string(got.error()));
    CHECK(got.error().next == next_step::invalid);
}

TEST_CASE("a foreign container is neither listed nor touched") {
    contract_engine engine;
    const auto made = engine.raw("POST", "/containers/create?name=" + engine.name("foreign"),
                                 {{"Image", engine.image()}});
    const auto id = json::parse(made.body)["Id"].get<std::string>();
    engine.raw("POST", "/containers/" + id + "/start");
    CHECK(engine.run(engine.docker->list("")).value().empty());
    CHECK(engine.run(engine.docker->stop(id, seconds(1))).error().next == next_step::conflict);
    CHECK(engine.run(engine.docker->remove(id)).error().next == next_step::conflict);
    CHECK(runs(engine.seen(id)));
    CHECK(engine.raw("DELETE", "/containers/" + id + "?force=1&v=1").status == 204);
}

TEST_CASE("changes are told: first that the stream stands, then what happens to our containers") {
    contract_engine engine;
    auto& docker = *engine.docker;
    const auto wanted = engine.request("events", "serve");
    CHECK(engine.run(docker.next_change()).value().app.empty());
    const auto id = engine.run(docker.create(wanted)).value();
    CHECK(engine.run(docker.next_change()).value() == engine_change{"music", "create", id});
    REQUIRE(engine.run(docker.start(id)));
    CHECK(engine.run(docker.next_change()).value() == engine_change{"music", "start", id});
    REQUIRE(engine.run(docker.stop(id, seconds(2))));
    const auto told = engine.run(docker.next_change()).value();
    CHECK(told.app == "music");
    CHECK(told.id == id);
}

TEST_CASE("a start whose client went away has happened or has not: never a crash") {
    contract_engine engine;
    namespace asio = boost::asio;
    const auto where = net::parse_endpoint(engine.host).value();
    if (where.scheme != "unix") return;
    for (int i = 0; i < 5; ++i) {
        const auto wanted = engine.request("gone" + std::to_string(i), "serve");
        const auto id = engine.run(engine.docker->create(wanted)).value();
        {
            const auto version = engine.run(engine.docker->info()).value().api_version;
            asio::local::stream_protocol::socket socket(engine.io);
            socket.connect(asio::local::stream_protocol::endpoint(where.host));
            const auto call = "POST /v" + version + "/containers/" + id +
                              "/start HTTP/1.1\r\nHost: localhost\r\n\r\n";
            asio::write(socket, asio::buffer(call));
        }
        CHECK(engine.wait_until(
            [&] {
                const auto c = engine.seen(id);
                return runs(c) || c.never_started;
            },
            seconds(5)));
        REQUIRE(engine.run(engine.docker->start(id)));
        CHECK(runs(engine.seen(id)));
        REQUIRE(engine.run(engine.docker->stop(id, seconds(2))));
        REQUIRE(engine.run(engine.docker->remove(id)));
    }
}
