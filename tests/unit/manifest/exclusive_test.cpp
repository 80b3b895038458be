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

TEST_CASE("exclusive: a rehearsal is read, for each colour") {
    auto text = with_bot();
    const std::string timeout = "handoverTimeout: 5s";
    text.replace(text.find(timeout), timeout.size(),
                 "rehearse: {env_file: [\".env.${ALCEDO_COLOR}\"], environment: {GUILD: 7}}");
    const auto p = manifest::parse("app.yaml", text);
    CHECK(errors(text) == "");
    REQUIRE(p.spec);
    const auto& blue = *p.spec->of(color::blue).find("bot")->rehearsal;
    const auto& green = *p.spec->of(color::green).find("bot")->rehearsal;
    CHECK(blue.env_files == std::vector<env_file>{{".env.blue", true}});
    CHECK(blue.environment == json{{"GUILD", "7"}});
    CHECK(blue.digest.size() == 16);
    CHECK(blue.digest != green.digest);
    CHECK_FALSE(p.spec->of(color::blue).find("web")->rehearsal.has_value());
    // Read, and no part of the revision.
    const auto& spec = p.spec->of(color::blue);
    CHECK(manifest::env_files_of(spec).empty());
    CHECK(manifest::files_to_read(spec) == std::vector<env_file>{{".env.blue", true}});
    const auto plain = manifest::parse("app.yaml", with_bot());
    CHECK(manifest::digest(spec, {{".env.blue", "A=1"}}, "k") ==
          manifest::digest(plain.spec->of(color::blue), {}, "k"));
    CHECK(manifest::spec_digest(*p.spec) != manifest::spec_digest(*plain.spec));
}

TEST_CASE(
    "exclusive: a rehearsal of what is not exclusive, or with the real settings, is refused") {
    CHECK(errors(with_bot("", "", ", x-alcedo: {rehearse: {environment: {A: b}}}")) ==
          "app.yaml:8:48: spec.services.web.x-alcedo.rehearse: rehearse of a service that is not "
          "exclusive: both colours run it anyway: remove it, or write exclusive: true\n");
    auto text = with_bot();
    const std::string timeout = "handoverTimeout: 5s";
    text.replace(text.find(timeout), timeout.size(), "rehearse: {}");
    CHECK(says(text, "it lays nothing over: \"bot\" would run twice with the same settings"));
    text.replace(text.find("{}"), 2, "{image: \"bot:2\"}");
    CHECK(says(text, "x-alcedo.rehearse.image: unknown key"));
}

TEST_CASE("exclusive: handoverTimeout without it says so") {
    CHECK(says(with_bot("", "", ", x-alcedo: {handoverTimeout: 5s}"),
               "handoverTimeout of a service that is not exclusive"));
}
