#pragma once
// What the demo service knows: how its environment told it to behave, when it started, what is in
// flight, and from these how well it is. It opens no socket and answers nobody.

#include "deploy/demo/common.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/status.hpp>

#include <set>

namespace demo {

struct settings {
    std::string version = "0";
    std::string colour = "none";
    std::string revision;
    std::uint16_t port = 8080;
    clock::duration healthy_after{};
    bool never_healthy = false;
    std::optional<clock::duration> sick_after;
    bool sick_from_traffic = false;
    clock::duration work{};
    std::optional<clock::duration> exit_after;
    bool exit_at_once = false;
    std::optional<clock::duration> drain;
};

inline std::string variable(const char* name, const char* otherwise = "") {
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

inline std::optional<clock::duration> duration_variable(const char* name) {
    const std::string text = variable(name);
    if (text.empty()) {
        return std::nullopt;
    }
    const auto value = parse_duration(text);
    if (!value) {
        std::fprintf(stderr, "%s=%s is not a duration: write 20s or 500ms\n", name, text.c_str());
        std::exit(64);
    }
    return value;
}

inline settings read_settings() {
    settings s;
    s.version = variable("VERSION", "0");
    s.colour = variable("ALCEDO_COLOR", "none");
    s.revision = variable("ALCEDO_REVISION");
    s.port = static_cast<std::uint16_t>(std::atoi(variable("PORT", "8080").c_str()));
    s.healthy_after = duration_variable("HEALTHY_AFTER").value_or(clock::duration{});
    s.never_healthy = !variable("NEVER_HEALTHY").empty();
    s.sick_after = duration_variable("SICK_AFTER");
    s.sick_from_traffic = variable("SICK_FROM") == "traffic";
    s.work = duration_variable("WORK").value_or(clock::duration{});
    s.exit_after = duration_variable("EXIT_AFTER");
    s.exit_at_once = variable("TERM_EXIT") == "now";
    s.drain = duration_variable("TERM_DRAIN");
    return s;
}

// Everything the sessions share; one thread, so nothing is guarded.
struct state {
    settings is;
    clock::time_point started = clock::now();
    std::optional<clock::time_point> first_traffic;
    bool draining = false;
    bool told_sick = false;
    int in_flight = 0;
    std::set<boost::asio::ip::tcp::socket*> idle; // kept connections that wait for a request
};

inline void log(const std::string& line) {
    std::printf("%.3f %s\n", time_of_day(), line.c_str());
    std::fflush(stdout);
}

struct in_flight {
    explicit in_flight(state& owner) : owner_(owner) { ++owner_.in_flight; }
    ~in_flight() { --owner_.in_flight; }
    in_flight(const in_flight&) = delete;
    in_flight& operator=(const in_flight&) = delete;

private:
    state& owner_;
};

inline bool is_sick(state& self) {
    const auto from = self.is.sick_from_traffic ? self.first_traffic : self.started;
    if (!self.is.sick_after || !from || clock::now() - *from < *self.is.sick_after) {
        return false;
    }
    if (!self.told_sick) {
        self.told_sick = true;
        log("ERROR connection pool exhausted: every request fails from now on");
    }
    return true;
}

inline boost::beast::http::status health(state& self) {
    if (self.is.never_healthy || clock::now() - self.started < self.is.healthy_after) {
        return boost::beast::http::status::service_unavailable;
    }
    using boost::beast::http::status;
    return is_sick(self) ? status::internal_server_error : status::ok;
}

} // namespace demo
