#include "controller/probes/attempts.hpp"
#include "controller/probes/http_question.hpp"
#include "controller/probes/probes.hpp"

namespace alcedo {

namespace {

probing::http_question question_of(const json& settings, const std::string& address, int port) {
    probing::http_question out;
    const auto host = address.find(':') == std::string::npos ? address : "[" + address + "]";
    out.to.scheme = "tcp";
    out.to.host = address;
    out.to.port = port;
    out.to.host_header = host + ":" + std::to_string(port);
    out.what.method = probing::text_of(settings, "method", "GET");
    out.what.target = probing::text_of(settings, "path", "/");
    const auto headers = settings.value("headers", json::object());
    for (const auto& [name, value] : headers.items())
        if (headers.is_object() && value.is_string())
            out.what.headers.emplace_back(name, value.get<std::string>());
    out.url = "http://" + out.to.host_header + out.what.target;
    out.expected_status = settings.value("status", json());
    out.expected_body = probing::text_of(settings, "body", "");
    return out;
}

class http_probe final : public probe {
public:
    explicit http_probe(net::http_client& client) : client_(client) {}

    task<sample> take(check_spec check, probe_target target) override {
        const int port = probing::port_of(check.settings);
        if (target.address.empty()) co_return probing::no_data("no address to ask");
        if (port == 0) co_return probing::no_data("the check names no port");
        auto question = question_of(check.settings, target.address, port);
        co_return co_await probing::ask(client_, std::move(check), std::move(question));
    }

private:
    net::http_client& client_;
};

} // namespace

std::unique_ptr<probe> make_http_probe(net::http_client& client) {
    return std::make_unique<http_probe>(client);
}

} // namespace alcedo
