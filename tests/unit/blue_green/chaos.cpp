#include "chaos.hpp"

#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace alcedo::testing {

namespace {

const std::vector<std::string> revisions{"r1", "r2", "r3", "bad", "never"};

bool is_named(const replica& r, const std::string& revision) {
    return r.revision == digest_of(revision);
}

shop_options options_of(unsigned seed) {
    shop_options o;
    o.bot = seed % 3 == 0;
    o.rehearse = seed % 6 == 0;
    return o;
}

bool is_bot(const replica& r) {
    return r.service == "bot";
}

} // namespace

chaos::chaos(unsigned seed)
    : w(empty_world(shop(color::blue, "r1", "r2", options_of(seed)))), dice_(seed) {
    if (seed % 4 != 0) w = blue_serves(options_of(seed));
    if (seed % 5 == 0) w.desired.spec.active.reset();
    faults_left_ = static_cast<int>(seed % 7);
    edits_left_ = 1 + static_cast<int>(seed % 5);
    written_ = applied_ = w.rec.traffic.content;
    written_number_ = w.rec.traffic.number;
}

bool chaos::chance(int percent) {
    return static_cast<int>(dice_() % 100) < percent;
}

int chaos::pick(int count) {
    return static_cast<int>(dice_() % static_cast<unsigned>(count));
}

void chaos::say(const std::string& what) {
    log += what + "\n";
}

void chaos::take_effect_of_stop(const std::string& id) {
    auto* r = w.find(id);
    if (!r || !r->runs()) return;
    if (r->state == life::running && r->ready == readiness::ready && is_listed(applied_, r->name) &&
        w.rec.now_in != phase::deleting)
        FAIL("S2: a stop hits " << r->name << ", which is ready and carries traffic\n" << log);
    r->state = life::exited;
}

namespace {

bool is_of_bot(world& w, const action& a) {
    if (const auto* c = std::get_if<create_container>(&a)) return c->service == "bot";
    const auto* s = std::get_if<start_container>(&a);
    const auto* r = s ? w.find(s->id) : nullptr;
    return r && is_bot(*r);
}

} // namespace

/// Never two at once, whatever is lost, late, or brought back by the engine; and a rehearsal never
/// beside the real one of its colour.
void chaos::check_bots() {
    int real = 0;
    std::array<int, 2> in_color{0, 0};
    for (const auto& r : w.seen.replicas) {
        if (!is_bot(r) || !r.runs()) continue;
        if (!r.is_rehearsal()) ++real;
        ++in_color[index_of(r.colored)];
    }
    if (real > 1) FAIL("S25: two bots run\n" << log);
    if (in_color[0] > 1 || in_color[1] > 1)
        FAIL("S28: a bot and its rehearsal run in one colour\n" << log);
}

void chaos::land_late() {
    const auto a = late_.back();
    late_.pop_back();
    say("a late one lands: " + to_string(a));
    w.perform(a);
    check_bots();
}

void chaos::perform(const action& a) {
    say("    " + to_string(a));
    if (const auto* p = std::get_if<publish_promise>(&a)) {
        written_ = w.rec.traffic.content;
        written_number_ = p->number;
        w.seen.traffic = traffic_state::pending;
        return;
    }
    if (const auto* s = std::get_if<stop_container>(&a)) {
        if (!calm_ && faults_left_ > 0 && chance(15)) {
            --faults_left_;
            late_stops_.push_back(s->id);
            say("    (no answer)");
            return;
        }
        take_effect_of_stop(s->id);
        std::erase(late_stops_, s->id); // A1: an answered call ends the lost ones before it
    }
    if (!calm_ && faults_left_ > 0 && is_of_bot(w, a) && chance(15)) {
        --faults_left_;
        late_.push_back(a);
        say("    (no answer)");
        return;
    }
    w.perform(a);
    check_bots();
    if (const auto* s = std::get_if<start_container>(&a))
        if (auto* r = w.find(s->id); r && is_named(*r, "never") && !calm_)
            r->ready = readiness::starting;
}

namespace {

bool names_middleware(const fragment& f) {
    return std::any_of(f.routes.begin(), f.routes.end(),
                       [](const fragment_route& r) { return !r.middlewares.empty(); });
}

} // namespace

void chaos::see_middlewares() {
    w.seen.withheld = {};
    const auto& wanted = w.desired.spec.traffic->routes[0].middlewares;
    if (middleware_is_there_ || wanted.empty() || names_middleware(w.rec.traffic.content)) return;
    w.seen.withheld.names = {w.desired.spec.traffic->routes[0].name};
    w.seen.withheld.reason = reason::MiddlewareMissing;
}

plan chaos::decide() {
    see_middlewares();
    auto p = make_plan(&w.desired, w.seen, w.rec, w.now);
    if (!middleware_is_there_ && !names_middleware(w.rec.traffic.content) &&
        names_middleware(p.next.traffic.content))
        FAIL("promises a middleware that is not there\n" << log);
    say("pass: " + p.rule + " in " + to_string(w.rec.now_in));
    for (const auto& v : check_plan(&w.desired, w.seen, w.rec, p, w.now))
        FAIL("breaks " << to_string(v) << "\n" << log);
    return p;
}

void chaos::pass(const plan& p) {
    if (!calm_ && chance(4)) {
        say("    (crash before the commit)");
        return;
    }
    w.commit(p.next);
    for (const auto& a : p.actions) {
        if (!calm_ && chance(6)) {
            say("    (crash before " + to_string(a) + ")");
            break;
        }
        perform(a);
    }
}

void chaos::live() {
    if (w.seen.traffic == traffic_state::pending && (calm_ || chance(60))) {
        applied_ = written_;
        w.applied = written_number_;
        if (written_number_ == w.rec.traffic.number) w.seen.traffic = traffic_state::confirmed;
    }
    for (auto& r : w.seen.replicas) {
        if (r.state != life::running || w.rec.retiring.contains(r.id)) continue;
        if (calm_)
            r.ready = readiness::ready;
        else if (is_named(r, "bad") && is_listed(applied_, r.name) && chance(20))
            r.ready = readiness::sick;
        else if (!is_named(r, "never") && r.ready == readiness::starting && chance(50))
            r.ready = readiness::ready;
    }
}

void chaos::fault() {
    const auto some = w.seen.replicas.size();
    auto* r = some > 0 ? &w.seen.replicas[static_cast<std::size_t>(pick(static_cast<int>(some)))]
                       : nullptr;
    const int what = pick(9);
    say("fault " + std::to_string(what) + (r ? " " + r->name : ""));
    if (what == 0) w.seen.docker_known = !w.seen.docker_known;
    if (what == 1 && w.seen.traffic == traffic_state::confirmed)
        w.seen.traffic = traffic_state::unknown;
    if (what == 2 && w.seen.traffic == traffic_state::pending) w.seen.traffic = traffic_state::late;
    if (what == 3 && r && r->state == life::running) r->ready = readiness::starting;
    if (what == 4 && r && r->state == life::running) r->ready = readiness::sick;
    if (what == 5 && r && r->runs()) {
        r->state = life::exited;
        r->exit_code = 1;
        ++r->exits;
    }
    if (what == 8) // the engine restarts, and what was stopped is back
        for (auto& one : w.seen.replicas)
            if (is_bot(one) && one.state == life::exited) one.state = life::running;
    check_bots();
    if (what == 7) middleware_is_there_ = !middleware_is_there_;
    if (what == 6 && r && !r->runs())
        w.seen.replicas.erase(w.seen.replicas.begin() + (r - w.seen.replicas.data()));
}

void chaos::edit_something() {
    const auto any = [&] { return revisions[static_cast<std::size_t>(pick(5))]; };
    const auto keep = [&](color c) {
        auto name = w.desired.of(c).spec_digest.substr(3);
        for (const auto& r : revisions)
            if (digest_of(r) == "v1:" + name) return r;
        return revisions[0];
    };
    const int what = pick(10);
    say("edit " + std::to_string(what));
    auto to = w.desired.spec.active.value_or(color::blue);
    const bool is_auto = !w.desired.spec.active;
    if (what <= 1) edit(w, other(to), keep(color::blue), keep(color::green));
    if (what == 2) edit(w, other(to), any(), any());
    if (what == 3) edit(w, to, any(), keep(color::green));
    if (what == 4) edit(w, to, keep(color::blue), any());
    if (what == 5)
        edit(w, [&](app_spec& s) {
            for (auto& c : s.colors)
                c.services[0].replicas = 1 + pick(2);
        });
    if (what == 6) edit(w, [&](app_spec& s) { s.paused = !s.paused; });
    if (what == 8)
        edit(w, [&](app_spec& s) {
            auto& names = s.traffic->routes[0].middlewares;
            names.empty() ? names.push_back("auth@file") : names.clear();
        });
    if (what == 7) {
        w.rec.wished.abort = w.rec.attempt;
        if (chance(50)) w.rec.wished.rollback = w.rec.serving;
        if (w.rec.held) w.rec.wished.retry = w.rec.held->what;
    }
    if (what == 9) {
        edit(w, [&](app_spec& s) { s.traffic->manual_approval = !s.traffic->manual_approval; });
        w.rec.wished.promoted = w.rec.attempt;
    }
    if (is_auto) w.desired.spec.active.reset();
}

void chaos::step() {
    live();
    const int what = pick(100);
    if (what < 62) {
        pass(decide());
    } else if (what < 80) {
        static constexpr int spans[] = {100, 1000, 5000, 30000, 130000, 700000};
        w.pass_time(milliseconds{spans[pick(6)]});
    } else if (what < 86 && faults_left_ > 0) {
        --faults_left_;
        fault();
    } else if (what < 90 && edits_left_ > 0) {
        --edits_left_;
        edit_something();
    } else if (what < 93 && !late_stops_.empty()) {
        say("a late stop lands");
        take_effect_of_stop(late_stops_.back());
        late_stops_.pop_back();
    } else if (what < 95 && !late_.empty()) {
        land_late();
    } else if (w.seen.traffic == traffic_state::unknown || w.seen.traffic == traffic_state::late) {
        w.seen.traffic = written_number_ == w.rec.traffic.number ? traffic_state::pending
                                                                 : traffic_state::unwritten;
    } else if (!w.seen.docker_known) {
        w.seen.docker_known = true;
    }
}

void chaos::calm_down() {
    calm_ = true;
    say("calm");
    w.seen.docker_known = true;
    w.desired.spec.paused = false;
    middleware_is_there_ = true;
    for (const auto& id : late_stops_)
        take_effect_of_stop(id);
    late_stops_.clear();
    while (!late_.empty())
        land_late();
    if (w.seen.traffic == traffic_state::unknown || w.seen.traffic == traffic_state::late)
        w.seen.traffic = written_number_ == w.rec.traffic.number ? traffic_state::pending
                                                                 : traffic_state::unwritten;
    for (int i = 0; i < 300; ++i) {
        live();
        const auto p = decide();
        const bool idle = !changes(w, p);
        if (idle && !p.wake) return;
        if (idle && *p.wake > std::chrono::hours{2}) return;
        pass(p);
        if (p.wake && *p.wake > milliseconds{0}) w.pass_time(*p.wake);
    }
    FAIL("does not come to rest, in " << to_string(w.rec.now_in) << "\n" << log);
}

} // namespace alcedo::testing
