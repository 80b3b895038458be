// What only the start needed is given back, and everything still works.
#include "controller/wiring/start_memory.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <stdexcept>
#include <string>

using namespace alcedo;

namespace {

/// kB of files that are mapped and resident.
long resident_of_files() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
    return -1;
}

} // namespace

TEST_CASE("code that was used leaves the page tables and comes back when it is used again") {
    const auto before = resident_of_files();
    give_back_start();
    const auto after = resident_of_files();
    CHECK(after > 0);
    CHECK(after < before);
    give_back_start();
    std::string said;
    try {
        said = std::to_string(std::stoi("no number"));
    } catch (const std::invalid_argument&) {
        said = "refused";
    }
    CHECK(said == "refused");
}
