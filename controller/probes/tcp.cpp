#include "controller/net/connect.hpp"
#include "controller/probes/attempts.hpp"
#include "controller/probes/probes.hpp"

namespace alcedo {

namespace {

task<sample> connect_once(net::endpoint to, std::string url, milliseconds left,
                          milliseconds limit) {
    const auto connected = co_await net::connect(std::move(to), left);
    if (!connected) co_return probing::unanswered(connected.error(), url, limit);
    sample out;
    out.what = outcome::pass;
    out.summary = "connected";
    out.evidence["url"] = url;
    co_return out;
}

class tcp_probe final : public probe {
public:
    task<sample> take(check_spec check, probe_target target) override {
        net::endpoint to;
        to.scheme = "tcp";
        to.host = target.address;
        to.port = probing::port_of(check.settings);
        if (to.host.empty()) co_return probing::no_data("no address to ask");
        if (to.port == 0) co_return probing::no_data("the check names no port");
        const auto url = "tcp://" + to.host + ":" + std::to_string(to.port);
        std::function<task<sample>(milliseconds)> once = [&](milliseconds left) {
            return connect_once(to, url, left, check.timeout);
        };
        co_return co_await probing::attempt(check, std::move(once));
    }
};

} // namespace

std::unique_ptr<probe> make_tcp_probe(net::http_client&) {
    return std::make_unique<tcp_probe>();
}

} // namespace alcedo
