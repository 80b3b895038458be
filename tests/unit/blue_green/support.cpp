#include "support.hpp"

#include <doctest/doctest.h>

namespace alcedo::testing {

const std::string blue_r1 = "shop-blue-web-r1000000-1";
const std::string green_r2 = "shop-green-web-r2000000-1";
const std::string blue_bot = "shop-blue-bot-r1000000-1";
const std::string green_bot = "shop-green-bot-r2000000-1";
const std::string green_rehearsal = "shop-green-bot-r2000000-0";

namespace {

constexpr int passes_at_most = 400;

service_spec service(const std::string& name, int replicas) {
    service_spec s;
    s.name = name;
    s.image = name + ":1";
    s.replicas = replicas;
    return s;
}

void stamp(desired_state& d, const std::string& blue, const std::string& green) {
    d.digests[0] = {digest_of(blue), digest_of("open" + blue)};
    d.digests[1] = {digest_of(green), digest_of("open" + green)};
}

/// Anything a manifest can say: good enough to tell two generations apart.
std::string manifest_digest(const desired_state& d, int edits) {
    return d.digests[0].spec_digest + d.digests[1].spec_digest +
           (d.spec.active ? to_string(*d.spec.active) : "auto") + std::to_string(edits);
}

void require_sound(const world& w, const plan& p) {
    for (const auto& v : check_plan(&w.desired, w.seen, w.rec, p, w.now))
        FAIL("rule " << p.rule << " breaks " << to_string(v));
}

} // namespace

std::string digest_of(const std::string& revision) {
    std::string hex = revision;
    hex.resize(64, '0');
    return "v1:" + hex;
}

desired_state shop(color active, const std::string& blue, const std::string& green,
                   shop_options options) {
    desired_state d;
    d.spec.name = "shop";
    d.spec.active = active;
    for (auto& c : d.spec.colors) {
        c.services.push_back(service("web", options.replicas));
        if (options.worker) c.services.push_back(service("worker", 1));
        if (options.bot) c.services.push_back(service("bot", 1));
        if (options.bot) c.services.back().exclusive = true;
        if (options.rehearse)
            c.services.back().rehearsal =
                rehearsal_spec{{}, {{"GUILD", "staging"}}, rehearsal_digest};
    }
    if (options.routes) {
        d.spec.traffic = traffic_spec{};
        route_spec r;
        r.name = "main";
        r.service = "web";
        r.port = 8080;
        r.rule = "Host(`shop.example.com`)";
        r.priority = 1000;
        d.spec.traffic->routes.push_back(r);
    }
    stamp(d, blue, green);
    d.manifest_digest = manifest_digest(d, 0);
    d.source.commit = "0123456789abcdef";
    d.source.subject = "Ship it";
    return d;
}

void edit(world& w, color active, const std::string& blue, const std::string& green) {
    w.desired.spec.active = active;
    stamp(w.desired, blue, green);
    w.desired.manifest_digest = manifest_digest(w.desired, 0);
}

void edit(world& w, const std::function<void(app_spec&)>& change) {
    static int edits = 0;
    change(w.desired.spec);
    w.desired.manifest_digest = manifest_digest(w.desired, ++edits);
}

world empty_world(desired_state d) {
    world w;
    w.desired = std::move(d);
    w.seen.docker_known = true;
    w.seen.open = {open_connections::none, open_connections::none};
    w.now = {seconds{1000}, "boot", std::chrono::hours{24 * 365 * 50}};
    return w;
}

world blue_serves(shop_options options) {
    auto w = empty_world(shop(color::blue, "r1", "r2", options));
    run_until(w, [](const world& x) { return x.rec.stable.has_value(); });
    REQUIRE(w.rec.now_in == phase::idle);
    return w;
}

world flipped(shop_options options) {
    auto w = blue_serves(options);
    edit(w, color::green, "r1", "r2");
    return w;
}

plan look(const world& w) {
    auto p = make_plan(&w.desired, w.seen, w.rec, w.now);
    require_sound(w, p);
    return p;
}

bool changes(const world& w, const plan& p) {
    return p.next != w.rec || !p.actions.empty();
}

plan pass(world& w) {
    auto p = look(w);
    w.apply(p);
    return p;
}

std::string run_until(world& w, const std::function<bool(const world&)>& done) {
    std::string rules, last;
    for (int i = 0; i < passes_at_most; ++i) {
        if (done(w)) return rules;
        const auto p = look(w);
        const bool did = changes(w, p);
        if (did && last != p.rule) rules += (rules.empty() ? "" : " ") + p.rule;
        if (did) last = p.rule;
        w.apply(p);
        if (!did && !p.wake) break;
        if (!did || p.wake > milliseconds{0}) w.pass_time(p.wake.value_or(milliseconds{1}));
    }
    if (!done(w)) FAIL("never got there, in " << to_string(w.rec.now_in) << ": " << rules);
    return rules;
}

void crash_after_any_action(world w, const std::function<bool(const world&)>& done,
                            const std::function<void(world&)>& check) {
    for (int i = 0; i < 100 && !done(w); ++i) {
        const auto p = look(w);
        for (std::size_t performed = 0; performed <= p.actions.size(); ++performed) {
            auto crashed = w;
            crashed.commit(p.next);
            for (std::size_t k = 0; k < performed; ++k)
                crashed.perform(p.actions[k]);
            for (auto& r : crashed.seen.replicas)
                r.stop_answered = false; // who answered is known to the process only
            run_until(crashed, done);
            check(crashed);
        }
        w.apply(p);
        if (p.wake) w.pass_time(*p.wake);
    }
    CHECK(done(w));
}

std::string run_to_rest(world& w) {
    return run_until(w, [](const world& x) {
        const auto p = make_plan(&x.desired, x.seen, x.rec, x.now);
        return !changes(x, p) && (!p.wake || *p.wake > std::chrono::hours{12});
    });
}

void walk_to(world& w, phase there) {
    run_until(w, [&](const world& x) { return x.rec.now_in == there; });
}

void walk_to_rule(world& w, const std::string& rule) {
    run_until(w, [&](const world& x) {
        return make_plan(&x.desired, x.seen, x.rec, x.now).rule == rule;
    });
}

void set_ready(world& w, const std::string& container, readiness is) {
    auto* r = w.find(container);
    REQUIRE(r != nullptr);
    r->ready = is;
}

void set_ready(world& w, color c, readiness is) {
    for (auto& r : w.seen.replicas)
        if (r.colored == c) r.ready = is;
}

void fall(world& w, const std::string& container, int code) {
    auto* r = w.find(container);
    REQUIRE(r != nullptr);
    r->state = life::exited;
    r->exit_code = code;
    ++r->exits;
    ++r->recent_exits;
}

std::string actions_of(const plan& p) {
    std::string all;
    for (const auto& a : p.actions)
        all += (all.empty() ? "" : ", ") + to_string(a);
    return all;
}

std::string condition_of(const world& w, const std::string& type) {
    for (const auto& c : w.rec.conditions)
        if (c.type == type) return c.status + " " + c.reason;
    return "";
}

} // namespace alcedo::testing
