// A bot that must never run twice, over the shipped engine: handed over, taken back, and killed,
// lost or brought back at every step of the way.

#include "tests/sim/guarded_bots.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using sim::is_bot;
using namespace std::chrono_literals;

namespace {

std::string with_bot(const std::string& active) {
    return sim::with_bot(active, "image: \"bot:1\", stop_grace_period: 20s, "
                                 "x-alcedo: {exclusive: true, handoverTimeout: 20s}");
}

struct guarded : sim::guarded_bots {
    guarded() : guarded_bots(with_bot) {}
};

} // namespace

TEST_CASE("sim: an exclusive bot is handed over, and the receipt has the gap and its last words") {
    guarded g;
    g.check_is_on("blue");
    g.flip();
    g.w->run(5s);
    CHECK(g.where(false) == "blue");
    g.w->run(85s);
    g.check_is_on("green");
    CHECK(g.w->phase("shop") == "Idle");
    const auto receipt = g.w->store.all_receipts["shop"].back().content;
    CHECK(receipt["outcome"] == "Succeeded");
    CHECK(receipt["handover"]["gapMs"].get<int>() > 400);
    CHECK(receipt["handover"]["gapMs"].get<int>() < 3000);
    REQUIRE(receipt["handover"]["logs"].size() == 1);
    CHECK(receipt["handover"]["logs"].begin().key().starts_with("shop-blue-bot-"));
    CHECK(g.w->docker.creates == 4);
}

TEST_CASE("sim: a new bot that never gets ready takes everything back") {
    guarded g;
    g.w->docker.images["bot:2"].healthy_after = 1h;
    g.flip();
    g.w->run(120s);
    CHECK(g.w->phase("shop") == "Held");
    CHECK(g.w->status("shop")["hold"]["reason"] == "HandoverFailed");
    CHECK(g.w->status("shop")["hold"]["evidence"]["logs"].dump().find("shop-green-bot") !=
          std::string::npos);
    g.check_is_on("blue");
}

TEST_CASE("sim: a new bot that the engine cannot start takes everything back at once") {
    guarded g;
    g.w->docker.images["bot:2"].start_fails = true;
    g.flip();
    g.w->run(40s);
    CHECK(g.w->phase("shop") == "Held");
    g.check_is_on("blue");
}

TEST_CASE("sim: drift in the window takes the bot back, too") {
    guarded g;
    g.w->docker.images["demo:2"].sick_after = 25s;
    g.flip();
    g.w->run(90s);
    CHECK(g.w->phase("shop") == "Held");
    g.check_is_on("blue");
}

TEST_CASE("sim: a bot that is killed or removed at rest is brought back, once") {
    guarded g;
    g.w->docker.remove_by_hand("shop-blue-bot");
    g.w->run(20s);
    g.check_is_on("blue");
    for (const auto& [id, b] : g.w->docker.boxes())
        if (is_bot(b.seen.name)) {
            const auto name = b.seen.name;
            g.w->docker.kill_container(name, 137);
            break;
        }
    g.w->run(20s);
    g.check_is_on("blue");
}

TEST_CASE("sim: killed at every effect of a rollout with a handover, the bot never runs twice") {
    sim::killed_at_every_effect<guarded>(8);
}

TEST_CASE("sim: killed at any moment of the handover and of a revert") {
    for (const bool fails : {false, true})
        for (int at = 0; at < 16; ++at) {
            CAPTURE(fails);
            CAPTURE(at);
            guarded g;
            if (fails) g.w->docker.images["demo:2"].sick_after = 18s;
            g.flip();
            const auto from = fails ? phase::reverting : phase::handover;
            for (int i = 0; i < 3000 && g.w->promised("shop")->now_in != from; ++i)
                g.w->run(20ms);
            REQUIRE(g.w->promised("shop")->now_in == from);
            g.w->run(60ms * at);
            g.w->crash();
            g.w->boot();
            g.w->run(150s);
            g.check_is_on(fails ? "blue" : "green");
        }
}

TEST_CASE("sim: an engine that brings back what was stopped, in the middle of it") {
    for (const auto* moment : {"stop shop-blue-bot", "remove shop-blue-bot",
                               "create shop-green-bot", "start shop-green-bot"}) {
        CAPTURE(moment);
        guarded g;
        bool done = false;
        g.also = [&](const std::string& what) {
            if (done || !what.starts_with(moment)) return;
            done = true;
            g.w->docker.bring_back_stopped();
        };
        g.flip();
        g.w->run(120s);
        CHECK(done);
        g.check_is_on("green");
    }
}

TEST_CASE("sim: what appears between a pass's look and its deed is seen by the deed's own look") {
    for (const auto* after : {"", "green"}) { // right before its create, or its start
        CAPTURE(after);
        guarded g;
        sim::docker::box old;
        bool appeared = false;
        for (const auto& [id, b] : g.w->docker.boxes())
            if (is_bot(b.seen.name)) old = b;
        old.seen.state = life::exited;
        g.w->docker.after_list = [&] {
            if (appeared || g.where(false) != after) return;
            appeared = true;
            g.w->docker.appear(old);
        };
        g.flip();
        g.w->run(120s);
        CHECK(appeared);
        g.check_is_on("green");
    }
}

TEST_CASE("sim: a stop or removal without an answer is repeated, and nothing starts meanwhile") {
    for (const auto* call : {"stop shop-blue-bot", "remove shop-blue-bot", "create shop-green-bot",
                             "start shop-green-bot"}) {
        CAPTURE(call);
        guarded g;
        int lost = 0;
        g.w->docker.before_mutation = [&](const std::string& what) {
            if (what.starts_with(call) && ++lost <= 2) return false;
            return g.allow(what);
        };
        g.flip();
        g.w->run(150s);
        CHECK(lost >= 3);
        g.check_is_on("green");
    }
}
