#include "controller/wiring/poll_door.hpp"

#include <algorithm>

namespace alcedo {

namespace {

constexpr milliseconds retry_pause{1000};
constexpr milliseconds patience{30000};
// What a reload may take beyond the poll (traefik-measured, consequence 3).
constexpr milliseconds apply_time{3000};

struct host_port {
    std::string host;
    std::string port; ///< with its colon
};

host_port parts_of(const std::string& address) {
    const auto colon = address.rfind(':');
    return {address.substr(0, colon), address.substr(colon)};
}

bool is_loopback(const std::string& host) {
    return host.starts_with("127.") || host == "[::1]";
}

std::string gateway_of(const settings& chosen, const std::optional<network_info>& shared) {
    if (shared && !shared->gateways.empty()) return shared->gateways.front();
    // A network made with a subnet and without a gateway does not say which it got.
    return "$(docker inspect -f '{{(index .NetworkSettings.Networks \"" + chosen.network +
           "\").Gateway}}' TRAEFIK)";
}

/// As Traefik's container sees it.
std::string seen_address(const settings& chosen, const std::optional<network_info>& shared) {
    const auto [host, port] = parts_of(chosen.traefik_http_listen);
    const bool is_any = host == "0.0.0.0" || host == "[::]";
    return (is_any || is_loopback(host) ? gateway_of(chosen, shared) : host) + port;
}

std::string listen_option(const settings& chosen, const std::optional<network_info>& shared) {
    const auto port = parts_of(chosen.traefik_http_listen).port;
    return "--traefik-http-listen " + gateway_of(chosen, shared) + port;
}

} // namespace

result<void> poll_door::open() {
    auto made = net::make_http_server(executor_, address_, make_poll_handler(document_));
    trouble_ = made ? "" : made.error().message;
    if (!made) return made.error();
    server_ = std::move(*made);
    return {};
}

task<void> poll_door::run() {
    const auto pause = retry_pause;
    while (!server_ && !stopped_) {
        co_await clock_.sleep_for(pause);
        if (!stopped_) open();
    }
    if (server_ && !stopped_) co_await server_->run();
}

void poll_door::stop() {
    stopped_ = true;
    if (server_) server_->stop();
}

poll_state poll_door::state() const {
    return {trouble_, document_->polls()};
}

std::string endpoint_option(const settings& chosen, const std::optional<network_info>& shared) {
    return "--providers.http.endpoint=http://" + seen_address(chosen, shared) + "/$(cat " +
           chosen.state_dir + "/ack-token)/alcedo.json --providers.http.pollInterval=1s";
}

readiness_point polled_point(const settings& chosen, const poll_state& state,
                             const std::optional<network_info>& shared) {
    const auto& address = chosen.traefik_http_listen;
    const auto& seen = state.seen;
    readiness_point out{"polled", false, "", ""};
    const auto every = seen.every.value_or(milliseconds{0});
    if (!state.trouble.empty()) {
        out.message = state.trouble;
        out.fix = listen_option(chosen, shared) + ", or another address of this host";
    } else if (!seen.ago && is_loopback(parts_of(address).host)) {
        out.message = address + " is reached from this host only, not from Traefik's container";
        out.fix = listen_option(chosen, shared);
    } else if (!seen.ago || *seen.ago > std::max(3 * every, patience)) {
        out.message = "Traefik does not fetch its document from " + address + ": " +
                      (seen.ago ? "the last time was " + to_string(*seen.ago) + " ago"
                                : "not once since this start");
        out.fix = "traefik " + endpoint_option(chosen, shared);
    } else {
        out.ok = true;
        out.message = address + ": Traefik fetched its document " + to_string(*seen.ago) + " ago";
        if (seen.every) out.message += ", " + to_string(every) + " after the time before";
        const auto needed = every + apply_time;
        if (needed > chosen.traefik_deadline)
            out.message += "; with such a poll interval write --traefik-deadline " +
                           to_string(std::chrono::ceil<seconds>(needed));
    }
    return out;
}

} // namespace alcedo
