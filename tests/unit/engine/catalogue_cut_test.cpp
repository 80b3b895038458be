// A manifest cut at every byte and left so: an error that changes nothing that is desired, or
// exactly what `validate` and `plan` read in the same text.

#include "catalogue_world.hpp"

#include "reconcilers/manifest/manifest.hpp"

#include <fstream>
#include <iterator>

using namespace catalogue_world;

TEST_CASE("a file cut at any byte desires what its text says as a whole, or nothing new") {
    std::ifstream file(ALCEDO_SOURCE_DIR "/manifests/minimal.yaml");
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    REQUIRE(whole.size() > 500);
    world w;
    fake_source source("apps");
    source.put("hello.yaml", whole);
    w.accept(source);
    REQUIRE(w.of("hello").desired);
    int refused = 0, taken = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto text = whole.substr(0, length);
        const auto before = w.of("hello").desired->spec;
        const auto read = manifest::parse("hello.yaml", text);
        source.put("hello.yaml", text);
        w.accept(source);
        INFO("cut after byte " << length);
        const bool is_good = read.errors.empty() && read.spec.has_value();
        REQUIRE(w.of("hello").desired);
        REQUIRE(w.of("hello").desired->spec == (is_good ? *read.spec : before));
        REQUIRE(w.of("hello").valid == is_good);
        REQUIRE(w.of("hello").desired->deleting == false);
        REQUIRE((is_good || !w.of("hello").condition.ok));
        (is_good ? taken : refused) += 1;
    }
    // Where a line ends, a cut YAML may be a whole one: then it is what it says.
    CHECK(taken > 0);
    CHECK(refused > 400);
}
