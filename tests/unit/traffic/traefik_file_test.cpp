#include "api_world.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace traffic_world;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("written once, whole, readable, with nothing else in the watched folder") {
    world w;
    REQUIRE(trouble(w.make()).empty());
    const auto d = document(42, routed(50, 50));
    REQUIRE(trouble(w.ask(w.it->write(d))).empty());
    CHECK(text_of(w.file()) == traefik::render(d, configured()).value());
    int files = 0;
    for (const auto& one : std::filesystem::directory_iterator(w.dir / "dynamic")) {
        CHECK(one.path().filename() == "alcedo.yaml");
        ++files;
    }
    CHECK(files == 1);
    struct stat s{};
    REQUIRE(::stat((w.dir / "staging").c_str(), &s) == 0);
    CHECK((s.st_mode & 0777) == 0700);
    REQUIRE(::stat(w.file().c_str(), &s) == 0);
    CHECK((s.st_mode & 0777) == 0644);
    CHECK(calls(w, "write", "ok") == 1);

    const auto inode = s.st_ino;
    REQUIRE(trouble(w.ask(w.it->write(d))).empty());
    REQUIRE(::stat(w.file().c_str(), &s) == 0);
    CHECK(s.st_ino == inode);
    CHECK(calls(w, "write", "unchanged") == 1);
    CHECK(w.ask(w.it->holds(d)).value());
    CHECK_FALSE(w.ask(w.it->holds(document(43, routed(50, 50)))).value());
}

TEST_CASE("a bad document is refused and the last good one stays") {
    world w;
    REQUIRE(trouble(w.make()).empty());
    REQUIRE(trouble(w.ask(w.it->write(document(42, routed(50, 50))))).empty());
    const auto before = text_of(w.file());
    auto bad = routed(50, 50);
    bad.routes[0].backends[0].servers.clear();
    const auto refused = w.ask(w.it->write(document(43, bad)));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().next == next_step::invalid);
    CHECK(text_of(w.file()) == before);
}

TEST_CASE("a document of another instance is neither read nor overwritten") {
    world w;
    REQUIRE(trouble(w.make()).empty());
    auto theirs = configured();
    theirs.instance = "other";
    const auto text = traefik::render(document(9, routed(100, 0)), theirs).value();
    const std::string says = "belongs to instance 'other'";
    put(w.file(), text);
    const auto found = w.ask(w.it->read());
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().next == next_step::conflict);
    CHECK(has(found.error().message, says));
    CHECK(w.ask(w.it->holds(document(9, routed(100, 0)))).error().next == next_step::conflict);
    const auto refused = w.ask(w.it->write(document(10, routed(100, 0))));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().next == next_step::conflict);
    CHECK(text_of(w.file()) == text);
}

TEST_CASE("a cut or edited file is said to be damaged, and gives way to a write") {
    world w;
    REQUIRE(trouble(w.make()).empty());
    const auto whole = traefik::render(document(9, routed(100, 0)), configured()).value();
    for (const auto& text : {whole.substr(0, whole.size() / 2), std::string("{}\n"),
                             std::string("http:\n  routers: {}\n")}) {
        put(w.file(), text);
        const auto found = w.ask(w.it->read()).value();
        CHECK(found.exists);
        CHECK(found.damaged);
        CHECK_FALSE(w.ask(w.it->holds(document(9, routed(100, 0)))).value());
        CHECK(trouble(w.ask(w.it->write(document(10, routed(100, 0))))).empty());
        CHECK_FALSE(w.ask(w.it->read()).value().damaged);
    }
}

TEST_CASE("no file and an empty file are both no document yet") {
    world w;
    REQUIRE(trouble(w.make()).empty());
    CHECK_FALSE(w.ask(w.it->read()).value().exists);
    put(w.file(), "");
    CHECK_FALSE(w.ask(w.it->read()).value().exists);
    CHECK(trouble(w.ask(w.it->write(document(1, routed(100, 0))))).empty());
    CHECK(w.ask(w.it->read()).value().document.generation == 1);
}

TEST_CASE("a missing dynamic/ is made at the start and said, later never made again") {
    world w;
    std::filesystem::remove(w.dir / "dynamic");
    REQUIRE(trouble(w.make()).empty());
    REQUIRE(w.events.seen.size() == 1);
    CHECK(has(std::get<happened>(w.events.seen[0]).message, "dynamic was missing"));
    std::filesystem::remove(w.dir / "dynamic");
    const auto refused = w.ask(w.it->write(document(1, routed(100, 0))));
    REQUIRE_FALSE(refused.has_value());
    CHECK(has(refused.error().message, "restart Traefik"));
    CHECK_FALSE(std::filesystem::exists(w.dir / "dynamic"));
}

TEST_CASE("addresses that cannot be used are refused at the start") {
    world w;
    SUBCASE("entry point") {
        w.settings.entry_points["bad"] = "ftp://x";
        CHECK(has(trouble(w.make()), "entry point bad"));
    }
    SUBCASE("api") {
        w.settings.api_url = "nonsense";
        CHECK(has(trouble(w.make()), "Traefik's API"));
    }
    SUBCASE("token") {
        w.settings.try_token = "a b";
        CHECK(has(trouble(w.make()), "token"));
    }
}

TEST_CASE("middlewares: without an API nobody can be asked, and that is said") {
    world w;
    REQUIRE(trouble(w.make()).empty());
    std::vector<std::string> names{"nope@file"};
    CHECK(w.ask(w.it->unusable_middlewares(names)).value().empty());
    CHECK(w.client.asked.empty());
    CHECK(has(w.it->notes()[0], "middlewares are not looked for"));
}

TEST_CASE("without an API nothing is compared, and the notes say so") {
    world w;
    REQUIRE(trouble(w.make()).empty());
    CHECK(w.ask(w.it->compare("music", routed(50, 50))).is == comparison::outcome::equal);
    CHECK(w.client.asked.empty());
    REQUIRE(w.it->notes().size() == 1);
    CHECK(has(w.it->notes()[0], "no --traefik-api"));
}

TEST_CASE("try routers: only 502, 503 and 504 mean that the proxy cannot reach it") {
    world w;
    REQUIRE(trouble(w.make()).empty());
    std::string host, token, target;
    result<net::response> says = http(200);
    w.client.answer = [&](const net::endpoint& to, const net::request& what) {
        host = to.host_header;
        target = what.target;
        for (const auto& [name, value] : what.headers)
            if (name == "X-Alcedo-Try") token = value;
        return says;
    };
    const auto ask = [&] {
        return w.ask(w.it->ask_try("music", route(0, 100), "lava.example.com", "/version"));
    };
    for (const int status : {200, 301, 401, 404, 500}) {
        says = http(status);
        CHECK(ask().usable);
        CHECK(ask().answered);
    }
    CHECK(host == "lava.example.com");
    CHECK(target == "/version");
    CHECK(token == "trytrysecret");
    for (const int status : {502, 503, 504}) {
        says = http(status);
        CHECK(ask().usable);
        CHECK_FALSE(ask().answered);
        CHECK(has(ask().detail, "entry point web answers HTTP " + std::to_string(status)));
    }
    says = error(next_step::unknown, "timeout", "no answer within 5s");
    CHECK(ask().answered); // slow, but reached
    says = refused();
    CHECK(ask().usable);
    CHECK_FALSE(ask().answered);
}

TEST_CASE("try routers: an entry point that cannot be asked is skipped, and said") {
    world w;
    w.settings.entry_points = {{"inner", ""}, {"websecure", "https://10.0.0.1:443"}};
    REQUIRE(trouble(w.make()).empty());
    w.client.answer = [](const net::endpoint&, const net::request&) {
        return error(next_step::retry, "tls", "unrecognized name");
    };
    const auto tried = w.ask(w.it->ask_try("music", route(0, 100), "a", "/"));
    CHECK_FALSE(tried.usable);
    CHECK_FALSE(tried.answered);
    CHECK(has(tried.detail, "entry point inner: no URL"));
    CHECK(has(tried.detail, "entry point websecure: unrecognized name"));
    CHECK(w.it->notes().size() == 2);
}

TEST_CASE("try routers: a route with TLS is asked by https, by its own name") {
    world w;
    w.settings.entry_points["websecure"] = "https://10.0.0.1:443";
    REQUIRE(trouble(w.make()).empty());
    std::vector<net::endpoint> asked;
    w.client.answer = [&](const net::endpoint& to, const net::request&) {
        asked.push_back(to);
        return http(200);
    };
    auto secure = route(0, 100);
    secure.tls = route_tls{};
    const auto tried = w.ask(w.it->ask_try("music", secure, "lava.example.com", "/"));
    CHECK(tried.answered);
    CHECK(has(tried.detail, "entry point web is asked by http, and the route answers TLS only"));
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].scheme == "tls");
    CHECK(asked[0].host == "10.0.0.1");
    CHECK(asked[0].host_header == "lava.example.com");
    CHECK(asked[0].any_certificate);
    // An entry point may bring TLS itself: a route that says nothing of it is asked both ways.
    w.ask(w.it->ask_try("music", route(0, 100), "lava.example.com", "/"));
    CHECK(asked.size() == 3);
}
