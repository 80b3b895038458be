#include "controller/traffic/traefik_provider.hpp"

#include "controller/net/pool.hpp"
#include "controller/traffic/traefik_acks.hpp"
#include "controller/traffic/traefik_api.hpp"
#include "controller/traffic/traefik_document.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace alcedo {

namespace {

using namespace traefik;

constexpr milliseconds try_deadline{5000};

document_settings rendering_of(const traefik_settings& s) {
    document_settings out;
    out.entry_points = s.entry_points;
    out.instance = s.instance;
    out.ack_token = s.ack_token;
    out.try_token = s.try_token;
    return out;
}

/// What the file holds, unless it is another instance's.
result<document_on_disk> owned(const std::optional<std::string>& text, const std::string& instance,
                               const delivery& way) {
    if (!text) return document_on_disk();
    auto found = parse_document(*text);
    if (!found.exists || found.damaged || found.instance == instance) return found;
    return error(next_step::conflict, way.file.path() + " belongs to instance '" + found.instance +
                                          "', not to '" + instance + "': give another " +
                                          way.option + " or --instance");
}

enum class written { anew, unchanged };

result<written> replace(const delivery& way, const std::string& text, const std::string& instance) {
    const auto before = way.file.read();
    if (!before) return before.error();
    if (*before == text) return written::unchanged;
    const auto held = owned(*before, instance, way);
    if (!held) return held.error();
    const auto done = way.file.replace(text);
    if (!done) return done.error();
    return written::anew;
}

class shared_provider final : public traffic_provider {
public:
    shared_provider(net::http_client& client, boost::asio::thread_pool& pool, event_sink& events,
                    const traefik_settings& settings, delivery way, std::optional<api_client> api)
        : client_(client), pool_(pool), events_(events), rendering_(rendering_of(settings)),
          way_(std::move(way)), api_(std::move(api)),
          acks_(client, events, api_ ? &*api_ : nullptr, rendering_) {
        acks_.expect(traffic_document());
    }

    task<result<document_on_disk>> read() override;
    task<result<bool>> holds(traffic_document) override;
    task<result<void>> write(traffic_document) override;
    void hold_back(bool is_held) override {
        if (way_.hold_back) way_.hold_back(is_held);
    }
    task<ack_answer> acknowledged(std::uint64_t generation) override;
    task<comparison> compare(std::string app, fragment wanted) override;
    task<result<std::map<std::string, std::string>>>
    unusable_middlewares(std::vector<std::string> names) override;
    task<try_result> ask_try(std::string app, fragment_route route, std::string host,
                             std::string path) override;
    std::map<std::string, std::string> entry_points() const override {
        return rendering_.entry_points;
    }
    std::string try_token() const override { return rendering_.try_token; }
    task<std::vector<door_report>> doors() override { return acks_.doors(); }
    std::vector<std::string> notes() const override { return acks_.notes(); }

private:
    task<result<std::optional<std::string>>> read_text();
    task<result<net::response>> try_door(std::string url, std::string host, std::string path);

    net::http_client& client_;
    boost::asio::thread_pool& pool_;
    event_sink& events_;
    document_settings rendering_;
    delivery way_;
    std::optional<api_client> api_;
    ack_reader acks_;
};

task<result<std::optional<std::string>>> shared_provider::read_text() {
    std::function<result<std::optional<std::string>>()> work = [file = way_.file] {
        return file.read();
    };
    co_return co_await net::on_pool(pool_, std::move(work));
}

task<result<document_on_disk>> shared_provider::read() {
    auto text = co_await read_text();
    if (!text) co_return text.error();
    auto found = owned(*text, rendering_.instance, way_);
    if (!found) co_return found;
    acks_.expect(found->document);
    // Of this instance and whole: it is what Traefik was given last.
    if (found->exists && !found->damaged && way_.deliver) way_.deliver(**text);
    co_return found;
}

task<result<bool>> shared_provider::holds(traffic_document wanted) {
    auto rendered = render(wanted, rendering_);
    if (!rendered) co_return rendered.error();
    auto text = co_await read_text();
    if (!text) co_return text.error();
    const auto held = owned(*text, rendering_.instance, way_);
    if (!held) co_return held.error();
    co_return *text == *rendered;
}

task<result<void>> shared_provider::write(traffic_document wanted) {
    const auto began = std::chrono::steady_clock::now();
    auto rendered = render(wanted, rendering_);
    if (!rendered) co_return rendered.error();
    // Before the write: Traefik may have applied it before we hear that it is done.
    acks_.expect(wanted);
    std::function<result<written>()> work = [way = way_, text = *rendered,
                                             instance = rendering_.instance] {
        return replace(way, text, instance);
    };
    auto done = co_await net::on_pool(pool_, std::move(work));
    call_finished told;
    told.door = "traefik";
    told.op = "write";
    told.code = !done ? "failed" : *done == written::anew ? "ok" : "unchanged";
    const auto took = std::chrono::steady_clock::now() - began;
    told.took = std::chrono::duration_cast<milliseconds>(took);
    events_.emit(told);
    if (!done) co_return with_context(done.error(), "writing the proxy's document");
    if (way_.deliver) way_.deliver(*rendered);
    co_return result<void>();
}

task<ack_answer> shared_provider::acknowledged(std::uint64_t generation) {
    co_return co_await acks_.ask(generation);
}

task<comparison> shared_provider::compare(std::string app, fragment wanted) {
    comparison uncompared;
    if (!api_) {
        // The ack is exact without it; notes() says what is not looked at.
        uncompared.is = comparison::outcome::equal;
        uncompared.detail = "not compared: there is no --traefik-api";
        co_return uncompared;
    }
    traffic_document alone;
    alone.fragments[app] = wanted;
    auto composed = compose(alone, rendering_);
    co_return co_await compare_with(*api_, std::move(app), std::move(wanted), std::move(composed));
}

task<result<std::map<std::string, std::string>>>
shared_provider::unusable_middlewares(std::vector<std::string> names) {
    std::map<std::string, std::string> unchecked;
    if (!api_) co_return unchecked;
    co_return co_await unusable_in(*api_, std::move(names));
}

task<result<net::response>> shared_provider::try_door(std::string url, std::string host,
                                                      std::string path) {
    auto to = endpoint_of(url);
    if (!to) co_return to.error();
    // Also the name that TLS is asked for: a route's options belong to its host, and Traefik
    // answers 421 to a request whose name and host have different ones.
    to->host_header = std::move(host);
    net::request what("GET", std::move(path));
    what.headers.emplace_back(std::string(try_header), rendering_.try_token);
    what.deadline = try_deadline;
    what.body_limit = 4096;
    what.body_may_be_cut = true;
    co_return co_await timed_call(client_, events_, "try", *to, std::move(what));
}

bool is_from_the_proxy(int status) {
    return status == 502 || status == 503 || status == 504;
}

task<traffic_provider::try_result> shared_provider::ask_try(std::string app, fragment_route route,
                                                            std::string host, std::string path) {
    try_result out;
    out.answered = true;
    const auto add = [&out](const std::string& line) {
        out.detail += (out.detail.empty() ? "" : "; ") + line;
    };
    const auto names = entry_points_of(route, rendering_);
    for (const auto& name : names) {
        // An entry point that cannot ack answers everything by itself: no news about the app.
        if (const auto why = acks_.why_mute(name)) {
            add(*why);
            continue;
        }
        const auto url = rendering_.entry_points.at(name);
        if (route.tls && !url.starts_with("https://")) {
            add("entry point " + name + " is asked by http, and the route answers TLS only");
            continue;
        }
        const auto answer = co_await try_door(url, host, path);
        if (!answer && answer.error().reason == "tls") {
            add("entry point " + name + ": " + answer.error().message);
            continue;
        }
        out.usable = true;
        // A server that is slow was reached; a proxy that is not there has reached nobody.
        const bool is_slow = !answer && answer.error().reason == "timeout" &&
                             answer.error().next == next_step::unknown;
        const bool is_reached = answer ? !is_from_the_proxy(answer->status) : is_slow;
        if (!is_reached) out.answered = false;
        add("entry point " + name + " answers " + short_answer(answer) + " for " +
            router_name(app, route.name));
    }
    out.answered = out.answered && out.usable;
    co_return out;
}

} // namespace

result<std::unique_ptr<traffic_provider>>
traefik::make_provider(net::http_client& client, boost::asio::thread_pool& pool, event_sink& events,
                       const traefik_settings& settings, delivery way) {
    for (const auto& [name, url] : settings.entry_points) {
        if (url.empty()) continue;
        const auto to = net::parse_endpoint(url);
        if (!to) return with_context(to.error(), "entry point " + name);
    }
    std::optional<api_client> api;
    if (!settings.api_url.empty()) {
        auto made = api_client::make(client, events, settings.api_url, way.provider);
        if (!made) return made.error();
        api = std::move(*made);
    }
    traffic_document nothing;
    const auto fits = render(nothing, rendering_of(settings));
    if (!fits) return fits.error();
    return std::unique_ptr<traffic_provider>(std::make_unique<shared_provider>(
        client, pool, events, settings, std::move(way), std::move(api)));
}

} // namespace alcedo
