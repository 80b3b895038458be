#include "tests/unit/runtimes/fake_engine.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <sstream>
#include <string_view>

#include <unistd.h>

namespace alcedo::testing {

namespace asio = boost::asio;
using socket_type = asio::generic::stream_protocol::socket;
using acceptor_type = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

std::string lower(std::string text) {
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

asked parsed_head(const std::string& head) {
    asked out;
    std::istringstream lines(head);
    std::string version;
    lines >> out.method >> out.target >> version;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line) && line != "\r") {
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        auto value = line.substr(colon + 1);
        value.erase(0, value.find_first_not_of(' '));
        while (!value.empty() && (value.back() == '\r' || value.back() == ' '))
            value.pop_back();
        out.headers[lower(line.substr(0, colon))] = value;
    }
    return out;
}

} // namespace

std::string asked::what() const {
    auto path = target.substr(0, target.find('?'));
    if (path.starts_with("/v1.")) path.erase(0, path.find('/', 1));
    return method + " " + path;
}

std::string asked::query(const std::string& name) const {
    const auto mark = target.find('?');
    if (mark == std::string::npos) return {};
    std::istringstream parts(target.substr(mark + 1));
    for (std::string part; std::getline(parts, part, '&');)
        if (part.starts_with(name + "=")) return decoded(part.substr(name.size() + 1));
    return {};
}

answered reply(int status, const std::string& body,
               const std::vector<std::pair<std::string, std::string>>& headers) {
    std::string out = "HTTP/1.1 " + std::to_string(status) + " Because\r\n";
    for (const auto& [name, value] : headers)
        out += name + ": " + value + "\r\n";
    const bool bodiless = status == 204 || status == 304;
    if (!bodiless) out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return {out + "\r\n" + (bodiless ? "" : body)};
}

answered reply(int status, const char* body) {
    return reply(status, std::string(body), {});
}

answered reply(int status, const json& body) {
    return reply(status, body.dump(), {{"Content-Type", "application/json"}});
}

answered stream_head() {
    return {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n",
            true};
}

std::string chunk(const std::string& body) {
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", body.size());
    return size + body + "\r\n";
}

answered streamed(const std::vector<std::string>& parts) {
    auto out = stream_head();
    for (const auto& part : parts)
        out.bytes += chunk(part);
    return {out.bytes + "0\r\n\r\n"};
}

answered raw(const std::string& bytes) {
    return {bytes};
}

answered hang() {
    return {"", true};
}

struct peer_server::inside : std::enable_shared_from_this<inside> {
    asio::any_io_executor executor;
    std::string address;
    handler answer;
    std::optional<acceptor_type> acceptor;
    int port = 0;
    std::vector<asked> calls;
    std::list<std::shared_ptr<socket_type>> open;
    std::list<std::shared_ptr<socket_type>> kept;
    bool keeps = false;
    int connections = 0;

    void listen() {
        asio::generic::stream_protocol::endpoint where;
        if (address.starts_with("unix://")) {
            ::unlink(address.c_str() + 7);
            where = asio::local::stream_protocol::endpoint(address.substr(7));
        } else {
            where = asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(),
                                            static_cast<std::uint16_t>(port));
        }
        acceptor.emplace(executor, where.protocol());
        acceptor->set_option(asio::socket_base::reuse_address(true));
        acceptor->bind(where);
        acceptor->listen();
        if (!address.starts_with("unix://")) {
            const auto bound = acceptor->local_endpoint();
            const auto* raw_bytes = reinterpret_cast<const unsigned char*>(bound.data());
            port = raw_bytes[2] << 8 | raw_bytes[3]; // sockaddr_in: sin_port
        }
        asio::co_spawn(executor, accept_all(shared_from_this()), asio::detached);
    }

    static asio::awaitable<void> accept_all(std::shared_ptr<inside> self) {
        for (;;) {
            socket_type socket(self->executor);
            auto [problem] = co_await self->acceptor->async_accept(socket, as_values);
            if (problem) co_return;
            auto shared = std::make_shared<socket_type>(std::move(socket));
            ++self->connections;
            asio::co_spawn(self->executor, serve_all(self, shared), asio::detached);
        }
    }

    static asio::awaitable<void> serve_all(std::shared_ptr<inside> self,
                                           std::shared_ptr<socket_type> socket) {
        bool goes_on = true;
        self->kept.push_back(socket);
        while (goes_on)
            goes_on = co_await serve(self, socket);
        self->kept.remove(socket);
    }

    /// Whether the next request may come on the same connection.
    static asio::awaitable<bool> serve(std::shared_ptr<inside> self,
                                       std::shared_ptr<socket_type> socket) {
        std::string buffer(4096, '\0');
        auto [silent, first] = co_await socket->async_read_some(asio::buffer(buffer), as_values);
        if (silent) co_return false;
        buffer.resize(first);
        if (buffer.front() == 0x16) {
            // A client that tries TLS first: told in plain text, it comes back without.
            const std::string no_tls = "HTTP/1.0 400 Bad Request\r\n\r\n";
            auto [lost_it, told] =
                co_await asio::async_write(*socket, asio::buffer(no_tls), as_values);
            static_cast<void>(lost_it);
            co_return false;
        }
        auto [no_head, head_size] = co_await asio::async_read_until(
            *socket, asio::dynamic_buffer(buffer), "\r\n\r\n", as_values);
        if (no_head) co_return false;
        auto call = parsed_head(buffer.substr(0, head_size));
        const auto announced = call.headers.find("content-length");
        const std::size_t length =
            announced == call.headers.end() ? 0 : std::stoul(announced->second);
        call.body = buffer.substr(head_size);
        if (call.body.size() < length) {
            std::string rest(length - call.body.size(), '\0');
            auto [cut, got] = co_await asio::async_read(*socket, asio::buffer(rest), as_values);
            if (cut) co_return false;
            call.body += rest;
        }
        self->calls.push_back(call);
        const auto out = self->answer(call);
        if (out.stays_open) self->open.push_back(socket);
        auto [lost, sent] = co_await asio::async_write(*socket, asio::buffer(out.bytes), as_values);
        static_cast<void>(lost);
        const bool is_last = call.headers.contains("connection");
        if (!out.stays_open) co_return self->keeps && !is_last;
        // Until the client goes away.
        char byte = 0;
        auto [gone, none] = co_await socket->async_read_some(asio::buffer(&byte, 1), as_values);
        static_cast<void>(gone);
        self->open.remove(socket);
        co_return false;
    }
};

peer_server::peer_server(asio::any_io_executor executor, const std::string& address, handler answer)
    : inside_(std::make_shared<inside>()) {
    inside_->executor = std::move(executor);
    inside_->address = address;
    inside_->answer = std::move(answer);
    inside_->listen();
}

peer_server::~peer_server() {
    stop_listening();
    hang_up();
}

std::string peer_server::url() const {
    if (inside_->address.starts_with("unix://")) return inside_->address;
    return "tcp://127.0.0.1:" + std::to_string(inside_->port);
}

int peer_server::port() const {
    return inside_->port;
}

void peer_server::answer_with(handler answer) {
    inside_->answer = std::move(answer);
}

const std::vector<asked>& peer_server::calls() const {
    return inside_->calls;
}

std::vector<std::string> peer_server::heard() const {
    std::vector<std::string> out;
    for (const auto& call : inside_->calls)
        if (call.target != "/_ping") out.push_back(call.what());
    return out;
}

namespace {

/// By value: whoever serves one of them takes it off the list as it ends.
void close_all(std::list<std::shared_ptr<socket_type>> sockets) {
    for (const auto& socket : sockets) {
        boost::system::error_code problem;
        socket->shutdown(socket_type::shutdown_both, problem);
        socket->close(problem);
    }
}

} // namespace

void peer_server::push(const std::string& bytes) {
    for (const auto& socket : inside_->open) {
        boost::system::error_code problem;
        asio::write(*socket, asio::buffer(bytes), problem);
    }
}

void peer_server::hang_up() {
    close_all(inside_->open);
    inside_->open.clear();
}

std::size_t peer_server::open_connections() const {
    return inside_->open.size();
}

void peer_server::keep_connections() {
    inside_->keeps = true;
}

int peer_server::connections() const {
    return inside_->connections;
}

void peer_server::drop_kept() {
    close_all(inside_->kept);
}

void peer_server::stop_listening() {
    boost::system::error_code problem;
    if (inside_->acceptor) inside_->acceptor->close(problem);
    if (inside_->address.starts_with("unix://")) ::unlink(inside_->address.c_str() + 7);
}

void peer_server::listen_again() {
    inside_->listen();
}

} // namespace alcedo::testing
