#pragma once
// Where Traefik fetches its document with --traefik-provider http: the listener, and whether
// anybody asks there.

#include "controller/engine/desk.hpp"
#include "controller/net/http_server.hpp"
#include "controller/ports/runtime.hpp"
#include "controller/traffic/traefik_http.hpp"
#include "controller/wiring/settings.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alcedo {

struct poll_state {
    std::string trouble; ///< why it does not listen; empty: it does
    poll_record seen;
};

class poll_door {
public:
    poll_door(boost::asio::any_io_executor executor, clock_source& clock, std::string address,
              std::shared_ptr<polled_document> document)
        : executor_(std::move(executor)), clock_(clock), address_(std::move(address)),
          document_(std::move(document)) {}

    /// Listens. `conflict` (another process does) and `invalid` do not mend themselves; `retry`
    /// does: the bridge whose address it is may come up after us.
    result<void> open();
    /// Serves until `stop`, trying to listen as long as that is missing.
    task<void> run();
    void stop();
    poll_state state() const;

private:
    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    std::string address_;
    std::shared_ptr<polled_document> document_;
    std::unique_ptr<net::http_server> server_;
    std::string trouble_;
    bool stopped_ = false;
};

/// What belongs into Traefik's command line. The token is not shown: the shell reads it.
std::string endpoint_option(const settings&, const std::optional<network_info>& shared);

/// Does Traefik ask? `shared` is the network it is on, if known.
readiness_point polled_point(const settings&, const poll_state&,
                             const std::optional<network_info>& shared);

} // namespace alcedo
