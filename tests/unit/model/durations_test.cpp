#include "reconcilers/model/durations.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using std::chrono::seconds;

TEST_CASE("durations") {
    CHECK(duration_from("500ms") == milliseconds(500));
    CHECK(duration_from("30s") == seconds(30));
    CHECK(duration_from("1m30s") == seconds(90));
    CHECK(duration_from("2h") == seconds(7200));
    CHECK(duration_from("1h2m3s4ms") == milliseconds(3'723'004));
    CHECK(duration_from("0s") == milliseconds(0));
    CHECK(duration_from("90s") == seconds(90));
    for (const auto* text : {"", "30", "s", "-1s", "1s1m", "1s1s", "1.5s", "1 s", "1w", "1S", "1us",
                             "99999999999999999999s", "87601h", "3651d", "1h1d", "1s ", "+1s"})
        CHECK_FALSE(duration_from(text));
    CHECK(duration_remedy("30") == "write 30s for seconds");
    CHECK(duration_from("7d") == std::chrono::hours(168));
    CHECK(duration_from("1d12h") == std::chrono::hours(36));
    CHECK(duration_remedy("soon") == "write it like 500ms, 30s, 1m30s, 2h or 7d");
}
