#include "controller/cli/daemon_client.hpp"

#include "controller/cli/exit_code.hpp"
#include "controller/cli/fields.hpp"
#include "controller/net/http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace alcedo::cli {

namespace {

constexpr const char* unreachable_reason = "Unreachable";
constexpr const char* silent_reason = "NoAnswer";

/// What a person can do about it; the call's own words only where the file system has none.
std::string explained(const std::string& socket, const std::string& why) {
    struct stat status{};
    if (::stat(socket.c_str(), &status) != 0 && errno == ENOENT)
        return "nothing is there; is `alcedo run` running? name its socket with --socket or "
               "ALCEDO_SOCKET if it is elsewhere";
    if (::access(socket.c_str(), R_OK | W_OK) != 0 && errno == EACCES)
        return "this user may not use it; run as root or with sudo, or join the socket's group";
    return why + "; is `alcedo run` running? its log and /readyz say how it is";
}

error unreachable(const std::string& socket, const std::string& why) {
    return {next_step::retry, unreachable_reason,
            fmt::format("cannot reach the daemon at {}: {}", socket, explained(socket, why))};
}

error silent(const std::string& socket, milliseconds waited) {
    return {next_step::retry, silent_reason,
            fmt::format("the daemon at {} gave no answer within {}; its log and /readyz say how it "
                        "is",
                        socket, human_duration(waited))};
}

next_step next_of(int status) {
    if (status == 404) return next_step::gone;
    if (status == 409) return next_step::conflict;
    return status < 500 ? next_step::invalid : next_step::retry;
}

class client final : public daemon_client {
public:
    explicit client(std::string socket) : socket_(std::move(socket)) {}

    result<json> get(const std::string& target) override {
        return call(net::request("GET", target));
    }

    result<json> post(const std::string& target, const json& body) override {
        net::request asked("POST", target);
        asked.headers.emplace_back("content-type", "application/json");
        asked.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
        return call(std::move(asked));
    }

private:
    result<json> call(net::request asked) {
        const auto where = net::parse_endpoint("unix://" + socket_);
        if (!where) return unreachable(socket_, where.error().message);
        asked.deadline = patience;
        const auto answer = run(*where, std::move(asked));
        if (!answer && answer.error().reason == "timeout") return silent(socket_, patience);
        if (!answer) return unreachable(socket_, answer.error().message);
        auto body = json::parse(answer->body, nullptr, false);
        if (body.is_discarded())
            return unreachable(socket_, fmt::format("its answer (HTTP {}) is no JSON, so something "
                                                    "else listens there",
                                                    answer->status));
        if (answer->status < 400) return body;
        if (!body.is_object()) body = json::object();
        return error(next_of(answer->status), body.value("reason", "Refused"),
                     body.value("message", fmt::format("HTTP {}", answer->status)));
    }

    static result<net::response> run(const net::endpoint& where, net::request asked) {
        boost::asio::io_context context(1);
        const auto http = net::make_http_client();
        std::optional<result<net::response>> answer;
        boost::asio::co_spawn(context, http->call(where, std::move(asked)),
                              [&](std::exception_ptr failure, result<net::response> got) {
                                  if (!failure) answer = std::move(got);
                              });
        context.run();
        if (!answer) return error(next_step::retry, "the call was given up");
        return *answer;
    }

    std::string socket_;
};

} // namespace

std::unique_ptr<daemon_client> make_daemon_client(const std::string& socket) {
    return std::make_unique<client>(socket);
}

bool is_unreachable(const error& problem) {
    return problem.reason == unreachable_reason || is_silent(problem);
}

bool is_silent(const error& problem) {
    return problem.reason == silent_reason;
}

int exit_code_of(const error& problem) {
    return is_unreachable(problem) ? exit_code::unreachable : exit_code::failed;
}

std::string encoded(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
                           byte == '.' || byte == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return out;
}

} // namespace alcedo::cli
