#include "reconcilers/manifest/interpolate.hpp"
#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

manifest::interpolated filled(std::string_view text) {
    return manifest::interpolate(text, [](std::string_view name) -> std::optional<std::string> {
        if (name == "V") return "v";
        if (name == "EMPTY") return "";
        return std::nullopt;
    });
}
std::string good(std::string_view text) {
    const auto done = filled(text);
    CHECK(done.problem == "");
    return done.text;
}

} // namespace

TEST_CASE("interpolation: Compose's syntax") {
    CHECK(good("a$V.b${V}c") == "av.bvc");
    CHECK(good("$$V $${V} $$") == "$V ${V} $");
    CHECK(good("${V:-d}${V-d}${X:-d}${X-d}") == "vvdd");
    CHECK(good("${EMPTY:-d}${EMPTY-d}") == "d");
    CHECK(good("${V:?e}${V?e}${EMPTY?e}") == "vv");
    CHECK(good("${V:+r}${V+r}[${X:+r}${X+r}${EMPTY:+r}]${EMPTY+r}") == "rr[]r");
    CHECK(good("${X:-${Y:-${V}}}") == "v");
    CHECK(good("${X:-}") == "");
    // What is not used need not exist.
    CHECK(good("${V:-${X}}") == "v");
    CHECK(good("${V:-${X:?never}}") == "v");
}

TEST_CASE("interpolation: faults") {
    CHECK(filled("$X").problem == "variable \"X\" is not set; only ALCEDO_COLOR is");
    CHECK(filled("$X").remedy == "write ${X:-default}, or $$X for the text itself");
    CHECK(filled("${X:?give me}").problem == "variable \"X\" is required: give me");
    for (const auto* text : {"$", "a$", "$1", "${", "${V", "${V:", "${V:}", "${V!}", "${}", "$-",
                             "${V:-${V}", "${1}", "${V:=x}"})
        CHECK(filled(text).problem != "");
    std::string deep;
    for (int i = 0; i < 10'000; ++i)
        deep += "${X:-";
    CHECK(filled(deep).problem != "");
}

TEST_CASE("interpolation: values of services, networks and volumes, per colour; never keys") {
    const auto spec = spec_of(app(
        "  volumes: {data: {name: \"d-${ALCEDO_COLOR}\"}}\n",
        "      environment: {\"K-$X\": \"${ALCEDO_COLOR}\", DOLLAR: $$5}\n"
        "      volumes: [\"data:/data\"]\n      command: [\"a\", \"${ALCEDO_COLOR:-none}\"]\n"));
    const auto& green = spec.of(color::green);
    CHECK(green.find("web")->compose["environment"] == json{{"K-$X", "green"}, {"DOLLAR", "$5"}});
    CHECK(green.find("web")->compose["command"][1] == "green");
    CHECK(green.volumes["data"]["name"] == "d-green");
    CHECK(spec.of(color::blue).volumes["data"]["name"] == "d-blue");
}

TEST_CASE("interpolation: one error for both colours, and no second one about what came out") {
    CHECK(errors(web("user: \"${HOME}\"")) ==
          "app.yaml:9:13: spec.services.web.user: variable \"HOME\" is not set; only ALCEDO_COLOR "
          "is: write ${HOME:-default}, or $$HOME for the text itself\n");
    CHECK(errors("apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\nmetadata: {name: app}\nspec:\n"
                 "  activeColor: blue\n  services: {web: {image: \"web:${TAG}\"}}\n")
              .find("image\" is missing") == std::string::npos);
    CHECK(says(web("command: [a, \"x$\"]"), "spec.services.web.command[1]: a $ that starts no "
                                            "variable: write $$ for a dollar sign"));
}

TEST_CASE("interpolation: rules and names are not for variables") {
    CHECK(says(app(routed("rule: \"Host(`${ALCEDO_COLOR}.x`)\"")), "is not an ASCII host name"));
}
