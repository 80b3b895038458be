#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

const std::string two = "    side: {image: \"side:1\", healthcheck: {test: \"true\"}";

/// `base` with a second service `side` of these further keys.
std::string beside(const std::string& side, const std::string& of_web = "",
                   const std::string& of_spec = "") {
    return app(of_spec, of_web + two + side + "}\n");
}

} // namespace

TEST_CASE("dependencies: conditions") {
    const auto of = [](const std::string& text) {
        return spec_of(text).of(color::blue).find("web")->depends_on;
    };
    CHECK(of(beside("", "      depends_on: [side]\n")) ==
          std::vector<dependency>{{"side", dependency::condition::started}});
    CHECK(of(beside("", "      depends_on: {side: {condition: service_healthy}}\n")) ==
          std::vector<dependency>{{"side", dependency::condition::healthy}});
    CHECK(of(beside(", restart: \"no\"",
                    "      depends_on: {side: {condition: service_completed_successfully}}\n")) ==
          std::vector<dependency>{{"side", dependency::condition::completed}});
}

TEST_CASE("dependencies: faults") {
    CHECK(errors(web("depends_on: [nobody]")) ==
          "app.yaml:9:20: spec.services.web.depends_on[0]: there is no service \"nobody\": name "
          "one of spec.services\n");
    // Said where it is written, also when the colour has the key too.
    const std::string green = "  colors: {green: {services: {web: {depends_on: [side]}}}}\n";
    CHECK(errors(beside("", "      depends_on: [nobody]\n", green)) ==
          "app.yaml:9:20: spec.services.web.depends_on[0]: there is no service \"nobody\": name "
          "one of spec.services\n");
    CHECK(says(app("  colors: {green: {services: {web: {depends_on: {nobody: {condition: "
                   "service_started}}}}}}\n",
                   "      depends_on: [web2]\n"),
               "app.yaml:11:58: spec.colors.green.services.web.depends_on.nobody: there is no"));
    CHECK(says(beside("", "      depends_on: {side: {condition: healthy}}\n"),
               "no such condition: write service_started"));
    CHECK(says(beside("", "      depends_on: {side: {}}\n"), "no such condition"));
    CHECK(says(beside("", "      depends_on: {side: {condition: service_started, required: "
                          "false}}\n"),
               "required: not supported yet"));
    CHECK(says(beside("", "      depends_on: {side: {condition: service_started, restart: "
                          "true}}\n"),
               "restart: not supported yet"));
    CHECK(
        says(beside("", "      depends_on: {side: {condition: service_completed_successfully}}\n"),
             "\"side\" is restarted whenever it ends, so it never completes: write restart: "
             "\"no\" for it"));
    auto disabled = beside("", "      depends_on: {side: {condition: service_healthy}}\n");
    const std::string test = "side:1\", healthcheck: {test: \"true\"}";
    disabled.replace(disabled.find(test), test.size(), "side:1\", healthcheck: {disable: true}");
    CHECK(says(disabled, "\"side\" has no health check and cannot become healthy"));
}

TEST_CASE("dependencies: cycles, in the colour that has them") {
    CHECK(says(web("depends_on: [web]"), "services wait for each other: web → web"));
    CHECK(says(beside(", depends_on: [web]", "      depends_on: [side]\n"),
               "services wait for each other: side → web → side"));
    CHECK(errors(beside(", depends_on: [web]", "",
                        "  colors: {green: {services: {web: {depends_on: [side]}}}}\n")) ==
          "app.yaml:9:70: spec.services.side.depends_on: services wait for each other: side → web "
          "→ side: remove one of them\n");
    CHECK(parsed_of(beside(", depends_on: [web]")).spec);
}

TEST_CASE("references: networks") {
    CHECK(errors(web("networks: [back]")) ==
          "app.yaml:9:18: spec.services.web.networks[0]: there is no network \"back\": write "
          "spec.networks: {back: {}}, or {external: true} for one that exists\n");
    CHECK(says(web("networks: [default, back]",
                   "  colors: {green: {services: {web: {networks: [default]}}}}\n"),
               "app.yaml:9:27: spec.services.web.networks[1]: there is no network \"back\""));
    const auto uses = spec_of(web("networks: {default: , back: {aliases: [w, w, x]}}",
                                  "  networks: {back: {internal: true}}\n"))
                          .of(color::green)
                          .find("web")
                          ->networks;
    CHECK(uses == std::vector<network_use>{{"back", {"w", "x"}}, {"default", {}}});
    CHECK(spec_of(app("")).of(color::blue).find("web")->networks.empty());
}

TEST_CASE("references: app and service name together are at most 40 characters") {
    const std::string name(36, 's');
    const auto with = [&](const std::string& service) {
        return app("", "    " + service + ": {image: x, healthcheck: {test: y}}\n");
    };
    CHECK(parsed_of(with(name + "s")).spec);
    CHECK(errors(with(name + "ss")) ==
          "app.yaml:9:5: spec.services." + name +
              "ss: app and service name are 41 characters together, and a container's name is a "
              "DNS label: shorten one, to at most 40 together\n");
    CHECK(says(with(name + "sss"), "is not a service name here"));
    for (const auto* bad : {"Web", "we_b", "web-", "\"\"", "w.b"})
        CHECK(says(with(bad), "is not a service name here"));
    CHECK(says("apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\nmetadata: {name: app}\n"
               "spec: {activeColor: blue, services: {}}\n",
               "spec.services: no service: write at least one"));
}

TEST_CASE("health sources: who says that a service is well") {
    const auto with = [](const std::string& check, const std::string& of_spec) {
        return "apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\nmetadata: {name: app}\nspec:\n"
               "  activeColor: blue\n  services:\n    web: {image: \"web:1\"" +
               check + "}\n" + of_spec;
    };
    const std::string own = "  health: {checks: [{name: c, tcp: {service: web, port: 1}}]}\n";
    CHECK(warnings(with("", "")) ==
          "app.yaml:7:10: spec.services.web: no health check here: its image must bring one: write "
          "a healthcheck, or a check in spec.health.checks\n");
    CHECK(warnings(with("", own)) == "");
    CHECK(warnings(with("", "  accept: [NoHealthCheck]\n")) ==
          "app.yaml:7:10: spec.services.web: without a health check it counts as ready once it has "
          "run for 10s: write a healthcheck, or a check in spec.health.checks\n");
    CHECK(errors(with(", healthcheck: {disable: true}", "")) ==
          "app.yaml:7:10: spec.services.web: no health check of any kind: write a check in "
          "spec.health.checks, or accept: [NoHealthCheck]\n");
    CHECK(says(with(", healthcheck: {test: [NONE]}", ""), "no health check of any kind"));
    CHECK(parsed_of(with(", healthcheck: {disable: true}", own)).spec);
    using source = service_spec::health_source;
    const auto of = [&](const std::string& check) {
        return spec_of(with(check, own)).of(color::blue).find("web")->health;
    };
    CHECK(of("") == source::image);
    CHECK(of(", healthcheck: {interval: 5s}") == source::image);
    CHECK(of(", healthcheck: {test: x}") == source::declared);
    CHECK(of(", healthcheck: {disable: true}") == source::disabled);
}

TEST_CASE("auto: colours differ only where ${ALCEDO_COLOR} makes them differ") {
    CHECK(parsed_of(app("", "      env_file: \".env.${ALCEDO_COLOR}\"\n", "auto")).spec);
    CHECK(parsed_of(app("  colors: {blue: {services: {web: {user: a}}}, green: {services: {web: "
                        "{user: a}}}}\n",
                        "", "auto"))
              .spec);
    CHECK(errors(app("  colors: {green: {services: {web: {image: \"web:2\"}}}}\n", "", "auto")) ==
          "app.yaml:10:11: spec.colors: under auto both colours must be the same, and service "
          "\"web\" differs: write it under spec.services, with ${ALCEDO_COLOR} where it must "
          "differ\n");
    CHECK(says(app("  colors: {blue: {services: {web: {deploy: {replicas: 2}}}}}\n", "", "auto"),
               "service \"web\" differs"));
    CHECK(says(app("  colors:\n    green: {services: {x: {image: x, healthcheck: {test: y}}}}\n",
                   "", "auto"),
               "service \"x\" differs"));
    CHECK(says(app("  colors: {green: {volumes: {v: {}}}}\n", "", "auto"),
               "networks or volumes differ"));
    CHECK(parsed_of(app("  colors: {green: {services: {web: {image: \"web:2\"}}}}\n")).spec);
    // A colour written out by hand is a difference.
    CHECK(says(app("  colors: {blue: {services: {web: {env_file: .env.blue}}}, green: {services: "
                   "{web: {env_file: .env.green}}}}\n",
                   "", "auto"),
               "differs"));
}
