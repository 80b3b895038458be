#pragma once
// A registry stand-in on the loopback: one image of one file, and the four moods of a registry. It
// speaks just enough of the distribution protocol (v2) for a pull by a real engine.

#include "tests/unit/runtimes/fake_engine.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <string>

namespace alcedo::testing {

enum class mood {
    open,    ///< 200 to everybody
    guarded, ///< 401 without the right name and password
    ailing,  ///< 503
};

class registry_stand_in {
public:
    registry_stand_in(boost::asio::any_io_executor, mood);

    /// "127.0.0.1:PORT/tenant:1"; any other name or tag is a 404.
    std::string image() const { return address() + "/tenant:1"; }
    std::string address() const;
    std::string digest() const { return manifest_digest_; }
    int port() const { return server_.port(); }

    static constexpr auto user = "bot";
    static constexpr auto password = "correct horse";

private:
    answered answer(const asked&) const;
    void add_image();

    mood mood_;
    std::map<std::string, std::string> blobs_; ///< digest → bytes
    std::string manifest_;
    std::string manifest_digest_;
    peer_server server_;
};

} // namespace alcedo::testing
