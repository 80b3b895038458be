#pragma once
// Manifests for the tests: a small valid one, and ways to change one thing in it.

#include "reconcilers/manifest/manifest.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace alcedo::testing {

/// Valid; `web` on lines 6 to 8, and lines of `spec` may follow it.
inline const std::string base = "apiVersion: alcedo.dev/v1alpha1\n"
                                "kind: BlueGreen\n"
                                "metadata: {name: app}\n"
                                "spec:\n"
                                "  services:\n"
                                "    web:\n"
                                "      image: web:1\n"
                                "      healthcheck: {test: \"true\"}\n";

/// `base` with keys of the service `web` (indented by six) and of `spec` (indented by two).
inline std::string app(const std::string& of_spec, const std::string& of_web = "",
                       const std::string& active = "blue") {
    return base + of_web + "  activeColor: " + active + "\n" + of_spec;
}
inline std::string web(const std::string& keys, const std::string& of_spec = "") {
    return app(of_spec, "      " + keys + "\n");
}
/// A rule of the only route.
inline std::string routed(const std::string& rest) {
    return "  traffic:\n    routes:\n      - {name: r, service: web, port: 80, " + rest + "}\n";
}

inline manifest::parsed parsed_of(const std::string& text) {
    return manifest::parse("app.yaml", text);
}
inline std::vector<std::string> printed(const std::vector<manifest::diagnostic>& list) {
    std::vector<std::string> out;
    for (const auto& d : list)
        out.push_back(to_string(d));
    return out;
}
/// Every error, one a line.
inline std::string errors(const std::string& text) {
    std::string out;
    for (const auto& line : printed(parsed_of(text).errors))
        out += line + "\n";
    return out;
}
inline std::string warnings(const std::string& text) {
    std::string out;
    for (const auto& line : printed(parsed_of(text).warnings))
        out += line + "\n";
    return out;
}
inline app_spec spec_of(const std::string& text) {
    const auto p = parsed_of(text);
    INFO(errors(text));
    REQUIRE(p.spec);
    return *p.spec;
}
/// The service `web` of blue, normalised.
inline json compose_of(const std::string& text) {
    return spec_of(text).of(color::blue).find("web")->compose;
}
inline bool says(const std::string& text, const std::string& what) {
    return errors(text).find(what) != std::string::npos;
}

inline std::string file_text(const std::string& path) {
    std::ifstream in(std::string(ALCEDO_SOURCE_DIR) + "/" + path);
    REQUIRE(in);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

} // namespace alcedo::testing
