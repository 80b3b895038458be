// A bot that must never run twice, over the shipped engine: handed over, taken back, and killed,
// lost or brought back at every step of the way.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

std::string with_bot(const std::string& active, const std::string& extra = "") {
    auto text = sim::web(active, "demo:1", "demo:2", extra);
    const std::string web = "    web: {image: \"demo:1\"}\n";
    text.replace(text.find(web), web.size(),
                 web + "    bot: {image: \"bot:1\", stop_grace_period: 20s, x-alcedo: {exclusive: "
                       "true, handoverTimeout: 20s}}\n");
    const std::string green = "services: {web: {image: \"demo:2\"}}";
    text.replace(text.find(green), green.size(),
                 "services: {web: {image: \"demo:2\"}, bot: {image: \"bot:2\"}}");
    return text;
}

bool is_bot(const std::string& name) {
    return name.find("-bot-") != std::string::npos;
}

std::string name_in(const std::string& mutation) {
    return mutation.substr(mutation.rfind(' ') + 1);
}

/// Holds every effect against S25: a bot is made or started only where no other exists.
struct guarded {
    std::unique_ptr<sim::world> w = std::make_unique<sim::world>();
    std::string broken; ///< what was wrong, first
    int count = 0;      ///< effects on containers since `watch_from`
    int fails_from = 0; ///< from that effect on none lands, and nothing answers
    std::function<void(const std::string&)> also = [](const std::string&) {};

    guarded() {
        w->docker.images = {{"demo:1", {}}, {"demo:2", {}}, {"bot:1", {}}, {"bot:2", {}}};
        w->docker.before_mutation = [this](const std::string& what) { return allow(what); };
        w->commit("shop.yaml", with_bot("blue"));
        w->boot();
        w->run(60s);
        count = 0;
    }
    bool allow(const std::string& what) {
        ++count;
        if (fails_from > 0 && count >= fails_from) return false;
        also(what);
        const bool brings = what.starts_with("create ") || what.starts_with("start ");
        if (!brings || !is_bot(name_in(what))) return true;
        for (const auto& [id, b] : w->docker.boxes())
            if (is_bot(b.seen.name) && b.seen.name != name_in(what) && broken.empty())
                broken = what + " while " + b.seen.name + " is " + to_string(b.seen.state);
        return true;
    }
    /// "blue", "green", "both", or "": where a bot runs; exists, whatever its state.
    std::string where(bool runs) const {
        std::string found;
        for (const auto& [id, b] : w->docker.boxes()) {
            if (!is_bot(b.seen.name) || (runs && b.seen.state != life::running)) continue;
            found = found.empty() ? b.seen.labels.at("alcedo.dev/color") : "both";
        }
        return found;
    }
    void flip() { w->commit("shop.yaml", with_bot("green")); }
    void check_is_on(const std::string& color) const {
        CHECK(broken == "");
        CHECK(where(true) == color);
        CHECK(where(false) == color);
        CHECK(w->serving("shop") == color);
        CHECK_FALSE(w->events.heard("Violation"));
    }
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
    int effects = 0;
    {
        guarded g;
        g.flip();
        g.w->run(90s);
        effects = g.count;
    }
    REQUIRE(effects >= 8);
    for (int n = 1; n <= effects; ++n)
        for (const bool engine_too : {false, true}) {
            CAPTURE(n);
            CAPTURE(engine_too);
            guarded g;
            g.fails_from = n;
            g.flip();
            for (int i = 0; i < 400 && g.count < n; ++i)
                g.w->run(100ms);
            g.w->crash();
            if (engine_too) g.w->docker.bring_back_stopped();
            g.fails_from = 0;
            g.w->boot();
            g.w->run(150s);
            g.check_is_on("green");
            CHECK(g.w->phase("shop") == "Idle");
        }
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
