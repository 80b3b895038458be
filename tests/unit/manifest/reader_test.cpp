#include "reconcilers/manifest/document.hpp"
#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;
using kind = manifest::parsed::kind;

namespace {

kind kind_of(const std::string& text) {
    return parsed_of(text).is;
}

} // namespace

TEST_CASE("reader: a whole manifest") {
    const auto p = parsed_of(app(""));
    CHECK(p.is == kind::manifest);
    CHECK(p.name == "app");
    CHECK(p.errors.empty());
    CHECK(p.spec);
    CHECK(parsed_of("---\n" + app("") + "...\n").spec);
    CHECK(parsed_of("\xEF\xBB\xBF" + app("")).spec);
}

TEST_CASE("reader: line ends of other systems") {
    std::string text;
    for (const char c : app(""))
        text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    CHECK(parsed_of(text).spec);
}

TEST_CASE("reader: nothing at all is an error, not an empty manifest") {
    for (const auto* text : {"", "\n", "# only words\n\n", "---\n", "---\n---\n", "~\n", "!2\n"}) {
        CHECK(kind_of(text) == kind::broken);
        CHECK(errors(text) == "app.yaml:1:1: the file is empty or holds only comments: write a "
                              "manifest, or delete the file\n");
    }
}

TEST_CASE("reader: what is not ours is not a manifest") {
    CHECK(kind_of("services: {web: {image: x}}\n") == kind::not_a_manifest);
    CHECK(kind_of("- a\n") == kind::not_a_manifest);
    CHECK(kind_of("hello\n") == kind::not_a_manifest);
    CHECK(kind_of("apiVersion: v1\nkind: Pod\n") == kind::not_a_manifest);
    // What Compose files do is their matter.
    CHECK(kind_of("a: 1\n---\nb: 2\n") == kind::not_a_manifest);
    CHECK(kind_of("x: &x {a: 1}\ny: {<<: *x}\nz: !reset []\n") == kind::not_a_manifest);
    CHECK(parsed_of("a: 1\n").errors.empty());
}

TEST_CASE("reader: a foreign file that does not parse is an error") {
    for (const auto* text :
         {"a: [\n", "a: 1\na: 2\n", "1: x\n", "? {a: b}\n: c\n", "a: &x {b: *x}\n", "a: 1"}) {
        CHECK(kind_of(text) == kind::broken);
        CHECK_FALSE(parsed_of(text).errors.empty());
    }
}

TEST_CASE("reader: a version of ours that we do not know is an error of a manifest") {
    const auto text = "apiVersion: alcedo.dev/v2\n" + app("").substr(app("").find('\n') + 1);
    CHECK(kind_of(text) == kind::manifest);
    CHECK(errors(text) == "app.yaml:1:13: apiVersion: \"alcedo.dev/v2\" is not possible here: "
                          "write alcedo.dev/v1alpha1\n");
}

TEST_CASE("reader: a cut file says so, and its last word is no name") {
    const auto whole = app("");
    const auto p = parsed_of(whole.substr(0, whole.size() - 1));
    CHECK(p.is == kind::broken);
    CHECK(p.name == "app");
    CHECK_FALSE(p.spec);
    CHECK(to_string(p.errors.back()) ==
          "app.yaml:9:20: the file does not end in a newline, so it may be cut: end the file with "
          "a newline");
    CHECK(
        parsed_of("apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\nmetadata:\n  name: we").name ==
        "");
    CHECK(parsed_of("apiVersion: alcedo.dev/v1alpha1\nmetadata: {name: we").name == "");
}

TEST_CASE("reader: what stood before a syntax error still tells the name") {
    const auto p = parsed_of(app("  traffic: {routes: [\n  paused: true\n"));
    CHECK(p.is == kind::broken);
    CHECK(p.name == "app");
    REQUIRE(p.errors.size() == 1);
    CHECK(p.errors[0].problem.starts_with("not valid YAML: "));
}

TEST_CASE("reader: an open quote at the end (yaml-cpp 0.7 takes it for closed)") {
    for (const auto* text : {"a: \"x\nb: 3\n", "a: 'x\nb: 3\n", "a: \"x\n  \n\n"}) {
        CHECK(kind_of(text) == kind::broken);
        CHECK(says(text, "a quote that is opened and never closed: close it"));
    }
    CHECK(kind_of("a: \"x\n  b\"\n") == kind::not_a_manifest);
    CHECK(kind_of("a: it's\n") == kind::not_a_manifest);
    CHECK(kind_of("a: |+\n  it's\n\n\n") == kind::not_a_manifest);
}

TEST_CASE("reader: keys") {
    CHECK(errors(app("  paused: false\n  paused: true\n")) ==
          "app.yaml:11:3: spec.paused: duplicate key, first written on line 10: keep one of "
          "them\n");
    CHECK(says(app("  1: x\n"), "app.yaml:10:3: spec: a key must be text: put the key in quotes"));
    CHECK(says(app("  ? [a, {b: c}]\n  : [d]\n"), "a key must be text"));
    CHECK(says(app("  ~: x\n"), "a key must be text"));
    CHECK(says(app("  true: x\n"), "a key must be text"));
    CHECK(parsed_of(app("  \"paused\": true\n")).spec);
    CHECK(says(app("  " + std::string(1025, 'k') + ": x\n"), "illegal map value"));
}

TEST_CASE("reader: one manifest per file") {
    const auto text = app("") + "---\n" + app("");
    CHECK(kind_of(text) == kind::manifest);
    CHECK(errors(text) == "app.yaml:10:1: a second document in the file: one manifest per file\n");
    CHECK(kind_of("a: 1\n---\n" + app("")) == kind::manifest);
    CHECK(says("a: 1\n---\n" + app(""), "a second document"));
    // An empty one is one as well: something was to stand there.
    for (const auto* end : {"---\n", "---\n# nothing\n", "--- ~\n", "---\n---\n"})
        CHECK(says(app("") + end, "app.yaml:10:1: a second document in the file: one manifest"));
    CHECK(parsed_of("---\n---\n" + app("")).spec);
}

TEST_CASE("reader: aliases are copies") {
    const auto spec = spec_of("apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\n"
                              "metadata: {name: app}\nspec:\n  activeColor: blue\n  services:\n"
                              "    one: &one {image: &i \"web:1\", healthcheck: {test: \"true\"}}\n"
                              "    two: *one\n    three: {<<: *one, image: \"web:3\"}\n"
                              "    four: {<<: [{image: *i}, *one], user: root}\n");
    const auto& blue = spec.of(color::blue);
    CHECK(blue.find("two")->compose == blue.find("one")->compose);
    CHECK(blue.find("three")->image == "web:3");
    CHECK(blue.find("three")->compose["healthcheck"]["test"][1] == "true");
    CHECK(blue.find("four")->compose["user"] == "root");
    CHECK(says(app("  accept: &x [*x]\n"), "alias inside its own anchor: write the value out"));
    CHECK(says(app("  accept: *nowhere\n"), "not valid YAML"));
    CHECK(says(app("  <<: 3\n"), "`<<` takes a map or a list of maps: write `<<: *name`"));
}

TEST_CASE("reader: limits") {
    const auto list = [](const std::string& item, int count) {
        std::string out = "a: &a 1\nb: [";
        for (int i = 0; i < count; ++i)
            out += item + ",";
        return out + "]\n";
    };
    CHECK(kind_of(list("*a", 100)) == kind::not_a_manifest);
    CHECK(errors(list("*a", 101)) ==
          "app.yaml:2:305: b[100]: more than 100 aliases: write the values out\n");
    CHECK(kind_of(list("1", 9'996)) == kind::not_a_manifest);
    CHECK(says(list("1", 10'000), "more than 10,000 values, aliases expanded"));
    CHECK(kind_of(std::string(31, '[') + "1" + std::string(31, ']') + "\n") ==
          kind::not_a_manifest);
    CHECK(says(std::string(33, '[') + "1" + std::string(33, ']') + "\n",
               "nested deeper than 32 levels"));
    CHECK(errors("a: " + std::string(1 << 20, 'x') + "\n") ==
          "app.yaml:1:1: larger than 1 MiB: split it\n");
}

TEST_CASE("reader: bombs end quickly") {
    std::string bomb = "a: &a [1,2,3,4,5,6,7,8,9]\n";
    for (char c = 'b'; c < 'k'; ++c) {
        bomb += std::string(1, c) + ": &" + c + " [";
        for (int i = 0; i < 9; ++i)
            bomb += std::string("*") + static_cast<char>(c - 1) + ",";
        bomb += "]\n";
    }
    CHECK(says(bomb, "more than 10,000 values"));
    // Depth that only aliases make.
    std::string deep = "a0: &a0 [1]\n";
    for (int i = 1; i < 60; ++i)
        deep += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" +
                std::to_string(i - 1) + "]\n";
    CHECK(says(deep, "nested deeper than 32 levels"));
    for (const auto* token : {"[", "{", "- ", "? ", "{a: ", "\"", "&a ", "!!"}) {
        std::string junk;
        while (junk.size() < 100'000)
            junk += token;
        CHECK(kind_of(junk + "\n") == kind::broken);
    }
}

TEST_CASE("reader: bytes that are no text") {
    using namespace std::string_literals;
    CHECK(errors("ok: 1\na: \xff\n") == "app.yaml:2:4: not UTF-8 text, or a control character: "
                                        "save the file as UTF-8\n");
    for (const auto& bad : {"a: \0b\n"s, "a: \x01\n"s, "a: \xc0\x80\n"s, "a: \xed\xa0\x80\n"s,
                            "a: \xf4\x90\x80\x80\n"s, "\xff\xfe"s + "a\0"s, "a: \x7f\n"s})
        CHECK(kind_of(bad) == kind::broken);
    CHECK(says("a: \"\\0\"\n", "a NUL character"));
    CHECK(kind_of("ä: \"ö€😀\"\n") == kind::not_a_manifest);
}

TEST_CASE("reader: columns count characters, not bytes") {
    CHECK(errors(app("  accept: [\"ä€😀\", x]\n"))
              .find("app.yaml:10:19: spec.accept[1]: \"x\" is not possible here") !=
          std::string::npos);
}

TEST_CASE("reader: tags") {
    CHECK(says(app("  paused: !maybe true\n"), "spec.paused: unknown tag !maybe: remove the tag"));
    CHECK(says(app("  accept: !reset []\n"), "unknown tag !reset"));
    CHECK(parsed_of(app("  paused: !!bool true\n")).spec);
    CHECK(compose_of(web("user: !!str 1000"))["user"] == "1000");
}

TEST_CASE("reader: JSON is YAML") {
    const auto p = manifest::parse(
        "app.json", "{\"apiVersion\": \"alcedo.dev/v1alpha1\",\n\t\"kind\": \"BlueGreen\",\n"
                    "\t\"metadata\": {\"name\": \"app\"}, \"spec\": {\"activeColor\": \"blue\",\n"
                    "\"services\": {\"web\": {\"image\": \"acme\\/web:1\", \"healthcheck\": "
                    "{\"test\": \"caf\\u00e9\"}}}}}\n");
    REQUIRE(p.spec);
    CHECK(p.spec->of(color::blue).find("web")->image == "acme/web:1");
    CHECK(p.spec->of(color::blue).find("web")->compose["healthcheck"]["test"][1] == "café");
}

TEST_CASE("reader: JSON escapes a character beyond 16 bits as a pair") {
    const auto with = [](const std::string& test, const std::string& more = "") {
        return "{\"apiVersion\": \"alcedo.dev/v1alpha1\", \"kind\": \"BlueGreen\",\n"
               "\"metadata\": {\"name\": \"app\"}, \"spec\": {\"activeColor\": \"blue\",\n"
               "\"services\": {\"web\": {\"image\": \"w:1\", \"healthcheck\": {\"test\": \"" +
               test + "\"}" + more + "}}}}\n";
    };
    const auto test = [&](const std::string& text) {
        return compose_of(with(text))["healthcheck"]["test"][1];
    };
    CHECK(test("\\ud83d\\ude00 \\u00e9 \\uD83D\\uDE01") == "😀 é 😁");
    CHECK(test("\\\\ud83d\\\\ude00") == "\\ud83d\\ude00");
    // Places are those of the file, before and after it.
    const auto plain = errors(with("1234567890ab1234567890ab", ", \"bogus\": 1"));
    CHECK(plain.find("unknown key") != std::string::npos);
    CHECK(errors(with("\\ud83d\\ude00\\ud83d\\ude00", ", \"bogus\": 1")) == plain);
    CHECK(says(with("\\ud83d"), "not valid YAML"));
    CHECK(says("a: \"\\ud83d\\ude00\"\n", "not valid YAML"));
}

TEST_CASE("reader: all errors of a file in one run, in order, each once") {
    CHECK(errors(app("  activColor: blue\n  paused: 1\n  accept: [Statefull]\n  bogus: 1\n",
                     "      ports: [80]\n")) ==
          "app.yaml:9:7: spec.services.web.ports: not supported yet: a port of the host can belong "
          "to one colour only: write traffic.routes[] and let the proxy listen\n"
          "app.yaml:11:3: spec.activColor: unknown key: did you mean \"activeColor\"?\n"
          "app.yaml:12:11: spec.paused: 1 is not true or false: write true or false\n"
          "app.yaml:13:12: spec.accept[0]: \"Statefull\" is not possible here: did you mean "
          "Stateful?\n"
          "app.yaml:14:3: spec.bogus: unknown key: possible here: activeColor, paused, accept, "
          "services, networks, volumes, colors, traffic, health, watch or standby\n");
}

TEST_CASE("reader: pointers as people write them") {
    CHECK(manifest::shown("/spec/traffic/routes/0/rule") == "spec.traffic.routes[0].rule");
    CHECK(manifest::shown("") == "");
    CHECK(manifest::shown(manifest::child("/labels", "a/b~c")) == "labels.a/b~c");
    CHECK(manifest::to_string(manifest::diagnostic{"f", 0, 0, "", "p", ""}) == "f: p");
    CHECK(manifest::to_string(manifest::diagnostic{"f", 1, 2, "a.b", "p", "r"}) ==
          "f:1:2: a.b: p: r");
}
