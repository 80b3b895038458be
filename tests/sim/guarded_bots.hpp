#pragma once
// A shop with a bot that must never run twice, over the shipped engine, each effect held against
// S25 and S28: a bot is made or started only where no other exists, and nothing stops the real one
// while a rehearsal is left.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace alcedo::sim {

/// `bot` is the bot's service, without its braces; green runs bot:2.
inline std::string with_bot(const std::string& active, const std::string& bot,
                            const std::string& extra = "") {
    auto text = web(active, "demo:1", "demo:2", extra);
    const std::string first = "    web: {image: \"demo:1\"}\n";
    text.replace(text.find(first), first.size(), first + "    bot: {" + bot + "}\n");
    const std::string green = "services: {web: {image: \"demo:2\"}}";
    return text.replace(text.find(green), green.size(),
                        "services: {web: {image: \"demo:2\"}, bot: {image: \"bot:2\"}}");
}

inline bool is_bot(const std::string& name) {
    return name.find("-bot-") != std::string::npos;
}

inline bool is_rehearsal(const std::string& name) {
    return is_bot(name) && name.ends_with("-0");
}

inline std::string color_in(const std::string& name) {
    return name.find("-blue-") != std::string::npos ? "blue" : "green";
}

struct guarded_bots {
    std::unique_ptr<world> w = std::make_unique<world>();
    std::function<std::string(const std::string& active)> manifest;
    std::string broken; ///< what was wrong, first
    int count = 0;      ///< effects since the first deploy
    int fails_from = 0; ///< from that effect on none lands, and nothing answers
    int rehearsals = 0; ///< creates of one
    std::function<void(const std::string&)> also = [](const std::string&) {};

    explicit guarded_bots(std::function<std::string(const std::string& active)> text)
        : manifest(std::move(text)) {
        w->docker.images = {{"demo:1", {}}, {"demo:2", {}}, {"bot:1", {}}, {"bot:2", {}}};
        w->docker.before_mutation = [this](const std::string& what) { return allow(what); };
        w->commit("shop.yaml", manifest("blue"));
        w->boot();
        w->run(milliseconds{60000});
        count = 0;
    }
    bool allow(const std::string& what) {
        ++count;
        if (fails_from > 0 && count >= fails_from) return false;
        also(what);
        const auto name = what.substr(what.rfind(' ') + 1);
        if (!is_bot(name)) return true;
        const bool brings = what.starts_with("create ") || what.starts_with("start ");
        if (what.starts_with("create ") && is_rehearsal(name)) ++rehearsals;
        for (const auto& [id, b] : w->docker.boxes()) {
            const auto& other = b.seen.name;
            if (!is_bot(other) || other == name || !broken.empty()) continue;
            const bool alike = is_rehearsal(name) == is_rehearsal(other);
            const bool beside = alike || color_in(name) == color_in(other);
            const bool early = what.starts_with("stop ") && !alike && is_rehearsal(other) &&
                               w->promised("shop")->now_in == phase::handover;
            if ((brings && beside) || early)
                broken = what + " while " + other + " is " + to_string(b.seen.state);
        }
        return true;
    }
    const docker::box* rehearsal() const {
        for (const auto& [id, b] : w->docker.boxes())
            if (is_rehearsal(b.seen.name)) return &b;
        return nullptr;
    }
    const docker::box* real() const {
        for (const auto& [id, b] : w->docker.boxes())
            if (is_bot(b.seen.name) && !is_rehearsal(b.seen.name)) return &b;
        return nullptr;
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
    void flip() { w->commit("shop.yaml", manifest("green")); }
    void check_is_on(const std::string& color) const {
        CHECK(broken == "");
        CHECK(rehearsal() == nullptr);
        CHECK(where(true) == color);
        CHECK(where(false) == color);
        CHECK(w->serving("shop") == color);
        CHECK_FALSE(w->events.heard("Violation"));
    }
};

/// A rollout for every effect there is in one, killed there: alone, or as the engine comes back
/// with what was stopped.
template <class Bots>
void killed_at_every_effect(int at_least) {
    int effects = 0;
    {
        Bots g;
        g.flip();
        g.w->run(milliseconds{90000});
        effects = g.count;
    }
    REQUIRE(effects >= at_least);
    for (int n = 1; n <= effects; ++n)
        for (const bool engine_too : {false, true}) {
            CAPTURE(n);
            CAPTURE(engine_too);
            Bots g;
            g.fails_from = n;
            g.flip();
            for (int i = 0; i < 400 && g.count < n; ++i)
                g.w->run(milliseconds{100});
            g.w->crash();
            if (engine_too) g.w->docker.bring_back_stopped();
            g.fails_from = 0;
            g.w->boot();
            g.w->run(milliseconds{150000});
            g.check_is_on("green");
            CHECK(g.w->phase("shop") == "Idle");
        }
}

} // namespace alcedo::sim
