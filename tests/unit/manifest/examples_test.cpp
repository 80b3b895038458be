#include "reconcilers/manifest/fields.hpp"
#include "reconcilers/model/reason.hpp"
#include "reconcilers/model/service_keys.hpp"
#include "support.hpp"

#include <algorithm>
#include <chrono>
#include <set>

using namespace alcedo;
using namespace alcedo::testing;

namespace {

app_spec example(const std::string& name) {
    const auto p = manifest::parse(name, file_text("manifests/" + name));
    for (const auto& found : p.errors)
        INFO(to_string(found));
    REQUIRE(p.errors.empty());
    REQUIRE(p.spec);
    return *p.spec;
}

std::set<std::string> keys(const json& object) {
    std::set<std::string> out;
    for (const auto& [key, value] : object.items())
        out.insert(key);
    return out;
}

/// Every path of the table of fields that a document writes.
void collect(const json& value, const std::string& path, std::set<std::string>& out) {
    const auto row = manifest::find_field(path);
    if (row != nullptr) out.insert(path);
    if (value.is_object())
        for (const auto& [key, inner] : value.items())
            collect(inner, path.empty() ? key : path + "." + key, out);
    if (value.is_array())
        for (const auto& inner : value)
            collect(inner, path + "[]", out);
}

} // namespace

TEST_CASE("examples: minimal, web, bots") {
    const auto minimal = example("minimal.yaml");
    CHECK(minimal.name == "hello");
    CHECK(minimal.of(color::green).find("web")->image == "ghcr.io/acme/hello:1.1.0");
    const auto web = example("web.yaml");
    CHECK_FALSE(web.active);
    CHECK(web.traffic->steps.size() == 2);
    CHECK(web.of(color::blue).find("api")->replicas == 2);
    const auto bots = example("bots.yaml");
    CHECK_FALSE(bots.traffic);
    CHECK(bots.of(color::green).find("bot")->env_files[0].path == ".env.green");
    CHECK(bots.of(color::green).find("bot")->depends_on[0].until == dependency::condition::healthy);
    CHECK(bots.of(color::blue).find("janitor")->warm);
    CHECK(bots.of(color::green).find("lavalink")->compose["deploy"]["resources"]["limits"] ==
          json{{"cpus", 1'500'000'000}, {"memory", 768LL << 20}});
}

TEST_CASE("examples: all-fields.yaml has every field and every key") {
    const auto spec = example("all-fields.yaml");
    std::set<std::string> written{"apiVersion", "kind", "metadata", "metadata.name",
                                  "metadata.labels"};
    const auto whole = json::parse(spec.manifest);
    collect(whole, "spec", written);
    for (const auto& row : manifest::fields()) {
        if (!row.later.empty() || row.path.starts_with("spec.colors.blue.")) continue;
        INFO(std::string(row.path));
        CHECK(written.contains(std::string(row.path)));
    }
    const auto& service = whole["services"]["web"];
    for (const auto& key : service_keys()) {
        INFO(std::string(key.name));
        CHECK(service.contains(std::string(key.name)));
    }
}

TEST_CASE("examples: every prefix of all-fields.yaml is answered, and quickly") {
    const auto text = file_text("manifests/all-fields.yaml");
    const auto start = std::chrono::steady_clock::now();
    // Whole lines are what can look like a file; in between, a sample.
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool line = i > 0 && text[i - 1] == '\n';
        if (!line && i % 97 != 0) continue;
        const auto p = manifest::parse("prefix", text.substr(0, i));
        CHECK(p.errors.empty() ==
              (p.spec.has_value() || p.is == manifest::parsed::kind::not_a_manifest));
        if (!line) CHECK(p.is == manifest::parsed::kind::broken);
    }
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
}

TEST_CASE("examples: any line of all-fields.yaml may be missing, doubled or cut short") {
    const auto text = file_text("manifests/all-fields.yaml");
    std::vector<std::string> lines;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line + "\n");
    for (std::size_t i = 0; i < lines.size(); i += 8) {
        std::string missing, doubled, shorter;
        for (std::size_t j = 0; j < lines.size(); ++j) {
            missing += j == i ? "" : lines[j];
            doubled += j == i ? lines[j] + lines[j] : lines[j];
            shorter += j == i ? lines[j].substr(0, lines[j].size() / 2) + "\n" : lines[j];
        }
        const auto& other = i % 2 == 0 ? missing : i % 4 == 1 ? doubled : shorter;
        const auto p = manifest::parse("changed", other);
        CHECK((p.spec.has_value() || !p.errors.empty() ||
               p.is == manifest::parsed::kind::not_a_manifest));
    }
}

namespace {

void pointers(const json& value, const json::json_pointer& here,
              std::vector<json::json_pointer>& out) {
    out.push_back(here);
    if (value.is_object())
        for (const auto& [key, inner] : value.items())
            pointers(inner, here / key, out);
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i)
            pointers(value[i], here / i, out);
}

} // namespace

TEST_CASE("examples: anything may stand anywhere") {
    const auto whole = json{{"apiVersion", "alcedo.dev/v1alpha1"},
                            {"kind", "BlueGreen"},
                            {"metadata", {{"name", "app"}}},
                            {"spec", json::parse(example("all-fields.yaml").manifest)}};
    const std::vector<json> values{nullptr,
                                   true,
                                   -1,
                                   3.5,
                                   UINT64_MAX,
                                   "",
                                   "x",
                                   "${ALCEDO_COLOR}",
                                   "${X",
                                   json::array(),
                                   json::array({nullptr, 1, json::array(), json::object()}),
                                   json::object(),
                                   json{{"path", 1}, {"type", "bind"}, {"source", json::array()}}};
    std::vector<json::json_pointer> all;
    pointers(whole, json::json_pointer(), all);
    for (std::size_t i = 0; i < all.size(); i += 2) {
        auto changed = whole;
        changed[all[i]] = values[i / 2 % values.size()];
        const auto p = manifest::parse("changed", changed.dump() + "\n");
        CHECK((p.spec.has_value() || !p.errors.empty() ||
               p.is == manifest::parsed::kind::not_a_manifest));
        for (const auto& found : p.errors)
            CHECK((found.problem != "" && found.remedy != ""));
    }
}

TEST_CASE("examples: status.json has the keys of the contract that Held has, and real words") {
    const auto status = json::parse(file_text("manifests/status.json"));
    // Nothing is waited for and nothing is warm: no deadline, waitingFor or standby.
    CHECK(keys(status) == std::set<std::string>{"observedGeneration", "activeColor", "phase",
                                                "phaseSince", "target", "hold", "revisions",
                                                "replicas", "weights", "checks", "conditions",
                                                "source", "events"});
    CHECK(keys(status["target"]) == std::set<std::string>{"color", "revision"});
    for (const auto* key : {"kind", "reason", "revision", "since", "evidence"})
        CHECK(status["hold"].contains(key));
    CHECK(keys(status["revisions"]) == std::set<std::string>{"blue", "stable", "rejected"});
    CHECK(keys(status["replicas"]["blue"]) == std::set<std::string>{"desired", "ready"});
    CHECK(keys(status["weights"]) == std::set<std::string>{"blue", "green", "confirmed"});
    for (const auto* key : {"kind", "ref", "path", "commit", "author", "subject", "observedAt"})
        CHECK(status["source"].contains(key));
    const auto known = [](const json& word) {
        return std::find(reason::all.begin(), reason::all.end(), word.get<std::string>()) !=
               reason::all.end();
    };
    CHECK(known(status["hold"]["reason"]));
    for (const auto& c : status["conditions"]) {
        CHECK(keys(c) == std::set<std::string>{"type", "status", "reason", "message",
                                               "lastTransitionTime", "observedGeneration"});
        CHECK(known(c["reason"]));
    }
    for (const auto& e : status["events"])
        CHECK(known(e["reason"]));
}
