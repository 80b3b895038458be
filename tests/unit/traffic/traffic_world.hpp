#pragma once
// Fragments to render, a Traefik that answers what it is told to, and a folder that goes away.

#include "controller/net/http_client.hpp"
#include "controller/ports/clock.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/traffic/traefik_document.hpp"
#include "controller/traffic/traefik_file.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace traffic_world {

using namespace alcedo;
namespace asio = boost::asio;

inline fragment_backend backend(color c, const std::string& revision, int weight) {
    fragment_backend one;
    one.colored = c;
    one.revision8 = revision;
    one.servers = {"http://music-" + to_string(c) + "-lavalink-" + revision + "-1:2333"};
    one.weight = weight;
    return one;
}

inline fragment_route route(int blue, int green) {
    fragment_route one;
    one.name = "lava";
    one.rule = "Host(`lava.example.com`)";
    one.priority = 1000;
    one.backends = {backend(color::blue, "1a2b3c4d", blue),
                    backend(color::green, "5e6f7a8b", green)};
    return one;
}

inline fragment routed(int blue, int green) {
    fragment f;
    f.routes.push_back(route(blue, green));
    return f;
}

inline traefik::document_settings configured() {
    traefik::document_settings s;
    s.entry_points = {{"web", "http://10.0.0.1:80"}};
    s.instance = "alcedo";
    s.ack_token = "ackacksecret";
    s.try_token = "trytrysecret";
    return s;
}

inline traffic_document document(std::uint64_t generation, const fragment& music) {
    traffic_document d;
    d.generation = generation;
    d.fragments["music"] = music;
    d.promises["music"] = 17;
    return d;
}

class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "alcedo-unit-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    std::string operator/(const std::string& name) const { return path + "/" + name; }
    std::string path;
};

inline std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline void put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

class fake_client : public net::http_client {
public:
    std::function<result<net::response>(const net::endpoint&, const net::request&)> answer;
    std::vector<std::string> asked; ///< "host:port target"

    task<result<net::response>> call(net::endpoint to, net::request what) override {
        asked.push_back(to.host + ":" + std::to_string(to.port) + " " + what.target);
        co_return answer(to, what);
    }
    task<result<net::response>> stream(net::endpoint, net::request, milliseconds,
                                       std::function<bool(std::string)>,
                                       std::function<void()>) override {
        co_return error(next_step::invalid, "not used");
    }
};

inline net::response http(int status, const std::string& body = {}) {
    net::response r;
    r.status = status;
    r.body = body;
    return r;
}

inline net::response shows(std::uint64_t generation) {
    auto r = http(418);
    r.headers.emplace_back("x-alcedo-gen", std::to_string(generation));
    return r;
}

inline error refused() {
    return error(next_step::retry, "refused", "connection refused");
}

struct fixed_clock : clock_source {
    milliseconds at{1000};
    moment now() const override {
        moment m;
        m.boot = at;
        return m;
    }
    task<bool> sleep_for(milliseconds) override { co_return true; }
};

struct kept_events : event_sink {
    void emit(const event& e) override { seen.push_back(e); }
    std::vector<event> seen;
};

template <class T>
task<void> keep(task<T> work, std::optional<T>& out) {
    auto value = co_await std::move(work);
    out.emplace(std::move(value));
}

struct world {
    folder dir;
    asio::io_context io{1};
    asio::thread_pool pool{1};
    fake_client client;
    kept_events events;
    traefik_settings settings;
    std::unique_ptr<traffic_provider> it;

    world() {
        const auto r = configured();
        settings.dir = dir.path;
        settings.entry_points = r.entry_points;
        settings.instance = r.instance;
        settings.ack_token = r.ack_token;
        settings.try_token = r.try_token;
        std::filesystem::create_directory(dir / "dynamic");
        client.answer = [](const net::endpoint&, const net::request&) { return http(404); };
    }
    ~world() { pool.join(); }

    result<void> make() {
        auto made = make_traefik_file(client, pool, events, settings);
        if (!made) return made.error();
        it = std::move(*made);
        return {};
    }
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
    std::string file() const { return dir / "dynamic/alcedo.yaml"; }
};

/// The message, or "" if it went well.
template <class T>
std::string trouble(const result<T>& r) {
    return r ? std::string() : r.error().message;
}

} // namespace traffic_world
