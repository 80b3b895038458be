#pragma once
// The engine that DOCKER_HOST names, with an instance of our own on it: whatever a case leaves is
// taken away at the end, and nothing else is touched.

#include "controller/runtimes/docker.hpp"
#include "tests/contract/runtime_contract_registry.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace alcedo::testing {

class wall_clock final : public clock_source {
public:
    moment now() const override;
    task<bool> sleep_for(milliseconds) override;
};

class no_events final : public event_sink {
public:
    void emit(const event&) override {}
};

class contract_engine {
public:
    explicit contract_engine(const std::string& config_path = "");
    ~contract_engine();
    contract_engine(const contract_engine&) = delete;
    contract_engine& operator=(const contract_engine&) = delete;

    template <class T>
    T run(task<T> work) {
        std::optional<T> out;
        std::exception_ptr failure;
        auto done = [&](std::exception_ptr problem, T value) {
            failure = problem;
            out = std::move(value);
        };
        boost::asio::co_spawn(io, std::move(work), std::move(done));
        turn_until([&] { return out.has_value(); }, seconds(60));
        if (failure) std::rethrow_exception(failure);
        return std::move(*out);
    }
    /// False if it was not met in time.
    template <class Condition>
    bool wait_until(Condition met, milliseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (!met()) {
            if (std::chrono::steady_clock::now() > end) return false;
            run(pause(milliseconds(20)));
        }
        return true;
    }

    /// The test's image on this engine, pulled from a stand-in once per run; its id.
    std::string image();
    std::string name(const std::string& rest) const { return instance + "-" + rest; }
    /// A request for a container of ours in one network of ours.
    create_request request(const std::string& rest, const std::string& command);
    container seen(const std::string& id);
    /// One raw call, past the runtime: "METHOD /path" without the version.
    net::response raw(const std::string& method, const std::string& path, const json& body = {});
    std::string network(const std::string& rest); ///< its id; made if it is not there

    boost::asio::io_context io{1};
    std::unique_ptr<net::http_client> http = net::make_http_client();
    wall_clock clock;
    no_events events;
    std::string host;
    std::string instance;
    std::unique_ptr<runtime> docker;

private:
    task<bool> pause(milliseconds time) { return clock.sleep_for(time); }
    template <class Condition>
    void turn_until(Condition met, milliseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (!met()) {
            if (std::chrono::steady_clock::now() > end) throw std::runtime_error("no end in sight");
            io.restart();
            io.run_one_for(std::chrono::milliseconds(50));
        }
    }
};

} // namespace alcedo::testing
