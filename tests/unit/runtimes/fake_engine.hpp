#pragma once
// An HTTP peer under the test's thumb: answers raw bytes, so that it can also lie, cut, stall and
// push. On a unix socket it plays the engine, on TCP a registry. Lives on the test's own executor.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alcedo::testing {

using json = nlohmann::json;

struct asked {
    std::string method;
    std::string target;                         ///< as sent, with version and query
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;

    /// "POST /containers/x/start": without version and query.
    std::string what() const;
    std::string query(const std::string& name) const; ///< decoded; "" if absent
};

struct answered {
    std::string bytes;
    bool stays_open = false; ///< neither closed nor ended: the peer hangs, or is pushed to
};

answered reply(int status, const std::string& body,
               const std::vector<std::pair<std::string, std::string>>& headers = {});
answered reply(int status, const char* body);
answered reply(int status, const json& body);
/// Headers of an endless chunked stream; what is pushed later is its body.
answered stream_head();
std::string chunk(const std::string& body);
/// A stream that is whole: each part a chunk.
answered streamed(const std::vector<std::string>& parts);
answered raw(const std::string& bytes);
answered hang();

class peer_server {
public:
    using handler = std::function<answered(const asked&)>;

    /// address: "unix:///path" or "tcp://127.0.0.1:0".
    peer_server(boost::asio::any_io_executor, const std::string& address, handler);
    ~peer_server();
    peer_server(const peer_server&) = delete;
    peer_server& operator=(const peer_server&) = delete;

    std::string url() const; ///< "unix:///path" or "tcp://127.0.0.1:PORT"
    int port() const;
    void answer_with(handler);
    const std::vector<asked>& calls() const; ///< in order of arrival
    std::vector<std::string> heard() const;  ///< their what(), without pings
    void push(const std::string& bytes);     ///< to every connection that stays open
    void hang_up();                          ///< closes every connection that stays open
    std::size_t open_connections() const;
    /// From now on a connection takes one request after the other, as engines do, instead of being
    /// closed after the first answer.
    void keep_connections();
    int connections() const; ///< accepted so far
    void drop_kept();        ///< closes those on which it waits for the next request
    void stop_listening();   ///< new connections are refused
    void listen_again();

private:
    struct inside;
    std::shared_ptr<inside> inside_;
};

} // namespace alcedo::testing
