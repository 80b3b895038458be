#include "controller/net/http_client.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using alcedo::net::parse_endpoint;

TEST_CASE("an endpoint is a unix socket, or a host and a port") {
    const auto docker = parse_endpoint("unix:///run/docker.sock");
    REQUIRE(docker.has_value());
    CHECK(docker->scheme == "unix");
    CHECK(docker->host == "/run/docker.sock");
    CHECK(docker->host_header == "localhost");

    const auto remote = parse_endpoint("tcp://10.0.0.7:2375");
    REQUIRE(remote.has_value());
    CHECK(remote->scheme == "tcp");
    CHECK(remote->host == "10.0.0.7");
    CHECK(remote->port == 2375);
    CHECK(remote->host_header == "10.0.0.7:2375");

    CHECK(parse_endpoint("http://traefik:8080/")->host == "traefik");
    CHECK(parse_endpoint("http://traefik")->port == 80);
    const auto six = parse_endpoint("http://[::1]:8080");
    REQUIRE(six.has_value());
    CHECK(six->host == "::1");
    CHECK(six->host_header == "[::1]:8080");

    const auto secure = parse_endpoint("https://10.0.0.7");
    REQUIRE(secure.has_value());
    CHECK(secure->scheme == "tls");
    CHECK(secure->port == 443);
    CHECK(secure->host_header == "10.0.0.7:443");
    CHECK_FALSE(secure->any_certificate);
    CHECK(parse_endpoint("https://traefik:8443/")->port == 8443);
}

TEST_CASE("an address that can never work is refused with what to write") {
    for (const std::string bad : {"",
                                  "docker.sock",
                                  "unix://run/docker.sock",
                                  "unix://",
                                  "tcp://host",
                                  "tcp://:80",
                                  "tcp://host:0",
                                  "tcp://host:65536",
                                  "tcp://host:80x",
                                  "tcp://host:",
                                  "http://[::1",
                                  "http://[::1]80",
                                  "http://host/path",
                                  "http://host:80/a",
                                  "http://user@host",
                                  "http://ho st",
                                  "http://host:80\r\nX: y",
                                  "https://host/path",
                                  "https://",
                                  "ssh://host"}) {
        CAPTURE(bad);
        const auto answer = parse_endpoint(bad);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().next == next_step::invalid);
    }
    CHECK_FALSE(parse_endpoint("unix:///" + std::string(107, 'a')).has_value());
    CHECK(parse_endpoint("unix:///" + std::string(106, 'a')).has_value());
}
