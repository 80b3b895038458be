// What a service that runs in one colour at a time may not have.

#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

/// A routed web and an exclusive bot; `more` is written into the bot.
std::string with_bot(const std::string& more = "", const std::string& rest = "",
                     const std::string& web = "") {
    return "apiVersion: alcedo.dev/v1alpha1\n"
           "kind: BlueGreen\n"
           "metadata: {name: shop}\n"
           "spec:\n"
           "  activeColor: blue\n"
           "  accept: [NoHealthCheck]\n"
           "  services:\n"
           "    web: {image: \"web:1\"" +
           web +
           "}\n"
           "    bot: {image: \"bot:1\", x-alcedo: {exclusive: true, handoverTimeout: 5s}" +
           more + "}\n" + rest;
}

const std::string sober = "    green: {services: {bot: {x-alcedo: {exclusive: false}}}}\n";

} // namespace

TEST_CASE("exclusive: read, and in both colours") {
    const auto p = manifest::parse("app.yaml", with_bot());
    REQUIRE(p.spec);
    for (const auto c : both_colors) {
        CHECK(p.spec->of(c).find("bot")->exclusive);
        CHECK(p.spec->of(c).find("bot")->handover_timeout == seconds{5});
        CHECK_FALSE(p.spec->of(c).find("web")->exclusive);
    }
}

TEST_CASE("exclusive: one replica, no route, not warm, the same in both colours") {
    CHECK(says(with_bot(", deploy: {replicas: 2}"), "it has one replica"));
    CHECK(says(with_bot("", "  colors: {green: {services: {bot: {x-alcedo: {warm: true}}}}}\n"),
               "it cannot stay up with the standby"));
    CHECK(says(with_bot("", "  traffic: {routes: [{name: b, service: bot, port: 80, rule: "
                            "\"Host(`b.test`)\"}]}\n"),
               "a route switches between two colours"));
    CHECK(says(with_bot("", "  colors:\n" + sober), "is exclusive in blue only"));
}

TEST_CASE("exclusive: nothing else waits for it; it may wait for others") {
    CHECK(says(with_bot("", "", ", depends_on: [bot]"), "it starts after everything else"));
    CHECK(errors(with_bot(", depends_on: [web]")).find("exclusive") == std::string::npos);
    CHECK(says(with_bot("", "",
                        ", x-alcedo: {exclusive: true}, depends_on: {bot: {condition: "
                        "service_completed_successfully}}"),
               "it runs, and never completes"));
}

TEST_CASE("exclusive: handoverTimeout without it says so") {
    CHECK(says(with_bot("", "", ", x-alcedo: {handoverTimeout: 5s}"),
               "handoverTimeout of a service that is not exclusive"));
}
