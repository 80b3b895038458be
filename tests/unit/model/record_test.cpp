// The vocabulary: stopwatches over boots, and the record surviving a trip through the store.

#include "reconcilers/model/record.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

moment at(int seconds_since_boot, std::string boot = "one") {
    moment m;
    m.boot = seconds{seconds_since_boot};
    m.boot_id = std::move(boot);
    return m;
}

record full_record() {
    record r;
    r.uid = "uid";
    r.created_wall = milliseconds{1700000000000};
    r.observed_generation = 7;
    r.manifest_digest = "abc";
    r.source = {"git", "file:///srv/repo", "main",         "app.yaml", "c0ffee",
                "Ann", "ship it",          milliseconds{5}};
    r.now_in = phase::shifting;
    r.step = 1;
    r.attempt = release{color::green, "s2", "v1:22"};
    r.origin = release{color::blue, "s1", "v1:11"};
    r.serving = r.origin;
    r.stable = r.origin;
    r.holder = r.origin;
    r.lapse_wall = milliseconds{8};
    fragment_route route;
    route.name = "web";
    route.rule = "Host(`a`)";
    route.entry_points = {"web"};
    route.priority = 1100;
    route.backends = {{color::blue, "11", {"http://a-blue:80"}, 50},
                      {color::green, "22", {"http://a-green:80"}, 50}};
    route.try_color = color::green;
    route.tls = route_tls{"le", "modern@file", {{"a.example", {"*.a.example"}}, {"b.example", {}}}};
    route.middlewares = {"auth@file", "strip@docker"};
    r.traffic = {9, {{route}}};
    r.resolved = {*r.attempt};
    r.accepted = {"digest", R"({"kind":"BlueGreen","spec":{"activeColor":"green"}})", {}};
    rendering made;
    made.what = *r.attempt;
    service_spec service;
    service.name = "web";
    service.image = "demo:2";
    service.depends_on = {{"db", dependency::condition::healthy}};
    service.env_files = {{".env.green", false}};
    service.networks = {{"default", {"w"}}};
    volume_mount mount;
    mount.type = volume_mount::kind::bind;
    mount.source = "/srv";
    mount.target = "/data";
    mount.read_only = true;
    service.volumes = {mount};
    service.rehearsal = rehearsal_spec{{{".env.staging", true}}, {{"GUILD", "7"}}, "0123"};
    service.compose = {{"image", "demo:2"}};
    made.spec.services = {service};
    made.image_ids = {{"web", "sha256:1"}};
    r.renderings = {made};
    r.retiring = {"id1"};
    r.drained = {true, false};
    r.rejected = {{release{color::green, "s0", "v1:00"}, "Unhealthy", "it was", milliseconds{3}}};
    hold h;
    h.kind = hold_kind::reverted;
    h.what = *r.attempt;
    h.reason = "Drift";
    h.evidence = {{"checks", json::array()}};
    r.held = h;
    r.budgets[1].left = 2;
    r.wished.paused = true;
    r.wished.retry = *r.attempt;
    r.wished.promoted = *r.attempt;
    r.wished.abort = *r.attempt;
    r.wished.rollback = *r.origin;
    r.wished.remove = true;
    r.timers.phase.run(at(5));
    r.stopped_at = {{"id2", milliseconds{77}}};
    r.conditions = {{"Ready", "False", "Shifting", "m", milliseconds{1}, 7}};
    r.events = {{milliseconds{2}, "Normal", "Preparing", "m"}};
    r.receipt = {{"started", "x"}};
    return r;
}

} // namespace

TEST_CASE("stopwatch: counts over stops, and only what was counted before over a reboot") {
    stopwatch w;
    w.restart(at(10));
    CHECK(w.elapsed(at(15)) == seconds{5});
    w.stop(at(20));
    CHECK(w.elapsed(at(100)) == seconds{10});
    w.run(at(100));
    CHECK(w.elapsed(at(103)) == seconds{13});
    CHECK(w.elapsed(at(3, "two")) == seconds{10});
    w.run(at(3, "two"));
    CHECK(w.elapsed(at(4, "two")) == seconds{11});
}

TEST_CASE("record: written and read again it is the same") {
    const auto before = full_record();
    const json stored = before;
    const auto after = stored.get<record>();
    CHECK(json(after) == stored);
    CHECK(after == before);
}

TEST_CASE("record: a route that says nothing of TLS and middlewares is stored as it always was") {
    const auto old = json::parse(R"_([{"name": "web", "rule": "Host(`a`)", "entryPoints": ["web"],
        "priority": 1100, "backends": [{"color": "blue", "revision": "11", "weight": 100,
        "servers": ["http://a-blue:80"]}]}])_");
    const auto stored = old.get<fragment>();
    CHECK_FALSE(stored.routes[0].tls);
    CHECK(stored.routes[0].middlewares.empty());
    CHECK(json(stored) == old);
    // TLS without a word in it is not the same as none.
    auto secure = stored;
    secure.routes[0].tls = route_tls{};
    CHECK(json(secure)[0]["tls"] == json::object());
    CHECK(json(secure).get<fragment>() == secure);
}

TEST_CASE("record: the accepted manifest is text in memory and a document in the store") {
    record r;
    CHECK(json(r)["accepted"]["document"].is_null());
    r.accepted.document = R"({"kind":"BlueGreen"})";
    CHECK(json(r)["accepted"]["document"]["kind"] == "BlueGreen");
}

TEST_CASE("record: a row of an older version reads with defaults") {
    const auto r = json::object().get<record>();
    CHECK(r == record{});
}

TEST_CASE("release: the revision decides if both are known, else the spec digest") {
    const release resolved{color::green, "s", "v1:a"};
    const release unresolved{color::green, "s", ""};
    const release rebuilt{color::green, "s", "v1:b"};
    CHECK(same(resolved, unresolved));
    CHECK_FALSE(same(resolved, rebuilt));
    CHECK_FALSE(same(resolved, release{color::blue, "s", "v1:a"}));
}

TEST_CASE("durations and times are printed for people") {
    CHECK(to_string(milliseconds{250}) == "250ms");
    CHECK(to_string(milliseconds{90000}) == "1m30s");
    CHECK(to_string(milliseconds{1500}) == "1.5s");
    CHECK(rfc3339(milliseconds{1700000000000}) == "2023-11-14T22:13:20Z");
}
