#include "reconcilers/manifest/manifest.hpp"

#include <doctest/doctest.h>
#include <iostream>

using namespace alcedo;

TEST_CASE("parse: a small manifest") {
    const auto p = manifest::parse("web.yaml", R"yaml(apiVersion: alcedo.dev/v1alpha1
kind: BlueGreen
metadata: {name: web}
spec:
  activeColor: blue
  services:
    web:
      image: nginx:1
      env_file: [".env.${ALCEDO_COLOR}"]
      healthcheck: {test: ["CMD", "true"], interval: 5s}
  colors:
    green:
      services: {web: {image: "nginx:2"}}
  traffic:
    routes:
      - {name: web, service: web, port: 80, rule: "Host(`a.example`)"}
)yaml");
    for (const auto& e : p.errors)
        std::cout << manifest::to_string(e) << "\n";
    for (const auto& e : p.warnings)
        std::cout << manifest::to_string(e) << "\n";
    REQUIRE(p.spec);
    CHECK(p.spec->of(color::green).find("web")->image == "nginx:2");
    CHECK(p.spec->of(color::green).find("web")->env_files[0].path == ".env.green");
}
