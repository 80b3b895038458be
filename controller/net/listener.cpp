#include "controller/net/listener.hpp"

#include "controller/net/http_client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace alcedo::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::string_view unix_prefix = "unix://";
constexpr mode_t owner_and_group = 0660;

error refusal(next_step next, const std::string& address, const std::string& why) {
    return error(next, "listen", "listen on " + address + ": " + why);
}

/// Whether a listener is behind the path: only a refused connect proves that there is none.
bool somebody_answers(const std::string& path) {
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0) return true;
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path.copy(where.sun_path, sizeof where.sun_path - 1);
    const bool refused =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 &&
        errno == ECONNREFUSED;
    ::close(probe);
    return !refused;
}

result<void> clear_stale(const std::string& address, const std::string& path) {
    struct stat found{};
    if (::lstat(path.c_str(), &found) != 0) return {};
    if (!S_ISSOCK(found.st_mode))
        return refusal(next_step::invalid, address, "there is something that is not a socket");
    if (somebody_answers(path))
        return refusal(next_step::conflict, address, "another process already answers there");
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return refusal(next_step::retry, address, std::strerror(errno));
    return {};
}

struct host_and_port {
    asio::ip::address host;
    std::uint16_t port = 0;
};

std::optional<host_and_port> numeric_address(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string::npos)
        return std::nullopt;
    host_and_port out;
    error_code problem;
    out.host = asio::ip::make_address(host, problem);
    const char* end = text.data() + text.size();
    const auto [stop, bad] = std::from_chars(text.data() + colon + 1, end, out.port);
    if (problem || bad != std::errc{} || stop != end) return std::nullopt;
    return out;
}

} // namespace

result<void> listener::open(const std::string& address) {
    if (!address.starts_with(unix_prefix)) return open_tcp(address);
    const auto where = parse_endpoint(address);
    if (!where) return refusal(next_step::invalid, address, where.error().message);
    return open_unix(address, where->host);
}

result<void> listener::open_unix(const std::string& address, const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    std::error_code problem;
    if (!std::filesystem::is_directory(directory, problem))
        return refusal(next_step::invalid, address,
                       "the directory " + directory.string() + " does not exist: create it");
    if (auto cleared = clear_stale(address, path); !cleared) return cleared.error();
    return bind_path(address, path);
}

result<void> listener::bind_path(const std::string& address, const std::string& path) {
    const asio::local::stream_protocol::endpoint where(path);
    error_code problem;
    accepting.open(where.protocol(), problem);
    if (problem) return refusal(next_step::retry, address, problem.message());
    ::fcntl(accepting.native_handle(), F_SETFD, FD_CLOEXEC);
    // Before bind: the path must not be open to everybody even for a moment.
    ::fchmod(accepting.native_handle(), owner_and_group);
    accepting.bind(where, problem);
    if (problem) return refusal(next_step::retry, address, problem.message());
    struct stat made{};
    if (::chmod(path.c_str(), owner_and_group) != 0 || ::lstat(path.c_str(), &made) != 0)
        return refusal(next_step::retry, address, std::strerror(errno));
    path_ = path;
    device_ = made.st_dev;
    inode_ = made.st_ino;
    accepting.listen(asio::socket_base::max_listen_connections, problem);
    if (problem) return refusal(next_step::retry, address, problem.message());
    return {};
}

result<void> listener::open_tcp(const std::string& address) {
    const auto where = numeric_address(address);
    if (!where)
        return refusal(next_step::invalid, address,
                       "write a numeric address and a port, as in 127.0.0.1:9644");
    const asio::ip::tcp::endpoint local(where->host, where->port);
    error_code problem;
    accepting.open(local.protocol(), problem);
    if (!problem) {
        ::fcntl(accepting.native_handle(), F_SETFD, FD_CLOEXEC);
        accepting.set_option(asio::socket_base::reuse_address(true), problem);
    }
    if (!problem) accepting.bind(local, problem);
    if (!problem) accepting.listen(asio::socket_base::max_listen_connections, problem);
    if (problem == asio::error::address_in_use)
        return refusal(next_step::conflict, address, "another process already listens there");
    if (problem) return refusal(next_step::retry, address, problem.message());
    return {};
}

int listener::port() const {
    if (is_unix()) return 0;
    error_code problem;
    const auto generic = accepting.local_endpoint(problem);
    if (problem) return 0;
    asio::ip::tcp::endpoint local;
    if (generic.size() > local.capacity()) return 0;
    std::memcpy(local.data(), generic.data(), generic.size());
    return local.port();
}

void listener::close() {
    error_code problem;
    accepting.close(problem);
    if (path_.empty()) return;
    struct stat found{};
    const bool is_ours =
        ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_;
    if (is_ours) ::unlink(path_.c_str());
    path_.clear();
}

} // namespace alcedo::net
