#include "reconcilers/model/service_units.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

TEST_CASE("units: durations are Go's") {
    CHECK(nanoseconds_from("0") == 0);
    CHECK(nanoseconds_from("1h2m3s") == 3'723'000'000'000);
    CHECK(nanoseconds_from("1.5s") == 1'500'000'000);
    CHECK(nanoseconds_from("100ms") == 100'000'000);
    CHECK(nanoseconds_from("10us5ns") == 10'005);
    for (const auto* bad :
         {"", "5", "s", "-1s", "1x", "1 s", "1..5s", ".s", "1e3s", "99999999999999999999h"})
        CHECK_FALSE(nanoseconds_from(bad));
}

TEST_CASE("units: sizes are binary") {
    CHECK(bytes_from("1024") == 1024);
    CHECK(bytes_from("64k") == 65'536);
    CHECK(bytes_from("512M") == 536'870'912);
    CHECK(bytes_from("1gb") == 1'073'741'824);
    CHECK(bytes_from("1.5 GiB") == 1'610'612'736);
    CHECK(bytes_from("10b") == 10);
    CHECK(bytes_from("1t") == 1'099'511'627'776);
    for (const auto* bad : {"", "M", "1x", "-1", "1mm", "1 0", "99999999p"})
        CHECK_FALSE(bytes_from(bad));
}

TEST_CASE("units: CPUs and ports") {
    CHECK(nano_cpus_from("1.5") == 1'500'000'000);
    CHECK(nano_cpus_from("0.001") == 1'000'000);
    CHECK_FALSE(nano_cpus_from("1c"));
    CHECK_FALSE(nano_cpus_from(""));
    CHECK(port_from("65535") == 65535);
    for (const auto* bad : {"0", "65536", "-1", "8o", "", "+1", " 1"})
        CHECK_FALSE(port_from(bad));
}

TEST_CASE("units: words of a command line") {
    using words = std::vector<std::string>;
    CHECK(shell_words("") == words{});
    CHECK(shell_words("  a\tb\n c ") == words{"a", "b", "c"});
    CHECK(shell_words("a'b'\"c\"d") == words{"abcd"});
    CHECK(shell_words("'' \"\"") == words{"", ""});
    CHECK(shell_words("'a\\b' \"a\\b\" a\\b") == words{"a\\b", "a\\b", "ab"});
    CHECK(shell_words("\"\\$x \\` \\\"\"") == words{"$x ` \""});
    CHECK(shell_words("$HOME | x") == words{"$HOME", "|", "x"});
    for (const auto* bad : {"'", "\"", "a 'b", "a\\"})
        CHECK_FALSE(shell_words(bad));
}
