// What the engine refuses for good because of what the revision asks for is a verdict about it. It
// once was taken for the host's trouble, and the release stood in Starting for ever.

#include "tests/support/sim_world.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace std::chrono_literals;

namespace {

std::string with_green(const std::string& more, const std::string& declared) {
    auto text = sim::web("green", "demo:1", "demo:2", declared);
    const std::string green = "{image: \"demo:2\"}";
    return text.replace(text.find(green), green.size(), "{image: \"demo:2\", " + more + "}");
}

} // namespace

TEST_CASE("refused: a driver that the engine does not know rejects the revision, with its words") {
    const std::string texts[] = {
        with_green("volumes: [\"cache-green:/cache\"]",
                   "  volumes: {cache-green: {driver: nodrv}}\n"),
        with_green("networks: [back]", "  networks: {back: {driver: nodrv}}\n"),
    };
    for (const auto& text : texts) {
        CAPTURE(text);
        auto w = sim::deployed(sim::web("blue", "demo:1", "demo:2"));
        w->docker.unknown_drivers = {"nodrv"};
        w->commit("shop.yaml", text);
        w->run(20s);
        CHECK(w->phase("shop") == "Held");
        const auto hold = w->status("shop").value("hold", json::object());
        CHECK(hold.value("kind", "") == "Rejected");
        CHECK(hold.value("reason", "") == "CreateFailed");
        CHECK(hold.value("message", "").find("plugin \"nodrv\" not found") != std::string::npos);
        CHECK(w->serving("shop") == "blue");
        CHECK(w->docker.running("shop", "green") == 0);
    }
}
