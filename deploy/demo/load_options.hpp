#pragma once
// The load client's command line. Wrong arguments end the program with 64.

#include "deploy/demo/common.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <vector>

namespace demo {

struct options {
    boost::asio::ip::tcp::endpoint target;
    std::string host;
    std::string path = "/";
    double rate = 100;
    std::string connections = "both"; // kept | new | both
    std::optional<clock::duration> duration;
    clock::duration timeout = std::chrono::seconds(10);
    std::vector<double> slow;
    std::vector<double> websockets;
    std::string out;
    std::string summary;
    bool progress = false;
};

[[noreturn]] inline void usage(const std::string& why) {
    std::fprintf(stderr,
                 "demo_load: %s\nusage: demo_load --target ADDRESS:PORT [--host H] [--path P] "
                 "[--rate N] [--connections both|kept|new] [--duration D] [--timeout D] [--slow S]... [--websocket S]... "
                 "[--out FILE] [--summary FILE] [--progress]\n",
                 why.c_str());
    std::exit(64);
}

inline clock::duration duration_of(const std::string& text) {
    const auto value = demo::parse_duration(text);
    if (!value) {
        usage(text + " is not a duration");
    }
    return *value;
}

inline boost::asio::ip::tcp::endpoint endpoint_of(const std::string& text) {
    const auto colon = text.rfind(':');
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(text.substr(0, colon), error);
    const int port = colon == std::string::npos ? 0 : std::atoi(text.c_str() + colon + 1);
    if (error || port <= 0 || port > 65535) {
        usage(text + " is not ADDRESS:PORT (numeric: a static program has no resolver)");
    }
    return {address, static_cast<std::uint16_t>(port)};
}

inline options read_options(int count, char** arguments) {
    options o;
    for (int i = 1; i < count; ++i) {
        const std::string name = arguments[i];
        if (name == "--progress") {
            o.progress = true;
            continue;
        }
        if (i + 1 >= count) {
            usage(name + " needs a value");
        }
        const std::string value = arguments[++i];
        if (name == "--target") {
            o.target = endpoint_of(value);
        } else if (name == "--host") {
            o.host = value;
        } else if (name == "--path") {
            o.path = value;
        } else if (name == "--rate") {
            o.rate = std::atof(value.c_str());
        } else if (name == "--connections") {
            if (value != "kept" && value != "new" && value != "both") {
                usage(value + " is none of kept, new, both");
            }
            o.connections = value;
        } else if (name == "--duration") {
            o.duration = duration_of(value);
        } else if (name == "--timeout") {
            o.timeout = duration_of(value);
        } else if (name == "--slow") {
            o.slow.push_back(std::atof(value.c_str()));
        } else if (name == "--websocket") {
            o.websockets.push_back(std::atof(value.c_str()));
        } else if (name == "--out") {
            o.out = value;
        } else if (name == "--summary") {
            o.summary = value;
        } else {
            usage(name + " is not known");
        }
    }
    if (o.target.port() == 0 || !(o.rate > 0) || o.rate > 20000) {
        usage("--target is needed, and a --rate above 0");
    }
    if (o.host.empty()) {
        o.host = o.target.address().to_string();
    }
    return o;
}

} // namespace demo
