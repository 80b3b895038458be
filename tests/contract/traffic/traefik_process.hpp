#pragma once
// The real Traefik on loopback, ended by its pid, and small servers behind it that say who they
// are. Blocking; the cases ask one thing at a time.

#include "controller/net/http_client.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/traffic/traefik_file.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace contract {

using namespace alcedo;
namespace asio = boost::asio;

/// Entry points web :8000, inner :8001, redirecting :8002 (sends everything to web), websecure
/// :8443, upgrading :8004 (sends everything to websecure), guarded :8005 (middleware gate@file in
/// front of everything), terminating :8444 (brings TLS itself), API :8080.
class traefik_process {
public:
    /// `polls`: the URL of an http provider, asked every second; empty: the file provider.
    traefik_process(std::string dir, bool with_api, std::string polls = {});
    ~traefik_process() { stop(); }
    traefik_process(const traefik_process&) = delete;
    traefik_process& operator=(const traefik_process&) = delete;
    void start(); ///< until /ping answers
    void stop();

private:
    std::string dir_;
    bool with_api_;
    std::string polls_;
    pid_t pid_ = -1;
};

/// Answers every request with 200 and its name, keeps connections open as long as the client does.
class named_server {
public:
    named_server(std::string name, const std::string& address, int port);
    ~named_server();
    named_server(const named_server&) = delete;
    named_server& operator=(const named_server&) = delete;

private:
    void serve();
    std::string name_;
    int listener_ = -1;
    std::atomic<bool> over_{false};
    std::thread thread_;
    std::vector<std::thread> connections_;
};

struct no_events : event_sink {
    void emit(const event&) override {}
};

template <class T>
task<void> keep(task<T> work, std::optional<T>& out) {
    auto value = co_await std::move(work);
    out.emplace(std::move(value));
}

/// One provider, one Traefik, one folder; blue on 127.0.0.11:2333, green on 127.0.0.12:2333.
struct stage {
    explicit stage(bool with_api = true);
    ~stage();

    void provide(std::map<std::string, std::string> entry_points, std::string api_url);

    template <class T>
    T ask(task<T> work) {
        std::optional<T> out;
        asio::co_spawn(io, keep(std::move(work), out), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
        io.restart();
        io.run();
        return std::move(out.value());
    }
    /// Writes and waits for the ack; the answer of the last poll.
    ack_answer publish(std::uint64_t generation, const fragment& music);
    ack_answer await(std::uint64_t generation, ack what = ack::seen);
    comparison compare(const fragment& music) { return ask(it->compare("music", music)); }
    /// Any certificate will do.
    result<net::response> fetch(const std::string& url, const std::string& host,
                                net::request what = net::request("GET", "/"));
    /// A file of the operator's beside ours, whole or not at all.
    void put(const std::string& name, const std::string& text);
    /// Until the API shows "routers/x@file".
    bool shows(const std::string& object);
    /// The body of GET / on an entry point, or "HTTP 404".
    std::string get(const std::string& url, const std::string& host = "lava.example.com");
    std::string get(int port, const std::string& host = "lava.example.com");
    /// How often each answer came.
    std::map<std::string, int> sample(int requests, int port = 8000);
    int status(const std::string& target, int port);

    std::string dir;
    asio::io_context io{1};
    asio::thread_pool pool{1};
    no_events events;
    std::unique_ptr<net::http_client> client = net::make_http_client();
    std::unique_ptr<traffic_provider> it;
    traefik_process traefik;
    named_server blue{"blue", "127.0.0.11", 2333};
    named_server green{"green", "127.0.0.12", 2333};
};

std::string make_folder(); ///< a temporary one with dynamic/ in it
/// "blue", "HTTP 404", "refused".
std::string in_short(const result<net::response>&);

fragment routed(int blue, int green, std::optional<color> tried = std::nullopt);

} // namespace contract
