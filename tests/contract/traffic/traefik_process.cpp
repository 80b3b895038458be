#include "traefik_process.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace contract {

namespace {

using namespace std::chrono_literals;

std::vector<std::string> arguments(const std::string& dir, bool with_api,
                                   const std::string& polls) {
    std::vector<std::string> all{
        std::getenv("TRAEFIK_BINARY"),
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        "--log.level=ERROR",
        "--entrypoints.web.address=127.0.0.1:8000",
        "--entrypoints.inner.address=127.0.0.1:8001",
        "--entrypoints.redirecting.address=127.0.0.1:8002",
        "--entrypoints.redirecting.http.redirections.entrypoint.to=web",
        "--entrypoints.redirecting.http.redirections.entrypoint.scheme=http",
        "--entrypoints.websecure.address=127.0.0.1:8443",
        "--entrypoints.upgrading.address=127.0.0.1:8004",
        "--entrypoints.upgrading.http.redirections.entrypoint.to=websecure",
        "--entrypoints.guarded.address=127.0.0.1:8005",
        "--entrypoints.guarded.http.middlewares=gate@file",
        "--entrypoints.terminating.address=127.0.0.1:8444",
        "--entrypoints.terminating.http.tls=true",
        "--entrypoints.traefik.address=127.0.0.1:8080",
        "--ping=true",
        "--providers.providersThrottleDuration=200ms",
    };
    if (polls.empty())
        all.push_back("--providers.file.directory=" + dir + "/dynamic");
    else
        all.insert(all.end(),
                   {"--providers.http.endpoint=" + polls, "--providers.http.pollInterval=1s"});
    if (with_api) all.insert(all.end(), {"--api.insecure=true", "--api.dashboard=false"});
    return all;
}

/// While Traefik starts, its open ports answer 404 to everything.
bool answers_ping(int port) {
    const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool is_up = ::connect(s, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    if (is_up) {
        const std::string request = "GET /ping HTTP/1.0\r\n\r\n";
        char answer[64] = {};
        ::send(s, request.data(), request.size(), MSG_NOSIGNAL);
        const auto n = ::recv(s, answer, sizeof answer - 1, 0);
        is_up = n > 0 && std::string(answer).find(" 200 ") != std::string::npos;
    }
    ::close(s);
    return is_up;
}

void answer_until_closed(int s, const std::string& name, const std::atomic<bool>& over) {
    const auto reply =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) + "\r\n\r\n" + name;
    std::string seen;
    char chunk[4096];
    while (!over) {
        pollfd waiting{s, POLLIN, 0};
        if (::poll(&waiting, 1, 50) == 0) continue;
        const auto n = ::read(s, chunk, sizeof chunk);
        if (n <= 0) break;
        seen.append(chunk, static_cast<std::size_t>(n));
        if (!seen.ends_with("\r\n\r\n")) continue;
        seen.clear();
        if (::send(s, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) break;
    }
    ::close(s);
}

} // namespace

std::string make_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "alcedo-contract-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    // Traefik must find it before it starts.
    std::filesystem::create_directory(name + "/dynamic");
    return name;
}

traefik_process::traefik_process(std::string dir, bool with_api, std::string polls)
    : dir_(std::move(dir)), with_api_(with_api), polls_(std::move(polls)) {}

void traefik_process::start() {
    auto all = arguments(dir_, with_api_, polls_);
    std::vector<char*> argv;
    for (auto& one : all)
        argv.push_back(one.data());
    argv.push_back(nullptr);
    const auto log = dir_ + "/traefik.log";
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        ::dup2(out, 1);
        ::dup2(out, 2);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    for (int i = 0; i < 600; ++i) {
        if (answers_ping(8080)) return;
        std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("Traefik does not start: " + log);
}

void traefik_process::stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

named_server::named_server(std::string name, const std::string& address, int port)
    : name_(std::move(name)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, address.c_str(), &at.sin_addr);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 ||
        ::listen(listener_, 64) != 0)
        throw std::runtime_error("cannot listen on " + address);
    thread_ = std::thread([this] { serve(); });
}

named_server::~named_server() {
    over_ = true;
    thread_.join();
    for (auto& one : connections_)
        one.join();
    ::close(listener_);
}

void named_server::serve() {
    while (!over_) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, 50) <= 0) continue;
        const int s = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (s >= 0) connections_.emplace_back([this, s] { answer_until_closed(s, name_, over_); });
    }
}

stage::stage(bool with_api) : dir(make_folder()), traefik(dir, with_api) {
    traefik.start();
    provide({{"web", "http://127.0.0.1:8000"}, {"inner", "http://127.0.0.1:8001"}},
            with_api ? "http://127.0.0.1:8080" : "");
}

stage::~stage() {
    pool.join();
    traefik.stop();
    std::error_code ignored;
    std::filesystem::remove_all(dir, ignored);
}

void stage::provide(std::map<std::string, std::string> entry_points, std::string api_url) {
    traefik_settings s;
    s.dir = dir;
    s.api_url = std::move(api_url);
    s.entry_points = std::move(entry_points);
    s.instance = "contract";
    s.ack_token = "ack0123456789";
    s.try_token = "try0123456789";
    it = make_traefik_file(*client, pool, events, s).value();
}

ack_answer stage::await(std::uint64_t generation, ack what) {
    ack_answer last;
    for (int i = 0; i < 500; ++i) {
        last = ask(it->acknowledged(generation));
        if (last.what == what) break;
        std::this_thread::sleep_for(20ms);
    }
    return last;
}

ack_answer stage::publish(std::uint64_t generation, const fragment& music) {
    traffic_document d;
    d.generation = generation;
    d.fragments["music"] = music;
    d.promises["music"] = generation;
    ask(it->write(d)).value();
    return await(generation);
}

result<net::response> stage::fetch(const std::string& url, const std::string& host,
                                   net::request what) {
    auto to = net::parse_endpoint(url).value();
    to.host_header = host;
    to.any_certificate = true;
    return ask(client->call(to, std::move(what)));
}

std::string stage::get(const std::string& url, const std::string& host) {
    return in_short(fetch(url, host));
}

std::string stage::get(int port, const std::string& host) {
    return get("http://127.0.0.1:" + std::to_string(port), host);
}

void stage::put(const std::string& name, const std::string& text) {
    const auto staged = dir + "/staging/" + name;
    std::ofstream(staged) << text;
    std::filesystem::rename(staged, dir + "/dynamic/" + name);
}

bool stage::shows(const std::string& object) {
    for (int i = 0; i < 250; ++i) {
        if (status("/api/http/" + object, 8080) == 200) return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

std::string in_short(const result<net::response>& answer) {
    if (!answer) return answer.error().reason;
    return answer->status == 200 ? answer->body : "HTTP " + std::to_string(answer->status);
}

std::map<std::string, int> stage::sample(int requests, int port) {
    std::map<std::string, int> counts;
    for (int i = 0; i < requests; ++i)
        ++counts[get(port)];
    return counts;
}

int stage::status(const std::string& target, int port) {
    const auto to = net::parse_endpoint("http://127.0.0.1:" + std::to_string(port)).value();
    const auto answer = ask(client->call(to, net::request("GET", target)));
    return answer ? answer->status : 0;
}

fragment routed(int blue, int green, std::optional<color> tried) {
    fragment_route route;
    route.name = "lava";
    route.rule = "Host(`lava.example.com`)";
    route.priority = 1000;
    route.try_color = tried;
    const auto add = [&](color c, const char* revision, const char* server, int weight) {
        fragment_backend one;
        one.colored = c;
        one.revision8 = revision;
        one.servers = {server};
        one.weight = weight;
        route.backends.push_back(one);
    };
    add(color::blue, "1a2b3c4d", "http://127.0.0.11:2333", blue);
    add(color::green, "5e6f7a8b", "http://127.0.0.12:2333", green);
    fragment f;
    f.routes.push_back(route);
    return f;
}

} // namespace contract
