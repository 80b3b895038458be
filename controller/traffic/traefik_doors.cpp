// The ways to the proxy, one by one, and what mends each.

#include "controller/traffic/traefik_acks.hpp"

namespace alcedo::traefik {

namespace {

using nlohmann::json;

constexpr const char* its_address =
    "$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' TRAEFIK)";

std::string port_in(const std::string& address) {
    const auto colon = address.rfind(':');
    return colon == address.npos ? std::string() : address.substr(colon + 1);
}

/// The port that Traefik says the entry point is on; empty if it does not say.
std::string port_of(const api_answer& defined) {
    if (defined.is != api_answer::kind::found || !defined.body.is_object()) return {};
    const auto address = defined.body.find("address");
    const bool is_text = address != defined.body.end() && address->is_string();
    // ":80", "10.0.0.1:80/tcp"
    const auto text = is_text ? address->get<std::string>() : std::string();
    return port_in(text.substr(0, text.find('/')));
}

bool has_port(const std::string& url, const std::string& port) {
    auto authority = url.substr(url.find("://") + 3);
    authority = authority.substr(0, authority.find('/'));
    auto written = port_in(authority);
    if (written.empty()) written = url.starts_with("https://") ? "443" : "80";
    return written == port;
}

/// An entry point that does not answer at `url`.
std::string door_fix(const std::string& name, const std::string& url, const std::string& port,
                     const std::string& host) {
    const std::string scheme = url.starts_with("https://") ? "https://" : "http://";
    if (!port.empty() && has_port(url, port) && url.find(host) != url.npos)
        return "docker restart TRAEFIK; docker logs TRAEFIK tells why it does not answer";
    return "--traefik-entrypoint " + name + "=" + scheme + (port.empty() ? its_address : host) +
           ":" + (port.empty() ? "PORT, that of traefik --entrypoints." + name + ".address" : port);
}

} // namespace

task<std::vector<door_report>> ack_reader::doors() {
    std::vector<door_report> out;
    if (api_) {
        auto one = co_await api_report();
        out.push_back(std::move(one));
    }
    const auto entry_points = settings_.entry_points;
    for (const auto& [name, url] : entry_points) {
        if (url.empty()) continue;
        auto one = co_await door_report_of(name);
        out.push_back(std::move(one));
    }
    co_return out;
}

task<door_report> ack_reader::api_report() {
    door_report out;
    out.name = "traefik";
    const auto version = co_await api_->version();
    out.ok = version.is == api_answer::kind::found && version.body.is_object();
    if (out.ok) {
        out.message = "API of version " + version.body.value("Version", std::string("?"));
        co_return out;
    }
    out.message = version.detail.empty() ? "no API of Traefik answers there" : version.detail;
    // Somebody who answers is there, and is something else.
    out.fix =
        version.body.is_null()
            ? std::string("docker start TRAEFIK, or --traefik-api http://") + its_address + ":8080"
            : "traefik --api=true --api.insecure=true --entrypoints.traefik.address=:8080, "
              "and --traefik-api with that port";
    co_return out;
}

task<door_report> ack_reader::door_report_of(std::string name) {
    using kind = door_answer::kind;
    const auto url = settings_.entry_points.at(name);
    door_report out{"entry point " + name, true, url + " answers", ""};
    const auto answer = co_await ask_door(name, newest_);
    if (answer.is == kind::seen || answer.is == kind::not_seen) co_return out;
    api_answer defined;
    if (api_) defined = co_await api_->entry_point(name);
    const auto port = port_of(defined);
    out.ok = false;
    out.message = answer.detail;
    if (defined.is == api_answer::kind::absent) {
        out.message = "Traefik has no entry point " + name;
        out.fix = "traefik --entrypoints." + name +
                  ".address=:PORT, or --traefik-entrypoint with a name that Traefik has";
    } else if (answer.is == kind::unknown) {
        out.fix = door_fix(name, url, port, api_ ? api_->host() : std::string());
    } else if (!api_) {
        out.fix = "give --traefik-api URL, which can tell instead";
    } else if (!mute_.contains(name)) {
        // Until a document is applied it cannot be told from one that never will.
        out.message += ": Traefik has no document of ours yet";
    } else {
        out.ok = true;
        out.message += ": Traefik's API tells what is applied";
        if (!port.empty() && !has_port(url, port))
            out.message += " (Traefik has " + name + " on port " + port + ", not at " + url + ")";
    }
    co_return out;
}

} // namespace alcedo::traefik
