#pragma once
// Calls to the engine in a negotiated version: pings before the first call and after every broken
// one, learns a raised floor, bounds each call, tells each call's end to the event sink. It repeats
// nothing but a call that was refused for its version.

#include "controller/net/http_client.hpp"
#include "controller/ports/clock.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/ports/runtime.hpp"
#include "controller/runtimes/docker_errors.hpp"
#include "controller/runtimes/docker_text.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alcedo::docker {

struct engine_call {
    operation what;
    std::string method = "GET";
    std::string target; ///< after the version, with the query, encoded
    json body = {};     ///< null = none
    std::vector<std::pair<std::string, std::string>> headers = {};
    milliseconds deadline{10000};
    std::size_t body_limit = 64u << 20;
};

class engine_calls {
public:
    engine_calls(net::http_client&, clock_source&, std::string host, event_sink&);
    engine_calls(const engine_calls&) = delete;
    engine_calls& operator=(const engine_calls&) = delete;

    /// Asks again what the engine is and speaks. `invalid` below 1.41; whatever else fails is
    /// `retry`: nothing was asked of it yet.
    task<result<engine_info>> negotiate();
    /// The minor version spoken (41 … ), negotiated if it is not known; any failure is `retry`.
    task<result<int>> api_minor();
    bool is_podman() const { return podman_; }

    /// The engine's answer, whatever its status; an error = no answer. Whatever is not a GET goes
    /// on to its end even if the caller is cancelled: a client that goes away within milliseconds
    /// cancels a start on Engine ≥ 26 and a create on 29.
    task<result<net::response>> call(engine_call);
    /// The same, and a refusal is its error (docker_errors.hpp).
    task<result<net::response>> ask(engine_call);
    /// The same, with the body parsed.
    task<result<json>> read(engine_call);

    /// Line by line (net::http_client::stream); ends when the caller is cancelled.
    task<result<net::response>> stream(engine_call, milliseconds idle,
                                       std::function<bool(std::string)> on_line,
                                       std::function<void()> on_headers);

private:
    bool refused_for_version(const result<net::response>&);
    void forget();
    net::request request_for(const engine_call&, int minor) const;
    task<result<net::response>> send(operation, net::request, bool to_its_end);
    result<engine_info> agree(const net::response& pong);
    void tell(operation, const result<net::response>&, const moment& begun);

    net::http_client& http_;
    clock_source& clock_;
    event_sink& events_;
    result<net::endpoint> host_;
    int minor_ = 0; ///< 0 = to be negotiated
    int floor_ = 0; ///< learned from a refusal
    bool podman_ = false;
};

} // namespace alcedo::docker
