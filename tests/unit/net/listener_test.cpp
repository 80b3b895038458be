#include "support.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace alcedo;
using namespace alcedo::net;
using namespace alcedo::net::testing;

TEST_CASE("where a unix socket may be put") {
    asio::io_context io(1);
    temporary_folder folder;
    const auto make = [&](const std::string& path) {
        return make_http_server(io.get_executor(), "unix://" + path, {});
    };
    SUBCASE("the directory must exist") {
        const auto made = make(folder / "none/a.sock");
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().next == next_step::invalid);
        CHECK(made.error().message.find("none does not exist: create it") != std::string::npos);
    }
    SUBCASE("a file is never replaced") {
        std::ofstream(folder / "file") << "precious";
        const auto made = make(folder / "file");
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().next == next_step::invalid);
        CHECK(std::filesystem::file_size(folder / "file") == 8);
    }
    SUBCASE("a socket nobody answers on is") {
        const auto path = folder / "stale.sock";
        sockaddr_un where{};
        where.sun_family = AF_UNIX;
        path.copy(where.sun_path, sizeof where.sun_path - 1);
        const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::bind(stale, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
        ::close(stale);
        CHECK(make(path).has_value());
    }
}

TEST_CASE("addresses to listen on") {
    asio::io_context io(1);
    const auto make = [&](const std::string& address) {
        return make_http_server(io.get_executor(), address, {});
    };
    for (const std::string bad : {"", "9644", "localhost:9644", "127.0.0.1", "127.0.0.1:", "::1:80",
                                  "127.0.0.1:70000", "127.0.0.1:80x", "unix://relative"}) {
        CAPTURE(bad);
        const auto made = make(bad);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().next == next_step::invalid);
    }
    const auto first = make("127.0.0.1:0");
    REQUIRE(first.has_value());
    const auto second = make("127.0.0.1:" + std::to_string((*first)->port()));
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().next == next_step::conflict);
    const auto six = make("[::1]:0");
    if (six) CHECK((*six)->port() > 0);
}
