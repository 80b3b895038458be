// The client against the real listener and the real routes, over a real socket.
#include "controller/api/control_api.hpp"
#include "controller/cli/daemon_client.hpp"
#include "controller/cli/exit_code.hpp"

#include "tests/unit/api/fake_control.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace alcedo;

namespace {

struct folder {
    folder() {
        std::string name = "/tmp/alcedo-client-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~folder() { std::filesystem::remove_all(path); }
    std::string path;
};

/// A daemon's socket on a thread of its own.
class listener {
public:
    listener(const std::string& socket, net::handler handler) {
        auto made =
            net::make_http_server(context_.get_executor(), "unix://" + socket, std::move(handler));
        REQUIRE(made.has_value());
        server_ = std::move(*made);
        boost::asio::co_spawn(context_, server_->run(), [](std::exception_ptr) {});
        thread_ = std::thread([this] { context_.run(); });
    }
    ~listener() {
        context_.stop();
        thread_.join();
    }

private:
    boost::asio::io_context context_{1};
    std::unique_ptr<net::http_server> server_;
    std::thread thread_;
};

} // namespace

TEST_CASE("client: answers and refusals of the daemon come through") {
    folder here;
    const auto socket = here.path + "/a.sock";
    testing::fake_control door;
    listener daemon(socket, api::make_control_handler(door));
    const auto client = cli::make_daemon_client(socket);
    const auto app = client->get("/v1/apps/music");
    REQUIRE(app.has_value());
    CHECK((*app)["metadata"]["name"] == "music");
    const auto missing = client->get("/v1/apps/" + cli::encoded("fi lm"));
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().next == next_step::gone);
    CHECK(missing.error().message == "app fi lm is not known");
    CHECK(cli::exit_code_of(missing.error()) == cli::exit_code::failed);
    const json files = json::array({{{"name", "a"}, {"text", "x: ü\n"}}});
    CHECK(client->post("/v1/plan", json{{"files", files}}).has_value());
    CHECK(door.last == "plan_files a=x: ü\n");
    const auto change = client->get("/v1/changes?app=music&seen=7&wait=0");
    REQUIRE(change.has_value());
    CHECK((*change)["changed"] == false);
}

TEST_CASE("client: a wish carries the credentials that the kernel knows") {
    folder here;
    const auto socket = here.path + "/a.sock";
    testing::fake_control door;
    listener daemon(socket, api::make_control_handler(door));
    const auto client = cli::make_daemon_client(socket);
    CHECK(client->post("/v1/apps/music/wishes/abort", json::object()).has_value());
    CHECK(door.said_by.uid == static_cast<int>(::getuid()));
    CHECK(door.said_by.gid == static_cast<int>(::getgid()));
    CHECK(door.said_by.pid == static_cast<int>(::getpid()));
    const auto mode = std::filesystem::status(socket).permissions();
    CHECK(static_cast<unsigned>(mode) == 0660);
    door.grants = false;
    const auto refused = client->post("/v1/apps/music/wishes/abort", json::object());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().next == next_step::conflict);
    CHECK(refused.error().message == "it moves");
}

TEST_CASE("client: no daemon is exit code 69 and says where it looked and what to do") {
    folder here;
    const auto nothing = cli::make_daemon_client(here.path + "/none.sock")->get("/v1/apps");
    REQUIRE_FALSE(nothing.has_value());
    CHECK(cli::exit_code_of(nothing.error()) == 69);
    CHECK(nothing.error().message.find(here.path + "/none.sock") != std::string::npos);
    CHECK(nothing.error().message.find("ALCEDO_SOCKET") != std::string::npos);

    std::ofstream(here.path + "/file") << "x";
    const auto file = cli::make_daemon_client(here.path + "/file")->get("/v1/apps");
    REQUIRE_FALSE(file.has_value());
    CHECK(cli::is_unreachable(file.error()));
}

TEST_CASE("client: what is no daemon of ours counts as unreachable") {
    folder here;
    const auto socket = here.path + "/a.sock";
    const auto stranger = [](net::server_request) -> task<net::response> {
        net::response answer;
        answer.status = 200;
        answer.body = "<html>";
        co_return answer;
    };
    listener daemon(socket, stranger);
    const auto answer = cli::make_daemon_client(socket)->get("/v1/apps");
    REQUIRE_FALSE(answer.has_value());
    CHECK(cli::exit_code_of(answer.error()) == 69);
}

TEST_CASE("client: a daemon that accepts and says nothing costs no more than the patience") {
    folder here;
    const auto socket = here.path + "/a.sock";
    boost::asio::io_context context;
    const boost::asio::local::stream_protocol::acceptor silent(context, socket);
    const auto client = cli::make_daemon_client(socket);
    client->patience = milliseconds(100);
    const auto answer = client->get("/v1/apps");
    REQUIRE_FALSE(answer.has_value());
    CHECK(cli::is_silent(answer.error()));
    CHECK(cli::exit_code_of(answer.error()) == 69);
    CHECK_FALSE(cli::is_silent(cli::make_daemon_client(here.path + "/b.sock")->get("/").error()));
}

TEST_CASE("client: percent-encoding") {
    CHECK(cli::encoded("music-1.x_~") == "music-1.x_~");
    CHECK(cli::encoded("a/b?c&d e%ü") == "a%2Fb%3Fc%26d%20e%25%C3%BC");
}
