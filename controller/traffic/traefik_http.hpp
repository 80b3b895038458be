#pragma once
// Traefik's http provider: it polls a URL and applies what it gets. The same bytes as with the file
// provider; the file in STATE/traefik is where they outlive this process. Until there is a whole
// document of this instance the answer is 503, for which Traefik keeps what it has: an empty or cut
// one would be applied, and drop every route (traefik-measured §12).

#include "controller/net/http_server.hpp"
#include "controller/ports/clock.hpp"
#include "controller/traffic/traefik_provider.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alcedo {

/// What has been seen of Traefik's polling. Boot clock.
struct poll_record {
    std::optional<milliseconds> ago;   ///< since the last good poll; none: none yet
    std::optional<milliseconds> every; ///< between the last two
    bool operator==(const poll_record&) const = default;
};

/// The document as it is served. Logic thread only; collaborators must outlive it.
class polled_document {
public:
    polled_document(std::string token, clock_source& clock, event_sink& events)
        : token_(std::move(token)), clock_(clock), events_(events) {}

    void show(const std::string& text) { text_ = text; }
    /// While it is, nobody gets it.
    void hold_back(bool is_held) { held_back_ = is_held; }
    /// GET and HEAD of any path below /<token>: 200 and the document, or 503 before the first.
    /// 405 for other methods there, 404 everywhere else.
    net::response answer(const net::server_request&);
    poll_record polls() const;

private:
    net::response decide(const net::server_request&) const;
    bool is_for_us(const std::string& path) const;

    std::string token_;
    clock_source& clock_;
    event_sink& events_;
    std::optional<std::string> text_;
    bool held_back_ = false;
    std::optional<milliseconds> polled_at_;
    std::optional<milliseconds> every_;
};

struct polled_traefik {
    std::unique_ptr<traffic_provider> provider;
    std::shared_ptr<polled_document> document;
};

/// `dir` is made (0700) and holds alcedo.json, which has the token inside (0600). Errors and
/// collaborators: see make_provider; `retry`: I/O.
result<polled_traefik> make_traefik_http(net::http_client&, boost::asio::thread_pool&, event_sink&,
                                         clock_source&, traefik_settings);

/// For the listener that Traefik polls.
net::handler make_poll_handler(std::shared_ptr<polled_document>);

} // namespace alcedo
