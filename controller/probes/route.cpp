#include "controller/probes/attempts.hpp"
#include "controller/probes/http_question.hpp"
#include "controller/probes/probes.hpp"

namespace alcedo {

namespace {

class route_probe final : public probe {
public:
    explicit route_probe(net::http_client& client) : client_(client) {}

    task<sample> take(check_spec check, probe_target target) override {
        probing::http_question question;
        if (target.base_url.empty()) co_return probing::no_data("no entry point to ask");
        const auto where = net::parse_endpoint(target.base_url);
        if (!where) co_return probing::no_data(where.error().message);
        const auto own_path = target.path.empty() ? std::string("/") : target.path;
        question.to = *where;
        // The proxy is asked by its address, for a host whose certificate is not what is checked.
        question.to.any_certificate = true;
        if (!target.host.empty()) question.to.host_header = target.host;
        question.what.target = probing::text_of(check.settings, "path", own_path);
        if (!target.try_token.empty())
            question.what.headers.emplace_back("X-Alcedo-Try", target.try_token);
        question.url = (where->scheme == "tls" ? "https://" : "http://") + question.to.host_header +
                       question.what.target + " at " + target.base_url;
        if (check.settings.is_object() && check.settings.contains("status"))
            question.expected_status = check.settings["status"];
        co_return co_await probing::ask(client_, std::move(check), std::move(question));
    }

private:
    net::http_client& client_;
};

} // namespace

std::unique_ptr<probe> make_route_probe(net::http_client& client) {
    return std::make_unique<route_probe>(client);
}

} // namespace alcedo
