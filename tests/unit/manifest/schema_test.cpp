#include "reconcilers/manifest/fields.hpp"
#include "reconcilers/model/service_keys.hpp"
#include "support.hpp"

#include <set>

using namespace alcedo;
using namespace alcedo::testing;
using manifest::field;
using manifest::field_type;

namespace {

const json& schema() {
    static const json all =
        json::parse(file_text("crd-schemas/alcedo.dev_bluegreens.v1alpha1.schema.json"));
    return all;
}

std::set<std::string> names(const json& object) {
    std::set<std::string> out;
    for (const auto& [key, value] : object.items())
        out.insert(key);
    return out;
}

std::set<std::string> names(std::span<const std::string_view> list) {
    return {list.begin(), list.end()};
}

/// Path in the table of fields → its schema, down to where Compose begins.
void collect(const json& object, const std::string& path, std::map<std::string, json>& out) {
    for (const auto& [key, value] : object.at("properties").items()) {
        const auto here = path.empty() ? key : path + "." + key;
        out[here] = value;
        if (value.contains("properties")) collect(value, here, out);
        if (value.contains("items") && value["items"].contains("properties"))
            collect(value["items"], here + "[]", out);
    }
}

/// A colour's block may be written with nothing behind it.
std::string reference(const json& value) {
    for (const auto key : {"allOf", "anyOf"})
        if (value.contains(key)) return value[key][0]["$ref"].get<std::string>();
    return "";
}

bool allows_nothing(const json& value) {
    for (const auto key : {"oneOf", "anyOf"})
        for (const auto& one : value.value(key, json::array()))
            if (one.value("type", json()) == "null") return true;
    for (const auto& choice : value.value("enum", json::array()))
        if (choice.is_null()) return true;
    for (const auto& type : value.value("type", json::array()))
        if (type == "null") return true;
    return false;
}

json choices_of(const field& row) {
    json list = json::array();
    for (const auto choice : manifest::split_choices(row.choices))
        list.push_back(std::string(choice));
    return list;
}

json bound(const std::optional<std::int64_t>& value) {
    return value ? json(*value) : json(nullptr);
}

json duration_bound(const std::optional<std::int64_t>& value) {
    if (!value) return nullptr;
    if (*value == 0) return "0s";
    if (*value % 3'600'000 == 0) return std::to_string(*value / 3'600'000) + "h";
    if (*value % 1000 == 0) return std::to_string(*value / 1000) + "s";
    return std::to_string(*value) + "ms";
}

void check_type(const field& row, const json& value) {
    const auto type = value.value("type", json());
    const auto number = [&](const json& part) {
        CHECK(part.value("minimum", json()) == bound(row.min));
        CHECK(part.value("maximum", json()) == bound(row.max));
    };
    switch (row.type) {
    case field_type::text:
        CHECK(type == "string");
        CHECK(value.value("minLength", json()) == bound(row.min));
        CHECK(value.value("maxLength", json()) == bound(row.max));
        CHECK(value.value("pattern", "") ==
              (row.pattern.empty() ? "" : "^(?:" + std::string(row.pattern) + ")$"));
        break;
    case field_type::boolean:
        CHECK(type == "boolean");
        break;
    case field_type::integer:
        CHECK(type == "integer");
        number(value);
        break;
    case field_type::duration:
        CHECK(type == "string");
        [[fallthrough]];
    case field_type::window: {
        const auto bounds = value.value("x-duration", json::object());
        CHECK(bounds.value("minimum", json()) == duration_bound(row.min));
        CHECK(bounds.value("maximum", json()) == duration_bound(row.max));
        break;
    }
    case field_type::choice:
        CHECK(value.at("enum") == choices_of(row));
        break;
    case field_type::choices:
        CHECK(value.at("items").at("enum") == choices_of(row));
        CHECK(value.at("uniqueItems") == true);
        break;
    case field_type::texts:
        CHECK(value.at("items").at("type") == "string");
        CHECK(value["items"].value("pattern", "") ==
              (row.pattern.empty() ? "" : "^(?:" + std::string(row.pattern) + ")$"));
        break;
    case field_type::text_map:
        CHECK(value.at("additionalProperties").at("type") == "string");
        break;
    case field_type::threshold:
        number(value.at("oneOf")[0]);
        CHECK(names(value["oneOf"][1].at("properties")) ==
              std::set<std::string>{"failures", "outOf"});
        break;
    case field_type::statuses:
        number(value.at("oneOf")[0]);
        number(value.at("oneOf")[1].at("items"));
        break;
    case field_type::object:
        CHECK((type == "object" || type == json{"object", "null"}));
        CHECK(value.at("additionalProperties") == false);
        break;
    case field_type::objects:
        CHECK(type == "array");
        CHECK(value.at("items").at("additionalProperties") == false);
        break;
    case field_type::services:
        CHECK(reference(value) == "#/definitions/services");
        break;
    case field_type::networks:
        CHECK(reference(value) == "#/definitions/networks");
        break;
    case field_type::volumes:
        CHECK(reference(value) == "#/definitions/volumes");
        break;
    }
}

const json& parent_of(const std::string& path, const std::map<std::string, json>& all) {
    const auto dot = path.rfind('.');
    if (dot == std::string::npos) return schema();
    auto parent = path.substr(0, dot);
    if (!parent.ends_with("[]")) return all.at(parent);
    parent.resize(parent.size() - 2);
    return all.at(parent).at("items");
}

bool requires_key(const json& object, const std::string& key) {
    for (const auto& name : object.value("required", json::array()))
        if (name == key) return true;
    return false;
}

/// Every object schema says what it is for.
void check_described(const json& value, const std::string& path) {
    if (value.is_object() && value.contains("properties"))
        for (const auto& [key, property] : value["properties"].items()) {
            INFO((path + "." + key));
            CHECK(property.value("description", "") != "");
        }
    if (value.is_structured())
        for (const auto& [key, inner] : value.items())
            check_described(inner, path + "." + key);
}

} // namespace

TEST_CASE("schema: every field of the table that works, and no other") {
    std::map<std::string, json> written;
    collect(schema(), "", written);
    std::set<std::string> works;
    for (const auto& row : manifest::fields())
        if (row.later.empty()) works.insert(std::string(row.path));
    std::set<std::string> shown;
    for (const auto& [path, value] : written)
        shown.insert(path);
    CHECK(shown == works);
}

TEST_CASE("schema: types, defaults, bounds and what is required, as in the table") {
    std::map<std::string, json> written;
    collect(schema(), "", written);
    for (const auto& row : manifest::fields()) {
        if (!row.later.empty()) continue;
        const std::string path(row.path);
        INFO(path);
        REQUIRE(written.contains(path));
        const auto& value = written[path];
        check_type(row, value);
        CHECK(value.value("default", json("none")) ==
              (row.fallback.empty() ? json("none") : json::parse(row.fallback)));
        CHECK(requires_key(parent_of(path, written), path.substr(path.rfind('.') + 1)) ==
              row.required);
    }
}

TEST_CASE("schema: service keys, both ways") {
    std::set<std::string> works;
    for (const auto& key : service_keys())
        works.insert(std::string(key.name));
    CHECK(names(schema()["definitions"]["service"]["properties"]) == works);
}

TEST_CASE("schema: keys of the blocks inside a service, both ways") {
    const auto& service = schema()["definitions"]["service"]["properties"];
    const std::map<std::string, json> where{
        {"env_file", service["env_file"]["oneOf"][1]["items"]["oneOf"][1]},
        {"ulimits", service["ulimits"]["additionalProperties"]["oneOf"][1]},
        {"volumes", service["volumes"]["items"]["oneOf"][1]},
        {"volumes.bind", service["volumes"]["items"]["oneOf"][1]["properties"]["bind"]},
        {"networks", service["networks"]["oneOf"][1]["additionalProperties"]},
        {"depends_on", service["depends_on"]["oneOf"][1]["additionalProperties"]},
        {"healthcheck", service["healthcheck"]},
        {"logging", service["logging"]},
        {"deploy", service["deploy"]},
        {"deploy.resources", service["deploy"]["properties"]["resources"]},
        {"deploy.resources.limits",
         service["deploy"]["properties"]["resources"]["properties"]["limits"]},
        {"x-alcedo", service["x-alcedo"]},
        {"x-alcedo.rehearse", service["x-alcedo"]["properties"]["rehearse"]},
        {"top.networks", schema()["definitions"]["network"]},
        {"top.volumes", schema()["definitions"]["volume"]}};
    CHECK(where.size() == service_blocks().size());
    for (const auto& block : service_blocks()) {
        const std::string name(block.name);
        INFO(name);
        REQUIRE(where.contains(name));
        CHECK(names(where.at(name).at("properties")) == names(block.keys));
        CHECK(where.at(name).at("additionalProperties") == false);
    }
}

TEST_CASE("schema: nothing behind a key is accepted where the reader does") {
    for (const auto& [key, value] : schema()["definitions"]["service"]["properties"].items()) {
        INFO(key);
        CHECK(allows_nothing(value));
        const auto of_green = "  colors: {green: {services: {web: {" + key + ": }}}}\n";
        CHECK(errors(app(of_green)) == "");
    }
    const auto& green =
        schema()["properties"]["spec"]["properties"]["colors"]["properties"]["green"];
    for (const auto* key : {"services", "networks", "volumes"}) {
        CHECK(allows_nothing(green["properties"][key]));
        CHECK(errors(app(std::string("  colors: {green: {") + key + ": }}\n")) == "");
    }
}

TEST_CASE("schema: a check is of one kind and for a stage") {
    const auto& check =
        schema()["properties"]["spec"]["properties"]["health"]["properties"]["checks"]["items"];
    std::set<std::string> kinds;
    for (const auto& one : check["oneOf"])
        kinds.insert(one["required"][0].get<std::string>());
    CHECK(kinds == std::set<std::string>{"http", "tcp", "route", "docker"});
    CHECK(check["properties"]["stages"]["minItems"] == 1);
    CHECK(
        says(app("  health:\n    checks: [{name: c, tcp: {service: web, port: 1}, stages: []}]\n"),
             "a check for no stage does nothing"));
}

TEST_CASE("schema: everything is described") {
    check_described(schema(), "");
    CHECK(schema()["$schema"] == "http://json-schema.org/draft-07/schema#");
}
