#include "controller/net/http_client.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>

namespace alcedo::net {

namespace {

// sizeof(sockaddr_un::sun_path) with its terminating zero.
constexpr std::size_t longest_socket_path = 107;

error unusable(const std::string& url, const std::string& why) {
    return error(next_step::invalid, "malformed", "address '" + url + "': " + why);
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return code > ' ' && code != 0x7f;
    });
}

std::optional<int> port_from(std::string_view digits) {
    int port = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, problem] = std::from_chars(digits.data(), end, port);
    if (problem != std::errc{} || stop != end || port < 1 || port > 65535) return std::nullopt;
    return port;
}

result<endpoint> parse_unix(const std::string& url, std::string path) {
    if (path.empty() || path.front() != '/')
        return unusable(url, "the socket's path must be absolute: write unix:///path");
    if (path.size() > longest_socket_path)
        return unusable(url, "a socket's path has at most 107 bytes");
    endpoint out;
    out.scheme = "unix";
    out.host = std::move(path);
    out.host_header = "localhost";
    return out;
}

result<endpoint> parse_tcp(const std::string& url, std::string_view authority, int default_port) {
    if (authority.ends_with('/')) authority.remove_suffix(1);
    if (authority.find_first_of("/?#@") != std::string_view::npos || !is_plain(authority))
        return unusable(url, "write only scheme://host:port");
    std::string_view host = authority;
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto bracket = authority.find(']');
        if (bracket == std::string_view::npos) return unusable(url, "']' is missing");
        host = authority.substr(1, bracket - 1);
        port = authority.substr(bracket + 1);
    } else if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon);
    }
    if (host.empty()) return unusable(url, "a host is missing");
    std::optional<int> number = default_port;
    if (!port.empty()) {
        number = port.front() == ':' ? port_from(port.substr(1)) : std::nullopt;
        if (!number) return unusable(url, "a port is a number from 1 to 65535");
    }
    if (*number == 0) return unusable(url, "a port is missing: write tcp://host:port");
    endpoint out;
    out.scheme = "tcp";
    out.host = std::string(host);
    out.port = *number;
    const bool bracketed = host.find(':') != std::string_view::npos;
    out.host_header = (bracketed ? "[" + out.host + "]" : out.host) + ":" + std::to_string(*number);
    return out;
}

} // namespace

result<endpoint> parse_endpoint(const std::string& url) {
    const auto mark = url.find("://");
    if (mark == std::string::npos)
        return unusable(
            url, "write unix:///path, tcp://host:port, http://host:port or https://host:port");
    const auto scheme = url.substr(0, mark);
    const auto rest = url.substr(mark + 3);
    if (scheme == "unix") return parse_unix(url, rest);
    if (scheme == "tcp") return parse_tcp(url, rest, 0);
    if (scheme == "http") return parse_tcp(url, rest, 80);
    if (scheme == "https") {
        auto secure = parse_tcp(url, rest, 443);
        if (secure) secure->scheme = "tls";
        return secure;
    }
    return unusable(url, "unknown scheme '" + scheme + "': write unix, tcp, http or https");
}

std::string response::header(const std::string& lower_name) const {
    for (const auto& [name, value] : headers)
        if (name == lower_name) return value;
    return {};
}

} // namespace alcedo::net
