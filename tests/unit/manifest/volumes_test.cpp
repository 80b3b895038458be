#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;

namespace {

std::string mounts(const std::string& list, const std::string& of_spec = "") {
    return web("volumes: [" + list + "]", of_spec);
}

} // namespace

TEST_CASE("volumes: a writable source that both colours have is refused") {
    CHECK(errors(mounts("data:/data")) ==
          "app.yaml:9:17: spec.services.web.volumes[0]: SharedVolume: both colours would write to "
          "\"data\": write data-${ALCEDO_COLOR}:/data, mount it :ro, or accept: [SharedVolume]\n");
    CHECK(errors(mounts("/srv/x:/data")) ==
          "app.yaml:9:17: spec.services.web.volumes[0]: SharedVolume: both colours would write to "
          "\"/srv/x\": write /srv/x/${ALCEDO_COLOR}:/data, mount it :ro, or accept: "
          "[SharedVolume]\n");
    CHECK(parsed_of(mounts("data:/data", "  accept: [SharedVolume]\n")).spec);
    CHECK(parsed_of(mounts("\"data:/data:ro\", \"/etc/x:/x:ro\"")).spec);
    CHECK(parsed_of(mounts("\"data-${ALCEDO_COLOR}:/data\"")).spec);
    CHECK(parsed_of(mounts("\"/srv/${ALCEDO_COLOR}:/data\"")).spec);
    CHECK(says(mounts("\"/srv/x/:/data\"", ""), "\"/srv/x\""));
    CHECK(says(mounts("\"/srv/./a/../x:/data\"", ""), "\"/srv/x\""));
}

TEST_CASE("volumes: sharing is told by the engine's name, and across services") {
    const std::string named = "  volumes: {data: {name: \"d-${ALCEDO_COLOR}\"}}\n";
    CHECK(parsed_of(mounts("data:/data", named)).spec);
    CHECK(says(mounts("data:/data", "  volumes: {data: {name: d}}\n"), "SharedVolume"));
    CHECK(says(mounts("\"data-${ALCEDO_COLOR}:/data\"",
                      "  volumes: {data-blue: {name: d}, data-green: {name: d}}\n"),
               "SharedVolume"));
    // Blue writes what green only reads.
    CHECK(says(mounts("\"data:/data:ro\"",
                      "  colors: {blue: {services: {web: {volumes: [\"data:/data\"]}}}}\n"),
               "SharedVolume"));
    CHECK(says(app("  colors:\n    blue: {services: {web: {volumes: [\"xx:/x\"]}}}\n"
                   "    green: {services: {b: {image: b, healthcheck: {test: c}, volumes: "
                   "[\"xx:/y\"]}}}\n"),
               "app.yaml:11:39: spec.colors.blue.services.web.volumes[0]: SharedVolume"));
    // One colour alone may share with itself.
    CHECK(parsed_of(app("  colors: {blue: {services: {web: {volumes: [\"xx:/x\"]}}}}\n")).spec);
}

TEST_CASE("volumes: databases and several writers behind the proxy are stateful") {
    const auto image = [](const std::string& name, const std::string& of_spec = "") {
        return app(of_spec, "    db: {image: \"" + name + "\", healthcheck: {test: y}}\n");
    };
    CHECK(errors(image("postgres:16")) ==
          "app.yaml:9:17: spec.services.db.image: Stateful: \"postgres\" holds data, and each "
          "colour would have its own: run it outside of this app, or accept: [Stateful]\n");
    for (const auto* name : {"ghcr.io:5000/acme/mysql", "bitnami/mongodb@sha256:aa",
                             "timescale/timescaledb:2-pg16", "redis"})
        CHECK(says(image(name), "Stateful"));
    for (const auto* name : {"acme/postgres-exporter:1", "mysqlish", "acme/redis-ui"})
        CHECK(parsed_of(image(name)).spec);
    CHECK(parsed_of(image("postgres:16", "  accept: [Stateful]\n")).spec);
    // An empty key of the colour is not the place where the image is written.
    CHECK(says(image("postgres:16", "  colors: {green: {services: {db: {image: }}}}\n"),
               "app.yaml:9:17: spec.services.db.image: Stateful"));
    CHECK_FALSE(says(image("postgres:16", "  colors: {green: {services: {db: {image: }}}}\n"),
                     "spec.colors.green.services.db.image"));

    const auto replicas = [](const std::string& volume, int count, const std::string& of_spec) {
        return app(of_spec, "      volumes: [\"" + volume +
                                "\"]\n      deploy: {replicas: " + std::to_string(count) + "}\n");
    };
    const auto route = routed("rule: Host(`a`)");
    const std::string own = "d-${ALCEDO_COLOR}:/d";
    CHECK(says(replicas(own, 2, route),
               "Stateful: 2 replicas behind the proxy would write to one volume: write replicas: "
               "1, mount it :ro, or accept: [Stateful]"));
    CHECK(parsed_of(replicas(own, 1, route)).spec);
    CHECK(parsed_of(replicas(own, 2, "")).spec);
    CHECK(parsed_of(replicas(own + ":ro", 2, route)).spec);
    CHECK(parsed_of(replicas(own, 2, route + "  accept: [Stateful]\n")).spec);
}

TEST_CASE("volumes: said of the one that is meant, wherever it is written") {
    const std::string green = "  colors: {green: {services: {web: {volumes: [\"d-green:/y\"]}}}}\n";
    CHECK(errors(mounts("\"/etc/a:/a:ro\", \"data:/x/\"", green)) ==
          "app.yaml:9:33: spec.services.web.volumes[1]: SharedVolume: both colours would write to "
          "\"data\": write data-${ALCEDO_COLOR}:/x, mount it :ro, or accept: [SharedVolume]\n");
    CHECK(says(mounts("{type: volume, source: data, target: /x/}", green),
               "app.yaml:9:17: spec.services.web.volumes[0]: SharedVolume"));
    // The colour's own mount at that place is the one that counts.
    CHECK(says(
        mounts("\"data:/x\"", "  colors: {green: {services: {web: {volumes: [\"data:/x/\"]}}}}\n"),
        "app.yaml:11:47: spec.colors.green.services.web.volumes[0]: SharedVolume"));
    CHECK(says(app(routed("rule: Host(`a`)") +
                       "  colors: {green: {services: {web: {volumes: [\"/etc/a:/y:ro\"]}}}}\n",
                   "      deploy: {replicas: 2}\n      volumes: [\"d-${ALCEDO_COLOR}:/d\"]\n"),
               "app.yaml:10:17: spec.services.web.volumes[0]: Stateful: 2 replicas"));
}

TEST_CASE("volumes: a tmpfs and a volume at one place are told after merging") {
    CHECK(errors(web("volumes: [\"dd:/x:ro\"]\n      tmpfs: /x/")) ==
          "app.yaml:10:14: spec.services.web.tmpfs: a tmpfs and a volume at \"/x\": remove one of "
          "them\n");
    CHECK(errors(web("volumes: [\"dd:/x:ro\"]",
                     "  colors: {green: {services: {web: {tmpfs: [/y, \"/./x:size=1m\"]}}}}\n")) ==
          "app.yaml:11:49: spec.colors.green.services.web.tmpfs[1]: a tmpfs and a volume at "
          "\"/x\": remove one of them\n");
    CHECK(parsed_of(web("volumes: [\"dd:/x:ro\"]\n      tmpfs: /x/y")).spec);
    // Two spellings of one place are one tmpfs, and the colour's options win.
    const auto spec = spec_of(
        web("tmpfs: [/run/]", "  colors: {green: {services: {web: {tmpfs: \"/run:size=1m\"}}}}\n"));
    CHECK(spec.of(color::green).find("web")->compose["tmpfs"] == json{{"/run", "size=1m"}});
}

TEST_CASE("volumes: in the spec") {
    const auto spec = spec_of(mounts("\"d-${ALCEDO_COLOR}:/d/\", {type: bind, source: /e, target: "
                                     "/f, read_only: true}"));
    CHECK(spec.of(color::green).find("web")->volumes ==
          std::vector<volume_mount>{{volume_mount::kind::named, "d-green", "/d", false},
                                    {volume_mount::kind::bind, "/e", "/f", true}});
}
