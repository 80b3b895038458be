#include "reconcilers/model/service_keys.hpp"
#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;

TEST_CASE("services: members are read out of the normal form") {
    const auto s = *spec_of(web("pull_policy: if_not_present\n      deploy: {replicas: 3}\n"
                                "      stop_grace_period: 1500ms\n      env_file: a.env\n"
                                "      x-alcedo: {warm: true}"))
                        .of(color::blue)
                        .find("web");
    CHECK(s.name == "web");
    CHECK(s.image == "web:1");
    CHECK(s.pull_policy == "missing");
    CHECK(s.replicas == 3);
    CHECK(s.stop_grace == milliseconds(1500));
    CHECK(s.env_files == std::vector<env_file>{{"a.env", true}});
    CHECK(s.warm);
    CHECK(s.compose["stop_grace_period"] == 1'500'000'000);
    const auto plain = *spec_of(app("")).of(color::blue).find("web");
    CHECK(plain.pull_policy == "missing");
    CHECK(plain.replicas == 1);
    CHECK(plain.stop_grace == seconds(10));
    CHECK_FALSE(plain.warm);
}

TEST_CASE("services: unknown and unsupported keys") {
    CHECK(errors(web("enviroment: {}")) ==
          "app.yaml:9:7: spec.services.web.enviroment: unknown key: did you mean "
          "\"environment\"?\n");
    CHECK(says(web("x-team: bots"), "spec.services.web.x-team: unknown key: remove it"));
    CHECK(says(web("x-alcdeo: {}"), "did you mean \"x-alcedo\"?"));
    CHECK(says(web("container_name: x"), "not supported yet: remove it; names are computed"));
    CHECK(says(web("build: ."), "not supported yet: build and push the image elsewhere"));
    CHECK(says(web("scale: 2"), "not supported yet: write deploy: {replicas: 2}"));
    CHECK(errors(web("healthcheck2: {}")).find("did you mean \"healthcheck\"?") !=
          std::string::npos);
    CHECK(errors(app("", "      logging: {drivr: x}\n")) ==
          "app.yaml:9:17: spec.services.web.logging.drivr: unknown key: did you mean "
          "\"driver\"?\n");
    CHECK(says(web("deploy: {placement: {}}"), "spec.services.web.deploy.placement: not supported "
                                               "yet"));
    CHECK(says(web("deploy: {resources: {limits: {memory: 1}}}"),
               "spec.services.web.deploy.resources.limits.memory: 1 is not a size of at least 6M"));
}

TEST_CASE("services: what is written is a map with an image") {
    CHECK(says(app("", "    x: y\n"), "spec.services.x: a service must be a map"));
    CHECK(errors(app("", "    x: {healthcheck: {test: y}}\n")) ==
          "app.yaml:9:8: spec.services.x: \"image\" is missing: write image: name:tag\n");
    // The image may come from the colours.
    CHECK(parsed_of(app("  colors: {blue: {services: {x: {image: a}}}, green: {services: {x: "
                        "{image: b}}}}\n",
                        "    x: {healthcheck: {test: y}}\n"))
              .spec);
    CHECK(says(web("image2: x"), "unknown key"));
    CHECK(says(app("", "    x: {image: \"a b\"}\n"), "\"a b\" is not an image"));
    CHECK(says(app("", "    x: {image: 3}\n"), "3 is not an image"));
    // An empty key says nothing, as in Compose.
    CHECK_FALSE(compose_of(web("environment:")).contains("environment"));
}

TEST_CASE("services: env ALCEDO_* belongs to alcedo") {
    CHECK(says(web("environment: {ALCEDO_COLOR: red}"),
               "ALCEDO_COLOR is set by alcedo in every container: remove it"));
    CHECK(says(web("environment: [ALCEDO_APP=x]"), "ALCEDO_APP is set by alcedo"));
}

TEST_CASE("labels: the proxy's and our own are refused, with what to write instead") {
    CHECK(errors(web("labels:\n        - traefik.enable=true\n"
                     "        - traefik.http.routers.shop.rule=Host(`a.example`)\n"
                     "        - traefik.http.routers.shop.entrypoints=websecure\n"
                     "        - traefik.http.services.shop.loadbalancer.server.port=8000")) ==
          "app.yaml:10:11: spec.services.web.labels[0]: traefik.* labels would send traffic past "
          "the weights: write spec.traffic: {routes: [{name: shop, service: web, port: 8000, rule: "
          "\"Host(`a.example`)\", entryPoints: [websecure]}]}\n");
    CHECK(says(web("labels: {traefik.enable: \"true\"}"),
               "remove it; what the proxy serves is written under spec.traffic.routes"));
    CHECK(says(web("labels: {Traefik.http.routers.r.priority: \"5\"}"), "priority: 5"));
    CHECK(says(web("labels: {traefik.http.routers.a.service: y, "
                   "traefik.http.services.x.loadbalancer.server.port: 1, "
                   "traefik.http.services.y.loadbalancer.server.port: 2}"),
               "port: 2"));
    CHECK(errors(web("labels: {alcedo.dev/name: x}")) ==
          "app.yaml:9:16: spec.services.web.labels.alcedo.dev/name: labels alcedo.dev/* belong to "
          "alcedo: remove it\n");
    CHECK(says(web("labels: {com.docker.compose.project: x}"), "labels com.docker.compose.*"));
    CHECK(parsed_of(web("labels: {com.example.traefik: x, traefiker: y}")).spec);
}

TEST_CASE("labels: TLS and middlewares are printed as the route would say them") {
    const auto labels = [](const std::vector<std::string>& list) {
        std::string text = "labels:\n";
        for (const auto& one : list)
            text += "        - '" + one + "'\n";
        text.pop_back();
        return web(text);
    };
    const std::string rule = "traefik.http.routers.s.rule=Host(`a`)";
    const auto all =
        labels({rule, "traefik.http.routers.s.entrypoints=web, websecure",
                "traefik.http.routers.s.priority=7", "traefik.http.routers.s.tls.certresolver=le",
                "traefik.http.routers.s.tls.options=modern",
                "traefik.http.routers.s.tls.domains[0].main=*.a.example",
                "traefik.http.routers.s.tls.domains[0].sans=a.example,b.example",
                "traefik.http.routers.s.middlewares=auth@file,other,strip",
                "traefik.http.middlewares.strip.stripprefix.prefixes=/api",
                "traefik.http.services.s.loadbalancer.server.port=8000"});
    CHECK(says(all, "write spec.traffic: {routes: [{name: s, service: web, port: 8000, rule: "
                    "\"Host(`a`)\", entryPoints: [web, websecure], priority: 7, tls: "
                    "{certResolver: le, options: modern@file, domains: [{main: \"*.a.example\", "
                    "sans: [\"a.example\", \"b.example\"]}]}, middlewares: [auth@file, "
                    "other@docker, strip@file]}]}, and define strip@file in a file of Traefik's "
                    "own"));
    CHECK(
        says(labels({rule, "traefik.http.routers.s.tls=true"}), "rule: \"Host(`a`)\", tls: {}}]}"));
    CHECK(says(labels({rule, "traefik.http.routers.s.tls=false"}), "rule: \"Host(`a`)\"}]}"));
    CHECK(says(labels({"traefik.http.routers.s.rule=HostRegexp(`a\\.b`)"}),
               "rule: \"HostRegexp(`a\\\\.b`)\"}]}"));
    // What is printed can be written.
    const auto written =
        spec_of(app("  traffic: {routes: [{name: s, service: web, port: 8000, rule: \"Host(`a`)\", "
                    "entryPoints: [web, websecure], priority: 7, tls: {certResolver: le, options: "
                    "modern@file, domains: [{main: \"*.a.example\", sans: [\"a.example\"]}]}, "
                    "middlewares: [auth@file, other@docker]}]}\n"));
    CHECK(written.traffic->routes[0].tls->domains[0].main == "*.a.example");
}

TEST_CASE("labels: checked as they will be, and on networks and volumes") {
    CHECK(errors(web("labels: [\"${X:-traefik.enable}=true\"]")) ==
          "app.yaml:9:16: spec.services.web.labels[0]: traefik.* labels would send traffic past "
          "the weights: remove it; what the proxy serves is written under spec.traffic.routes\n");
    CHECK(
        says(web("labels: [\"${X:-alcedo.dev}/name=x\"]"), "labels alcedo.dev/* belong to alcedo"));
    CHECK(says(web("labels: [\"com.docker.compose.${X:-config-hash}=x\"]"),
               "labels com.docker.compose.* belong to alcedo"));
    CHECK(errors(app("  networks: {n: {labels: {alcedo.dev/x: y}}}\n")) ==
          "app.yaml:10:27: spec.networks.n.labels.alcedo.dev/x: labels alcedo.dev/* belong to "
          "alcedo: remove it\n");
    CHECK(says(app("  volumes: {vv: {labels: [\"${X:-alcedo.dev}/instance=y\"]}}\n"),
               "spec.volumes.vv.labels[0]: labels alcedo.dev/* belong to alcedo"));
    CHECK(
        says(app("  colors: {green: {networks: {n: {labels: [com.docker.compose.network=y]}}}}\n"),
             "spec.colors.green.networks.n.labels[0]: labels com.docker.compose.*"));
    CHECK(parsed_of(app("  volumes: {vv: {labels: {traefik.x: y}}}\n")).spec);
}

TEST_CASE("networks and volumes of the top level: options are text") {
    CHECK(errors(app("  volumes: {vv: {driver_opts: {device: [/srv/a], o: {a: b}, type: }}}\n")) ==
          "app.yaml:10:40: spec.volumes.vv.driver_opts.device: a list is not text: put it in "
          "quotes\n"
          "app.yaml:10:53: spec.volumes.vv.driver_opts.o: a map is not text: put it in quotes\n"
          "app.yaml:10:61: spec.volumes.vv.driver_opts.type: nothing is not text: give it a value "
          "or remove the key\n");
    CHECK(says(app("  networks: {n: {driver_opts: {a: [1]}}}\n"),
               "spec.networks.n.driver_opts.a: a list is not text"));
    CHECK(says(app("  volumes: {vv: {labels: [\"\"]}}\n"),
               "spec.volumes.vv.labels[0]: nothing here: remove it"));
}

TEST_CASE("networks and volumes of the top level") {
    const auto spec = spec_of(
        app("  networks:\n    back: {driver: overlay, internal: true, driver_opts: {mtu: 1450}}\n"
            "    out: {external: true, name: shared}\n    plain:\n"
            "  volumes:\n    v1: {driver: local, labels: [a=b]}\n    v2: {external: true}\n"));
    CHECK(spec.of(color::blue).networks ==
          json{{"back",
                {{"driver", "overlay"}, {"internal", true}, {"driver_opts", {{"mtu", "1450"}}}}},
               {"out", {{"external", true}, {"name", "shared"}}},
               {"plain", json::object()}});
    CHECK(spec.of(color::green).volumes ==
          json{{"v1", {{"driver", "local"}, {"labels", {{"a", "b"}}}}},
               {"v2", {{"external", true}}}});
    CHECK(says(app("  networks: {n: {name: x}}\n"), "spec.networks.n.name: a network of a colour "
                                                    "has a computed name"));
    CHECK(says(app("  networks: {n: {ipam: {}}}\n"), "not supported yet"));
    CHECK(says(app("  networks: {n: {extrnal: true}}\n"), "did you mean \"external\"?"));
    CHECK(says(app("  volumes: {v1: {external: true, driver: x}}\n"), "keep external and name"));
    CHECK(says(app("  volumes: {\"a b\": {}}\n"), "\"a b\" is not a name"));
    CHECK(says(app("  volumes: [x]\n"), "a list is not a map"));
}

TEST_CASE("every key of the Compose Specification is known: supported, or not yet") {
    // compose-spec.json of 2026-07, definition `service`.
    for (const auto* key : {"annotations",
                            "attach",
                            "blkio_config",
                            "build",
                            "cap_add",
                            "cap_drop",
                            "cgroup",
                            "cgroup_parent",
                            "command",
                            "configs",
                            "container_name",
                            "cpu_count",
                            "cpu_percent",
                            "cpu_period",
                            "cpu_quota",
                            "cpu_rt_period",
                            "cpu_rt_runtime",
                            "cpu_shares",
                            "cpus",
                            "cpuset",
                            "credential_spec",
                            "depends_on",
                            "deploy",
                            "develop",
                            "device_cgroup_rules",
                            "devices",
                            "dns",
                            "dns_opt",
                            "dns_search",
                            "domainname",
                            "entrypoint",
                            "env_file",
                            "environment",
                            "expose",
                            "extends",
                            "external_links",
                            "extra_hosts",
                            "gpus",
                            "group_add",
                            "healthcheck",
                            "hostname",
                            "image",
                            "init",
                            "ipc",
                            "isolation",
                            "label_file",
                            "labels",
                            "links",
                            "logging",
                            "mac_address",
                            "mem_limit",
                            "mem_reservation",
                            "mem_swappiness",
                            "memswap_limit",
                            "models",
                            "network_mode",
                            "networks",
                            "oom_kill_disable",
                            "oom_score_adj",
                            "pid",
                            "pids_limit",
                            "platform",
                            "ports",
                            "post_start",
                            "pre_start",
                            "pre_stop",
                            "privileged",
                            "profiles",
                            "provider",
                            "pull_policy",
                            "pull_refresh_after",
                            "read_only",
                            "restart",
                            "runtime",
                            "scale",
                            "secrets",
                            "security_opt",
                            "shm_size",
                            "stdin_open",
                            "stop_grace_period",
                            "stop_signal",
                            "storage_opt",
                            "sysctls",
                            "tmpfs",
                            "tty",
                            "ulimits",
                            "use_api_socket",
                            "user",
                            "userns_mode",
                            "uts",
                            "volumes",
                            "volumes_from",
                            "working_dir"}) {
        INFO(key);
        CHECK((find_service_key(key) != nullptr) != !unsupported_service_key(key).empty());
    }
}
