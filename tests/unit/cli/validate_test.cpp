// `alcedo validate` over real files: every error of every file, and the exit code.
#include "tests/unit/cli/fake_world.hpp"
#include "tests/unit/cli/samples.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

const char* const good = R"(apiVersion: alcedo.dev/v1alpha1
kind: BlueGreen
metadata: {name: NAME}
spec:
  activeColor: blue
  services:
    web:
      image: web:1
      healthcheck: {test: ["CMD", "true"]}
)";

struct workbench : stage {
    workbench() {
        std::string name = "/tmp/alcedo-validate-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
    }
    ~workbench() { std::filesystem::remove_all(folder); }

    std::string write(const std::string& name, std::string text) {
        if (const auto at = text.find("NAME"); at != text.npos) text.replace(at, 4, name);
        std::ofstream(folder + "/" + name) << text;
        return folder + "/" + name;
    }
    std::string folder;
};

} // namespace

TEST_CASE("validate: a good file is OK") {
    workbench w;
    const auto path = w.write("music", good);
    CHECK(w.run({"validate", path}) == 0);
    CHECK(w.out.str() == "OK  " + path + ": music\n");
    CHECK(w.daemon.asked.empty());
}

TEST_CASE("validate: every error of every file, with its place, on standard error") {
    workbench w;
    const auto right = w.write("music", good);
    const auto wrong = w.write("film", std::string(good) + "  nonsense: 1\n  rubbish: 2\n");
    const auto worse = w.write("radio", std::string(good) + "  unheard: 1\n");
    CHECK(w.run({"validate", right, wrong, worse}) == 1);
    CHECK(w.out.str() == "OK  " + right + ": music\n");
    for (const auto& part : {wrong + ":10:", wrong + ":11:", worse + ":10:"}) {
        CAPTURE(part);
        CHECK(has(w.err.str(), part));
    }
}

TEST_CASE("validate: what is no manifest, empty, missing or a folder is 1") {
    workbench w;
    const auto compose = w.write("compose.yaml", "services: {web: {image: web}}\n");
    CHECK(w.run({"validate", compose}) == 1);
    CHECK(has(w.err.str(), compose + ": not a manifest"));
    const auto empty = w.write("empty", "");
    CHECK(w.run({"validate", empty}) == 1);
    CHECK(has(w.err.str(), empty + ":1:1: the file is empty"));
    CHECK(w.run({"validate", w.folder + "/nowhere"}) == 1);
    CHECK(has(w.err.str(), "/nowhere: "));
    CHECK(w.run({"validate", w.folder}) == 1);
    CHECK(has(w.err.str(), "is a folder"));
    CHECK(w.out.str().empty());
}

TEST_CASE("validate: a name in two files is refused, naming both") {
    workbench w;
    const auto first = w.write("music", good);
    const auto second = w.folder + "/copy";
    std::filesystem::copy(first, second);
    CHECK(w.run({"validate", first, second}) == 1);
    CHECK(
        has(w.err.str(), first + ":3:18: metadata.name: \"music\" is also the name in " + second));
    CHECK(
        has(w.err.str(), second + ":3:18: metadata.name: \"music\" is also the name in " + first));
    CHECK(has(w.err.str(), "DuplicateName"));
}

TEST_CASE("validate -o json") {
    workbench w;
    const auto right = w.write("music", good);
    const auto wrong = w.write("film", std::string(good) + "  nonsense: 1\n");
    CHECK(w.run({"validate", "-o", "json", right, wrong}) == 1);
    const auto told = json::parse(w.out.str());
    CHECK(told["valid"] == false);
    CHECK(told["files"][0]["valid"] == true);
    CHECK(told["files"][0]["name"] == "music");
    CHECK(told["files"][1]["errors"][0]["line"] == 10);
    w.out.str("");
    CHECK(w.run({"validate", "-o", "json", w.write("empty", "")}) == 1);
    CHECK(json::parse(w.out.str())["files"][0]["errors"][0]["line"] == 1);
    CHECK_FALSE(told["files"][1]["errors"][0]["remedy"].get<std::string>().empty());
}

TEST_CASE("validate: a file that is named twice is one file") {
    workbench w;
    const auto path = w.write("music", good);
    CHECK(w.run({"validate", path, w.folder + "/./music"}) == 0);
    CHECK(w.out.str() == "OK  " + path + ": music\n");
}

TEST_CASE("plan -f: what validate refuses is refused alike, before the daemon is asked") {
    workbench w;
    w.daemon.answers["/v1/plan"] = {json{{"plans", json::array()}}};
    const auto wrong = w.write("film", std::string(good) + "  nonsense: 1\n  rubbish: 2\n");
    const auto worse = w.write("radio", std::string(good) + "  unheard: 1\n");
    CHECK(w.run({"plan", "-f", wrong, "-f", worse}) == 1);
    for (const auto& part : {wrong + ":10:", wrong + ":11:", worse + ":10:"})
        CHECK(has(w.err.str(), part));
    const auto first = w.write("music", good);
    const auto copy = w.folder + "/copy";
    std::filesystem::copy(first, copy);
    CHECK(w.run({"plan", "-f", first, "-f", copy}) == 1);
    CHECK(has(w.err.str(), "DuplicateName"));
    const auto bytes = w.write("bytes", std::string(good) + "  # \xff\n");
    CHECK(w.run({"plan", "-f", bytes}) == 1);
    CHECK(has(w.err.str(), "not UTF-8 text"));
    CHECK(w.daemon.asked.empty());
}

TEST_CASE("plan -f: warnings are shown, and the whole text is asked about") {
    workbench w;
    w.daemon.answers["/v1/plan"] = {json{{"plans", json::array()}}};
    const std::string text = good;
    const auto bare = w.write("music", text.substr(0, text.find("      healthcheck")));
    CHECK(w.run({"plan", "-f", bare}) == 0);
    CHECK(has(w.err.str(), "warning: " + bare + ":8:"));
    CHECK(w.daemon.posted["files"][0]["name"] == bare);
    CHECK(w.daemon.posted["files"][0]["text"].get<std::string>().ends_with("image: web:1\n"));
}
