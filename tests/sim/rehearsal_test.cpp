// A bot that is rehearsed with other settings before it takes over: never two real ones, never a
// rehearsal beside the real one of its colour, and none left once the attempt is over.

#include "tests/sim/guarded_bots.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

std::string with_bot(const std::string& active) {
    return sim::with_bot(active, "image: \"bot:1\", environment: {TOKEN: real}, x-alcedo: "
                                 "{exclusive: true, handoverTimeout: 20s, rehearse: {environment: "
                                 "{TOKEN: test, GUILD: staging}}}");
}

struct guarded : sim::guarded_bots {
    guarded() : guarded_bots(with_bot) {}

    bool run_until_rehearsed() {
        for (int i = 0; i < 400; ++i) {
            if (const auto* b = rehearsal(); b && b->seen.state == life::running) return true;
            w->run(50ms);
        }
        return false;
    }
};

bool has(const std::vector<std::string>& env, const std::string& line) {
    return std::find(env.begin(), env.end(), line) != env.end();
}

} // namespace

TEST_CASE("sim: a bot is rehearsed with its settings laid over, beside the real one") {
    guarded g;
    CHECK(g.rehearsals == 0); // nobody to hand over from
    g.flip();
    REQUIRE(g.run_until_rehearsed());
    const auto* one = g.rehearsal();
    CHECK(has(one->env, "TOKEN=test"));
    CHECK(has(one->env, "GUILD=staging"));
    CHECK(has(one->env, "ALCEDO_COLOR=green"));
    CHECK(one->image == "bot:2");
    CHECK(one->seen.labels.at("alcedo.dev/rehearsal").size() == 16);
    CHECK(one->seen.labels.at("alcedo.dev/ordinal") == "0");
    CHECK(one->seen.labels.at("com.docker.compose.oneoff") == "True");
    CHECK(has(g.real()->env, "TOKEN=real"));
    CHECK_FALSE(g.real()->seen.labels.contains("alcedo.dev/rehearsal"));
    CHECK(g.real()->seen.labels.at("alcedo.dev/color") == "blue");
    CHECK(g.w->status("shop")["replicas"]["green"]["desired"] == 1);
    g.w->run(90s);
    g.check_is_on("green");
    CHECK(g.rehearsals == 1);
    CHECK(has(g.real()->env, "TOKEN=real"));
    CHECK(g.w->phase("shop") == "Idle");
    CHECK(g.w->events.heard("Rehearsed"));
    const auto receipt = g.w->store.all_receipts["shop"].back().content;
    CHECK(receipt["outcome"] == "Succeeded");
    CHECK(receipt["rehearsal"]["passed"] == json{"bot"});
    REQUIRE(receipt["rehearsal"]["logs"].size() == 1);
    CHECK(receipt["rehearsal"]["logs"].begin().key().ends_with("-0"));
    CHECK(receipt["handover"]["logs"].size() == 1);
}

TEST_CASE("sim: a check of ours with stage preSwitch is asked of the rehearsal, and decides") {
    for (const bool passes : {true, false}) {
        CAPTURE(passes);
        guarded g;
        auto text = with_bot("green");
        const std::string health = "interval: 1s}";
        text.replace(text.find(health), health.size(),
                     "interval: 1s, checks: [{name: speaks, tcp: {service: bot, port: 80}, "
                     "stages: [preSwitch]}]}");
        const auto id = g.real()->seen.id;
        g.w->docker.after_list = [&] {
            if (const auto* one = g.rehearsal(); one && !passes)
                g.w->probes[one->seen.name] = outcome::fail;
        };
        g.w->commit("shop.yaml", text);
        REQUIRE(g.run_until_rehearsed());
        const auto name = g.rehearsal()->seen.name;
        bool asked = false;
        for (int i = 0; i < 60 && !asked; ++i) {
            g.w->run(50ms);
            const auto all = g.w->status("shop")["checks"];
            for (const auto& check : all)
                asked = asked || (check["name"] == "speaks" && check["container"] == name);
        }
        CHECK(asked);
        g.w->run(100s);
        g.check_is_on(passes ? "green" : "blue");
        if (passes) continue;
        CHECK(g.w->phase("shop") == "Held");
        CHECK(g.w->status("shop")["hold"]["kind"] == "Rejected");
        CHECK(g.real()->seen.id == id);
    }
}

TEST_CASE("sim: a rehearsal that fails is Rejected, and the serving bot noticed nothing") {
    for (const auto* way : {"never healthy", "cannot start", "exits"}) {
        CAPTURE(way);
        guarded g;
        auto& how = g.w->docker.images["bot:2"];
        if (way[0] == 'n') how.healthy_after = 1h;
        if (way[0] == 'c') how.start_fails = true;
        if (way[0] == 'e') how.exits_after = 3s, how.healthy_after = 1h;
        const auto id = g.real()->seen.id;
        g.flip();
        g.w->run(60s);
        CHECK(g.w->phase("shop") == "Held");
        CHECK(g.w->status("shop")["hold"]["kind"] == "Rejected");
        g.check_is_on("blue");
        CHECK(g.real()->seen.id == id);
        CHECK(g.w->status("shop")["hold"]["evidence"].dump().find("-0\"") != std::string::npos);
    }
}

TEST_CASE("sim: the file of a rehearsal is missing: Rejected, until it is there") {
    guarded g;
    auto text = with_bot("green");
    const std::string over = "environment: {TOKEN: test, GUILD: staging}}";
    text.replace(text.find(over), over.size(), "env_file: [.env.staging]}");
    g.w->commit("shop.yaml", text);
    g.w->run(20s);
    CHECK(g.w->status("shop")["hold"]["reason"] == "EnvFileMissing");
    CHECK(g.w->status("shop")["hold"]["message"].dump().find(".env.staging") != std::string::npos);
    g.check_is_on("blue");
    g.w->commit(".env.staging", "TOKEN=test\n");
    REQUIRE(g.run_until_rehearsed());
    CHECK(has(g.rehearsal()->env, "TOKEN=test"));
    g.w->run(90s);
    g.check_is_on("green");
    CHECK(has(g.real()->env, "TOKEN=real"));
}

TEST_CASE("sim: aborted or deleted in the middle, the rehearsal is removed") {
    guarded g;
    const auto id = g.real()->seen.id;
    g.w->docker.images["bot:2"].healthy_after = 10s;
    g.flip();
    REQUIRE(g.run_until_rehearsed());
    g.w->say("shop", "abort");
    g.w->run(10s);
    CHECK(g.w->status("shop")["hold"]["kind"] == "Aborted");
    g.check_is_on("blue");
    CHECK(g.real()->seen.id == id);
    g.w->say("shop", "retry");
    REQUIRE(g.run_until_rehearsed());
    CHECK(g.rehearsals == 2);
    g.w->run(120s);
    g.check_is_on("green");
}

TEST_CASE("sim: killed at every effect of a rollout with a rehearsal, it ends the same") {
    sim::killed_at_every_effect<guarded>(12);
}

TEST_CASE("sim: killed while it rehearses, and the commit is taken back meanwhile: it is removed") {
    guarded g;
    const auto id = g.real()->seen.id;
    g.w->docker.images["bot:2"].healthy_after = 20s;
    g.flip();
    REQUIRE(g.run_until_rehearsed());
    g.w->crash();
    g.w->commit("shop.yaml", with_bot("blue"));
    g.w->docker.restart_engine();
    g.w->boot();
    g.w->run(30s);
    g.check_is_on("blue");
    CHECK(g.real()->seen.id == id);
    CHECK(g.w->phase("shop") == "Idle");
}

TEST_CASE("sim: the state directory lost while it rehearses: the rehearsal never serves") {
    guarded g;
    g.w->docker.images["bot:2"].healthy_after = 20s;
    g.flip();
    REQUIRE(g.run_until_rehearsed());
    g.w->lose_state();
    g.w->commit("shop.yaml", with_bot("blue"));
    g.w->boot();
    g.w->run(200s);
    g.check_is_on("blue");
}
