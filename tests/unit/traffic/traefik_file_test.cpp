#include "controller/traffic/traefik_api.hpp"
#include "traffic_world.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace traffic_world;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

int calls(const world& w, const std::string& op, const std::string& code) {
    int n = 0;
    for (const auto& e : w.events.seen)
        if (const auto* call = std::get_if<call_finished>(&e))
            n += call->door == "traefik" && call->op == op && call->code == code ? 1 : 0;
    return n;
}

/// An api_client with answers by target; anything else is a JSON 404.
struct api_world : world {
    std::map<std::string, net::response> answers;
    api_world() {
        settings.api_url = "http://10.0.0.9:8080/base/";
        client.answer = [this](const net::endpoint& to, const net::request& what) {
            return answer(to, what);
        };
    }
    result<net::response> answer(const net::endpoint& to, const net::request& what) {
        if (to.host != "10.0.0.9") return at_the_door;
        const auto it = answers.find(what.target);
        if (it != answers.end()) return it->second;
        return http(404, R"({"message":"thing not found: x@file"})");
    }
    result<net::response> at_the_door = shows(42);
    void show(const std::string& kind, const std::string& name, nlohmann::json body,
              const std::string& status = "enabled") {
        body["status"] = status;
        answers["/base/api/http/" + kind + "/" + name + "@file"] = http(200, body.dump());
    }
    void show_all(const fragment& f) {
        const auto composed = traefik::compose(document(42, f), configured());
        for (const auto& [name, r] : composed["http"]["routers"].items())
            show("routers", name, r);
        for (const auto& [name, s] : composed["http"]["services"].items())
            show("services", name, s);
    }
    comparison compare(const fragment& f) { return ask(it->compare("music", f)); }
};

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

TEST_CASE("compare: equal only if routers, weights and servers are what was written") {
    api_world w;
    REQUIRE(trouble(w.make()).empty());
    auto f = routed(50, 50);
    w.show_all(f);
    CHECK(w.compare(f).is == comparison::outcome::equal);

    auto other = f;
    auto& r = other.routes[0];
    SUBCASE("weights") {
        r.backends[0].weight = 49;
    }
    SUBCASE("a child more") {
        r.backends[1].weight = 0;
    }
    SUBCASE("servers of a child") {
        r.backends[1].servers = {"http://elsewhere:1"};
    }
    SUBCASE("one server of two") {
        r.backends[1].servers.emplace_back("http://zwei:1");
    }
    SUBCASE("rule") {
        r.rule = "Host(`b`)";
    }
    SUBCASE("priority") {
        r.priority = 1001;
    }
    SUBCASE("entry points") {
        r.entry_points = {"web", "inner"};
    }
    SUBCASE("no router wanted") {
        r.backends[0].weight = r.backends[1].weight = 0;
    }
    SUBCASE("a try router is missing") {
        r.try_color = color::green;
    }
    SUBCASE("a try router is left") {
        f.routes[0].try_color = color::green;
        w.show_all(f);
    }
    const auto found = w.compare(other);
    CHECK(found.is == comparison::outcome::differs);
    CHECK(has(found.detail, "music_lava"));
}

TEST_CASE("compare: disabled and half-enabled objects differ, and say why") {
    api_world w;
    REQUIRE(trouble(w.make()).empty());
    const auto f = routed(50, 50);
    w.show_all(f);
    const auto composed = traefik::compose(document(42, f), configured());
    auto r = composed["http"]["routers"]["music_lava"];
    r["error"] = {"entryPoint \"nope\" doesn't exist"};
    w.show("routers", "music_lava", r, "warning");
    const auto found = w.compare(f);
    CHECK(found.is == comparison::outcome::differs);
    CHECK(found.detail == "router music_lava is warning: entryPoint \"nope\" doesn't exist");
}

TEST_CASE("compare: only a 404 with a JSON message is absence") {
    api_world w;
    REQUIRE(trouble(w.make()).empty());
    const auto f = routed(50, 50);
    CHECK(w.compare(f).is == comparison::outcome::differs);
    w.answers["/base/api/http/routers/music_lava@file"] = http(404, "404 page not found\n");
    CHECK(w.compare(f).is == comparison::outcome::unknown);
    w.answers["/base/api/http/routers/music_lava@file"] = http(502, "bad");
    CHECK(w.compare(f).is == comparison::outcome::unknown);
    w.answers["/base/api/http/routers/music_lava@file"] = http(200, "[1]");
    CHECK(w.compare(f).is == comparison::outcome::unknown);
    w.answers["/base/api/http/routers/music_lava@file"] =
        http(200, R"({"status":"enabled","rule":5,"entryPoints":"x","service":null})");
    CHECK(w.compare(f).is != comparison::outcome::equal);
    w.client.answer = [](const net::endpoint&, const net::request&) { return refused(); };
    CHECK(w.compare(f).is == comparison::outcome::unknown);
    CHECK(calls(w, "router", "refused") == 1);
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
    const auto tried = w.ask(w.it->ask_try("music", route(0, 100), "a", "/"));
    CHECK_FALSE(tried.usable);
    CHECK_FALSE(tried.answered);
    CHECK(has(tried.detail, "entry point inner: no URL"));
    CHECK(has(tried.detail, "entry point websecure speaks TLS"));
    CHECK(w.client.asked.empty());
    CHECK(w.it->notes().size() == 3);
}
