#pragma once
// Traefik's runtime API, read by name. Keeps the three kinds of 404 apart (traefik-measured §1.2):
// only a 404 with a JSON message is knowledge; everything else that is no answer is unknown.

#include "controller/net/http_client.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/ports/traffic.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace alcedo::traefik {

/// One request to Traefik, API or entry point, told to the event sink as a call.
task<result<net::response>> timed_call(net::http_client&, event_sink&, std::string op,
                                       net::endpoint, net::request);
/// Where an API or an entry point is. TLS with any certificate: it is our own proxy on a private
/// address, for which no certificate is made, and the ack token proves it: only who has applied our
/// document knows what to answer. That token is sent there, so whoever stands between could read it
/// and learn the generation, or see a colour early; plain HTTP tells him the same.
result<net::endpoint> endpoint_of(const std::string& url);
/// "HTTP 404", "refused", "timeout".
std::string short_answer(const result<net::response>&);

struct api_answer {
    enum class kind { found, absent, unknown } is = kind::unknown;
    nlohmann::json body;
    std::string detail; ///< when unknown
};

class api_client {
public:
    /// `url` is "http[s]://host:port[/base]"; invalid if it is anything else. `provider` is Traefik's
    /// name of the one that gets our document: "file", "http".
    static result<api_client> make(net::http_client&, event_sink&, const std::string& url,
                                   std::string provider);

    task<api_answer> middleware(std::string name); ///< names without "@provider"
    task<api_answer> router(std::string name);
    task<api_answer> service(std::string name);
    /// Of any provider: "auth@docker".
    task<api_answer> foreign_middleware(std::string name);
    /// Has that provider delivered anything at all?
    task<api_answer> any_object_of(std::string provider);
    /// Its "address" is what Traefik listens on: ":80".
    task<api_answer> entry_point(std::string name);
    const std::string& provider() const { return provider_; }
    const std::string& host() const { return to_.host; }
    task<api_answer> version();
    /// Empty if it was not answered.
    task<std::string> start_date();

private:
    api_client(net::http_client& client, event_sink& events, net::endpoint to, std::string base,
               std::string provider)
        : client_(&client), events_(&events), to_(std::move(to)), base_(std::move(base)),
          provider_(std::move(provider)) {}
    task<api_answer> get(std::string op, std::string path);

    net::http_client* client_;
    event_sink* events_;
    net::endpoint to_;
    std::string base_;
    std::string provider_;
};

/// traffic_provider::unusable_middlewares.
task<result<std::map<std::string, std::string>>> unusable_in(api_client&,
                                                             std::vector<std::string> names);

/// Compares what `composed` holds of `app` with what the API shows: routers, weighted services and
/// the servers behind them, by name, and that no other router of these routes is there.
task<comparison> compare_with(api_client&, std::string app, fragment wanted,
                              nlohmann::json composed);

} // namespace alcedo::traefik
